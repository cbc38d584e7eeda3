#!/bin/sh
# logfmt in Node: quotes don't make a string, an escaped line break becomes the letter n, and a value with a real one ends its own line.
#
# One expects: key="true" is the text "true", as quotes are for telling; "a\nb" is read as two lines, since \" and \\ are understood;
# and what the library has written it reads again.
# What happens (npm's logfmt): quoted or not, true and false become booleans (though "1" stays a text, and so does null); of \n only n is
# left, of \t only t; stringify writes line breaks and tabs as they are and without quotes, so the rest of such a value is a record of its own
# for whoever reads by lines.
# Who meets it: who ships logs in logfmt through Node, from writers that escape as Go's and textd do: a document named "true" isn't found
# by its name any more, and the message of an error that had two lines is one word longer.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts logfmt@1.4.0 >/dev/null || exit 77

cat >try.cjs <<'JS'
const logfmt = require("logfmt");
console.log("logfmt", JSON.parse(require("fs").readFileSync("node_modules/logfmt/package.json")).version);
for (const line of ['id="true" flag=true', 'n="1" none=null', 'error="first\\nsecond\\tthird"', 'error="a \\"b\\" c\\\\d"'])
  console.log(line, "->", JSON.stringify(logfmt.parse(line)));
const written = logfmt.stringify({ error: "first\nsecond", next: 1 });
console.log(JSON.stringify(written), "->", JSON.stringify(written.split("\n").map((line) => logfmt.parse(line))));
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
logfmt 1.4.0
id="true" flag=true -> {"id":true,"flag":true}
n="1" none=null -> {"n":"1","none":"null"}
error="first\nsecond\tthird" -> {"error":"firstnsecondtthird"}
error="a \"b\" c\\d" -> {"error":"a \"b\" c\\d"}
"error=first\nsecond next=1" -> [{"error":"first"},{"second":true,"next":"1"}]
KNOWN
diff known seen && echo "as known: quotes don't tell, line breaks don't come through"
