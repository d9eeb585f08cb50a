"""Random programs from the grammar of .chaos, and mutations of them.

Derives programs from the rules that bison reports for frontend/chaos_parse.y. Each must parse; then all of them, and
as many with a few tokens changed, go through the replay binary of the fuzz target, which holds what parses against
its prints in every notation.

usage: chaos_random_test.py REPOSITORY CHAOSC REPLAY BISON [COUNT [SEED]]
"""

import pathlib
import random
import re
import subprocess
import sys
import tempfile

from chaos_docs_test import printed_grammar

SAMPLES = {
    "word": ["a", "_b", "c-d", "Content-Type", "x1"],
    "module.function": ["m.f", "os.path.exists", "http.method-x.in"],
    "string": ['"s"', '""', '"\\u00e9\\n\\""', "'^\\d+ \"'", '"""\n  a\n\n    b\n"""', '"a b"', '"count"'],
    "${variable}": ["${v}", "${a_b}"],
    "number": ["0", "1", "-1", "2.50", "1e3", "9007199254740993"],
    "duration": ["1s", "500ms", "2m", "1.5h", "0s"],
    "end of the file": [""],
}
# What makes lines too long, so that the printer breaks them.
WIDE = {
    "word": ["w" * 30, "W-" * 24],
    "module.function": ["chaosk8s.deployment.actions.scale_deployment", "m" * 45 + "." + "f" * 45],
    "string": ['"' + "long " * 8 + '"', "'" + "x" * 94 + "'", '"""\n  ' + "wide " * 19 + '\n  line\n"""', '"' + "é" * 48 + '"'],
    "${variable}": ["${" + "v" * 40 + "}"],
    "number": ["1" * 45],
}
# What a program of its own making may be told: repetitions and misplaced clauses are no errors of syntax.
HARMLESS = {"E110", "E147", "E148", "E149"}


def read_rules(root, bison):
    """The grammar as {name: [[symbol, ...], ...]}; terminals are quoted."""
    rules, name = {}, None
    for line in printed_grammar(bison, root / "frontend/chaos_parse.y").splitlines():
        if not line.strip():
            continue
        head, alternative = re.match(r"\s*(?:(\w+):|\|)\s*(.*)", line).groups()
        name = head or name
        symbols = re.findall(r'"(?:[^"\\]|\\.)*"|\w+', alternative.replace("ε", ""))
        # bison joins a token's name and alias where both exist
        rules.setdefault(name, []).append(symbols)
    return rules


def shortest(rules):
    """How deep each rule's shortest derivation is."""
    depth = {}
    while len(depth) < len(rules):
        for name, alternatives in rules.items():
            known = [
                1 + max([depth[s] for s in alternative if s in rules], default=0)
                for alternative in alternatives
                if all(s in depth for s in alternative if s in rules)
            ]
            if known:
                depth[name] = min(known)
    return depth


class Generator:
    def __init__(self, rules, rng):
        self.rules, self.rng, self.depth = rules, rng, shortest(rules)
        self.wide = 0

    def token(self, terminal):
        samples = WIDE.get(terminal) if self.rng.random() < self.wide else None
        return self.rng.choice(samples or SAMPLES.get(terminal, [terminal]))

    def derive(self, name, budget, out):
        alternatives = self.rules[name]
        # Lists are short: most programs then repeat nothing, and so are whole.
        if budget <= 0 or (len(alternatives) > 8 and self.rng.random() < 0.3) or self.rng.random() < 0.15:
            cost = lambda alt: max([self.depth[s] for s in alt if s in self.rules], default=0)
            least = min(map(cost, alternatives))
            alternatives = [alt for alt in alternatives if cost(alt) == least]
        for symbol in self.rng.choice(alternatives):
            if symbol in self.rules:
                self.derive(symbol, budget - 1, out)
            else:
                out.append(self.token(symbol[1:-1]))

    def program(self):
        tokens = ["experiment", '"t"']
        self.wide = self.rng.choice([0, 0, 0.3, 0.8])
        statements = self.rules["statement"]
        first_of_each = {alternative[0]: alternative for alternative in self.rng.sample(statements, len(statements))}
        first_of_each.pop('"experiment"')
        for head in self.rng.sample(sorted(first_of_each), self.rng.randrange(1, 5)):
            for symbol in first_of_each[head]:
                if symbol in self.rules:
                    self.derive(symbol, self.rng.randrange(4, 14), tokens)
                else:
                    tokens.append(self.token(symbol[1:-1]))
        return tokens

    def text(self, tokens):
        out, blanks = [], [" ", " ", "  ", "\n", "\n  ", "\n\n"]
        comments = ["  # note\n", "\n# own line\n", "\n\n# apart\n\n", "  # " + "long note " * 9 + "\n"]
        noted = self.rng.choice([0, 0.03, 0.1, 0.25, 0.6])
        for i, token in enumerate(tokens):
            out.append(token)
            blank = self.rng.choice(comments if self.rng.random() < noted else blanks)
            out.append(blank.replace("#", f"# {i}"))
        return "".join(out)

    def mutate(self, tokens):
        tokens = list(tokens)
        for _ in range(self.rng.randrange(1, 4)):
            at = self.rng.randrange(len(tokens))
            what = self.rng.randrange(4)
            if what == 0:
                del tokens[at]
            elif what == 1:
                tokens.insert(at, tokens[self.rng.randrange(len(tokens))])
            elif what == 2:
                tokens[at] = tokens[self.rng.randrange(len(tokens))]
            else:
                token, cut = tokens[at], self.rng.randrange(len(tokens[at]) + 1)
                tokens[at] = token[:cut] + self.rng.choice(["", "\\", '"', "'", "#", "\0", "é", "${"]) + token[cut:]
            if not tokens:
                return ["experiment"]
        return tokens


def main():
    root, chaosc, replay, bison = pathlib.Path(sys.argv[1]), *sys.argv[2:5]
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 400
    seed = int(sys.argv[6]) if len(sys.argv) > 6 else 1
    generator = Generator(read_rules(root, bison), random.Random(seed))
    with tempfile.TemporaryDirectory() as folder:
        valid, mutants = pathlib.Path(folder, "valid"), pathlib.Path(folder, "mutants")
        valid.mkdir()
        mutants.mkdir()
        for i in range(count):
            tokens = generator.program()
            (valid / f"{i:05}.chaos").write_text(generator.text(tokens))
            (mutants / f"{i:05}.chaos").write_text(generator.text(generator.mutate(tokens)))
        files = sorted(map(str, valid.iterdir()))
        programs = subprocess.run([chaosc, "fmt", "--check", *files], capture_output=True, text=True)
        wrong = set(re.findall(r"error\[(\w+)\]", programs.stderr)) - HARMLESS
        if wrong or programs.returncode not in (0, 1):
            print(f"seed {seed}: programs of the grammar do not parse: {sorted(wrong)}\n{programs.stderr[:4000]}")
            return 1
        for part in (valid, mutants):
            run = subprocess.run([replay, str(part)], capture_output=True, text=True, timeout=100)
            if run.returncode != 0:
                last = run.stdout.splitlines()[-1:] or run.stderr.splitlines()[-1:]
                text = pathlib.Path(last[0]).read_text(errors="replace") if last and pathlib.Path(last[0]).exists() else ""
                print(f"seed {seed}: replay failed at {last}:\n{text}\n{run.stderr[-2000:]}")
                return 1
    broken = len(set(re.findall(r"^(\S+?\.chaos):\d+:\d+: error\[E14", programs.stderr, re.M)))
    print(f"{count} programs, {count - broken} of them whole, and {count} mutants (seed {seed})")
    if broken * 2 > count:
        print("too few programs are whole: nothing would be held")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
