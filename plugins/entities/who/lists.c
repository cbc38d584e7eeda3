/* lists.c: see lists.h. The words stand in lists.txt, where a person reads them; the build makes sorted tables of that. */
#include "plugins/entities/who/lists.h"

#include <stdlib.h>
#include <string.h>

/* Without a pointer, so that the list needs no page of each process's own, and so that words are compared by eights. */
struct listed {
    char word[16]; /* NULs behind it */
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

/* Eight bytes as a number that is larger where they are behind in the order of strcmp. */
static inline uint64_t order_of(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;

    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 | (uint64_t)b[3] << 32 |
           (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 | (uint64_t)b[6] << 8 | (uint64_t)b[7];
}

uint32_t who_roles(const char *word)
{
    char key[sizeof words[0].word] = { 0 };
    size_t length = strlen(word), low = 0, high = COUNT(words);

    if (length >= sizeof key)
        return 0;
    memcpy(key, word, length + 1);
    uint64_t first = order_of(key), second = order_of(key + 8);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *at = words[middle].word;
        uint64_t its_first = order_of(at);
        if (its_first == first && order_of(at + 8) == second)
            return words[middle].roles;
        if (its_first < first || (its_first == first && order_of(at + 8) < second))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
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
