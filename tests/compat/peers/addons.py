"""chaostoolkit-addons: the controls safeguards, bypass, repeat and synchronization. They need no server."""

from cases import action, experiment, probe, process
from peers.case import PeerCase, control

SERVERS = ()
SAFE = "chaosaddons.controls.safeguards"


def cases():
    def case(name, controls, method=None, probes=None, rollbacks=(), **more):
        blocks = more.pop("blocks", {})
        doc = experiment(method or [touch, nap], probes, rollbacks or [undo], controls=controls, **blocks)
        return PeerCase(f"addons {name}", doc, **{"ends": "completed", **more})

    touch, undo = action("touch", process("touch", "touched")), action("undo", process("rm", "-f", "touched"))
    nap = action("nap", process("sleep", "0.6"))
    ok, no = probe("ok", process("true"), tolerance=0), probe("no", process("false"), tolerance=0)
    word = probe("word", process("printf", "%s", "${word}"), tolerance={"type": "regex", "pattern": "^s", "target": "stdout"})
    later = probe("later", process("test", "!", "-e", "touched"), tolerance=0, frequency=0.1)

    ended = frozenset({"R13"})
    yield case("safeguards that hold", [control(SAFE, probes=[ok])], short=True)
    yield case("safeguards that hold all along", [control(SAFE, probes=[{**ok, "frequency": 0.1},
                                                                         {**ok, "name": "b", "background": True}])])
    yield case("safeguards with configuration and secrets", [control(SAFE, probes=[word])], blocks={
        "configuration": {"word": "sure"}, "secrets": {"g": {"token": {"type": "env", "key": "PEER_TOKEN"}}}},
        env={"PEER_TOKEN": "S4feguard-Secret"})
    yield case("a safeguard that trips at once", [control(SAFE, probes=[no])], ends="interrupted",
               volatile=("run",), short=True)  # a thread interrupts: it may or may not come before the method
    yield case("a safeguard that trips later", [control(SAFE, probes=[later])], method=[touch, {**nap, "provider": process(
        "sleep", "3")}], ends="interrupted", rows=ended, short=True)
    yield case("a safeguard in the background trips", [control(SAFE, probes=[{**no, "background": True}])],
               method=[{**nap, "provider": process("sleep", "3")}, touch], ends="interrupted", rows=ended)
    yield case("safeguards and rollbacks always", [control(SAFE, probes=[later])], [touch, {
        **nap, "provider": process("sleep", "3")}], ends="interrupted", rows=ended, args=["--rollback-strategy", "always"])
    yield case("safeguards without probes", [control(SAFE)], ends="no journal")
    yield case("safeguards with an action", [control(SAFE, probes=[touch])], ends="no journal")
    yield case("safeguards without tolerance", [control(SAFE, probes=[probe("p", process("true"))])], ends="no journal")
    yield case("safeguards that finish in time", [control("chaosaddons.controls.synchronization"),
                                                  control(SAFE, probes=[{**ok, "frequency": 0.1}])])

    bypass = "chaosaddons.controls.bypass"
    yield case("bypass of all actions", [control(bypass, target_type="action")], short=True)
    yield case("bypass of all probes", [control(bypass, target_type="probe")], [probe("p", process("true")), touch], [ok])
    yield case("bypass by name", [control(bypass, target_names=["touch", "nobody"])])
    yield case("bypass that waits for nothing", [control(bypass, target_names=["slow"])], [
        action("slow", process("sleep", "9"), pauses={"after": 0.1})])
    yield case("bypass of nothing", [control(bypass)])

    def again(activity, **arguments):
        return {**activity, "controls": [control("chaosaddons.controls.repeat", **arguments)]}

    count = action("count", process("sh", "-c", "echo x >>counted; wc -l <counted"))
    yield case("repeat", [], [again(count, repeat_count=3), touch], short=True)
    yield case("repeat once is no repeat", [], [again(count, repeat_count=1)])
    yield case("repeat of the last", [], [touch, again(count, repeat_count=2)])
    yield case("repeat a probe of the hypothesis", [], [touch], [again(ok, repeat_count=2)])
    yield case("repeat a rollback", [], [touch], rollbacks=[again(count, repeat_count=2), undo])
    yield case("repeat what fails", [], [again({"type": "action", "name": "f", "provider": {
        "type": "http", "url": "http://127.0.0.1:1/"}}, repeat_count=3, break_if_previous_iteration_failed=True), touch])
    yield case("repeat and bypass", [control(bypass, target_names=["touch"])], [again(count, repeat_count=2), touch])
