#!/bin/sh
# timestring (npm): an hour and a half is 112 hours, fifteen, or one, by how it is written.
#
# One expects: a parser of times that takes "1.5 hours" and "2h30m" as they come, and throws an error at "2 hours ago", reads the other ways to write this or
# throws an error.
# What happens: commas and blanks are taken out first: "1,5 h" is 15 hours, "1 1/2 h" is 112 (of "11/2h" the 112 that are not a slash); "2h30" is two
# hours, as what has no unit at the end is passed over; and a minus goes, so "-1h" is an hour. To parse-duration a comma is one of thousands, too, and "1 1/2 h" are 11
# hours and 2; but it reads 2h30, and keeps the minus.
# Who meets it: who lets people type how long something took: people write 2h30 and 1,5 h in France, and 1 1/2 in America.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts timestring@7.0.0 parse-duration@2.1.9 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import parseDuration from "parse-duration";
import timestring from "timestring";

const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const hours = (count) => `${Number(count.toFixed(4))} h`;
console.log(`${version("timestring")}, ${version("parse-duration")}`);
for (const text of ["1.5 hours", "2h30m", "2h30", "1,5 h", "1 1/2 h", "-1h"])
  console.log(`${text}: ${hours(timestring(text, "h"))}, ${hours(parseDuration(text, "h"))}`);
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
timestring 7.0.0, parse-duration 2.1.9
1.5 hours: 1.5 h, 1.5 h
2h30m: 2.5 h, 2.5 h
2h30: 2 h, 2.5 h
1,5 h: 15 h, 15 h
1 1/2 h: 112 h, 13 h
-1h: 1 h, -1 h
KNOWN
diff known seen && echo "as known: an hour and a half takes days"
