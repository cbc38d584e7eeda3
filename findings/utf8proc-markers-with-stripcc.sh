#!/bin/sh
# utf8proc: asked to mark characters and to strip control characters, it strips its marks.
#
# One expects: utf8proc_map with UTF8PROC_CHARBOUND puts a byte 0xFF before each grapheme cluster, and UTF8PROC_STRIPCC beside it
# takes control characters out and turns line ends into blanks; the options are flags, to be combined.
# What happens: with both there is no mark at all. Inside, a mark is the code point -1, and whatever is smaller than a blank is a
# control character to the part that strips them. The result is the same as without CHARBOUND, and no error.
# Who meets it: who cleans text and counts or cuts what a reader takes for characters in the same call: each text has none.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in libutf8proc2=2.8.0-1 libutf8proc-dev=2.8.0-1; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libutf8proc.so.2')")

cat >try.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

static void try(const char *name, int options)
{
    utf8proc_uint8_t *out;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)"a\r\nb\tc", 6, &out, (utf8proc_option_t)(options | UTF8PROC_COMPOSE));

    printf("%s:", name);
    for (utf8proc_ssize_t i = 0; i < n; i++)
        printf(" %02X", out[i]);
    printf("\n");
    free(out);
}

int main(void)
{
    printf("utf8proc %s\n", utf8proc_version());
    try("CHARBOUND", UTF8PROC_CHARBOUND);
    try("STRIPCC", UTF8PROC_STRIPCC);
    try("CHARBOUND|STRIPCC", UTF8PROC_CHARBOUND | UTF8PROC_STRIPCC);
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -lutf8proc -o try
LD_LIBRARY_PATH=$library ./try | tee seen
cat >known <<'KNOWN'
utf8proc 2.8.0
CHARBOUND: FF 61 FF 0D 0A FF 62 FF 09 FF 63
STRIPCC: 61 20 62 20 63
CHARBOUND|STRIPCC: 61 20 62 20 63
KNOWN
diff known seen && echo "as known: no mark is left"
