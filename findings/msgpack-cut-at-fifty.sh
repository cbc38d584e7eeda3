#!/bin/sh
# MessagePack in JavaScript: a text that was cut within a character is no UTF-8 up to 50 units, and UTF-8 beyond; one library makes a rat of a smiley.
#
# One expects: half of a surrogate pair, which has no UTF-8, becomes U+FFFD, as TextEncoder, Buffer and fetch have it, or is refused; the same in a short text
# and a long one.
# What happens: @msgpack/msgpack writes the half as three bytes that are no UTF-8 in texts of up to 50 units (its own loop), and U+FFFD in longer ones
# (TextEncoder). It reads both, so a test with itself finds nothing. notepack.io, in short texts, takes what follows for the other half, whatever it is: a
# comma is swallowed, and at the end of a text it makes one up, so a smiley that was cut is a rat, in good UTF-8. msgpackr and msgpack5 write U+FFFD.
# Who meets it: who cuts titles, previews and messages to a length, by slice or a column's width: some of them are refused by readers that check (Python's, Rust's,
# textd's), and only short ones. text.toWellFormed() before packing helps.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @msgpack/msgpack@3.1.3 msgpackr@2.1.4 notepack.io@3.0.1 msgpack5@6.1.0 >/dev/null || exit 77

cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const { encode, decode } = require("@msgpack/msgpack");
const msgpackr = require("msgpackr");
const msgpack5 = require("msgpack5")();
const notepack = require("notepack.io");

const libraries = {
  "@msgpack/msgpack": [encode, decode],
  msgpackr: [msgpackr.pack, msgpackr.unpack],
  "notepack.io": [notepack.encode, notepack.decode],
  msgpack5: [msgpack5.encode, msgpack5.decode],
};
const isUtf8 = (bytes) => {
  try {
    return Boolean(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
};
const texts = { "short, at its end": "Fine 😀".slice(0, 6), "short, within": "😀, fine".slice(1), "50 units": `${"x".repeat(49)}😀`.slice(0, 50), "51 units": `${"x".repeat(50)}😀`.slice(0, 51) };
for (const [name, [write, read]] of Object.entries(libraries)) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
  for (const [title, text] of Object.entries(texts)) {
    const packed = Buffer.from(write(text));
    const bytes = packed.subarray(packed[0] === 0xd9 ? 2 : 1); // behind str 8's head of two bytes, or fixstr's of one
    const escaped = JSON.stringify(read(packed)).replace(/x{9,}/, "x…x");
    console.log(`  ${title}: ${isUtf8(bytes) ? "UTF-8" : "no UTF-8"}, read back ${escaped}`);
  }
}
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
@msgpack/msgpack 3.1.3
  short, at its end: no UTF-8, read back "Fine \ud83d"
  short, within: no UTF-8, read back "\ude00, fine"
  50 units: no UTF-8, read back "x…x\ud83d"
  51 units: UTF-8, read back "x…x�"
msgpackr 2.1.4
  short, at its end: UTF-8, read back "Fine �"
  short, within: UTF-8, read back "�, fine"
  50 units: UTF-8, read back "x…x�"
  51 units: UTF-8, read back "x…x�"
notepack.io 3.0.1
  short, at its end: UTF-8, read back "Fine 🐀"
  short, within: UTF-8, read back "򐀬 fine"
  50 units: UTF-8, read back "x…x�"
  51 units: UTF-8, read back "x…x�"
msgpack5 6.1.0
  short, at its end: UTF-8, read back "Fine �"
  short, within: UTF-8, read back "�, fine"
  50 units: UTF-8, read back "x…x�"
  51 units: UTF-8, read back "x…x�"
KNOWN
diff known seen && echo "as known: the short ones are refused, and the long ones aren't"
