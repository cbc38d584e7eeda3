#!/bin/sh
# fflate: of a file of several gzip members the first is read, the whole, or the first with the word that this was all, by how its bytes came.
#
# One expects: RFC 1952 lets members follow each other (logs that were appended, WARC files, what parallel compressors write); gunzip, zlib in Node,
# pako and DecompressionStream read all, or one gets an error for what is left.
# What happens: gunzipSync gives the first member and passes over the rest; the stream gives all when fed in small pieces, and when it is fed the
# same bytes in one piece the first member, marked as the last, without an error.
# Who meets it: who reads corpora in a browser or a function: a crawl's file has one record, and yesterday's log is today's.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts fflate@0.8.2 pako@2.1.0 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import { gunzipSync as nodes, gzipSync } from "zlib";
import { gunzipSync, Gunzip } from "fflate";
import pako from "pako";

const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const bytes = new Uint8Array(Buffer.concat([gzipSync("first "), gzipSync("second")]));
const text = (out) => JSON.stringify(Buffer.from(out).toString());
const stream = (size) => {
  const parts = [];
  const gunzip = new Gunzip((chunk, isLast) => parts.push(Buffer.from(chunk).toString() + (isLast ? "|" : "")));
  for (let i = 0; i < bytes.length; i += size) gunzip.push(bytes.subarray(i, i + size), i + size >= bytes.length);
  return JSON.stringify(parts.join(""));
};
console.log("zlib of Node:", text(nodes(bytes)));
console.log(`${version("pako")}:`, text(pako.ungzip(bytes)));
console.log(`${version("fflate")}, gunzipSync:`, text(gunzipSync(bytes)));
console.log("fflate, Gunzip, 4 bytes a push:", stream(4));
console.log("fflate, Gunzip, one push:", stream(bytes.length));
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
zlib of Node: "first second"
pako 2.1.0: "first second"
fflate 0.8.2, gunzipSync: "first "
fflate, Gunzip, 4 bytes a push: "first second|"
fflate, Gunzip, one push: "first |"
KNOWN
diff known seen && echo "as known: it depends on how the bytes came"
