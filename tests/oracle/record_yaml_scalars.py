#!/usr/bin/env python3
"""Records what PyYAML's safe_load makes of plain scalars into yaml_scalars.json, which check_yaml_scalar replays.

usage: record_yaml_scalars.py > yaml_scalars.json      (the reference's Python, for its PyYAML)

Each entry is [text, value] with the value as yaml_values.py types it, or [text] where the loader fails.
"""

import itertools
import json
import random
import sys

import yaml
from yaml_values import typed

random.seed(20)

WORDS = """true True TRUE tRUE false False FALSE yes Yes YES yEs no No NO on On ON off Off OFF y Y n N null Null NULL
nUll ~ none None NONE nil .inf .Inf .INF -.inf +.inf -.INF .nan .NaN .NAN .Nan -.nan inf nan infinity = == << <<<
< yess truee on1 a e E e1 . .. ... -a +a .a _ _1 1_ __ 0_ 0_0 00 000 0x 0b 0o 0o17 0o8 0X1F 0B1 0b102 0b 0x_ 0b_
0xg 08 09 0779 -010 +010 -0x1F +0b11 0b1_0 0x1_F 0x_1 1__0 -1_000 +1_000 1,000 1e3 1E3 1e+3 1e-3 1.e3 1.e+3 1.5e3
1.5e+3 1.5E-3 .5 .5e+1 .5e1 -.5 +.5 5. -5. +5. 5._ ._5 .5_5 5_.5_ 1._ -1_0.0_1 0.0 -0.0 -0 +0 0. 00.5 01.5 0_1.5
1:00 1:60 1:59 01:00 0:01 12:30 12:30:45 12:30:45.5 -12:30 +1:2 1:2:3:4:5 190:20:30 190:20:30.15 1_0:30 1:3_0 1:
:1 60:60 1:1: 1:.5 1:5. 1:5._ 0:0.0 20:59.59 08:30 8:5 1.2.3 1.2.3.4 127.0.0.1 v1.2 1-2 1+2 --1 +-1 1e 1e+ 1.0e
1.0e+ 1e400 1.0e+400 -1.0e+400 1.0e-400 4.9e-324 1.7976931348623157e+308 9007199254740993 9007199254740993.0
18446744073709551616 -9223372036854775809 123456789012345678901234567890 0xFFFFFFFFFFFFFFFFFFFFFFFF
0b11111111111111111111111111111111111111111111111111111111111111111111 01777777777777777777777777 0.1 0.30000000000000004
100000000000000000000.0 1e16 10000000000000000.0 1000000000000000.0 0.0001 0.00001 123456.789e+3 1.10 1.0 3.14159265358979
2020-01-01 2020-1-1 2020-13-01 2020-02-30 2020-02-29 2019-02-29 2000-02-29 1900-02-29 0000-01-01 0001-01-01
9999-12-31 2020-01-01T10:20:30 2020-1-1T1:20:30 2020-01-01t10:20:30Z 2020-01-01T10:20:30.5 2020-01-01T10:20:30.
2020-01-01T10:20:30.1234567 2020-01-01T10:20:30+02:00 2020-01-01T10:20:30-0230 2020-01-01T10:20:30+2
2020-01-01T10:20:30-23:59 2020-01-01T10:20:30+24:00 2020-01-01T10:20:30-99:99 2020-01-01T24:00:00
2020-01-01T10:60:00 2020-01-01T10:20:60 2020-01-01T10:20 2020-01-01T10:20:3 2020-01-01T 20200101 2020-01 2020-01-01Z
2020-01-01T10:20:30z 2020-01-01T10:20:30-00:30 2020-01-01T10:20:30+00:00 12345-01-01 202-01-01""".split()

SPACED = ["2020-01-01 10:20:30", "2020-01-01  10:20:30 Z", "2020-01-01 1:20:30.25 -5", "2020-01-01 10:20:30 +1:00",
          "2020-01-01 10:20:30 +01:30", "2020-01-01 10:20", "1 000", "yes no", "- 1", "null null", "1e 3", "12:30 45"]


def products():
    """Every short text over the characters that numbers are made of, thinned out."""
    for length in (1, 2, 3, 4):
        texts = ["".join(p) for p in itertools.product("0179-+._:ebx", repeat=length)]
        yield from random.sample(texts, min(len(texts), 230))


def numbers():
    for _ in range(420):
        sign = random.choice(["", "", "-", "+"])
        whole = random.choice(["0", "00", "0x", "0b", ""]) + "".join(
            random.choice("0123456789_") for _ in range(random.randint(0, 12)))
        rest = random.choice(["", "", ".", ".5", f".{random.randint(0, 10**9)}", ":30", ":59:01", ":07.5", "_"])
        power = random.choice(["", "", "", "e3", "e+3", "E-12", "e+308"])
        yield sign + whole + rest + power


def dates():
    for _ in range(330):
        text = f"{random.randint(0, 9999):04}-{random.randint(0, 13):02}-{random.randint(0, 32):02}"
        if random.random() < 0.8:
            text += random.choice("Tt ") + f"{random.randint(0, 25)}:{random.randint(0, 61):02}:{random.randint(0, 61):02}"
            text += random.choice(["", "", ".", ".1", ".123456", ".1234567890"])
            text += random.choice(["", "Z", " Z", "+1", "-12", "+05:30", " -08:00", "+23:59", "+25:00"])
        yield text


def words():
    for word in list(WORDS):
        yield word
        yield word.swapcase()
        yield word + random.choice("0_.:e ").strip() + "1"
    for _ in range(400):
        yield "".join(random.choice("truefalsyonTRUEFALSYON.~") for _ in range(random.randint(1, 5)))


def record(text):
    try:
        value = yaml.safe_load("- " + text)
    except (ValueError, yaml.YAMLError):
        return [text]
    # What is no plain scalar (a mapping, say) is not ours to compare.
    token = next((e for e in yaml.parse("- " + text) if isinstance(e, yaml.ScalarEvent)), None)
    if token is None or token.value != text or not isinstance(value, list) or isinstance(value[0], dict):
        return None
    return [text, typed(value[0])]


def main():
    seen, entries = set(), []
    for text in itertools.chain(WORDS, SPACED, words(), numbers(), dates(), products()):
        if text in seen or not text or text != text.strip():
            continue
        seen.add(text)
        try:
            entry = record(text)
        except (yaml.YAMLError, TypeError):
            entry = None
        if entry and (len(entry) == 2 or plain(text)):
            entries.append(entry)
    print("[\n" + ",\n".join(json.dumps(e) for e in entries) + "\n]")
    print(len(entries), "scalars", file=sys.stderr)


def plain(text):
    """A failure counts only if the text is one plain scalar: the constructor failed, not the parser."""
    try:
        events = [e for e in yaml.parse("- " + text) if isinstance(e, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return False
    return len(events) == 1 and events[0].value == text


if __name__ == "__main__":
    main()
