// measure.js: bytes a second of the npm packages sentiment and vader-sentiment, on one core, in turn; a rate for each round, as JSON.
//   node measure.js ROUNDS FILE     a text a line
const fs = require("fs");
const Sentiment = require("sentiment");
const vader = require("vader-sentiment").SentimentIntensityAnalyzer;

const rounds = Number(process.argv[2]);
const bytes = fs.readFileSync(process.argv[3]);
const texts = bytes.toString().split("\n").filter((text) => text);
const sentiment = new Sentiment();
const ways = {
  sentiment: (text) => sentiment.analyze(text).score,
  "vader-sentiment": (text) => vader.polarity_scores(text).compound,
};
const times = { sentiment: [], "vader-sentiment": [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const start = process.cpuUsage();
    for (const text of texts) way(text);
    const spent = process.cpuUsage(start);
    times[name].push((spent.user + spent.system) / 1e6);
  }
}
const figures = {};
for (const [name, seconds] of Object.entries(times)) {
  figures[name] = seconds.map((s) => bytes.length / 1e6 / s);
}
console.log(JSON.stringify(figures));
