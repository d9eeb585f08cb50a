"""chaostoolkit-prometheus against Prometheus and its Pushgateway."""

from cases import action, experiment, probe, process
from peers.case import PeerCase, control, python
from peers.servers import Prometheus, Pushgateway

SERVERS = (Prometheus, Pushgateway)
FIXED = "2026-01-01T00:00:00+00:00"
AN_HOUR = {"start": FIXED, "end": "2026-01-01T01:00:00+00:00", "step": 900}
ok = {"type": "jsonpath", "path": "$.status", "expect": ["success"]}


def cases(prometheus, pushgateway):
    def case(name, method=(), probes=None, **more):
        blocks = more.pop("blocks", {})
        at = {"prometheus_base_url": prometheus.url}
        return PeerCase(f"prometheus {name}", experiment(method, probes, configuration=at, **blocks), **more)

    def ask(func, /, tolerance=None, **arguments):
        more = {} if tolerance is None else {"tolerance": tolerance}
        return probe(func, python(f"chaosprometheus.probes.{func}", **arguments), **more)

    one = ask("query", query="vector(1)", when=FIXED)
    value = {"type": "jsonpath", "path": "$.data.result[*].value[1]", "expect": ["1"]}
    yield case("answers at a fixed time", [one], ends="completed", short=True)
    yield case("judges what it scraped", [], [ask("query", value, query='up{job="itself"}')], ends="completed",
               volatile=("value",))
    yield case("judges otherwise", [one], [ask("query", {**value, "expect": ["2"]}, query="vector(1)", when=FIXED)],
               ends="not met")
    yield case("answers an interval", [ask("query_interval", query="vector(1) * 3", **AN_HOUR)], ends="completed")
    yield case("judges an interval", [], [ask("query_interval", ok, query="vector(time())", **AN_HOUR)],
               ends="completed")
    yield case("refuses the query", [ask("query", query="up{", when=FIXED)], ends="completed", short=True)
    yield case("refuses the query in the hypothesis", [], [ask("query", ok, query="up{")], ends="failed")
    yield case("cannot read the time", [ask("query", query="up", when="no time at all")], ends="completed")
    yield case("cannot read the interval", [ask("query_interval", query="up", start=FIXED, end="at no time")],
               ends="completed")
    # The extension's own mistake: it takes a date from a number.
    yield case("fails to compute a mean", [ask("compute_mean", query="up", window="1 minute ago")], ends="completed")
    yield case("fails to compute the use of nodes", [ask("nodes_cpu_usage_mean", window="1 minute ago")],
               ends="completed")
    yield case("with secrets", [probe("query", python("chaosprometheus.probes.query", secrets=["prometheus"],
                                                      query="vector(1)", when=FIXED))], ends="completed",
               blocks={"secrets": {"prometheus": {"token": {"type": "env", "key": "PEER_TOKEN"}}}},
               env={"PEER_TOKEN": "Pr0m-Secret-4711"}, short=True)
    yield case("in the background", [{**one, "background": True}, action("wait", process("sleep", "0.5"))],
               ends="completed")
    yield case("under load with a timeout", [ask("query", query="vector(1)", when=FIXED, timeout=0.5),
                                             ask("query", query="vector(1)", when=FIXED, verify_tls=False)],
               ends="completed")
    push = control("chaosprometheus.metrics", pushgateway_url=pushgateway.url, job="peers", trace_id="t",
                   experiment_ref="r")
    volatile = ("time_stamp", "push_time_seconds", "sum", "chaostoolkit_experiment_duration", "value", "buckets",
                "chaostoolkit_experiment_duration_dist_created", "chaostoolkit_deviated_experiment_created")
    for name, tolerance, ends in (("pushes", 0, "completed"), ("pushes a deviation", 1, "not met")):
        yield case(name, [one], [probe("true", process("true"), tolerance=tolerance)], ends=ends, volatile=volatile,
                   blocks={"controls": [push]}, state=pushgateway.state, short=True)
    yield case("cannot push", [one], ends="completed", blocks={"controls": [
        control("chaosprometheus.metrics", pushgateway_url="http://127.0.0.1:1", job="peers")]})
