#!/bin/sh
# compromise (npm): a number below zero is read without its sign, and adding one to it takes one away.
#
# One expects: -5 in a text is the number minus five, as "minus five" is; a library that reckons with the numbers of a text reckons with that one.
# What happens: the sign is kept aside as a prefix, like that of a currency, and the number is 5: get() gives 5, and add(1) turns "-5 degrees" into "-6
# degrees". toText() writes "-five". "minus five" in words is -5, and with add(1) "minus four"; toNumber() makes "-5" of it, which it would read as 5.
# Who meets it: who takes temperatures, changes in percent or balances out of texts: frost is warmth, and a loss is a gain.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts compromise@14.17.0 >/dev/null || exit 77

cat >try.cjs <<'JS'
const nlp = require("compromise");
const change = (text, how) => {
  const doc = nlp(text);
  how(doc.numbers());
  return doc.text();
};
console.log("compromise", JSON.parse(require("fs").readFileSync("node_modules/compromise/package.json")).version);
for (const text of ["It was 5 degrees.", "It was -5 degrees.", "It fell by −2.5 percent.", "It was minus five degrees."])
  console.log(JSON.stringify({
    text,
    get: nlp(text).numbers().get(),
    "add(1)": change(text, (numbers) => numbers.add(1)),
    "toText()": change(text, (numbers) => numbers.toText()),
    "toNumber()": change(text, (numbers) => numbers.toNumber()),
  }));
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
compromise 14.17.0
{"text":"It was 5 degrees.","get":[5],"add(1)":"It was 6 degrees.","toText()":"It was five degrees.","toNumber()":"It was 5 degrees."}
{"text":"It was -5 degrees.","get":[5],"add(1)":"It was -6 degrees.","toText()":"It was -five degrees.","toNumber()":"It was -5 degrees."}
{"text":"It fell by −2.5 percent.","get":[2.5],"add(1)":"It fell by −3.5 percent.","toText()":"It fell by −two point five percent.","toNumber()":"It fell by −2.5 percent."}
{"text":"It was minus five degrees.","get":[-5],"add(1)":"It was minus four degrees.","toText()":"It was minus five degrees.","toNumber()":"It was -5 degrees."}
KNOWN
diff known seen && echo "as known: the sign isn't the number's"
