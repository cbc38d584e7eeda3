#!/bin/sh
# ICU: on the list of English abbreviations are Joe, Job, Hat, Go and OK, but not Dr.
#
# One expects: the locale en@ss=standard lays CLDR's list of abbreviations over the sentence iterator: titles and units, what any such list begins with, and
# nothing that commonly ends a sentence.
# What happens: Mr., Mrs., Ms., Prof., Capt. and Rev. are on the list; Dr., St., Jr., Inc. and No. are not, so "Dr. Reed came." is two sentences. Words are on it
# that as abbreviations hardly anybody knows: after "OK.", "Joe.", "Job.", "Link." and "Go." with a capital no sentence ends. Without the
# list these are right, and Mr. is as wrong as Dr. In CLDR 46 the list is still so.
# Who meets it: who cuts text into sentences with ICU, or with a library that ships CLDR's list: letters, reports of patients and dialogues.
#
# Needs network (Debian's archive, npm's registry), gcc and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download 'libicu72=72.1-3*' 'libicu-dev=72.1-3*' || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libicuuc.so.72')")
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cldr-segments-full@46.1.0 >/dev/null || exit 77

cat >try.c <<'C'
#include <stdio.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

static void show(const char *locale, const char *text)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar wide[64];
    int32_t length, start = 0;
    UBreakIterator *sentence;

    u_strFromUTF8(wide, 64, &length, text, -1, &error);
    sentence = ubrk_open(UBRK_SENTENCE, locale, wide, length, &error);
    if (U_FAILURE(error)) return;
    for (int32_t end; (end = ubrk_next(sentence)) != UBRK_DONE; start = end)
        printf(" [%.*s]", (int)(end - start), text + start);
    ubrk_close(sentence);
}

int main(void)
{
    static const char *const texts[] = { "Mr. Reed came.", "Dr. Reed came.", "It is in St. Ives.", "He asked Joe. She left.", "She said OK. He left.", "It is my Job. You rest." };

    printf("ICU %s\n", U_ICU_VERSION);
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        printf("  en");
        show("en", texts[i]);
        printf(", en@ss=standard");
        show("en@ss=standard", texts[i]);
        printf("\n");
    }
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -l:libicuuc.so.72 -l:libicudata.so.72 -o try
cat >try.cjs <<'JS'
const { segments } = require("cldr-segments-full/segments/en/suppressions.json");
const list = new Set(segments.segmentations.SentenceBreak.standard.map((entry) => entry.suppression));
const on = (words) => words.filter((word) => list.has(word)).join(" ") || "none";
console.log("CLDR's list in cldr-segments-full", require("cldr-segments-full/package.json").version);
for (const words of ["Mr. Mrs. Ms. Prof. Capt. Rev.", "Dr. St. Jr. Sr. Inc. Ltd. Co. No.", "Joe. Job. Hat. Link. Go. Up. OK."])
  console.log(`  of ${words} on it: ${on(words.split(" "))}`);
JS
{
    LD_LIBRARY_PATH=$library ./try
    node try.cjs
} | tee seen
cat >known <<'KNOWN'
ICU 72.1
  en [Mr. ] [Reed came.], en@ss=standard [Mr. Reed came.]
  en [Dr. ] [Reed came.], en@ss=standard [Dr. ] [Reed came.]
  en [It is in St. ] [Ives.], en@ss=standard [It is in St. ] [Ives.]
  en [He asked Joe. ] [She left.], en@ss=standard [He asked Joe. She left.]
  en [She said OK. ] [He left.], en@ss=standard [She said OK. He left.]
  en [It is my Job. ] [You rest.], en@ss=standard [It is my Job. You rest.]
CLDR's list in cldr-segments-full 46.1.0
  of Mr. Mrs. Ms. Prof. Capt. Rev. on it: Mr. Mrs. Ms. Prof. Capt. Rev.
  of Dr. St. Jr. Sr. Inc. Ltd. Co. No. on it: none
  of Joe. Job. Hat. Link. Go. Up. OK. on it: Joe. Job. Hat. Link. Go. Up. OK.
KNOWN
diff known seen && echo "as known: Joe is short for something, and doctor isn't"
