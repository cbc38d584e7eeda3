#!/bin/sh
# PyYAML: a list of signs must not hold an equals sign.
#
# One expects: what is no number, no date and none of the few words for true, false and null is a string, without
# quotes as well: ";", "==", "<" and ">=" are, hence "=" and "<<" too.
# What happens: YAML 1.1 has types of their own for these two, "value" and "merge". PyYAML tells them by their looks,
# but its loaders can't make anything of either: safe_load of "- =" raises ConstructorError, "could not determine a
# constructor for the tag", and nothing of the file is read. "=" as a key is a string. js-yaml and yaml for Node.js
# read strings.
# Who meets it: tables of punctuation, operators or stop words with one a line, and settings like `separator: =`. In
# quotes all is well.
#
# Needs network (Debian's archive, npm's registry), node and python3. Exits with 0 while this is so, 1 when it is not
# any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download python3-yaml=6.0-3+b2 || exit 77
dpkg -x ./*.deb root
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts js-yaml@4.1.1 yaml@2.9.1 >/dev/null || exit 77

cat >try.py <<'PY'
import json
import sys

import yaml

print("PyYAML", yaml.__version__)
for text in sys.argv[1:]:
    try:
        print(f"  {text:<8} {json.dumps(yaml.safe_load(text))}")
    except yaml.YAMLError as error:
        print(f"  {text:<8} {type(error).__name__}: {str(error).splitlines()[0]}")
PY
cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
for (const [name, load] of [["js-yaml", require("js-yaml").load], ["yaml", require("yaml").parse]]) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
  console.log("  all of them:", JSON.stringify(process.argv.slice(2).map((text) => load(text))));
}
JS
set -- '- ==' '- ;' '- <' '- =' '- <<' 'by: =' '=: by' '- "="'
{
    PYTHONPATH=root/usr/lib/python3/dist-packages python3 try.py "$@"
    node try.cjs "$@"
} | tee seen
cat >known <<'KNOWN'
PyYAML 6.0
  - ==     ["=="]
  - ;      [";"]
  - <      ["<"]
  - =      ConstructorError: could not determine a constructor for the tag 'tag:yaml.org,2002:value'
  - <<     ConstructorError: could not determine a constructor for the tag 'tag:yaml.org,2002:merge'
  by: =    ConstructorError: could not determine a constructor for the tag 'tag:yaml.org,2002:value'
  =: by    {"=": "by"}
  - "="    ["="]
js-yaml 4.1.1
  all of them: [["=="],[";"],["<"],["="],["<<"],{"by":"="},{"=":"by"},["="]]
yaml 2.9.1
  all of them: [["=="],[";"],["<"],["="],["<<"],{"by":"="},{"=":"by"},["="]]
KNOWN
diff known seen && echo "as known: all signs but two"
