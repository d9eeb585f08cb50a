#!/usr/bin/env python3
"""The include check must fail where it should: each row is a small tree and what it must say.

usage: check_includes_test.py
"""

import pathlib
import subprocess
import sys
import tempfile

TABLE = "base runtime/base\nexpr runtime/expr base PkgConfig::PCRE2\nir ir base\n"
CHECK = pathlib.Path(__file__).with_name("check_includes.py")
ROWS = [
    # (table, {file: text}, expected part of the output; None for a clean tree)
    (TABLE, {"ir/a.c": '#include "runtime/base/str.h"\n'}, None),
    (TABLE, {"ir/a.c": '#include "ir/a.h"\n', "ir/a.h": "#include <stddef.h>\n"}, None),
    (TABLE, {"runtime/expr/a.c": "#include <pcre2.h>\n"}, None),
    (TABLE, {"runtime/base/a.c": '#include "ir/ir.h"\n'}, "no arrow leads from base down to ir"),
    (TABLE, {"runtime/base/a.re": '  # include "runtime/expr/x.h"\n'}, "no arrow leads from base"),
    (TABLE, {"ir/a.y": '%{\n#include "runtime/expr/x.h"\n%}\n'}, "ir/a.y:2: runtime/expr/x.h"),
    (TABLE, {"ir/a.h": '#include "str.h"\n'}, "not a whole path into a layer"),
    (TABLE, {"ir/a.h": "#include <pcre2.h>\n"}, "only layers that link PkgConfig::PCRE2"),
    (TABLE, {"ir/a.h": "#include <curl/curl.h>\n"}, "only layers that link PkgConfig::CURL"),
    (TABLE, {"ir/a.c": '#include "ir/b.h"\n#include "ir/a.h"\n', "ir/a.h": "", "ir/b.h": ""},
     "its own header, ir/a.h, comes first"),
    (TABLE + "exec runtime/exec ir\n", {"ir/a.h": "#include <stddef.h>\n"}, "exec -> ir: the runtime"),
    ("a a b\nb b a\n", {"a/x.h": '#include "a/x.h"\n'}, "arrows run in a circle: a -> b -> a"),
    (TABLE, {}, "0 includes"),
]


def run_row(table, files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "table").write_text(table)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        done = subprocess.run([sys.executable, CHECK, root / "table", root], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def main():
    failed = 0
    for table, files, expected in ROWS:
        code, text = run_row(table, files)
        good = code == 0 if expected is None else code == 1 and expected in text
        if not good:
            failed += 1
            print(f"for {files}\n  expected {expected!r}\n  got exit {code}: {text}")
    print(f"{len(ROWS)} trees, {failed} judged wrongly")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
