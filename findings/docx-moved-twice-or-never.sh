#!/bin/sh
# Word documents with tracked changes: a sentence that was moved is read twice by three libraries and not at all by a fourth.
#
# One expects: the text of a draft is that with its changes taken, or that before them; all four leave deleted text out and take what was inserted, and a
# move is no more than a deletion here and an insertion there.
# What happens (npm's officeparser, word-extractor, any-text): a moved sentence is read at its old place and at its new one, since Word keeps it at
# the old place (w:moveFrom) in the element of any text, not in that of deleted text (w:delText). mammoth reads it at neither: it passes over
# w:moveFrom, and over w:moveTo as well, with all that is in it.
# Who meets it: who sends contracts and drafts to a summarizer or a search: a sentence is said twice, once where it isn't any more, or it is lost.
#
# Needs network (npm's registry), node and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mammoth@1.11.0 officeparser@5.2.2 word-extractor@1.0.4 any-text@1.2.0 >/dev/null || exit 77

cat >draft.py <<'PY'
import zipfile

OFFICE, PACKAGE = "http://schemas.openxmlformats.org/officeDocument/2006", "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(text, element="w:t"):
    return f'<w:r><{element} xml:space="preserve">{text}</{element}></w:r>'


def change(kind, number, content):
    return f'<w:{kind} w:id="{number}" w:author="x" w:date="2026-01-01T00:00:00Z">{content}</w:{kind}>'


first = run("We pay ") + change("del", 1, run("500", "w:delText")) + change("ins", 2, run("900")) + run(" euros.")
second = change("moveFrom", 3, run("It was moved. ")) + run("In the middle.")
third = run("At the end. ") + change("moveTo", 4, run("It was moved."))
with zipfile.ZipFile("draft.docx", "w") as draft:
    draft.writestr(
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    )
    draft.writestr(
        "_rels/.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{OFFICE}/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
    )
    paragraphs = "".join(f"<w:p>{content}</w:p>" for content in (first, second, third))
    draft.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>')
PY
python3 draft.py
cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const WordExtractor = require("word-extractor");
const readers = {
  mammoth: async () => (await require("mammoth").extractRawText({ path: "draft.docx" })).value,
  officeparser: () => require("officeparser").parseOfficeAsync("draft.docx"),
  "word-extractor": async () => (await new WordExtractor().extract("draft.docx")).getBody(),
  "any-text": () => require("any-text").getText("draft.docx"),
};
(async () => {
  for (const [name, read] of Object.entries(readers)) {
    const version = JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
    console.log(name, version, JSON.stringify((await read()).replace(/\n+/g, " ").trim()));
  }
})();
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
mammoth 1.11.0 "We pay 900 euros. In the middle. At the end."
officeparser 5.2.2 "We pay 900 euros. It was moved. In the middle. At the end. It was moved."
word-extractor 1.0.4 "We pay 900 euros. It was moved. In the middle. At the end. It was moved."
any-text 1.2.0 "We pay 900 euros.It was moved. In the middle.At the end. It was moved."
KNOWN
diff known seen && echo "as known: a moved sentence is read twice, or never"
