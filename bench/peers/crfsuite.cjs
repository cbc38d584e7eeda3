// The usual features of a tagger of names, with CRFsuite (npm package crfsuite): learns from the columns that `names columns` prints,
// and tags others.
//
//   node crfsuite.cjs NODE_MODULES train COLUMNS MODEL
//   node crfsuite.cjs NODE_MODULES tag COLUMNS MODEL > PREDICTED.jsonl
//   node crfsuite.cjs NODE_MODULES speed COLUMNS MODEL   tokens a second, the best of three passes, features made and looked up in the
//                                                        tagger; how long a load takes, and what was resident at most
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const [modules, act, columns, model] = process.argv.slice(2);
if (!model) {
  console.error('usage: node crfsuite.cjs NODE_MODULES train|tag|speed COLUMNS MODEL');
  process.exit(2);
}
const crfsuite = require(path.resolve(modules, 'crfsuite'));

const shape = (word) => word.replace(/\p{Lu}+/gu, 'X').replace(/\p{Ll}+/gu, 'x').replace(/\d+/g, '0');

function features(words, i) {
  const word = words[i], lower = word.toLowerCase(), out = ['bias', `l=${lower}`, `w=${word}`, `s=${shape(word)}`];
  for (let k = 1; k <= 4; k++) out.push(`p${k}=${lower.slice(0, k)}`, `x${k}=${lower.slice(-k)}`);
  for (const d of [-2, -1, 1, 2]) {
    const other = words[i + d];
    if (other === undefined) out.push(`${d}=none`);
    else out.push(`${d}l=${other.toLowerCase()}`, `${d}s=${shape(other)}`);
  }
  out.push(`-1l0l=${(words[i - 1] ?? '').toLowerCase()}|${lower}`, `0l1l=${lower}|${(words[i + 1] ?? '').toLowerCase()}`);
  return out;
}

async function* sentences() {
  let rows = [];
  for await (const line of readline.createInterface({ input: fs.createReadStream(columns) })) {
    if (line) rows.push(line.split('\t'));
    else if (rows.length) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length) yield rows;
}

async function train() {
  const trainer = new crfsuite.Trainer({ debug: false });
  trainer.init('lbfgs', 'crf1d');
  trainer.set_params({ c1: '0.1', c2: '0.1', max_iterations: '100', 'feature.minfreq': '1' });
  for await (const rows of sentences()) {
    const words = rows.map((row) => row[0]);
    trainer.append(words.map((_, i) => features(words, i)), rows.map((row) => row[1]));
  }
  trainer.train(model);
}

async function tag() {
  const tagger = new crfsuite.Tagger(), texts = new Map();
  tagger.open(model);
  for await (const rows of sentences()) {
    const words = rows.map((row) => row[0]), labels = tagger.tag(words.map((_, i) => features(words, i)));
    labels.forEach((label, i) => {
      const [, , id, start, end] = rows[i];
      if (!texts.has(id)) texts.set(id, []);
      const found = texts.get(id), type = label.slice(2), last = found[found.length - 1];
      if (label.startsWith('I-') && i > 0 && labels[i - 1].slice(2) === type && last) last.end = Number(end);
      else if (label !== 'O') found.push({ start: Number(start), end: Number(end), type });
    });
  }
  for (const [id, entities] of texts) console.log(JSON.stringify({ id, entities }));
}

async function speed() {
  const tagger = new crfsuite.Tagger(), all = [];
  let began = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - began) / 1e9;
  tagger.open(model);
  console.log(`load ${(seconds() * 1000).toFixed(2)} ms`);
  for await (const rows of sentences()) all.push(rows.map((row) => row[0]));
  const tokens = all.reduce((n, words) => n + words.length, 0);
  let best = 0;
  for (let pass = 0; pass < 3; pass++) {
    began = process.hrtime.bigint();
    for (const words of all) tagger.tag(words.map((_, i) => features(words, i)));
    best = Math.max(best, tokens / seconds());
  }
  console.log(`speed ${best.toFixed(2)} tokens/s`);
  console.log(`resident ${(process.resourceUsage().maxRSS / 1024).toFixed(1)} MiB`);
}

({ train, tag, speed })[act]().catch((error) => {
  console.error(error);
  process.exit(1);
});
