/* lists.c: see lists.h. */
#include "plugins/entities/lists.h"

#include <stdio.h>
#include <string.h>

#include "plugins/lib/lexicon.h"

int lists_add(struct lists *lists, const char *file, const char *text, size_t length, char *reason, size_t reason_size)
{
    struct lexicon **list = NULL;
    char why[120];

#define X(name, its_file) \
    if (strcmp(file, its_file) == 0) \
        list = &lists->name;
    ENTITY_LISTS(X)
#undef X
    if (!list || *list) {
        snprintf(reason, reason_size, "%s is not a list that is still to be read", file);
        return -1;
    }
    *list = lexicon_parse(text, length, why, sizeof why);
    if (*list)
        return 0;
    snprintf(reason, reason_size, "%s: %s", file, why);
    return -1;
}

void lists_free(struct lists *lists)
{
#define X(name, file) lexicon_free(lists->name);
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
