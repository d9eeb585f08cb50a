"""chaostoolkit-toxiproxy against Toxiproxy, whose own API is what the proxy leads to."""

from cases import action, experiment, probe
from peers.case import PeerCase, python
from peers.servers import Toxiproxy

SERVERS = (Toxiproxy,)
TOXICS = {"create_latency_toxic": {"latency": 30, "jitter": 1}, "create_bandwith_degradation_toxic": {"rate": 100},
          "create_slow_connection_close_toxic": {"delay": 1}, "create_timeout_toxic": {"timeout": 100},
          "create_slicer_toxic": {"average_size": 8, "size_variation": 2, "delay": 1},
          "create_limiter_toxic": {"bytes_limit": 16},
          "create_toxic": {"toxic_type": "latency", "attributes": {"latency": 1}, "stream": "upstream",
                           "toxicity": 0.5}}


def cases(server):
    def case(name, method, probes=None, rollbacks=(), **more):
        at = {"toxiproxy_url": server.url, "listen": server.listen}
        return PeerCase(f"toxiproxy {name}", experiment(method, probes, rollbacks, configuration=at), state=server.state,
                        volatile=("X-Toxiproxy-Request-Id",), **{"ends": "completed", **more})

    def proxy(func, /, **arguments):
        return action(func, python(f"chaostoxi.proxy.actions.{func}", **arguments))

    def toxic(func, /, **arguments):
        return action(func, python(f"chaostoxi.toxic.actions.{func}", for_proxy="web", toxic_name="t", **arguments))

    def look(func, /, tolerance=None, **arguments):
        more = {} if tolerance is None else {"tolerance": tolerance}
        return probe(func, python(f"chaostoxi.proxy.probes.{func}", **arguments), **more)

    create = proxy("create_proxy", proxy_name="web", upstream_host="127.0.0.1", upstream_port=server.port,
                   listen_host="127.0.0.1", listen_port="${listen}")
    through = probe("through", {"type": "http", "url": f"http://127.0.0.1:{server.listen}/version", "timeout": 3})
    delete = proxy("delete_proxy", proxy_name="web")
    exists = look("proxy_exist", proxy_name="web")
    yield case("makes a proxy and removes it", [create, exists, through, delete, exists], short=True)
    yield case("removes in a rollback", [create, through], rollbacks=[delete], short=True)
    yield case("makes one that must not be", [create], [look("proxy_exist", False, proxy_name="web")], [delete])
    yield case("takes it away and brings it back", [
        create, proxy("disable_proxy", proxy_name="web"), through,
        look("get_proxy_attribute", proxy_name="web", attribute="enabled"),
        proxy("enable_proxy", proxy_name="web"), through], rollbacks=[delete])
    yield case("moves it", [create, proxy("modify_proxy", proxy_name="web", upstream_address="127.0.0.1:1"), through,
                            look("get_proxy_attribute", proxy_name="web", attribute="upstream")], rollbacks=[delete])
    for name, arguments in TOXICS.items():
        yield case(name, [create, toxic(name, **arguments), toxic("delete_toxic"), through],
                   rollbacks=[proxy("reset"), delete], short=name == "create_latency_toxic")
    yield case("resets", [create, toxic("create_limiter_toxic", bytes_limit=4), through,
                          proxy("disable_proxy", proxy_name="web"), proxy("reset"), through])
    yield case("moves what is not there", [proxy("modify_proxy", proxy_name="nobody", enabled=False)], short=True)
    yield case("poisons what is not there", [toxic("create_latency_toxic", latency=1)])
    yield case("asks for no attribute", [create, look("get_proxy_attribute", proxy_name="web", attribute="no-such"),
                                         look("get_proxy_attribute", proxy_name="no", attribute="name")])
    yield case("makes it twice", [create, create], rollbacks=[delete])
    yield case("puts the port into the configuration", [create, probe("port", {
        "type": "http", "url": "http://127.0.0.1:${web_PORT}/version", "timeout": 3})], rollbacks=[delete],
        ends="aborted", rows=frozenset({"R02"}))
    yield case("cannot be reached", [proxy("reset"), proxy("create_proxy", proxy_name="w", upstream_host="h",
                                                           upstream_port="env:PEER_NOT_SET")])
