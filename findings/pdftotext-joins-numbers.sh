#!/bin/sh
# pdftotext: a hyphen at the end of a line goes, and with it what it meant: 2019-2020 is one number of eight digits, minus five is five.
#
# One expects: words that the typesetter broke are mended where that is plain ("infor-/mation"), and everything else is the text of the page;
# with figures above all nothing is guessed.
# What happens (poppler's pdftotext without an option): any hyphen at the end of a line is dropped and the next line put right behind it,
# between digits, before a capital, in compounds: "pages 10-/15" is "pages 1015", "Coca-/Cola" "CocaCola". A minus that the line ends with is
# dropped as well. With -raw or -layout hyphens stay, and so do the breaks within "infor-/mation".
# Who meets it: who sends papers and annual reports as text to whatever finds years, amounts and names: they are others, and nothing tells.
#
# Needs network (Debian's archive, bookworm) and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in 'poppler-utils=22.12.0-2*' 'libpoppler126=22.12.0-2*' libbrotli1 libdeflate0 libexpat1 libfontconfig1 libfreetype6 libjbig0 \
    libjpeg62-turbo liblcms2-2 liblerc4 libnspr4 libnss3 libopenjp2-7 libpng16-16 libstdc++6 libtiff6 libwebp7 libzstd1; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
LD_LIBRARY_PATH=$(dirname "$(find root -name 'libpoppler.so.126')")
export LD_LIBRARY_PATH

cat >page.py <<'PY'
LINES = ["Mended: infor-", "mation. In 2019-", "2020 it was so,", "on pages 10-", "15, of Coca-", "Cola, well-", "known, at -", "5 degrees."]
drawn = "BT /F1 12 Tf 72 720 Td 14 TL\n" + "\n".join(f"({line}) Tj T*" for line in LINES) + "\nET"
parts = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    f"<</Length {len(drawn)}>>\nstream\n{drawn}\nendstream",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
]
page, places = "%PDF-1.4\n", []
for number, part in enumerate(parts, 1):
    places.append(len(page))
    page += f"{number} 0 obj\n{part}\nendobj\n"
table = "".join(f"{place:010d} 00000 n \n" for place in places)
page += f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(page)}\n%%EOF\n"
print(page, end="")
PY
python3 page.py >page.pdf
{
    root/usr/bin/pdftotext -v 2>&1 | head -n 1
    echo "$(root/usr/bin/pdftotext page.pdf - | tr -s '\f\n' ' ')"
    echo "-raw: $(root/usr/bin/pdftotext -raw page.pdf - | head -n 2 | tr '\n' '/')"
} | tee seen
cat >known <<'KNOWN'
pdftotext version 22.12.0
Mended: information. In 20192020 it was so, on pages 1015, of CocaCola, wellknown, at 5 degrees. 
-raw: Mended: infor-/mation. In 2019-/
KNOWN
diff known seen && echo "as known: figures are joined"
