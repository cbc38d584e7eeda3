#!/bin/sh
# CLD2: Vietnamese whose letters are decomposed is no language that it knows, however much of it there is.
#
# One expects: text in Unicode's forms NFC and NFD is the same text, and of the same language. An accent more or less
# may cost some certainty; in a whole page that is made up for many times.
# What happens: Vietnamese in NFC is "vi", reliably. The same in NFD is unknown, one sentence as well as a hundred
# paragraphs, and the plain call, DetectLanguage, makes "en" of that. A sentence in Swedish in NFD is Norwegian, and
# that reliably. In Czech and Hungarian there is no difference.
# Who meets it: who asks about texts as they come. NFD is what macOS gives out as names of files and what some PDFs
# and keyboards make; it looks the same on any screen. Put the text into NFC first; the library doesn't.
#
# Needs network (Debian's archive), g++ and python3. Exits with 0 while this is so, 1 when it is not any more, 77 when
# it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=0.0.0-git20150806-9
for package in libcld2-0=$version libcld2-dev=$version; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libcld2.so.0')")

cat >try.cc <<'CC'
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

int main()
{
    for (std::string line; std::getline(std::cin, line);) {
        size_t tab = line.find('\t');
        std::string name = line.substr(0, tab), text = line.substr(tab + 1);
        CLD2::Language three[3];
        CLD2::CLDHints hints = { nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE };
        int percent[3], bytes, length = (int)text.size();
        double scores[3];
        bool is_plain_reliable, is_reliable;
        std::vector<CLD2::ResultChunk> chunks;
        CLD2::Language plain = CLD2::DetectLanguage(text.data(), length, true, &is_plain_reliable),
                       best = CLD2::ExtDetectLanguageSummary(text.data(), length, true, &hints, 0, three, percent, scores, &chunks, &bytes, &is_reliable);
        std::cout << name << ": DetectLanguage " << CLD2::LanguageCode(plain) << (is_plain_reliable ? ", reliable" : ", not reliable") << "; ExtDetectLanguageSummary "
                  << CLD2::LanguageCode(best) << (is_reliable ? ", reliable" : ", not reliable") << "\n";
    }
}
CC
g++ -Iroot/usr/include try.cc -L"$library" -l:libcld2.so.0 -o try
cat >texts.py <<'PY'
import unicodedata

VIETNAMESE = ("Cảng đã đóng cửa vào thứ Hai vì bão và không ai biết khi nào nó sẽ mở lại. Nhiều người đã phải ở lại trong khách sạn suốt ba ngày, và họ rất mệt mỏi. "
              "Sáng nay trời đã nắng trở lại và mọi người đều vui. ")
TEXTS = {"Vietnamese": VIETNAMESE, "a hundred times": VIETNAMESE * 100,
         "Swedish": "Hamnen var stängd på måndagen på grund av stormen och ingen visste när den skulle öppna igen.",
         "Czech": "Přístav byl v pondělí kvůli bouři zavřený a nikdo nevěděl, kdy se znovu otevře."}
for name, text in TEXTS.items():
    for form in "NFC", "NFD":
        print(f"{name}, {form}\t{unicodedata.normalize(form, text)}")
PY
echo "CLD2 $version"
PYTHONIOENCODING=utf-8 python3 texts.py >texts
LD_LIBRARY_PATH=$library ./try <texts | tee seen
cat >known <<'KNOWN'
Vietnamese, NFC: DetectLanguage vi, reliable; ExtDetectLanguageSummary vi, reliable
Vietnamese, NFD: DetectLanguage en, not reliable; ExtDetectLanguageSummary un, not reliable
a hundred times, NFC: DetectLanguage vi, reliable; ExtDetectLanguageSummary vi, reliable
a hundred times, NFD: DetectLanguage en, not reliable; ExtDetectLanguageSummary un, not reliable
Swedish, NFC: DetectLanguage sv, reliable; ExtDetectLanguageSummary sv, reliable
Swedish, NFD: DetectLanguage no, reliable; ExtDetectLanguageSummary no, reliable
Czech, NFC: DetectLanguage cs, reliable; ExtDetectLanguageSummary cs, reliable
Czech, NFD: DetectLanguage cs, reliable; ExtDetectLanguageSummary cs, reliable
KNOWN
diff known seen && echo "as known: decomposed letters make another language"
