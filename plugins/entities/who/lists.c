/* lists.c: see lists.h. The words stand in lists.txt, where a person reads them; the build makes sorted tables of that. */
#include "plugins/entities/who/lists.h"

#include <stdlib.h>
#include <string.h>

struct listed {
    const char *word;
    uint32_t roles;
};

/* A name, and the name or the place's code that it stands for. */
struct pair {
    const char *name, *means;
};

#include "who_lists.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int compare(const void *key, const void *entry)
{
    const char *first;

    memcpy(&first, entry, sizeof first); /* the first member of each */
    return strcmp(key, first);
}

uint32_t who_roles(const char *word)
{
    const struct listed *found = bsearch(word, words, COUNT(words), sizeof *words, compare);

    return found ? found->roles : 0;
}

const char *who_given_name(const char *word)
{
    const struct pair *found = bsearch(word, pet_names, COUNT(pet_names), sizeof *pet_names, compare);

    return found ? found->means : word;
}

const char *who_place(const char *name)
{
    const struct pair *found = bsearch(name, places, COUNT(places), sizeof *places, compare);

    return found ? found->means : NULL;
}
