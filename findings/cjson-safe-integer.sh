#!/bin/sh
# cJSON: the greatest integer that is safe in JSON comes out as another one.
#
# One expects: cJSON keeps numbers as doubles, so integers to 2^53 are exact, as in JavaScript. Where 15 digits
# are not enough to give the number back it prints 17.
# What happens: it takes the 15 digits for good when the two numbers are equal within a relative DBL_EPSILON. Near
# 2^53 that is 2: 9007199254740991 becomes 9.00719925474099e+15, which is one less, and 9007199254740992 becomes the
# same, two less. Up to 2^52 integers are right. Fractions, too, can lose their last bit: 0.30000000000000004
# becomes 0.3.
# Who meets it: who passes JSON through a small C program: hashes that were cut to 53 bits, JavaScript's
# Number.MAX_SAFE_INTEGER as "no limit", scores that are compared bit for bit.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download 'libcjson1=1.7.15-1*' 'libcjson-dev=1.7.15-1*' || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libcjson.so.1')")

cat >try.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <cjson/cJSON.h>

int main(void)
{
    static const char *const numbers[] = { "4503599627370496", "5000000000000001", "9007199254740987", "9007199254740991",
                                           "9007199254740992", "0.30000000000000004", "0.1" };

    printf("cJSON %s\n", cJSON_Version());
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cJSON *json = cJSON_Parse(numbers[i]);
        char *text = cJSON_PrintUnformatted(json);
        int is_same = strtod(text, NULL) == json->valuedouble;

        printf("  %-19s -> %-20s %s\n", numbers[i], text, is_same ? "same" : "another number");
        free(text);
        cJSON_Delete(json);
    }
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -l:libcjson.so.1 -o try
LD_LIBRARY_PATH=$library ./try | tee seen
cat >known <<'KNOWN'
cJSON 1.7.15
  4503599627370496    -> 4503599627370496     same
  5000000000000001    -> 5e+15                another number
  9007199254740987    -> 9007199254740987     same
  9007199254740991    -> 9.00719925474099e+15 another number
  9007199254740992    -> 9.00719925474099e+15 another number
  0.30000000000000004 -> 0.3                  another number
  0.1                 -> 0.1                  same
KNOWN
diff known seen && echo "as known: safe, and not the same"
