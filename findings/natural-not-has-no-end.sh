#!/bin/sh
# natural (npm), SentimentAnalyzer: one "not" turns everything that comes after it round, to the end of the document.
#
# One expects: a denial reaches for some words, or to the end of its clause, as elsewhere.
# What happens: from the first word of denial on each score is subtracted, over commas, sentences, and other denials: "It is not late. I love it."
# is negative, and a review of forty sentences is judged the wrong way round from its first "not" on; a second one doesn't turn it back. Words of denial also
# count as words that have been found, so they thin the mean.
# Who meets it: who takes the analyzer for more than a line: the longer a text, the surer there is a "not" in it.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts natural@8.0.1 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import natural from "natural";

const analyzer = new natural.SentimentAnalyzer("English", natural.PorterStemmer, "afinn");
const tokenizer = new natural.WordTokenizer();
console.log("natural", JSON.parse(readFileSync("node_modules/natural/package.json")).version);
const texts = ["I love it.", "It is not late. I love it.", "It is not late and not far. I love it.", `It is not far. ${"I love it. ".repeat(9)}`];
for (const text of texts) console.log(analyzer.getSentiment(tokenizer.tokenize(text)).toFixed(2), text.trim());
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
natural 8.0.1
0.67 I love it.
-0.29 It is not late. I love it.
-0.20 It is not late and not far. I love it.
-0.58 It is not far. I love it. I love it. I love it. I love it. I love it. I love it. I love it. I love it. I love it.
KNOWN
diff known seen && echo "as known: it has no end"
