#!/bin/sh
# libcyaml: nothing is true.
#
# One expects: a field of the type bool takes YAML's words for true and false, and anything else is refused as an invalid value, as
# a word in a field for a number is.
# What happens: five words are false (false, no, off, disable, 0, in any case); every other value is true: null, "~", the empty
# string, "none", "n", "disabled", "of". There is no error and no line in the log. YAML 1.1 has "n" for false.
# Who meets it: whoever lets libcyaml read a switch. A switch that was commented out by half (`watch: ~`), or misspelt, is on.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in libcyaml1=1.3.1-1 libcyaml-dev=1.3.1-1 libyaml-0-2; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libcyaml.so.1')")

cat >try.c <<'C'
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cyaml/cyaml.h>

struct settings {
    bool watch;
};

static const cyaml_schema_field_t fields[] = { CYAML_FIELD_BOOL("watch", CYAML_FLAG_DEFAULT, struct settings, watch),
                                               CYAML_FIELD_END };
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct settings, fields) };
static const cyaml_config_t config = { .mem_fn = cyaml_mem };

int main(void)
{
    static const char *const values[] = { "false", "No",   "OFF",  "disable", "0",        "true", "null",
                                          "~",     "\"\"", "none", "n",       "disabled", "of" };

    printf("libcyaml %s\n", cyaml_version_str);
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct settings *settings = NULL;
        char text[64];

        snprintf(text, sizeof text, "watch: %s", values[i]);
        cyaml_err_t error =
            cyaml_load_data((const uint8_t *)text, strlen(text), &config, &schema, (cyaml_data_t **)&settings, NULL);
        printf("%s -> %s\n", text, error != CYAML_OK ? cyaml_strerror(error) : settings->watch ? "true" : "false");
        cyaml_free(&config, &schema, settings, 0);
    }
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -Wl,-rpath-link,"$library" -lcyaml -l:libyaml-0.so.2 -o try
LD_LIBRARY_PATH=$library ./try | tee seen
cat >known <<'KNOWN'
libcyaml 1.3.1
watch: false -> false
watch: No -> false
watch: OFF -> false
watch: disable -> false
watch: 0 -> false
watch: true -> true
watch: null -> true
watch: ~ -> true
watch: "" -> true
watch: none -> true
watch: n -> true
watch: disabled -> true
watch: of -> true
KNOWN
diff known seen && echo "as known: nothing is true"
