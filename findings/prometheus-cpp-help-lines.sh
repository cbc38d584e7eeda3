#!/bin/sh
# prometheus-cpp: a line break in the help of one metric makes all metrics of the program unreadable.
#
# One expects: the library writes texts so that they can be read again: a line feed as \n and a backslash as \\, in
# help texts as in the values of labels. It does so in labels; the clients for Python and Node.js do it in both.
# What happens: the help is written as it is. After a line feed the rest of it stands on a line of its own, which is
# no metric, and the reader refuses the whole page: promtool does, and Prometheus says of the target that it is down
# (up is 0, and there is no other metric of it).
# Who meets it: who takes help texts from somewhere: a plugin's description, a raw string literal of C++ over two
# lines.
#
# Needs network (Debian's archive) and g++. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download prometheus-cpp-dev=1.0.1-1 libprometheus-cpp-core1.0=1.0.1-1 \
    python3-prometheus-client=0.16.0-0.1 'prometheus=2.42.0+ds-5*' || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libprometheus-cpp-core.so.1.0')")

cat >try.cc <<'CC'
#include <iostream>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

int main()
{
    prometheus::Registry registry;

    auto &queue = prometheus::BuildGauge().Name("queue_documents").Help("Documents\nthat wait.").Register(registry);
    queue.Add({{"queue", "a\nb"}}).Set(7);
    std::cout << prometheus::TextSerializer().Serialize(registry.Collect());
}
CC
cat >try.py <<'PY'
import prometheus_client

registry = prometheus_client.CollectorRegistry()
gauge = prometheus_client.Gauge("queue_documents", "Documents\nthat wait.", ["queue"], registry=registry)
gauge.labels("a\nb").set(7)
print(prometheus_client.generate_latest(registry).decode(), end="")
PY
g++ -Iroot/usr/include try.cc -L"$library" -l:libprometheus-cpp-core.so.1.0 -o try
tell() { # NAME FILE: what the library wrote, and what the reader says
    echo "$1:"
    sed 's/^/  /' "$2"
    root/usr/bin/promtool check metrics <"$2" >said 2>&1 || true
    echo "  promtool: $(grep . said || echo good)"
}
LD_LIBRARY_PATH=$library ./try >cpp.txt
PYTHONPATH=root/usr/lib/python3/dist-packages python3 try.py >python.txt
{
    tell "prometheus-cpp 1.0.1" cpp.txt
    tell "prometheus_client 0.16.0 (Python)" python.txt
} | tee seen
cat >known <<'KNOWN'
prometheus-cpp 1.0.1:
  # HELP queue_documents Documents
  that wait.
  # TYPE queue_documents gauge
  queue_documents{queue="a\nb"} 7
  promtool: error while linting: text format parsing error in line 2: expected float as value, got "wait."
prometheus_client 0.16.0 (Python):
  # HELP queue_documents Documents\nthat wait.
  # TYPE queue_documents gauge
  queue_documents{queue="a\nb"} 7.0
  promtool: good
KNOWN
diff known seen && echo "as known: one line too many"
