#!/bin/sh
# Workbooks of Excel: a Japanese cell comes with how it is pronounced behind it, and a line break as seven characters.
#
# One expects: a cell's text is what one sees in it.
# What happens: Excel keeps with a Japanese text how it was typed (phonetic runs, rPh, of the shared string, with a text element of their own):
# officeparser appends it to the text, so Tokyo is "東京トウキョウ". A character that XML can't hold or would lose is kept as an escape of Office's
# own, a carriage return as _x000D_: officeparser and read-excel-file leave the escape in the text. exceljs and xlsx do neither.
# Who meets it: who takes texts from workbooks: names that no dictionary has, and words with _x000D_ at their ends.
#
# Needs network (npm's registry), node and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 xlsx@0.18.5 read-excel-file@5.8.8 officeparser@5.2.2 >/dev/null || exit 77

cat >book.py <<'PY'
import zipfile

OFFICE, PACKAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://schemas.openxmlformats.org/package/2006"
SHEET, TYPE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "application/vnd.openxmlformats-officedocument.spreadsheetml."


def relationships(**kinds):
    entries = "".join(f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>' for kind, target in kinds.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{entries}</Relationships>'


parts = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
overrides = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{TYPE}{kind}+xml"/>' for part, kind in parts.items())
with zipfile.ZipFile("book.xlsx", "w") as book:
    book.writestr(
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
    )
    book.writestr("_rels/.rels", relationships(officeDocument="xl/workbook.xml"))
    book.writestr("xl/_rels/workbook.xml.rels", relationships(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"))
    book.writestr(
        "xl/workbook.xml",
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="worksheet"/></sheets></workbook>',
    )
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>')
    tokyo = '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>'
    book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SHEET}" count="2" uniqueCount="2">{tokyo}<si><t>Leeds_x000D_\nYork</t></si></sst>')
PY
python3 book.py
cat >try.cjs <<'JS'
const { readFileSync } = require("fs");
const readers = {
  exceljs: async () => {
    const book = new (require("exceljs").Workbook)();
    await book.xlsx.readFile("book.xlsx");
    return book.worksheets[0].getRow(1).values.slice(1).join(" | ");
  },
  xlsx: () => require("xlsx").utils.sheet_to_json(require("xlsx").readFile("book.xlsx").Sheets.S, { header: 1 })[0].join(" | "),
  "read-excel-file": async () => (await require("read-excel-file/node")("book.xlsx"))[0].join(" | "),
  officeparser: () => require("officeparser").parseOfficeAsync("book.xlsx"),
};
(async () => {
  for (const [name, read] of Object.entries(readers)) {
    const version = JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
    console.log(name, version, JSON.stringify(await read()));
  }
})();
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
exceljs 4.4.0 "東京 | Leeds\r\nYork"
xlsx 0.18.5 "東京 | Leeds\r\nYork"
read-excel-file 5.8.8 "東京 | Leeds_x000D_\nYork"
officeparser 5.2.2 "東京トウキョウ\nLeeds_x000D_\nYork"
KNOWN
diff known seen && echo "as known: read aloud, and escaped"
