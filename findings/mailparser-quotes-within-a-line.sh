#!/bin/sh
# Mail in format=flowed: of a quotation that was wrapped, two parsers join the lines and leave the second line's quote marks in the sentence.
#
# One expects: RFC 3676 says how soft line breaks of quoted text are joined: a line's quote marks are its depth and are taken off, the
# text is joined, and the depth is put before the whole. The parsers do join soft breaks, and undo the stuffing blank.
# What happens (mailparser, postal-mime): "> It was sent on " and "> Monday." become "> It was sent on > Monday.": each break leaves a > in
# mid-sentence, as many as the quotation is deep. Without format=flowed, or unquoted, all is as one expects.
# Who meets it: who sends mail to something that reads sentences: replies quote, and Thunderbird and Apple's Mail write flowed text. A sentence has signs
# in it that nobody wrote, and a > within a line can't be told from one that was written.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mailparser@3.7.5 postal-mime@2.4.4 >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import mailparser from "mailparser";
import PostalMime from "postal-mime";

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const lines = ["Our own \r\nline.", "> It was sent on \r\n> Monday.", ">> It was sent by \r\n>> Ann."];
for (const form of ["; format=flowed", ""]) {
  const mail = `Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8${form}\r\n\r\n${lines.join("\r\n")}\r\n`;
  console.log("mailparser", version("mailparser") + form, JSON.stringify((await mailparser.simpleParser(mail)).text.trim().split("\n")));
  console.log("postal-mime", version("postal-mime") + form, JSON.stringify((await PostalMime.parse(mail)).text.trim().split("\n")));
}
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
mailparser 3.7.5; format=flowed ["Our own line.","> It was sent on > Monday.",">> It was sent by >> Ann."]
postal-mime 2.4.4; format=flowed ["Our own line.","> It was sent on > Monday.",">> It was sent by >> Ann."]
mailparser 3.7.5 ["Our own ","line.","> It was sent on ","> Monday.",">> It was sent by ",">> Ann."]
postal-mime 2.4.4 ["Our own ","line.","> It was sent on ","> Monday.",">> It was sent by ",">> Ann."]
KNOWN
diff known seen && echo "as known: quote marks within the sentence"
