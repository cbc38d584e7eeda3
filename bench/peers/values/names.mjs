// names.mjs: how fast compromise finds people, organizations and places: node names.mjs ROUNDS FILE...; a rate for each round, MB/s of the processor, as JSON
import { readFileSync } from "node:fs";
import nlp from "compromise";

const [rounds, ...files] = process.argv.slice(2);
const texts = files.map((file) => readFileSync(file, "utf8"));
const bytes = texts.reduce((n, text) => n + Buffer.byteLength(text), 0);
const rates = [];
for (let round = 0; round <= Number(rounds); round++) {
  const start = process.cpuUsage();
  for (const text of texts) {
    const doc = nlp(text);
    for (const names of [doc.people(), doc.organizations(), doc.places()]) names.json({ offset: true });
  }
  const spent = process.cpuUsage(start);
  if (round > 0) rates.push(bytes / (spent.user + spent.system)); // the first is for the compiler
}
console.log(JSON.stringify(rates));
