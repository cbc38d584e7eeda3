#!/bin/sh
# requests: whether a line of JSON is one line depends on a word in the Content-Type.
#
# One expects: iter_lines gives the lines of an answer, which end with a line feed, and decode_unicode=True gives the
# same lines as str. NDJSON is made for that: within JSON, a line feed is always written as \n.
# What happens: with decode_unicode=True and a charset in the Content-Type, lines also end at U+2028, U+2029, U+0085,
# and at the control characters U+000B, U+000C, U+001C to U+001E: Python's splitlines, for str. The former three may
# stand as they are in JSON strings, so a document falls into pieces that are no JSON. Without a charset decode_unicode does
# nothing: the lines are bytes, and whole. httpx of the same time gives whole lines as str in both cases.
# Who meets it: a program that reads texts from NDJSON over HTTP, on the day a server adds "; charset=utf-8", or with
# the first text that was copied from a PDF or a word processor.
#
# Needs network (Debian's archive) and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it
# can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download python3-requests=2.28.1+dfsg-1 python3-httpx=0.23.3-1 \
    'python3-urllib3=1.26.12-1*' python3-chardet python3-idna python3-certifi python3-httpcore python3-sniffio \
    python3-anyio python3-rfc3986 python3-h11 || exit 77
for file in *.deb; do dpkg -x "$file" root; done

cat >try.py <<'PY'
import http.server
import json
import threading

import httpx
import requests

DOCUMENTS = [{"text": text} for text in ("one\u2028two", "three\u0085four", "five\nsix")]
BODY = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in DOCUMENTS).encode()


class Ndjson(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" + ("; charset=utf-8" if self.path == "/charset" else ""))
        self.end_headers()
        self.wfile.write(BODY)


def tell(name, path, lines):
    whole = 0
    for line in lines:
        try:
            whole += json.loads(line) in DOCUMENTS
        except ValueError:
            pass
    kind = type(lines[0]).__name__
    print(f"  {name}, {path[1:]}: {len(lines)} lines ({kind}), {whole} documents of {len(DOCUMENTS)}")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ndjson)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"requests {requests.__version__}, httpx {httpx.__version__}")
session = requests.Session()
session.trust_env = False
for path in ("/plain", "/charset"):
    address = f"http://127.0.0.1:{server.server_port}{path}"
    for options in ({}, {"decode_unicode": True}):
        name = "requests" + "".join(f", {key}={value}" for key, value in options.items())
        tell(name, path, list(session.get(address, stream=True).iter_lines(**options)))
    with httpx.Client(trust_env=False) as client, client.stream("GET", address) as response:
        tell("httpx", path, list(response.iter_lines()))
PY
PYTHONPATH=root/usr/lib/python3/dist-packages python3 try.py | tee seen
cat >known <<'KNOWN'
requests 2.28.1, httpx 0.23.3
  requests, plain: 3 lines (bytes), 3 documents of 3
  requests, decode_unicode=True, plain: 3 lines (bytes), 3 documents of 3
  httpx, plain: 3 lines (str), 3 documents of 3
  requests, charset: 3 lines (bytes), 3 documents of 3
  requests, decode_unicode=True, charset: 5 lines (str), 1 documents of 3
  httpx, charset: 3 lines (str), 3 documents of 3
KNOWN
diff known seen && echo "as known: one line, or two"
