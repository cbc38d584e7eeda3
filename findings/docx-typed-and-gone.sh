#!/bin/sh
# Word documents: where the author pressed Shift+Enter, a tab or the hyphen that doesn't break, libraries for their text leave nothing.
#
# One expects: these are characters that one types and sees: in the file they are elements of their own (w:br, w:tab, w:noBreakHyphen), and a reader of
# text writes a line break, a tab, a hyphen for them.
# What happens: mammoth's extractRawText drops the line break, so the lines of an address are joined, "Mill Lane" and "Leeds" to "Mill LaneLeeds";
# word-extractor drops the hyphen, so "10-20" with such a hyphen is 1020; officeparser and any-text drop all
# three, and any-text the ends of paragraphs as well. Nothing warns.
# Who meets it: who takes text from Word files to find names, numbers and places in it: Word writes that hyphen for Ctrl+Shift+- and autocorrection of
# templates, and addresses and signatures are Shift+Enter.
#
# Needs network (npm's registry), node and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mammoth@1.11.0 officeparser@5.2.2 word-extractor@1.0.4 any-text@1.2.0 >/dev/null || exit 77

cat >letter.py <<'PY'
import zipfile

OFFICE, PACKAGE = "http://schemas.openxmlformats.org/officeDocument/2006", "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


LINES = [
    run("12 Mill Lane") + "<w:r><w:br/></w:r>" + run("Leeds"),
    run("Total") + "<w:r><w:tab/></w:r>" + run("900"),
    run("10") + "<w:r><w:noBreakHyphen/></w:r>" + run("20 people"),
]
with zipfile.ZipFile("letter.docx", "w") as letter:
    letter.writestr(
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    )
    letter.writestr(
        "_rels/.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{OFFICE}/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
    )
    paragraphs = "".join(f"<w:p>{content}</w:p>" for content in LINES)
    letter.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>')
PY
python3 letter.py
cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const WordExtractor = require("word-extractor");
const readers = {
  mammoth: async () => (await require("mammoth").extractRawText({ path: "letter.docx" })).value,
  officeparser: () => require("officeparser").parseOfficeAsync("letter.docx"),
  "word-extractor": async () => (await new WordExtractor().extract("letter.docx")).getBody(),
  "any-text": () => require("any-text").getText("letter.docx"),
};
(async () => {
  for (const [name, read] of Object.entries(readers)) {
    const version = JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
    console.log(name, version, JSON.stringify((await read()).trim()));
  }
})();
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
mammoth 1.11.0 "12 Mill LaneLeeds\n\nTotal\t900\n\n10‑20 people"
officeparser 5.2.2 "12 Mill LaneLeeds\nTotal900\n1020 people"
word-extractor 1.0.4 "12 Mill Lane\nLeeds\nTotal\t900\n1020 people"
any-text 1.2.0 "12 Mill LaneLeedsTotal9001020 people"
KNOWN
diff known seen && echo "as known: lines, columns and ranges run together"
