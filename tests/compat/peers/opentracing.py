"""chaostoolkit-opentracing: its hooks and its event handler; a recorder takes the spans that it exports."""

import subprocess

from cases import action, experiment, probe, process
from peers.case import PeerCase, control, python
from peers.servers import Recorder

# Reads exported spans on standard input, hexadecimal, a request a line; prints them as JSON.
DECODE = """
import json, sys
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
spans = []
for line in sys.stdin:
    request = ExportTraceServiceRequest.FromString(bytes.fromhex(line))
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            spans += scope.spans
names = {span.span_id: span.name for span in spans}
def value(v):
    return getattr(v, v.WhichOneof("value") or "string_value")
print(json.dumps(sorted(([s.name, names.get(s.parent_span_id), s.status.code,
    {a.key: str(value(a.value))[:200] for a in s.attributes if a.key != "chaostoolkit.platform.full"},
    sorted(e.name for e in s.events)] for s in spans), key=str)))
"""


class Collector(Recorder):
    def __init__(self, home, scratch):
        super().__init__(home, scratch)
        self.home = home

    def state(self):
        import gzip
        import json
        bodies = [gzip.decompress(b) if b[:2] == b"\x1f\x8b" else b for m, p, _, b in self.asked if p == "/v1/traces"]
        text = "".join(body.hex() + "\n" for body in bodies)
        done = subprocess.run([self.home / "bin" / "python", "-c", DECODE], input=text, capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr[-300:]


SERVERS = (Collector,)


def unique(spans):
    """How often a check beside the method fits in is a matter of speed."""
    for span in spans:
        span[3].pop("chaostoolkit.hypothesis.iteration", None)
    return [span for i, span in enumerate(spans) if span not in spans[:i]]


def cases(collector):
    def case(name, module, method=None, probes=None, **more):
        arguments, blocks = more.pop("arguments", {}), more.pop("blocks", {})
        doc = experiment(method or [touch], [ok] if probes is None else probes, [undo],
                         controls=[control(f"chaostracing.{module}", **arguments)], **blocks)
        return PeerCase(f"opentracing {name}", doc, **{"ends": "completed", **more})

    touch, undo = action("touch", process("touch", "touched")), action("undo", process("rm", "-f", "touched"))
    nap = action("nap", process("sleep", "1"))
    ok, no = probe("ok", process("true"), tolerance=0), probe("no", process("false"), tolerance=0)
    fails = probe("get", {"type": "http", "url": "http://127.0.0.1:1/"})
    get = probe("get", {"type": "http", "url": collector.url + "/page", "headers": {"X-A": "b"}})

    tagged = {"tags": ["a", "b"], "contributions": {"reliability": "high"}}
    yield case("hooks", "control", short=True, blocks=tagged)
    yield case("hooks around http", "control", [get, fails])
    yield case("hooks around what deviates", "control", probes=[no], ends="not met")
    yield case("hooks of a tracer that is not installed", "control", arguments={"provider": "jaeger"})
    yield case("hooks of no tracer", "control", arguments={"provider": "nothing"})
    yield case("hooks with secrets", "control", blocks={
        "secrets": {"g": {"token": {"type": "env", "key": "PEER_TOKEN"}}}}, env={"PEER_TOKEN": "Tr4cing-Secret"})
    yield case("metrics, which it does not have", "metrics", ends="no journal", rows=frozenset({"R23"}))

    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    spans = {"env": env, "state": collector.state}
    yield case("spans", "oltp", short=True, **spans)
    yield case("spans of what deviates", "oltp", probes=[no], **{**spans, "ends": "not met"})
    yield case("spans of what fails", "oltp", [touch, fails], volatile=("chaostoolkit.activity.error",), **spans)
    yield case("spans of requests of the http provider", "oltp", [get], arguments={"trace_request": True},
               both=frozenset({"S12"}), **spans)
    measure = python("chaosreliably.activities.http.probes.measure_response_time", url=collector.url + "/page")
    yield case("spans of requests of a function", "oltp", [probe("measure", measure)], arguments={"trace_httpx": True},
               volatile=("output", "chaostoolkit.activity.output"), **spans)
    yield case("spans of a background", "oltp", [{**nap, "background": True}, touch], **spans)
    yield case("spans beside a check", "oltp", [nap], args=[
        "--hypothesis-strategy", "continuously", "--hypothesis-frequency", "0.4"], **{
            **spans, "state": lambda: unique(collector.state())})
