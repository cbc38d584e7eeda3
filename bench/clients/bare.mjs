// Bare zeromq.js and @msgpack/msgpack, as one would write it without a client: no time-outs, no way back when the connection
// is lost. ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.TEXTD_NODE_MODULES + "/");
const { Dealer } = require("zeromq");
const { encode, decode } = require("@msgpack/msgpack");

const [endpoint, count, window, plugin] = [process.argv[2], +process.argv[3], +process.argv[4], process.argv[5]];
const text = readFileSync(0, "utf8");
const socket = new Dealer({ linger: 0 });
socket.connect(endpoint);

async function run(count) {
    let sent = 0, spans = 0;
    for (let received = 0; received < count; received++) {
        for (; sent < count && sent - received < window; sent++)
            await socket.send(encode({ id: sent, text, plugins: [plugin], offsets: "utf16" }));
        const [frame] = await socket.receive();
        spans += decode(frame).results.segmenter?.sentences.length ?? 0;
    }
    return spans;
}

await run(count / 10);
const begin = performance.now(), cpu = process.cpuUsage();
await run(count);
const used = process.cpuUsage(cpu);
console.log((performance.now() - begin) / 1e3, (used.user + used.system) / 1e6);
socket.close();
