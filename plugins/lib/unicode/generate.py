#!/usr/bin/python3
"""Writes tables from the Unicode Character Database as Debian's unicode-data has it.

    plugins/lib/unicode/generate.py classes [/usr/share/unicode] > plugins/lib/unicode/tables.h
    plugins/lib/unicode/generate.py folds [/usr/share/unicode] > plugins/lib/unicode/folds.h

tables.h: the class of each code point, as plugins/lib/character.h has them. What decides, in this order: White_Space; Extended_Pictographic,
Regional_Indicator and Emoji_Modifier (UTS #51); Sentence_Break (UAX #29) for what ends sentences; Line_Break=SA (UAX #14) for
scripts without blanks between words; Script for Han and kana; the general category for all others.

folds.h: what to add to a code point, as plugins/lib/fold.h has it: to fold its case (CaseFolding.txt, the simple foldings), and to
take its marks off (the first character of its canonical decomposition, and letters with a stroke, which Unicode doesn't take apart).
"""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[2] if len(sys.argv) > 2 else "/usr/share/unicode")
LIMIT = 0x110000
BLOCK = 128

KINDS = ["BLANK", "LETTER", "DIGIT", "EXTEND", "ZWJ", "IDEOGRAPH", "KATAKANA", "COMPLEX", "PUNCT", "TERM", "OPEN", "CLOSE",
         "QUOTE", "SYMBOL", "PICTO", "FLAG"]
UPPER, LOWER = 0x10, 0x20


def read_property(name):
    """-> {value: set of code points} of a file with lines "first..last ; value # comment"."""
    out = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", line)
        if match:
            first, last = int(match[1], 16), int(match[2] or match[1], 16)
            out.setdefault(match[3], set()).update(range(first, last + 1))
    return out


def read_categories():
    """-> the general category of each code point; "Cn" where none is assigned."""
    out, first = ["Cn"] * LIMIT, None
    for line in (ROOT / "UnicodeData.txt").read_text(encoding="ascii").splitlines():
        code, name, category = line.split(";")[:3]
        point = int(code, 16)
        if name.endswith(", First>"):
            first = point
            continue
        for i in range(point if first is None else first, point + 1):
            out[i] = category
        first = None
    return out


def version():
    return re.search(r"PropList-([\d.]+)\.txt", (ROOT / "PropList.txt").read_text(encoding="utf-8"))[1]


def classes():
    category, properties, scripts = read_categories(), read_property("PropList.txt"), read_property("Scripts.txt")
    emoji, breaks = read_property("emoji/emoji-data.txt"), read_property("auxiliary/SentenceBreakProperty.txt")
    complex_script = read_property("LineBreak.txt")["SA"]
    terms = (breaks["STerm"] | breaks["ATerm"]) - {0x2024}  # ONE DOT LEADER leads; it ends nothing
    ideographs = scripts["Han"] | scripts["Hiragana"] | scripts["Bopomofo"] | scripts["Yi"] | scripts["Tangut"]
    by_category = {"Nd": "DIGIT", "Nl": "DIGIT", "No": "DIGIT", "Cf": "EXTEND", "Mn": "EXTEND", "Mc": "EXTEND", "Me": "EXTEND",
                   "Ps": "OPEN", "Pi": "OPEN", "Pe": "CLOSE", "Pf": "CLOSE"}
    by_letter = {"L": "LETTER", "P": "PUNCT", "S": "SYMBOL", "C": "SYMBOL", "Z": "SYMBOL"}

    def kind(point):
        c = category[point]
        if point in properties["White_Space"]:
            return "BLANK"
        if point == 0x200D:
            return "ZWJ"
        if point in properties["Regional_Indicator"]:
            return "FLAG"
        if point in emoji["Emoji_Modifier"]:
            return "EXTEND"
        if point in emoji["Extended_Pictographic"]:
            return "PICTO"
        if point in terms:
            return "TERM"
        if point in (0x22, 0x27, 0x60):
            return "QUOTE"
        if c[0] == "M" or c == "Cf":
            return "EXTEND" if point not in complex_script or c == "Cf" else "COMPLEX"
        if c[0] == "L" or c[0] == "N":
            if point in complex_script:
                return "COMPLEX" if c[0] == "L" else "DIGIT"
            if point in scripts["Katakana"] or point == 0x30FC:
                return "KATAKANA"
            if point in ideographs:
                return "IDEOGRAPH"
        return by_category.get(c) or by_letter[c[0]]

    case = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER}
    return bytes(KINDS.index(kind(p)) | case.get(category[p], 0) for p in range(LIMIT))


def read_case_foldings():
    out = {}
    for line in (ROOT / "CaseFolding.txt").read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F]+); [CS]; ([0-9A-F]+);", line)
        if match:
            out[int(match[1], 16)] = int(match[2], 16)
    return out


def read_bases():
    """-> {code point: the first character of its canonical decomposition, taken apart as far as it goes}"""
    first = {}
    for line in (ROOT / "UnicodeData.txt").read_text(encoding="ascii").splitlines():
        fields = line.split(";")
        if fields[5] and not fields[5].startswith("<") and int(fields[0], 16) < 0x3000:  # beyond are ideographs
            first[int(fields[0], 16)] = int(fields[5].split()[0], 16)
    strokes = dict(zip("ØøŁłĐđĦħŦŧı", "OoLlDdHhTti"))
    first.update({ord(a): ord(b) for a, b in strokes.items()})
    out = {}
    for point in first:
        base = point
        while base in first:
            base = first[base]
        out[point] = base
    return out


def print_folds():
    """Two tables of differences; nearly all blocks are all zero, and few differences are in use."""
    print(f"""/* folds.h: written by generate.py from the Unicode Character Database {version()}; do not edit.
 * Unicode data files: copyright Unicode, Inc., under https://www.unicode.org/license.txt */
/* clang-format off */
#define FOLDS_UNICODE_VERSION "{version()}"
""")
    for name, mapping in (("case", read_case_foldings()), ("base", read_bases())):
        deltas = [0] + sorted({to - point for point, to in mapping.items()} - {0})
        wide = len(deltas) > 256
        blocks, index = [], []
        for start in range(0, LIMIT, 32):
            block = tuple(deltas.index(mapping.get(p, p) - p) for p in range(start, start + 32))
            if block not in blocks:
                blocks.append(block)
            index.append(blocks.index(block))
        last = max(i for i, b in enumerate(index) if b)
        index = index[:last + 1]
        print(f"#define {name.upper()}_FOLD_LIMIT {32 * len(index)}u /* code points from here on are as they are */")
        print(f"static const int32_t {name}_deltas[{len(deltas)}] = {{")
        print("\n".join(rows(deltas, 6)))
        print(f"}};\nstatic const uint{'16' if len(blocks) > 256 else '8'}_t {name}_block_of[{len(index)}] = {{")
        print("\n".join(rows(index, 3)))
        print(f"}};\nstatic const uint{'16' if wide else '8'}_t {name}_blocks[{len(blocks)}][32] = {{")
        for block in blocks:
            print("    {")
            print("\n".join("    " + row for row in rows(block, 3)))
            print("    },")
        print("};\n")


def rows(values, width):
    for i in range(0, len(values), 24):
        yield "    " + ", ".join(f"{v:{width}}" for v in values[i:i + 24]) + ","


def print_classes():
    table, blocks, index = classes(), [], []
    for start in range(0, LIMIT, BLOCK):
        block = table[start:start + BLOCK]
        if block not in blocks:
            blocks.append(block)
        index.append(blocks.index(block))
    assert len(blocks) <= 256
    print(f"""/* tables.h: written by generate.py from the Unicode Character Database {version()}; do not edit.
 * Unicode data files: copyright Unicode, Inc., under https://www.unicode.org/license.txt */
/* clang-format off */
#define UNICODE_VERSION "{version()}"

/* The block of each {BLOCK} code points. */
static const uint8_t block_of[{len(index)}] = {{""")
    print("\n".join(rows(index, 3)))
    print(f"""}};

/* The classes of the code points of each block: a kind of character.h, and its case. */
static const uint8_t blocks[{len(blocks)}][{BLOCK}] = {{""")
    for block in blocks:
        print("    {")
        print("\n".join("    " + row for row in rows(block, 2)))
        print("    },")
    print("};")


{"classes": print_classes, "folds": print_folds}[sys.argv[1]]()
