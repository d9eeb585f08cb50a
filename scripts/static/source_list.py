#!/usr/bin/env python3
"""Prints source entries (deb-src) for the release this machine's own package sources name.

usage: source_list.py [--newer] [ETC_APT]

Reads sources.list, sources.list.d/*.list and *.sources below ETC_APT (/etc/apt), keeps the enabled
binary entries of this machine's release, and prints them as deb-src stanzas: the same servers, the
same keys. --newer also prints them for the Debian release after this one, for what this one has
too old (TLS 1.3 in mbedTLS, a curl that uses it). Nothing is written.
"""

import pathlib
import re
import sys

# The release that follows; its signing key is in the older one's keyring.
NEXT_RELEASE = {"bookworm": "trixie", "trixie": "forky"}


def read_deb822(text):
    """The stanzas of a .sources file as dicts, field names in lower case."""
    for block in re.split(r"\n\s*\n", text):
        stanza, last = {}, None
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0] in " \t" and last:
                stanza[last] += "\n" + line
            elif ":" in line:
                last, value = line.split(":", 1)
                last = last.strip().lower()
                stanza[last] = value.strip()
        if stanza:
            yield stanza


def read_one_line(text):
    """The entries of a .list file in the same form."""
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)", line.split("#")[0].strip())
        if not found:
            continue
        options = dict(pair.split("=", 1) for pair in (found[1] or "").split() if "=" in pair)
        stanza = {"types": "deb", "uris": found[2], "suites": found[3], "components": found[4]}
        if "signed-by" in options:
            stanza["signed-by"] = options["signed-by"]
        yield stanza


def read_entries(etc):
    for path in sorted(etc.glob("sources.list.d/*.sources")):
        yield from read_deb822(path.read_text())
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*.list"))]:
        if path.is_file():
            yield from read_one_line(path.read_text())


def print_stanza(entry, suites):
    print("Types: deb-src")
    print("URIs:", entry["uris"])
    print("Suites:", " ".join(suites))
    print("Components:", entry["components"])
    if "signed-by" in entry:
        print("Signed-By:", entry["signed-by"])
    print()


def main():
    arguments = sys.argv[1:]
    newer = "--newer" in arguments
    folders = [argument for argument in arguments if argument != "--newer"]
    release = pathlib.Path("/etc/os-release").read_text()
    codename = re.search(r'^VERSION_CODENAME="?([a-z]+)', release, re.M)
    if not codename:
        sys.exit("source_list: /etc/os-release names no release")
    codename = codename[1]
    printed = 0
    for entry in read_entries(pathlib.Path(folders[0] if folders else "/etc/apt")):
        if "deb" not in entry.get("types", "").split() or entry.get("enabled") == "no":
            continue
        suites = [suite for suite in entry.get("suites", "").split()
                  if re.fullmatch(codename + "(-updates|-security)?", suite)]
        if not suites or not entry.get("components"):
            continue
        if not newer:
            print_stanza(entry, suites)
        elif codename in NEXT_RELEASE:
            print_stanza(entry, [suite.replace(codename, NEXT_RELEASE[codename])
                                 for suite in suites])
        printed += 1
    return 0 if printed else 1


if __name__ == "__main__":
    sys.exit(main())
