"""Values of PyYAML's safe_load in the typed JSON that tree_json.c prints."""

import base64
import datetime
import json


def real(number):
    text = repr(number)
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(text, text)


def typed(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"real": real(value)}
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, bytes):
        return {"binary": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [typed(item) for item in value]
    if isinstance(value, set):
        return {"set": sorted(([key_text(k), None] for k in value), key=json.dumps)}
    if isinstance(value, dict):
        pairs = ([key_text(k), typed(v)] for k, v in value.items())
        return {"map": sorted(pairs, key=json.dumps)}
    raise TypeError(type(value))


def key_text(key):
    return base64.b64encode(key).decode() if isinstance(key, bytes) else str(key)


def in_order(tree):
    """Our own tree, its members sorted as above: mappings have no order."""
    if isinstance(tree, list):
        return [in_order(item) for item in tree]
    if isinstance(tree, dict):
        for name in ("map", "set"):
            if name in tree:
                pairs = ([key, in_order(value)] for key, value in tree[name])
                return {name: sorted(pairs, key=json.dumps)}
    return tree
