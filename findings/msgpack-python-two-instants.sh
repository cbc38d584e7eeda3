#!/bin/sh
# msgpack for Python: one datetime becomes two timestamps, in the same library.
#
# One expects: packb(moment, datetime=True) and packb(Timestamp.from_datetime(moment)) write the same bytes, whether
# the library's C half is there or not: a datetime has microseconds, and the format holds nanoseconds.
# What happens: packb in C reckons with integers; from_datetime, and with it packb in Python, goes by a double, which
# near today has steps of 238 ns. 123457 us become 123456954 ns: of 1000 moments 992 are other ones. In the last
# microsecond of the year 9999 it is the next second, which no datetime can hold.
# Who meets it: who compares timestamps, uses them as keys or signs messages, between machines with and without the C
# half, say PyPy. Readers that cut nanoseconds down to microseconds get the microsecond before.
#
# Needs network (Debian's archive) and Debian's python3, 3.11. Exits with 0 while this is so, 1 when it is not any
# more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download python3-msgpack=1.0.3-2+b1 || exit 77
dpkg -x ./*.deb root
export PYTHONPATH=root/usr/lib/python3/dist-packages
/usr/bin/python3 -c 'import msgpack._cmsgpack' || exit 77

cat >try.py <<'PY'
from datetime import datetime, timezone

import msgpack


def pack(year, microsecond):
    moment = datetime(year, 12, 31, 23, 59, 59, microsecond, timezone.utc)
    return msgpack.packb(moment, datetime=True), msgpack.packb(msgpack.Timestamp.from_datetime(moment))


half = "Python" if msgpack.Packer.__module__.endswith("fallback") else "C"
print("msgpack", ".".join(map(str, msgpack.version)), "in", half)
for year, microsecond in ((2024, 500000), (2024, 123457), (9999, 999999)):
    print(f"  {year}-12-31 23:59:59.{microsecond}")
    for name, packed in zip(("packb", "from_datetime"), pack(year, microsecond)):
        moment = msgpack.unpackb(packed)
        print(f"    {name:<13} {packed.hex():<30} {moment.seconds} s {moment.nanoseconds} ns")
differ = sum(one != other for one, other in (pack(2024, microsecond) for microsecond in range(0, 1000000, 1000)))
print(f"  of 1000 moments {differ} differ")
PY
{
    /usr/bin/python3 try.py
    MSGPACK_PUREPYTHON=1 /usr/bin/python3 try.py
} | tee seen
cat >known <<'KNOWN'
msgpack 1.0.3 in C
  2024-12-31 23:59:59.500000
    packb         d7ff773594006774857f           1735689599 s 500000000 ns
    from_datetime d7ff773594006774857f           1735689599 s 500000000 ns
  2024-12-31 23:59:59.123457
    packb         d7ff1d6f37a06774857f           1735689599 s 123457000 ns
    from_datetime d7ff1d6f36e86774857f           1735689599 s 123456954 ns
  9999-12-31 23:59:59.999999
    packb         c70cff3b9ac6180000003afff4417f 253402300799 s 999999000 ns
    from_datetime c70cff000000000000003afff44180 253402300800 s 0 ns
  of 1000 moments 992 differ
msgpack 1.0.3 in Python
  2024-12-31 23:59:59.500000
    packb         d7ff773594006774857f           1735689599 s 500000000 ns
    from_datetime d7ff773594006774857f           1735689599 s 500000000 ns
  2024-12-31 23:59:59.123457
    packb         d7ff1d6f36e86774857f           1735689599 s 123456954 ns
    from_datetime d7ff1d6f36e86774857f           1735689599 s 123456954 ns
  9999-12-31 23:59:59.999999
    packb         c70cff000000000000003afff44180 253402300800 s 0 ns
    from_datetime c70cff000000000000003afff44180 253402300800 s 0 ns
  of 1000 moments 0 differ
KNOWN
diff known seen && echo "as known: one moment, two instants"
