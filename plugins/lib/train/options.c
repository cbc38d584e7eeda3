/* options.c: see options.h. */
#include "plugins/lib/train/options.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/lib/train/trainer.h"

void trainer_usage(const char *usage, const char *why, const char *what)
{
    fprintf(stderr, "%s: %s%s\n\n%s", trainer_name, why, what, usage);
    exit(2);
}

const char *trainer_installed(const char *file)
{
    char self[4096], *path;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    self[length > 0 ? length : 0] = 0;
    const char *folder = dirname(self);
    size_t size = strlen(folder) + strlen(file) + sizeof "/../../share/textd/";
    path = trainer_alloc(size);
    snprintf(path, size, "%s/../../share/textd/%s", folder, file);
    return path;
}

static const struct trainer_option *find(const struct trainer_option *options, const char *word, size_t length)
{
    for (; options->name; options++)
        if (strlen(options->name) == length && memcmp(options->name, word, length) == 0)
            return options;
    return NULL;
}

int trainer_options(int argc, char **argv, const struct trainer_option *options, const char *usage)
{
    int n = 0, i = 2;

    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
        if (word[0] != '-' || !word[1]) {
            argv[2 + n++] = argv[i];
            continue;
        }
        size_t length = strcspn(word, "=");
        const struct trainer_option *option = length > 2 ? find(options, word + 2, length - 2) : NULL;
        if (!option)
            trainer_usage(usage, "there is no option ", word);
        if (!word[length] && i + 1 == argc)
            trainer_usage(usage, "a value is missing behind ", word);
        *option->value = word[length] ? word + length + 1 : argv[++i];
    }
    for (i++; i < argc; i++)
        argv[2 + n++] = argv[i];
    return n;
}
