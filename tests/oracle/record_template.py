#!/usr/bin/env python3
"""Records what chaoslib.substitute makes of templates into template.json, which check_template replays.

usage: record_template.py > template.json      (a Python with chaostoolkit-lib)
"""

import json
import sys

from chaoslib import substitute

CONFIGURATION = {
    "name": "Ada", "n": 3, "neg": -7, "big": 12345678901234567890123, "half": 0.5, "small": 1e-7,
    "huge": 1e22, "yes": True, "no": False, "none": None, "empty": "", "list": [1, "two", None],
    "dict": {"k": "v", "it's": [True, 1.0]}, "_u": "under", "N": "upper", "a1": "digit",
    "quote": "it's", "both": "'\"", "ref": "${name}", "dollar": "$$", "uni": "é漢",
    "nested": ["it's", "\n\t\\", "\u200b\xa0é"], "x": {"y": "z"},
}
SECRETS = {"first": {"token": "t0k", "name": "shadowed"}, "second": {"token": "other", "pin": 7}}

TEMPLATES = [
    "", "plain", "$", "$$", "$$$", "$$$$", "${name}", "$name", "${n}", "$n", "${yes}", "$yes",
    "${none}", "$none", "${half}", "x${half}", "x${small} ${huge} ${big} ${neg}", "${list}",
    "v=${list}", "v=$dict", "${dict}", "${nested}", "v=${nested}", "${missing}", "$missing",
    "a ${missing} b ${name}", "${name}${name}", "${name} ", " ${name}", "${name}\n", "$name.last",
    "$nameless", "${ name }", "${name", "$name}", "${}", "$ {name}", "${1}", "$1", "$a1", "${a1}",
    "$_u", "${_u}", "$N", "$NAME", "${NAME}", "$été", "${été}", "$naïve", "$name$n", "$${name}",
    "$$name", "$$$name", "${na-me}", "${x.y}", "$x.y", "${ref}", "a $ref", "${dollar}$dollar",
    "$(name)", "%{name}", "$name{n}", "{$name}", "${${name}}", "${quote}", "v=${quote}", "v=$both",
    "${uni}", "v=$uni!", "${token}", "x${pin}", "${name}${", "cost: 5$", "5$ and ${n}", "$-", "$\n",
    "$ſ", "${\u212a}", "${empty}", "x${empty}y", "${no}", "a\x00${n}",
]

DATA = [
    {}, [], None, 0, False, True, 1.5, {"a": "${n}", "${n}": "key"}, ["${n}", "x${n}", 3, None],
    {"deep": [{"deeper": ["$name", {"list": "${list}"}]}]}, {"a": {}, "b": [], "c": ""},
    ["$$", ["$$"]], {"n": 1, "s": "$"},
]


def main():
    entries = []
    for data in TEMPLATES + DATA:
        result = substitute(data, CONFIGURATION, SECRETS)
        entries.append({"data": data, "result": result})
    print(f"{len(entries)} substitutions", file=sys.stderr)
    json.dump({"configuration": CONFIGURATION, "secrets": SECRETS, "entries": entries}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
