/* lists.c: see lists.h. */
#include "plugins/entities/lists.h"

#include <stdio.h>
#include <string.h>

#include "plugins/lib/lexicon.h"

/* Finds a word whose number is no whole number from 1 to `highest`. Puts it into *wrong; its length, 0 when there is none. */
static size_t find_wrong(const struct lexicon *list, const char *text, size_t length, int highest, const char **wrong)
{
    const char *end = text + length, *stop;

    for (const char *line = text; line < end; line = stop + 1) {
        size_t n;
        float value;

        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        for (n = 0; line + n < stop && line[n] != '\t' && line[n] != '\r';)
            n++;
        if (!lexicon_find(list, line, n, &value) ||
            (value >= 1 && value <= (float)highest && value == (float)(int)value))
            continue;
        *wrong = line;
        return n;
    }
    return 0;
}

int lists_add(struct lists *lists, const char *file, const char *text, size_t length, char *reason, size_t reason_size)
{
    struct lexicon **list = NULL;
    const char *wrong;
    char why[120];
    int highest = 0;
    size_t n;

#define X(name, its_file, its_highest) \
    if (strcmp(file, its_file) == 0) { \
        list = &lists->name; \
        highest = its_highest; \
    }
    ENTITY_LISTS(X)
#undef X
    if (!list || *list) {
        snprintf(reason, reason_size, "%s is not a list that is still to be read", file);
        return -1;
    }
    *list = lexicon_parse(text, length, why, sizeof why);
    if (!*list) {
        snprintf(reason, reason_size, "%s: %s", file, why);
        return -1;
    }
    if ((n = find_wrong(*list, text, length, highest, &wrong)) == 0)
        return 0;
    snprintf(reason, reason_size, "%s: the number of '%.*s' is not one of 1 to %d", file, (int)(n < 40 ? n : 40), wrong,
             highest);
    lexicon_free(*list);
    *list = NULL;
    return -1;
}

void lists_free(struct lists *lists)
{
#define X(name, file, highest) lexicon_free(lists->name);
    ENTITY_LISTS(X)
#undef X
    *lists = (struct lists) { 0 };
}

uint8_t list_find(const struct lexicon *list, const char *word, size_t length)
{
    float value;

    if (lexicon_find(list, word, length, &value))
        return (uint8_t)value;
    if (length > 1 && word[length - 1] == '.' && lexicon_find(list, word, length - 1, &value))
        return (uint8_t)value;
    return 0;
}
