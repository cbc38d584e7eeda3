#!/bin/sh
# Microsoft's recognizers-text: half a million is two millionths, and EUR 500 are five euros.
#
# One expects: a finder of numbers and sums that reads "a million", "a half" and "half a dozen" reads "half a million" too, or leaves it out; a currency's
# code may stand before the sum or behind it, and says the same.
# What happens: what stands before a great number is taken for the upper part of a fraction and turned over: "half a million" has the value 2E-06, "three
# quarters of a million" 1.2E-05, and "one and a half million" is 1.0000005. "half a dozen" is 6. A code before the sum is read as a whole with nothing in it,
# and the sum as cents: "EUR 500" is 5, "USD 1,500" is 15, and so is "JPY 500" 5, of a currency without cents. "500 EUR" and "€ 500" are 500. Nothing
# but the value tells: text, unit and place are right.
# Who meets it: bots and forms that take what people type ("half a million"), and who reads invoices and bank statements, which put the code first.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/recognizers-text-suite@1.3.1 @microsoft/recognizers-text-number@1.3.1 \
    @microsoft/recognizers-text-number-with-unit@1.3.1 >/dev/null || exit 77

cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const { Culture, recognizeNumber, recognizeCurrency } = require("@microsoft/recognizers-text-suite");
for (const name of ["suite", "number", "number-with-unit"])
  console.log(name, JSON.parse(readFileSync(`node_modules/@microsoft/recognizers-text-${name}/package.json`)).version);
const show = (recognize, texts) => {
  for (const text of texts)
    console.log(JSON.stringify(text), recognize(text, Culture.English).map(({ resolution: { value, unit } }) => [value, unit].join(" ").trim()).join(", "));
};
show(recognizeNumber, ["a million", "a half", "half a dozen", "half a million", "three quarters of a million", "one and a half million"]);
show(recognizeCurrency, ["500 EUR", "€ 500", "EUR 500", "USD 1,500", "JPY 500", "half a million euros"]);
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
suite 1.3.1
number 1.3.1
number-with-unit 1.3.1
"a million" 1000000
"a half" 0.5
"half a dozen" 6
"half a million" 2E-06
"three quarters of a million" 1.2E-05
"one and a half million" 1.0000005
"500 EUR" 500 Euro
"€ 500" 500 Euro
"EUR 500" 5 Euro
"USD 1,500" 15 United States dollar
"JPY 500" 5 Japanese yen
"half a million euros" 2E-06 Euro
KNOWN
diff known seen && echo "as known: half a million is next to nothing"
