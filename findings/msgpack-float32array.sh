#!/bin/sh
# MessagePack in JavaScript: two numbers in a Float32Array make five libraries write four things, and one loses the fractions.
#
# One expects: a typed array is numbers, so an array of them, or its memory as bin, or a refusal, and nearly the same everywhere.
# What happens, for [1.5, 300]: @msgpack/msgpack and msgpackr write the memory as bin (in the machine's byte order, and the type is
# gone); msgpack-lite an extension of its own, 0x17; msgpack5 a map with the keys "0" and "1"; notepack.io a bin of one byte a number,
# 01 2C: each number without its fraction and modulo 256. All decode without an error.
# Who meets it: who sends vectors, embeddings say, from JavaScript. Of notepack.io's only bytes come back.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @msgpack/msgpack@3.1.3 msgpackr@2.1.4 msgpack-lite@0.2.2 msgpack5@6.1.0 \
    notepack.io@3.0.1 >/dev/null || exit 77

cat >try.cjs <<'JS'
const msgpack5 = require("msgpack5")();
const encoders = {
  "@msgpack/msgpack": require("@msgpack/msgpack").encode,
  msgpackr: require("msgpackr").pack,
  "msgpack-lite": require("msgpack-lite").encode,
  msgpack5: (value) => msgpack5.encode(value).slice(),
  "notepack.io": require("notepack.io").encode,
};
for (const [name, encode] of Object.entries(encoders)) {
  const version = JSON.parse(require("fs").readFileSync(`node_modules/${name}/package.json`)).version;
  console.log(name, version, Buffer.from(encode(new Float32Array([1.5, 300]))).toString("hex"));
}
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
@msgpack/msgpack 3.1.3 c4080000c03f00009643
msgpackr 2.1.4 c4080000c03f00009643
msgpack-lite 0.2.2 d7170000c03f00009643
msgpack5 6.1.0 82a130ca3fc00000a131cd012c
notepack.io 3.0.1 c402012c
KNOWN
diff known seen && echo "as known: five libraries, four answers"
