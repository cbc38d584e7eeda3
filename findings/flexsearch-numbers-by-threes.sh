#!/bin/sh
# FlexSearch: order 1237 finds order 1234567, and 202 finds 20241103, which 2024 doesn't.
#
# One expects: an index that looks for whole words (the default) finds a number by that number, or, if it does more, by how it begins.
# What happens: digits are cut into threes before they are indexed, and so is what is looked for: 1234567 is the words 123, 456 and 7, so 1237 (123 and 7) is in
# it; 2024 (202 and 4) isn't in 20241103 (202, 411, 03), though 202 is. It is an option of the encoder ("numeric"), on by default.
# Who meets it: who has invoices, orders, years or telephone numbers in a search box: other people's documents come up.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts flexsearch@0.8.212 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import { Index } from "flexsearch";

console.log("flexsearch", JSON.parse(readFileSync("node_modules/flexsearch/package.json")).version);
const index = new Index();
const documents = ["", "order 1234567 shipped", "order 20241103"];
documents.forEach((text, id) => text && index.add(id, text));
for (const query of ["1234567", "1237", "4567", "202", "2024", "20241"]) console.log(query, "->", JSON.stringify(index.search(query).map((id) => documents[id])));
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
flexsearch 0.8.212
1234567 -> ["order 1234567 shipped"]
1237 -> ["order 1234567 shipped"]
4567 -> ["order 1234567 shipped"]
202 -> ["order 20241103"]
2024 -> []
20241 -> ["order 20241103"]
KNOWN
diff known seen && echo "as known: another order is found"
