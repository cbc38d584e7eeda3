#!/bin/sh
# vader-sentiment (npm): a "Not" that begins a sentence denies nothing.
#
# One expects: VADER's rules count words of denial in any case, and it reads capitals as emphasis; its own page says "Not bad at all" has 0.431.
# What happens in the port: the words before a word are looked up in the list of denials as they are written, and that is in small letters: "Not
# good" is as good as "good", and "Not bad at all" as bad as "bad". In small letters both are right.
# Who meets it: reviews and answers of few words begin so: "Not recommended", "Never again", "Not worth it".
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts vader-sentiment@1.1.3 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import vader from "vader-sentiment";

console.log("vader-sentiment", JSON.parse(readFileSync("node_modules/vader-sentiment/package.json")).version);
for (const text of ["not good", "Not good", "not bad at all", "Not bad at all", "It is Never good", "It is never good"])
  console.log(vader.SentimentIntensityAnalyzer.polarity_scores(text).compound, text);
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
vader-sentiment 1.1.3
-0.3412 not good
0.4404 Not good
0.431 not bad at all
-0.5423 Not bad at all
0.4404 It is Never good
-0.3412 It is never good
KNOWN
diff known seen && echo "as known: a capital Not denies nothing"
