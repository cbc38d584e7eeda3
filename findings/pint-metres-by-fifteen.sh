#!/bin/sh
# Pint: 1,5 m is fifteen metres, 1 234 m is 234, and a height of 5 ft 3 in is an area.
#
# One expects: a comma between digits parts thousands if three digits follow, and is otherwise a decimal comma or an error, as "1,5" is for float(); what the
# parser of quantities can't read it refuses.
# What happens: every comma is taken out before anything else, so "1,5 m" is 15 m. A blank is a multiplication, also between two numbers: "1 234 m" (the
# SI's own way to write thousands) is 1 times 234 m, and "5 ft 3 in" 15 ft times in. Nothing warns, and the first two have the right dimension.
# Who meets it: who lets people type measures, or takes them from tables: in most of Europe the comma is the decimal sign.
#
# Needs network (Debian's archive, bookworm) and /usr/bin/python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in python3-pint=0.19.2-1 python3-packaging; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done

cat >try.py <<'PY'
import sys

sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import pint

print("Pint of Debian:", sys.argv[1])
parse = pint.UnitRegistry().parse_expression
for text in ("1.5 m", "1,5 m", "1,234 m", "1 234 m", "12,50 kg", "5 ft 3 in", "2 h 30 min", "5 m 20"):
    print(f"{text:<10} -> {parse(text)}")
PY
/usr/bin/python3 -B try.py "$(dpkg-deb -f python3-pint_*.deb Version)" | tee seen
cat >known <<'KNOWN'
Pint of Debian: 0.19.2-1
1.5 m      -> 1.5 meter
1,5 m      -> 15 meter
1,234 m    -> 1234 meter
1 234 m    -> 234 meter
12,50 kg   -> 1250 kilogram
5 ft 3 in  -> 15 foot * inch
2 h 30 min -> 60 hour * minute
5 m 20     -> 100 meter
KNOWN
diff known seen && echo "as known: commas and blanks are not of the number"
