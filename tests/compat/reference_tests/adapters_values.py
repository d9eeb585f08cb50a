"""What the reference's tests call for one value: tolerances, substitution, variables, configuration, secrets.

Each function has the signature of the reference's and is answered by the run of an experiment with its input in it.
"""

import ast
import json
import os
import pickle
from json.encoder import JSONEncoder
from unittest.mock import NonCallableMock

import web
from bench import Refused, experiment, probe, python


def adapters(bench):
    """Name in the reference to what stands for it."""

    def read(path):
        with open(path) as file:
            return ast.literal_eval(file.read())

    def values_of(configuration, secrets, *args, env=None, before=None):
        """Configuration and secrets as a control is given them."""
        path = bench.path(".values")
        doc = experiment(configuration=configuration or {}, secrets=secrets or {})
        doc, _ = bench.watch(doc, values=path)
        bench.run(doc, *args, env=env)
        return read(path)

    def var_file(**blocks):
        return ["--var-file", bench.write(blocks)] if any(blocks.values()) else []

    def load_configuration(config_info, extra_vars=None):
        return values_of(config_info, None, *var_file(configuration=extra_vars))[0]

    def load_dynamic_configuration(config, secrets=None):
        import chaoslib.activity

        if isinstance(chaoslib.activity.run_activity, NonCallableMock):  # what probes give is set by the test
            given = chaoslib.activity.run_activity.return_value
            config = {k: {**v, "provider": python("load", path=bench.spell(given))} if isinstance(v, dict) else v
                      for k, v in config.items()}
        return values_of(config, secrets)[0]

    def load_secrets(secrets_info, configuration=None, extra_vars=None):
        serve_vault()
        return values_of(configuration, secrets_info, *var_file(secrets=extra_vars))[1]

    def serve_vault():
        import chaoslib.secret

        if isinstance(chaoslib.secret.hvac, NonCallableMock):
            bench.web.vault = web.vault_of(chaoslib.secret.hvac.Client.return_value)

    def create_vault_client(configuration=None):
        """Reads one secret, and tells the test's client what the server was asked."""
        import chaoslib.secret

        client = chaoslib.secret.hvac.Client.return_value
        serve_vault()
        configuration = dict(configuration)
        if "vault_sa_role" in configuration:
            token = bench.path(".token")
            with open(token, "w") as file:
                file.write("fake_sa_token")
            configuration["vault_sa_token_path"] = token
        values_of(configuration, {"g": {"s": {"type": "vault", "path": "some/path"}}})
        for _, url, headers, body in bench.web.asked:
            given = json.loads(body or b"{}")
            if url.endswith("/login"):
                mount = url.split("/auth/", 1)[1].rsplit("/login", 1)[0]
                if "role_id" in given:
                    client.auth_approle(given["role_id"], given["secret_id"])
                else:
                    client.auth_kubernetes(role=given["role"], jwt=given["jwt"], use_token=True, mount_point=mount)
            elif headers.get("X-Vault-Token"):
                client.token = headers["X-Vault-Token"]
        return client

    def merge_vars(var=None, var_files=None):
        """What is set by variables is told from what is not by declaring all of them as unset."""
        configuration, secrets, args = {}, {}, []
        for name, value in (var or {}).items():
            configuration[name] = "unset"
            args += ["--var", f"{name}={value}"]
        for file in var_files or ():
            args += ["--var-file", file]
            text = open(file).read()
            data = {} if file.endswith(".env") else __import__("yaml").safe_load(text)
            configuration |= {name: "unset" for name in data.get("configuration", {})}
            secrets |= {name: {"unset": "unset"} for name in data.get("secrets", {})}
        path = bench.path(".env")
        values = bench.path(".values")
        doc, _ = bench.watch(experiment([probe(python("environment", path=path))], configuration=configuration,
                                        secrets=secrets), values=values)
        bench.run(doc, *args)
        os.environ.update({k: v for k, v in read(path).items() if k == k.upper() and k not in os.environ
                           and k not in bench.web.env})
        return read(values)

    def convert_vars(value):
        names = [v.split("=")[0].rsplit(":", 1)[0] for v in value]
        args = [word for v in value for word in ("--var", v)]
        try:
            return values_of({name: "unset" for name in names}, None, *args)[0]
        except Refused as x:
            raise ValueError(str(x)) from x

    def convert_to_type(type, val):
        entry = {"type": "env", "key": "THE_VALUE", **({"env_var_type": type} if type else {})}
        try:
            return values_of({"v": entry}, None, env={"THE_VALUE": val})[0]["v"]
        except Refused as x:
            raise ValueError(str(x)) from x

    def substitute(data, configuration, secrets):
        path = bench.path(".value")
        activity = probe({**python("write", value=data, path=path), "secrets": list(secrets or {})})
        bench.run(experiment([activity], configuration=configuration or {}, secrets=secrets or {}))
        return read(path)

    def given(value):
        """A provider whose result is this value: a process or a server where it has their shape."""
        if isinstance(value, dict) and "stdout" in value:
            script = 'printf %s "$0"; printf %s "$1" >&2; exit "$2"'
            return {"type": "process", "path": "sh",
                    "arguments": ["-c", script, value["stdout"], value["stderr"], str(value["status"])]}
        if isinstance(value, dict) and "body" in value and "json" not in value["headers"]["Content-Type"]:
            bench.web.routes.clear()
            bench.web.route("GET", "http://example.com/given", value["status"], value["headers"], value["body"].encode())
            return {"type": "http", "url": "http://example.com/given"}
        return python("load", path=bench.spell(value))

    def within_tolerance(tolerance, value, configuration=None, secrets=None):
        doc = experiment([], [probe(given(value), tolerance=tolerance)], configuration=configuration or {},
                         secrets=secrets or {})
        try:
            return bench.run(doc, "--hypothesis-strategy", "before-method-only").journal["steady_states"]["before"][
                "steady_state_met"]
        except Refused as x:  # the reference cannot write every value into a journal, but it has judged it
            if "Steady state hypothesis is met!" in x.args[0]:
                return True
            raise

    def ensure_hypothesis_tolerance_is_valid(tolerance):
        provider = {"stdout": {"type": "process", "path": "true"}, "stderr": {"type": "process", "path": "true"},
                    "body": {"type": "http", "url": "http://example.com"}}.get(tolerance.get("target"), python("thing"))
        bench.validate(experiment([], [probe(provider, tolerance=tolerance)]))

    def run_steady_state_hypothesis(experiment, configuration, secrets, **_):
        doc = {"title": "t", "description": "d", "method": [], **experiment, "configuration": configuration,
               "secrets": secrets}
        return bench.run(doc, "--hypothesis-strategy", "before-method-only").journal["steady_states"]["before"]

    def decode_bytes(data, default_encoding="utf-8"):
        script = "printf '" + "".join(f"\\{byte:03o}" for byte in data) + "'"
        done = bench.run(experiment([probe({"type": "process", "path": "sh", "arguments": ["-c", script]})]))
        return done.journal["run"][0]["output"]["stdout"]

    class PayloadEncoder(JSONEncoder):
        def encode(self, o):
            path = bench.path(".pickle")
            try:
                with open(path, "wb") as file:
                    pickle.dump(o, file)
                provider = python("unpickle", path=path)
            except (AttributeError, pickle.PicklingError):
                provider = python("thing")
            try:
                done = bench.run(experiment([probe(provider)]))
            except Refused as x:
                raise TypeError(str(x)) from x
            return json.dumps(done.journal["run"][0]["output"])

    return {k: v for k, v in locals().items() if callable(v) and k not in (
        "read", "values_of", "var_file", "serve_vault", "given")}
