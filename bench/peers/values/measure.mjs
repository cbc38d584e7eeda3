// measure.mjs: what chrono-node, compromise and libphonenumber-js find in each line of table.tsv, as JSON: for each package a list of
// [line, value...]; a package is asked only for the kinds that it knows. Dates are told on 2024-03-06.
import fs from "node:fs";
import * as chrono from "chrono-node";
import nlp from "compromise";
import dates from "compromise-dates";
import { findPhoneNumbersInText } from "libphonenumber-js/max";

nlp.plugin(dates);
const today = new Date("2024-03-06T12:00:00Z");
const rows = fs
  .readFileSync(process.argv[2], "utf8")
  .split("\n")
  .filter((line) => line && line[0] !== "#")
  .map((line) => line.split("\t"));

function chronoValue(result) {
  const at = result.start;
  const two = (n) => String(n).padStart(2, "0");
  let value = String(at.get("year")).padStart(4, "0");
  if (at.isCertain("month") || at.isCertain("day") || at.isCertain("weekday")) value += "-" + two(at.get("month"));
  if (at.isCertain("day") || at.isCertain("weekday")) value += "-" + two(at.get("day"));
  if (at.isCertain("hour")) value += `T${two(at.get("hour"))}:${two(at.get("minute"))}`;
  return value;
}

// Which currency it is compromise doesn't tell by a code: the amount alone is judged. Cents are hundredths.
function moneyValue(found) {
  const { num, suffix, unit } = found.number;
  return /^(cents?|pence|c|¢)$/.test(unit || suffix || "") ? num / 100 : num;
}

const ways = {
  "chrono-node": {
    date: (text) => chrono.parse(text, { instant: today, timezone: "UTC" }).map(chronoValue),
  },
  compromise: {
    number: (text) => nlp(text).numbers().json().map((found) => found.number.num),
    ordinal: (text) => nlp(text).numbers().json().map((found) => found.number.num),
    percent: (text) => nlp(text).percentages().json().map((found) => found.number.num),
    money: (text) => nlp(text).money().json().map(moneyValue),
    date: (text) =>
      nlp(text)
        .dates({ today: "2024-03-06", timezone: "UTC" })
        .get()
        .filter((found) => found.start)
        .map((found) => found.start.slice(0, 16)),
  },
  "libphonenumber-js": {
    phone: (text) => findPhoneNumbersInText(text, "US").map((found) => found.number.number),
  },
};
const found = {};
for (const [name, kinds] of Object.entries(ways)) {
  found[name] = [];
  rows.forEach(([kind, text], i) => {
    if (kinds[kind]) found[name].push([i, ...kinds[kind](text)]);
  });
}
console.log(JSON.stringify(found));
