#!/bin/sh
# Parsers of people's names: Lin Ma has no family name for one of them, and Di Reed no first name for another.
#
# One expects: of two names with a blank between them the one is the first and the other the last; degrees and particles are looked for where a name
# is left without them.
# What happens: humanparser takes "Ma" at the end for the degree, M.A., in any case and also when nothing else is left: the suffix is "Ma" and the
# last name empty. So it is with "V", for the fifth. parse-full-name gets these right, but takes a particle at the front for the
# family name's: "Di Reed" and "Van Morris" are last names, and the first is empty.
# Who meets it: who sorts or greets people by it: Ma is one of China's commonest family names, and Di and Van are first names of their own.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts humanparser@2.7.0 parse-full-name@1.2.7 >/dev/null || exit 77

cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const { parseName } = require("humanparser");
const { parseFullName } = require("parse-full-name");
const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const show = (first, last, suffix) => JSON.stringify({ first, last, suffix: suffix ?? "" });
console.log(`${version("humanparser")}, ${version("parse-full-name")}`);
for (const name of ["Lin Li", "Lin Ma", "Ann V", "Ann Reed", "Di Reed", "Van Morris"]) {
  const [one, other] = [parseName(name), parseFullName(name)];
  console.log(name, show(one.firstName, one.lastName, one.suffix), show(other.first, other.last, other.suffix));
}
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
humanparser 2.7.0, parse-full-name 1.2.7
Lin Li {"first":"Lin","last":"Li","suffix":""} {"first":"Lin","last":"Li","suffix":""}
Lin Ma {"first":"Lin","last":"","suffix":"Ma"} {"first":"Lin","last":"Ma","suffix":""}
Ann V {"first":"Ann","last":"","suffix":"V"} {"first":"Ann","last":"V","suffix":""}
Ann Reed {"first":"Ann","last":"Reed","suffix":""} {"first":"Ann","last":"Reed","suffix":""}
Di Reed {"first":"Di","last":"Reed","suffix":""} {"first":"","last":"Di Reed","suffix":""}
Van Morris {"first":"Van","last":"Morris","suffix":""} {"first":"","last":"Van Morris","suffix":""}
KNOWN
diff known seen && echo "as known: half a name is missing"
