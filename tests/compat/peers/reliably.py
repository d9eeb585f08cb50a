"""chaostoolkit-reliably: its controls and those of its functions that need no account, at recorders of its API."""

import json

from cases import action, experiment, probe, process
from peers.case import PeerCase, control, python
from peers.servers import Recorder

ORG, EXP, RUN = "org-1", "exp-1", "run-1"
BASE = f"/api/v1/organization/{ORG}/experiments/{EXP}/executions"


class Api(Recorder):
    """As much of the service's API as its experiment control asks for."""

    def start(self):
        self.answers = {("POST", BASE): (201, {"id": RUN}), ("GET", f"{BASE}/{RUN}/state"): (200, {"current": "running"}),
                        ("GET", "/safe"): (200, {"ok": True}), ("GET", "/unsafe"): (200, {"ok": False, "error": "no"}),
                        ("GET", "/gone"): (404, {})}
        super().start()

    def state(self):
        """What was sent, but for how often it was asked whether to stop; the journals by their status."""
        seen = []
        for method, path, headers, body in self.asked:
            if method != "GET":
                sent = json.loads(body or b"{}")
                result = json.loads(sent.get("result") or "{}")
                state = sent.get("current")
                seen.append([method, path, headers.get("Authorization", headers.get("authorization")), state,
                             result.get("status"), len(result.get("run", []))])
        return seen


SERVERS = (Api,)


def cases(api):
    def case(name, method=None, probes=None, controls=(), **more):
        blocks = {"controls": list(controls)} if controls else {}
        doc = experiment(method or [touch], probes, [undo], **blocks, **more.pop("blocks", {}))
        return PeerCase(f"reliably {name}", doc, **{"ends": "completed", **more})

    def do(func, /, **arguments):
        return python(f"chaosreliably.activities.{func}", **arguments)

    def judge(func, /, **arguments):
        return {"type": "probe", "name": "judge", "provider": do(func, **arguments, value="")}

    touch, undo = action("touch", process("touch", "touched")), action("undo", process("rm", "-f", "touched"))
    nap = action("nap", process("sleep", "2"))
    ok = probe("ok", process("true"), tolerance=0)
    measure = probe("measure", do("http.probes.measure_response_time", url=api.url + "/safe"))
    yield case("measures and judges", [], [{**measure, "tolerance": judge(
        "http.tolerances.response_time_must_be_under", latency=10)}], volatile=("output", "value"), short=True)
    yield case("measures and judges too slow", [], [{**measure, "tolerance": judge(
        "http.tolerances.response_time_must_be_under", latency=0)}], volatile=("output", "value"), ends="not met")
    yield case("measures where nobody listens", [probe("measure", do(
        "http.probes.measure_response_time", url="http://127.0.0.1:1/"))])
    call = "safeguard.probes.call_endpoint"
    yield case("calls an endpoint", [probe("call", do(call, url=api.url + "/safe", auth="Bearer x"))], [
        probe("call", do(call, url=api.url + "/safe"), tolerance=True)], short=True)
    yield case("calls an endpoint that says no", [], [probe("call", do(call, url=api.url + "/unsafe"), tolerance=True)],
               ends="not met")
    yield case("calls an endpoint that is gone", [], [probe("call", do(call, url=api.url + "/gone"), tolerance=True)],
               ends="not met")
    yield case("asks no name server", [probe("dns", do("dns.probes.resolve_name", domain="a.invalid",
                                                       nameservers=["no address"]))])
    listed = probe("list", {**process("printf", "5")}, tolerance={"type": "regex", "pattern": "5", "target": "stdout"})
    yield case("reads no certificate", [probe("tls", do("tls.probes.get_certificate_info", host="127.0.0.1", port=1))])
    for func, arguments in (("gh.tolerances.ratio_under", {"target": 1}), ("gh.tolerances.ratio_above", {"target": 0})):
        yield case(func, [listed], [{**measure, "tolerance": judge(func, **arguments)}], volatile=("output", "value"))
    yield case("pauses", [action("pause", do("pauses.pause_execution", duration=0.2, username="u"))])
    yield case("has no token for GitHub", [probe("gh", do("gh.probes.closed_pr_ratio", repo="a/b", window="5d"))])

    yield case("precheck that holds", controls=[control("chaosreliably.controls.prechecks", url=api.url + "/safe")],
               short=True)
    yield case("precheck that trips", [nap], controls=[control("chaosreliably.controls.prechecks", url=api.url + "/unsafe")],
               ends="interrupted", volatile=("run", "rollbacks", "triggered_probes"))
    yield case("safeguard that holds", [nap], controls=[
        control("chaosreliably.controls.safeguard", url=api.url + "/safe", frequency=0.4)])
    yield case("safeguard that trips", [nap], controls=[
        control("chaosreliably.controls.safeguard", url=api.url + "/unsafe", frequency=0.4)], ends="interrupted",
        rows=frozenset({"R13"}), volatile=("triggered_probes",))
    paused = {"method": {"actions": {"enabled": True, "pause_duration": 0.1}},
              "rollbacks": {"enabled": True, "pause_duration": 0.1},
              "steady-state-hypothesis": {"enabled": {"type": "env", "key": "NOT_SET"}}}
    yield case("autopause", [touch, nap], [ok], [control("chaosreliably.controls.autopause", autopause=paused)],
               volatile=("name",), short=True)
    yield case("metrics", [nap], [probe("still", process("test", "!", "-e", "touched"), tolerance=0)], [
        control("chaosreliably.controls.metrics", frequency=1)], blocks={"extensions": [{"name": "dora"}]})

    follow = control("chaosreliably.controls.experiment", org_id=ORG, exp_id=EXP)
    reported = {"controls": [follow], "state": api.state, "volatile": (
        "execution_url", "chaostoolkit_extensions", "timestamp"),
        "env": {"RELIABLY_USE_HTTP": "true", "RELIABLY_VERIFY_TLS": "false", "CI": "",
                "RELIABLY_HOST": api.url.removeprefix("http://"), "RELIABLY_TOKEN": "R3liably-Secret"}}
    yield case("follows a run", [touch], [ok], short=True, **reported)
    yield case("follows a run that deviates", [touch], [probe("no", process("false"), tolerance=0)],
               **{**reported, "ends": "not met"})
    yield case("follows a failing method", [measure, action("f", process("false")), probe("m", do(
        "http.probes.measure_response_time", url="http://127.0.0.1:1/"))], **{
            **reported, "volatile": ("output", *reported["volatile"])})
    yield case("may not follow", **{**reported, "controls": [{**follow, "provider": {**follow["provider"], "arguments": {
        "org_id": "other", "exp_id": EXP}}}], "ends": "interrupted"})
