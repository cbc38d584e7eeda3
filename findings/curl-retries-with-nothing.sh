#!/bin/sh
# curl: an upload from a pipe that is tried again succeeds with an empty body.
#
# One expects: of `producer | curl --retry 1 -T - URL`, when the server says 429 or 503 after the body came, either
# the same body again (curl kept it) or an error, since a pipe can't be read twice: there is exit status 65 for that.
# What happens: the second request has a body of no bytes. The server takes it, curl's exit status is 0, the data is
# gone. A file as standard input, which could be read again, is not wound back either. `-T FILE` and `--data-binary
# @-` send all of it each time. What the server said to the first request stands on standard output before the answer
# to the second, but with -f or -o.
# Who meets it: whoever streams NDJSON, logs or a backup to a server that may be busy, and asked for retries to be on
# the safe side.
#
# Needs network (Debian's archive) and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it
# can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download 'curl=7.88.1-10*' 'libcurl4=7.88.1-10*' libnghttp2-14 libidn2-0 \
    librtmp1 libssh2-1 libpsl5 libldap-2.5-0 libbrotli1 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 \
    libcom-err2 libkeyutils1 libsasl2-2 libgnutls30 libnettle8 libhogweed6 libgmp10 libp11-kit0 libtasn1-6 libffi8 \
    libunistring2 libzstd1 libssl3 zlib1g || exit 77
for file in *.deb; do dpkg -x "$file" root; done
LIBRARIES=$(find "$PWD/root" -name '*.so*' -printf '%h\n' | sort -u | tr '\n' ':')
export LIBRARIES

cat >try.py <<'PY'
import http.server
import os
import subprocess
import threading

DOCUMENTS = b'{"text": "one"}\n{"text": "two"}\n'
bodies = []


class Busy(http.server.BaseHTTPRequestHandler):
    """Takes the whole body; the first request of two is refused for now, the second is taken."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self):
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_PUT(self):
        bodies.append(len(self.read_body()))
        is_first = len(bodies) == 1
        self.send_response(429 if is_first else 200)
        if is_first:
            self.send_header("Retry-After", "1")
        answer = b"later " if is_first else b"taken"
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = dict(os.environ, LD_LIBRARY_PATH=os.environ["LIBRARIES"], no_proxy="*")
with open("documents", "wb") as file:
    file.write(DOCUMENTS)


def curl(*arguments, **more):
    return subprocess.run(["root/usr/bin/curl", *arguments], env=environment, capture_output=True, check=False, **more)


print(" ".join(curl("--version").stdout.decode().split()[:2]))
for name, arguments, is_pipe in (
    ("-T -, a pipe", ["-T", "-"], True),
    ("-T -, a file", ["-T", "-"], False),
    ("-T FILE", ["-T", "documents"], False),
    ("--data-binary @-, a pipe", ["--data-binary", "@-"], True),
):
    bodies.clear()
    with open("documents", "rb") as file:
        more = {"input": DOCUMENTS} if is_pipe else {"stdin": file}
        done = curl("-sS", "--retry", "1", *arguments, f"http://127.0.0.1:{server.server_port}/", **more)
    print(f"{name}: bodies of {bodies} bytes, exit status {done.returncode}, output: {done.stdout.decode()}")
PY
python3 try.py | tee seen
cat >known <<'KNOWN'
curl 7.88.1
-T -, a pipe: bodies of [32, 0] bytes, exit status 0, output: later taken
-T -, a file: bodies of [32, 0] bytes, exit status 0, output: later taken
-T FILE: bodies of [32, 32] bytes, exit status 0, output: later taken
--data-binary @-, a pipe: bodies of [32, 32] bytes, exit status 0, output: later taken
KNOWN
diff known seen && echo "as known: tried again, with nothing"
