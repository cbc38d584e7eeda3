#!/bin/sh
# ICU: a second blank makes "Mr." the end of a sentence, though the list that prevents it is in use.
#
# One expects: the locale en@ss=standard lays CLDR's list of abbreviations over the sentence iterator; what stands on
# the list ends no sentence, whatever white space follows, since the rules below (UAX 29) take any run of blanks.
# What happens: the list is looked up backwards from the border, and just one U+0020 is passed over first. Behind two
# blanks, a tab or a no-break space nothing on the list is found, and the border stands: "Mr.  Smith" is two sentences.
# Who meets it: who feeds ICU's sentences with what people type (two blanks behind a full stop, and behind "Mr."),
# with text out of tables and PDFs, or with "Mr.&nbsp;Smith", which is how typesetters write it.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download 'libicu72=72.1-3*' 'libicu-dev=72.1-3*' || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libicuuc.so.72')")

cat >try.c <<'C'
#include <stdio.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

static int count(const char *locale, const char *text)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar wide[64];
    int32_t length, sentences = 0;
    UBreakIterator *sentence;

    u_strFromUTF8(wide, 64, &length, text, -1, &error);
    sentence = ubrk_open(UBRK_SENTENCE, locale, wide, length, &error);
    if (U_FAILURE(error)) return -1;
    while (ubrk_next(sentence) != UBRK_DONE) sentences++;
    ubrk_close(sentence);
    return sentences;
}

int main(void)
{
    static const char *const gaps[][2] = { { "a blank", " " }, { "two blanks", "  " }, { "a tab", "\t" }, { "U+00A0", "\u00A0" } };

    printf("ICU %s, sentences of \"We met Mr.?Smith.\"\n", U_ICU_VERSION);
    for (unsigned i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        char text[64];

        snprintf(text, sizeof text, "We met Mr.%sSmith.", gaps[i][1]);
        printf("  %-11s en %d, en@ss=standard %d\n", gaps[i][0], count("en", text), count("en@ss=standard", text));
    }
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -l:libicuuc.so.72 -l:libicudata.so.72 -o try
LD_LIBRARY_PATH=$library ./try | tee seen
cat >known <<'KNOWN'
ICU 72.1, sentences of "We met Mr.?Smith."
  a blank     en 2, en@ss=standard 1
  two blanks  en 2, en@ss=standard 2
  a tab       en 2, en@ss=standard 2
  U+00A0      en 2, en@ss=standard 2
KNOWN
diff known seen && echo "as known: the list is for one blank"
