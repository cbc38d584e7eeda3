#!/bin/sh
# libphonenumber-js: an invoice's number rings in Washington, and a sum without its fraction in New York.
#
# One expects: to find telephone numbers in a text is to find what somebody would dial; the search is said to leave out what only looks
# like one, and to be strict about the digits right beside a number.
# What happens: with a default country any ten digits that could be dialled there are one, whatever parts them and whatever word is before
# them. "Invoice 2024-000417" is +1 202 400 0417: the year is read as an area code. Of "212 555 0187.5" the fraction is passed over, and
# "It has 3125550187 rows" has a number, too; while 1-800-FLOWERS, which one does dial, is none.
# Who meets it: who makes numbers in mail and tickets into links, or blanks them out: amounts and invoices go, too.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts libphonenumber-js@1.12.9 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import { findPhoneNumbersInText } from "libphonenumber-js/max";
const texts = ["Invoice 2024-000417 is due.", "Sum: 212 555 0187.5", "It has 3125550187 rows.", "Call 1-800-FLOWERS.", "Call 312-555-0187."];
console.log("libphonenumber-js", JSON.parse(readFileSync("node_modules/libphonenumber-js/package.json")).version);
for (const text of texts)
  console.log(JSON.stringify(findPhoneNumbersInText(text, "US").map((found) => found.number.number)), text);
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
libphonenumber-js 1.12.9
["+12024000417"] Invoice 2024-000417 is due.
["+12125550187"] Sum: 212 555 0187.5
["+13125550187"] It has 3125550187 rows.
[] Call 1-800-FLOWERS.
["+13125550187"] Call 312-555-0187.
KNOWN
diff known seen && echo "as known: an invoice can be rung up"
