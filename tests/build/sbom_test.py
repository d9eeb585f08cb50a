#!/usr/bin/env python3
"""Reads what `chaosc build --sbom` writes with the SPDX project's own tools; installs them into the user's cache.

usage: sbom_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from, or no validator.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import pinned  # noqa: E402 (beside this folder)

BASE = {"chaosc-runtime", "musl"}
HTTP = BASE | {"curl", "c-ares", "zlib"}


def experiment(provider, tolerance):
    probe = {"type": "probe", "name": "p", "tolerance": tolerance, "provider": provider}
    return {"title": "t", "description": "d", "method": [],
            "steady-state-hypothesis": {"title": "h", "probes": [probe]}}


PROCESS = {"type": "process", "path": "true"}
PATTERN = {"type": "regex", "pattern": "a", "target": "stdout"}
PLAIN, SAFE = ({"type": "http", "url": f"{scheme}://localhost/", "timeout": 1} for scheme in ("http", "https"))

# what is built, how, and what is in it
CASES = [
    ("process", experiment(PROCESS, 0), [], BASE),
    ("regex", experiment(PROCESS, PATTERN), [], BASE | {"pcre2"}),
    ("http", experiment(PLAIN, 200), [], HTTP),
    ("https", experiment(SAFE, 200), [], HTTP | {"mbedtls"}),
    ("bundle", experiment(PROCESS, 0), ["--bundle"], HTTP | {"mbedtls", "pcre2"}),
    ("plan-only", experiment(SAFE, 200), ["--plan-only"], BASE),
    ('odd "name" \u00e9\\', experiment(PROCESS, 0), [], BASE),
]


def problems_of(path):
    from spdx_tools.spdx.parser.error import SPDXParsingError
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    try:
        document = parse_file(str(path))
    except SPDXParsingError as error:
        return error.get_messages(), None
    return [message.validation_message for message in validate_full_spdx_document(document, "SPDX-2.3")], document


def main():
    chaosc = Path(sys.argv[1]).resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    pinned.enter(HERE / "requirements.txt", ("spdx_tools",), "the SPDX project's validator")
    wrong = []
    with tempfile.TemporaryDirectory(prefix="chaosc-sbom-") as name:
        folder = Path(name)
        sbom = folder / "sbom.spdx.json"
        cases = list(CASES)
        if list(chaosc.parent.glob("kit/*/dynamic/libchaosrt.a")):
            cases.insert(0, ("dynamic", experiment(PROCESS, PATTERN), ["--dynamic"], {"chaosc-runtime"}))
        for title, doc, options, inside in cases:
            source = folder / f"{title}.json"
            source.write_text(json.dumps(doc))
            built = subprocess.run([chaosc, "build", *options, "--sbom", sbom, source, "-o", folder / f"{title}.run"],
                                   capture_output=True, text=True)
            if built.returncode != 0:
                wrong.append(f"{title}: {built.stderr}")
                continue
            problems, document = problems_of(sbom)
            wrong += [f"{title}: {problem}" for problem in problems]
            names = {package.name for package in document.packages} if document else set()
            if names != inside:
                wrong.append(f"{title}: {sorted(names)} are named, not {sorted(inside)}")
            unknown = [p.name for p in document.packages if not p.version] if document else []
            if unknown:
                wrong.append(f"{title}: {unknown} have no version")
        broken = json.loads(sbom.read_text())
        broken["packages"][0]["licenseDeclared"] = "no such licence!"
        broken["relationships"][0]["relatedSpdxElement"] = "SPDXRef-nowhere"
        sbom.write_text(json.dumps(broken))
        if not problems_of(sbom)[0]:
            wrong.append("the validator accepts a wrong document")
    for line in wrong:
        print(f"FAILED: {line}")
    print(f"{len(cases)} documents are valid SPDX" if not wrong else f"{len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
