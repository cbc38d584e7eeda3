/* settings_page.c: textd.yaml(5), as scdoc's source, on standard output: what the file given says, and at its line
 * "@SETTINGS@" every setting of the table that the configuration is read by.
 *
 *   settings-page textd.yaml.5.scd.in */
#include "daemon/config/parts.h"

#include <stdlib.h>

#include "docs/man/scd.h"

static const char *const types[] = {
    [TD_TYPE_COUNT] = "number",
    [TD_TYPE_BYTES] = "bytes (B, KiB, MiB, GiB)",
    [TD_TYPE_TIME] = "time (us, ms, s, m)",
    [TD_TYPE_BOOL] = "true or false",
    [TD_TYPE_TEXT] = "text",
    [TD_TYPE_FILES] = "a list of paths",
    [TD_TYPE_LEVEL] = "error, warn, info or debug",
    [TD_TYPE_FORMAT] = "logfmt or json",
    [TD_TYPE_FOUND] = "skip or strict",
    [TD_TYPE_SANDBOX] = "strict, permissive or off",
};

_Static_assert(sizeof types / sizeof types[0] == TD_N_TYPES, "each type has its words");

static void write_range(const struct td_config_setting *setting)
{
    char least[32], most[32];

    if (setting->type > TD_TYPE_TIME)
        return;
    td_config_number_print(setting->type, setting->min, least, sizeof least);
    td_config_number_print(setting->type, setting->max, most, sizeof most);
    fputs(", from ", stdout);
    scd_text(stdout, least);
    fputs(" to ", stdout);
    scd_text(stdout, most);
}

static void write_settings(void)
{
    const char *section = "";

    for (int i = 0; i < TD_N_SETTINGS; i++) {
        const struct td_config_setting *setting = &td_config_settings[i];
        char variable[TD_CONFIG_NAME_SIZE];

        td_config_setting_variable(setting, variable);
        if (strcmp(section, setting->section) != 0)
            printf("## %s\n\n", setting->section);
        section = setting->section;
        scd_in(stdout, '*', setting->key);
        printf(": %s", types[setting->type]);
        write_range(setting);
        fputs(setting->initial[0] ? "; default: " : "; unset", stdout);
        scd_text(stdout, setting->initial);
        fputs("; ", stdout);
        scd_in(stdout, '_', variable);
        fputs("\n\t", stdout);
        scd_text(stdout, setting->help);
        fputs("\n\n", stdout);
    }
}

int main(int argc, char **argv)
{
    FILE *page = argc == 2 ? fopen(argv[1], "r") : NULL;
    char line[1024];

    if (!page) {
        fputs("usage: settings-page textd.yaml.5.scd.in\n", stderr);
        return 64;
    }
    while (fgets(line, sizeof line, page)) {
        if (strcmp(line, "@SETTINGS@\n") == 0)
            write_settings();
        else
            fputs(line, stdout);
    }
    fclose(page);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
