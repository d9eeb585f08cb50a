#!/usr/bin/env python3
"""Reads every #include of the layers against the arrows that CMakeLists.txt draws.

usage: check_includes.py TABLE ROOT

TABLE is written by CMake, one layer a line: name, folder, what it links directly. A layer may
include its own folder and whatever its links reach, downwards; a third-party header only where
that library is linked by name. Prints one line for each include that breaks this; exit 1 if any.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*(?:%\{)?\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".c", ".h", ".re", ".y", ".def"}
# Third-party headers, and the link that a layer must name to use them.
LIBRARIES = {
    "yaml.h": "PkgConfig::YAML",
    "cJSON.h": "PkgConfig::CJSON",
    "cjson/": "PkgConfig::CJSON",
    "curl/": "PkgConfig::CURL",
    "pcre2.h": "PkgConfig::PCRE2",
    "pcre2posix.h": "PkgConfig::PCRE2",
}
# What the drawing itself may never say, whatever CMakeLists.txt links.
RUNTIME_FLOOR = "runtime/"


class Layer:
    def __init__(self, name, folder, links):
        self.name, self.folder, self.links = name, folder, links


def read_table(path):
    layers = {}
    for line in path.read_text().splitlines():
        name, folder, *links = line.split()
        layers[name] = Layer(name, folder, links)
    return layers


def reach(layers, name, trail=()):
    """The names of the layers below `name`; a cycle is reported by its trail."""
    if name in trail:
        raise SystemExit("arrows run in a circle: " + " -> ".join(trail + (name,)))
    below = set()
    for link in layers[name].links:
        if link in layers:
            below |= {link} | reach(layers, link, trail + (name,))
    return below


def layer_of(layers, path):
    """The layer whose folder holds `path` (the longest match), or None."""
    held = [l for l in layers.values() if path.startswith(l.folder + "/")]
    return max(held, key=lambda l: len(l.folder), default=None)


def judge(layers, layer, bracket, target):
    """Why `layer` may not include `target`, or None."""
    for prefix, link in LIBRARIES.items():
        if target == prefix or (prefix.endswith("/") and target.startswith(prefix)):
            if link not in layer.links:
                return f"only layers that link {link} may, {layer.name} does not"
            return None
    if bracket == "<":
        return None
    owner = layer_of(layers, target)
    if owner is None:
        return "not a whole path into a layer"
    if owner is not layer and owner.name not in reach(layers, layer.name):
        return f"no arrow leads from {layer.name} down to {owner.name}"
    return None


def own_header_first(root, source, targets):
    """A source's own header comes first, which proves that it stands alone."""
    own = source.with_suffix(".h")
    if source.suffix != ".c" or not (root / own).exists() or not targets:
        return None
    return None if targets[0] == own.as_posix() else f"its own header, {own}, comes first"


def main():
    table, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    layers = read_table(table)
    wrong, seen = [], 0
    for layer in layers.values():
        below = reach(layers, layer.name)
        if layer.folder.startswith(RUNTIME_FLOOR):
            wrong += [f"CMakeLists.txt: {layer.name} -> {name}: the runtime knows nothing above it"
                      for name in below if not layers[name].folder.startswith(RUNTIME_FLOOR)]
        for path in sorted((root / layer.folder).rglob("*")):
            source = path.relative_to(root)
            if path.suffix not in SUFFIXES or layer_of(layers, source.as_posix()) is not layer:
                continue
            targets = []
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = INCLUDE.match(line)
                if not found:
                    continue
                seen += 1
                targets.append(found[2])
                why = judge(layers, layer, found[1], found[2])
                if why:
                    wrong.append(f"{source}:{number}: {found[2]}: {why}")
            why = own_header_first(root, source, targets)
            if why:
                wrong.append(f"{source}:1: {why}")
    print("\n".join(wrong) if wrong else f"{seen} includes of {len(layers)} layers, all downwards")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
