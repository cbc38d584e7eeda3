#!/bin/sh
# wink-nlp: the address of a machine without a dot in its name makes a text sad.
#
# One expects: an address is an address, and says nothing of a mood; at worst it is cut into words and signs that count for nothing.
# What happens: the tokenizer knows an address by the ending of its host, .com say. In http://localhost/, in the name of a machine of
# one's own network, and in file:///, it reads ":/" as an emoticon, a frowning face, and the sentiment of the sentence is -0.4, two
# thirds of what "bad" does. The same sentence with example.com has 0.
# Who meets it: who measures the mood of tickets, commit messages, chat: technical people seem to be in a bad one.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts wink-nlp@2.4.0 wink-eng-lite-web-model@1.8.1 >/dev/null || exit 77

cat >try.cjs <<'JS'
const nlp = require("wink-nlp")(require("wink-eng-lite-web-model"));
const texts = [
  "The page is at https://example.com/docs",
  "The page is at http://localhost/docs",
  "The page is at http://wiki/docs",
  "The page is at file:///srv/docs",
  "The page is bad",
];
for (const name of ["wink-nlp", "wink-eng-lite-web-model"])
  console.log(name, JSON.parse(require("fs").readFileSync(`node_modules/${name}/package.json`)).version);
for (const text of texts) {
  const doc = nlp.readDoc(text);
  const emoticons = doc.tokens().filter((token) => token.out(nlp.its.type) === "emoticon").out();
  console.log(doc.out(nlp.its.sentiment).toFixed(2), JSON.stringify(emoticons), text);
}
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
wink-nlp 2.4.0
wink-eng-lite-web-model 1.8.1
0.00 [] The page is at https://example.com/docs
-0.40 [":/"] The page is at http://localhost/docs
-0.40 [":/"] The page is at http://wiki/docs
-0.40 [":/"] The page is at file:///srv/docs
-0.60 [] The page is bad
KNOWN
diff known seen && echo "as known: an address frowns"
