// The same as bare.mjs by @textd/client. ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds.
import { readFileSync } from "node:fs";

const { Client } = await import(process.env.TEXTD_NODE_CLIENT);
const [endpoint, count, window, plugin] = [process.argv[2], +process.argv[3], +process.argv[4], process.argv[5]];
const text = readFileSync(0, "utf8");
const client = new Client(endpoint);

async function run(count) {
    let spans = 0;
    const texts = (function* () { for (let i = 0; i < count; i++) yield text; })();
    for await (const doc of client.annotateMany(texts, { window, plugins: [plugin], ordered: false }))
        spans += doc.sentences.length;
    return spans;
}

await run(count / 10);
const begin = performance.now(), cpu = process.cpuUsage();
await run(count);
const used = process.cpuUsage(cpu);
console.log((performance.now() - begin) / 1e3, (used.user + used.system) / 1e6);
client.close();
