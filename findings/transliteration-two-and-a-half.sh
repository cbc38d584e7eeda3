#!/bin/sh
# Libraries that write text in ASCII: two and a half become 21/2, a minus nothing, and ten to the sixth 106.
#
# One expects: who writes ½ as 1/2 looks at what is before it, since a number is the one thing that usually is: "2 1/2".
# What happens (npm's unidecode, any-ascii, transliteration): "2½" is "21/2", ten and a half. any-ascii does the same to 3⅓, the others have blanks around a
# third, but none around a half. Raised figures are put behind the number: 10⁶ is 106. The mathematical minus is "[?]" to unidecode, and nothing to
# transliteration, whose "10−20" is 1020, and "−5" is 5. Python's Unidecode, of the same tables, has blanks around each fraction and keeps the minus.
# Who meets it: who makes keys, slugs or search terms of recipes, measurements and papers, or "cleans" text before it looks for numbers.
#
# Needs network (npm's registry; Debian's archive, bookworm), node and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts unidecode@1.1.0 any-ascii@0.3.3 transliteration@2.6.1 >/dev/null || exit 77
apt-get -o APT::Sandbox::User=root -qq download python3-unidecode=1.3.6-1 || exit 77
dpkg -x ./*.deb root

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import anyAscii from "any-ascii";
import { slugify, transliterate } from "transliteration";
import unidecode from "unidecode";

const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const show = (name, write) => console.log(`${name}:`, process.argv.slice(2).map((text) => JSON.stringify(write(text))).join(" "));
show(version("unidecode"), unidecode);
show(version("any-ascii"), anyAscii);
show(version("transliteration"), transliterate);
show("its slugify", slugify);
JS
cat >try.py <<'PY'
import json
import sys

sys.path.insert(0, "root/usr/lib/python3/dist-packages")
from unidecode import unidecode

print("Unidecode of Debian, Python:", *(json.dumps(unidecode(text)) for text in sys.argv[1:]))
PY
set -- "2½ cups" "1¾" "3⅓" "10⁶" "10−20" "−5"
{
    node try.mjs "$@"
    python3 -B try.py "$@"
} | tee seen
cat >known <<'KNOWN'
unidecode 1.1.0: "21/2 cups" "13/4" "3 1/3 " "106" "10[?]20" "[?]5"
any-ascii 0.3.3: "21/2 cups" "13/4" "31/3" "106" "10-20" "-5"
transliteration 2.6.1: "21/2 cups" "13/4" "3 1/3 " "106" "1020" "5"
its slugify: "21-2-cups" "13-4" "3-1-3" "106" "1020" "5"
Unidecode of Debian, Python: "2 1/2 cups" "1 3/4" "3 1/3 " "106" "10-20" "-5"
KNOWN
diff known seen && echo "as known: two and a half are ten and a half"
