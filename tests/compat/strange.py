"""What the target server answers that few servers do: odd redirects, encodings, types, replies that break off."""

import gzip
import re
import urllib.parse
import zlib


def deflate_raw(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


TEXT = b"a packed text"
ENCODED = {"gzip": gzip.compress(TEXT, mtime=0), "deflate": zlib.compress(TEXT), "deflate-raw": deflate_raw(TEXT),
           "gzip, deflate": zlib.compress(gzip.compress(TEXT, mtime=0)), "gzip-bad": b"no gzip at all",
           "gzip-trunc": gzip.compress(TEXT, mtime=0)[:-9]}
ENCODED.update({"x-gzip": ENCODED["gzip"], "GZIP": ENCODED["gzip"]})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
RAW = {
    "close": b"",
    "nolength": HEAD + b"\r\nuntil the end",
    "chunked": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
    "short": HEAD + b"Content-Length: 50\r\n\r\nonly this",
    "dupheaders": HEAD + b"Content-Length: 2\r\nX-A: 1\r\nx-a: 2\r\nX-B:\r\nX-A:   3  \r\n\r\nok",
    "latin": HEAD + b"Content-Length: 2\r\nX-L: caf\xe9\r\n\r\n\xe9\xe8",
    "empty200": HEAD + b"Content-Length: 0\r\n\r\n",
    "100": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok",
    "http10": HEAD.replace(b"1.1", b"1.0") + b"\r\nold",
    "badstatus": b"nonsense\r\n\r\n",
    "bighead": HEAD + b"X-Big: " + b"x" * 20000 + b"\r\nContent-Length: 2\r\n\r\nok",
    "nocontenttype": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "multi": HEAD + b"Content-Length: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok",
    "204body": b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
}


def answer(handler, path, asked):
    if path == "/to":
        # Header texts go out as ISO-8859-1: `raw` names bytes, which nothing has decoded.
        raw = re.search("raw=([^&]*)", handler.path)
        to = urllib.parse.unquote(raw[1], "latin-1") if raw else asked.get("to", "")
        handler.send(int(asked["status"]), b"moved", Location=to)
    elif path == "/cookie":
        handler.send(302, b"", Location=asked["to"], Set_Cookie="k=v; Path=/")
    elif path == "/encoded":
        name = asked["as"]
        handler.send(200, ENCODED.get(name, TEXT), Content_Encoding=name.removesuffix("-bad").removesuffix("-trunc")
                     .removesuffix("-raw"))
    elif path == "/typed":
        handler.send(200, bytes.fromhex(asked.get("body", "")), asked.get("type", ""))
    else:
        handler.wfile.write(RAW[asked["kind"]])
        handler.close_connection = True
