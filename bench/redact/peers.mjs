// peers.mjs FILE: what npm's redactors take out of each text of FILE (JSON: a list of texts), as [start, end] in code points, and how fast
// they are. Each is asked as its README says, with its defaults, which have all of its patterns on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const texts = JSON.parse(readFileSync(process.argv[2], "utf8"));
const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
const codePoints = (text, at) => [...text.slice(0, at)].length;

/** What of the text isn't in `clean`: the pieces between the labels that were put in are looked for in order. */
function takenOut(text, clean, label) {
  const pieces = clean.split(label);
  const spans = [];
  let at = 0;
  pieces.forEach((piece, i) => {
    const found = i === pieces.length - 1 ? text.length - piece.length : i === 0 ? 0 : text.indexOf(piece, at);
    if (found < at) throw new Error(`${clean} can't be laid beside ${text}`);
    if (i > 0) spans.push([codePoints(text, at), codePoints(text, found)]);
    at = found + piece.length;
  });
  return spans;
}

function measure(run) {
  const found = texts.map((text) => run(text, false));
  const long = texts.join("\n");
  const bytes = Buffer.byteLength(long);
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const begin = process.hrtime.bigint();
    texts.forEach((text) => run(text, true));
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9);
  }
  return { found, mb_per_s: bytes / 1e6 / best };
}

const { Redactor } = require("@redactpii/node");
const redactor = new Redactor();
const label = /\b(?:PERSON_NAME|EMAIL_ADDRESS|PHONE_NUMBER|CREDIT_CARD_NUMBER|US_SOCIAL_SECURITY_NUMBER|[A-Z]+(?:_[A-Z]+)+)\b/;
const out = {};
out[`@redactpii/node ${version("@redactpii/node")}`] = measure((text, isTimed) => {
  const clean = redactor.redact(text);
  return isTimed || clean === text ? [] : takenOut(text, clean, label);
});

const { OpenRedaction } = require("@openredaction/openredaction");
const shield = new OpenRedaction();
const detected = [];
for (const text of texts) detected.push(await shield.detect(text));
let index = 0;
const spansOf = (text, result) => result.detections.map(({ position: [start, end] }) => [codePoints(text, start), codePoints(text, end)]);
const name = `@openredaction/openredaction ${version("@openredaction/openredaction")}`;
let best = Infinity;
for (let i = 0; i < 3; i++) {
  const begin = process.hrtime.bigint();
  for (const text of texts) await shield.detect(text);
  best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9);
}
out[name] = { found: texts.map((text) => spansOf(text, detected[index++])), mb_per_s: Buffer.byteLength(texts.join("\n")) / 1e6 / best };
console.log(JSON.stringify(out));
