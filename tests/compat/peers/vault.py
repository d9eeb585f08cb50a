"""Secrets from Vault: KV 1 and 2, by token, AppRole and a Kubernetes service account; and what Vault refuses.

The reference's logins need an hvac older than 1.0 (row R21), which scripts/peers puts beside the current one.
"""

from cases import experiment, probe, process
from peers.case import PeerCase
from peers.servers import SealedVault, Vault

SERVERS = (Vault, SealedVault)
REFUSED = "no journal"


def cases(vault, sealed):
    old_hvac = {"PYTHONPATH": str(vault.home / "hvac")}

    def case(name, at, source, show="${one}", **more):
        configuration = {"vault_addr": vault.url, **at}
        doc = experiment([probe("show", process("printf", "%s", show))], configuration=configuration,
                         secrets={"g": {"one": {"type": "vault", **source}}})
        rows = frozenset() if more.get("ends") == REFUSED else frozenset({"R04"})
        return PeerCase(f"vault {name}", doc, **{"ends": "completed", "rows": rows, **more})

    token = {"vault_token": vault.token}
    first = {"vault_kv_version": "1", "vault_secrets_mount_point": "first"}
    for kv, at in (("2", token), ("1", {**token, **first})):
        yield case(f"KV {kv}: one key", at, {"path": "app/db", "key": "pw"}, short=True)
        yield case(f"KV {kv}: all keys", at, {"path": "app/db"})
        yield case(f"KV {kv}: a key that is an object", at, {"path": "app/db", "key": "more"})
        yield case(f"KV {kv}: no such path", at, {"path": "app/none", "key": "pw"}, ends=REFUSED)
        yield case(f"KV {kv}: no such key", at, {"path": "app/db", "key": "none"}, ends=REFUSED, short=True)
        yield case(f"KV {kv}: a path that the token may not read", at, {"path": "other", "key": "pw"}, ends=REFUSED)
        yield case(f"KV {kv}: no path", at, {"key": "pw"})
    yield case("a number for the version", {**token, **first, "vault_kv_version": 1}, {"path": "app/db", "key": "user"})
    yield case("a deleted secret", token, {"path": "app/gone", "key": "pw"}, ends=REFUSED)
    yield case("no such engine", {**token, "vault_secrets_mount_point": "none"}, {"path": "app/db"}, ends=REFUSED)
    yield case("the other engine's version", {**token, "vault_kv_version": "1"}, {"path": "app/db"}, ends=REFUSED)
    yield case("a wrong token", {"vault_token": "hvs.wrong"}, {"path": "app/db"}, ends=REFUSED, short=True)
    yield case("no token", {}, {"path": "app/db"}, ends=REFUSED)
    yield case("sealed", {"vault_addr": sealed.url, "vault_token": "any"}, {"path": "app/db"}, ends=REFUSED, short=True)
    yield case("nobody listens", {"vault_addr": "http://127.0.0.1:1", "vault_token": "any"}, {"path": "app/db"},
               ends=REFUSED)
    yield case("address and token of the environment", {"vault_addr": {"type": "env", "key": "VAULT_ADDR"}},
               {"path": "app/db", "key": "pw"}, env={"VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.token})

    role = {"vault_role_id": vault.role, "vault_role_secret": vault.role_secret}
    account = {"vault_sa_role": "runner", "vault_sa_token_path": "jwt"}
    files = {"jwt": vault.account_token()}
    db = {"path": "app/db", "key": "pw"}
    for kv, at in (("2", {}), ("1", first)):
        yield case(f"AppRole, KV {kv}", {**role, **at}, db, env=old_hvac, short=True)
        yield case(f"service account, KV {kv}", {**account, **at}, db, env=old_hvac, files=files)
    yield case("AppRole that is wrong", {**role, "vault_role_secret": "wrong"}, db, env=old_hvac, ends=REFUSED)
    yield case("AppRole that may not read it", role, {"path": "other"}, env=old_hvac, ends=REFUSED)
    yield case("service account of no such role", {**account, "vault_sa_role": "none"}, db, env=old_hvac, files=files,
               ends=REFUSED)
    yield case("service account that is not mounted", account, db, env=old_hvac, ends=REFUSED)
    yield case("service account at no such login", {**account, "vault_k8s_mount_point": "none"}, db, env=old_hvac,
               files=files, ends=REFUSED)
    yield case("AppRole with the current hvac", role, db, ends=REFUSED, both=frozenset({"R21"}))
    yield case("service account with the current hvac", account, db, files=files, ends=REFUSED,
               both=frozenset({"R21"}))
