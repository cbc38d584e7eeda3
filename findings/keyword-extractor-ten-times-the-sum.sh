#!/bin/sh
# keyword-extractor (npm): of 3.5 million the keyword is 35, and of the U.S. there is none.
#
# One expects: keywords are words of the text; the option that keeps numbers (remove_digits: false) keeps them as they are.
# What happens: all full stops, commas and the like are taken out first, also those within a word: 3.5 is "35", 1,250.75 is "125075", version 2.10 "210", node.js
# "nodejs"; "U.S." becomes "us", which is a stop word, and goes. C++, AT&T and hyphens stay.
# Who meets it: who tags articles by it: tags that no text has, and ten times the sum.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts keyword-extractor@0.0.28 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import extractor from "keyword-extractor";

console.log("keyword-extractor", JSON.parse(readFileSync("node_modules/keyword-extractor/package.json")).version);
const options = { language: "english", remove_digits: false, return_changed_case: false };
for (const text of ["It made 3.5 million and 1,250.75 euros.", "Version 2.10 of node.js", "The U.S. and AT&T use C++"])
  console.log(JSON.stringify(text), "->", JSON.stringify(extractor.extract(text, options)));
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
keyword-extractor 0.0.28
"It made 3.5 million and 1,250.75 euros." -> ["made","35","million","125075","euros"]
"Version 2.10 of node.js" -> ["Version","210","nodejs"]
"The U.S. and AT&T use C++" -> ["AT&T","C++"]
KNOWN
diff known seen && echo "as known: sums without their points"
