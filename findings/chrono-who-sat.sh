#!/bin/sh
# chrono-node: who sat was there on Saturday, and who sat at 5 tables, at five o'clock.
#
# One expects: a finder of dates in English takes "Sat" for a day where it could be one: with a capital, beside a date or a time; its loose form may guess more,
# but "sat" is one of the commonest verbs.
# What happens: names of days and months are taken in any case and alone, also where they are words: sat, sun, wed, march, may; with "at 5" behind it the
# verb gets a time. parse() is the loose form; strict finds none of these, nor "on Sat".
# Who meets it: who looks for appointments in mail and notes: most sentences in the past have one.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts chrono-node@2.10.3 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import * as chrono from "chrono-node";

console.log("chrono-node", JSON.parse(readFileSync("node_modules/chrono-node/package.json")).version);
const texts = ["They sat at 5 tables.", "The sun is hot.", "It was a long march home.", "He has wed her.", "It may rain in may.", "Come on Sat."];
for (const text of texts)
  console.log(JSON.stringify(text), JSON.stringify(chrono.parse(text).map((date) => date.text)), JSON.stringify(chrono.strict.parse(text).map((date) => date.text)));
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
chrono-node 2.10.3
"They sat at 5 tables." ["sat at 5"] []
"The sun is hot." ["sun"] []
"It was a long march home." ["march"] []
"He has wed her." ["wed"] []
"It may rain in may." ["may"] []
"Come on Sat." ["on Sat."] []
KNOWN
diff known seen && echo "as known: they sat on Saturday"
