#!/bin/sh
# Markdown to plain text: one library cuts what stands between < and >, one leaves backslashes, one turns addresses into riddles.
#
# One expects: of plain sentences without any mark-up the same sentences, and of the autolink <ann@example.org> the address.
# What happens: remove-markdown takes "Costs < 5 and sales > 9" for a tag and gives "Costs  9"; an autolink goes as a whole, address and all, and so does
# a footnote's text. strip-markdown with remark gives Markdown again: "[sic]" and "2 * 3" come with a backslash that nobody wrote.
# markdown-to-txt writes each letter of an address as one of two HTML entities, drawn by chance: no two runs give the same "text".
# Who meets it: who sends issues, READMEs and chats to what finds amounts and addresses: they are gone, or not readable.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts remove-markdown@0.6.2 strip-markdown@6.0.0 remark@15.0.1 markdown-to-txt@2.0.1 lodash@4.17.21 \
    >/dev/null || exit 77

cat >try.mjs <<'JS'
import { readFileSync } from "fs";
import { markdownToTxt } from "markdown-to-txt";
import { remark } from "remark";
import removeMarkdown from "remove-markdown";
import stripMarkdown from "strip-markdown";

const libraries = {
  "remove-markdown": removeMarkdown,
  "strip-markdown": (text) => String(remark().use(stripMarkdown).processSync(text)).trim(),
  "markdown-to-txt": markdownToTxt,
};
const texts = ["Costs < 5 and sales > 9.", "He [sic] said 2 * 3.", "Mail <ann@example.org>.", "So it is[^1].\n\n[^1]: In May."];
for (const [name, plain] of Object.entries(libraries)) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
  for (const text of texts) console.log("   ", JSON.stringify(text), "->", JSON.stringify(plain(text).replace(/(&#x?[0-9a-f]+;)+/g, "&#...;")));
}
JS
node try.mjs | tee seen
cat >known <<'KNOWN'
remove-markdown 0.6.2
    "Costs < 5 and sales > 9." -> "Costs  9."
    "He [sic] said 2 * 3." -> "He [sic] said 2 * 3."
    "Mail <ann@example.org>." -> "Mail ."
    "So it is[^1].\n\n[^1]: In May." -> "So it is.\n\n"
strip-markdown 6.0.0
    "Costs < 5 and sales > 9." -> "Costs < 5 and sales > 9."
    "He [sic] said 2 * 3." -> "He \\[sic] said 2 \\* 3."
    "Mail <ann@example.org>." -> "Mail ann@example.org."
    "So it is[^1].\n\n[^1]: In May." -> "So it is\\[^1].\n\n\\[^1]: In May."
markdown-to-txt 2.0.1
    "Costs < 5 and sales > 9." -> "Costs < 5 and sales > 9."
    "He [sic] said 2 * 3." -> "He [sic] said 2 * 3."
    "Mail <ann@example.org>." -> "Mail &#...;."
    "So it is[^1].\n\n[^1]: In May." -> "So it is[^1].\n\n[^1]: In May."
KNOWN
diff known seen && echo "as known: three ways, three losses"
