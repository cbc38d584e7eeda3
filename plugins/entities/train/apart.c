/* apart.c: see apart.h. */
#include "plugins/entities/train/apart.h"

#include <string.h>

#include "plugins/entities/names/knowledge.h"

/* Between blanks, and one at each end. */
static const char buildings[] =
    " airport airfield bridge stadium station street road avenue highway hospital museum building tower towers hall "
    "palace castle "
    "cathedral church mosque temple synagogue theatre theater arena prison jail square dam canal tunnel cemetery "
    "library hotel "
    "house barracks airbase terminal pier expressway motorway boulevard lane market mall plaza gate monument memorial "
    "mansion "
    "lighthouse monastery abbey fort fortress observatory stadion refinery courthouse raceway speedway ballpark ";
static const char laws[] =
    " act treaty convention constitution protocol amendment accord accords pact charter statute bill law ";

static bool is_listed(const char *list, const char *word, size_t length)
{
    char key[40] = " ";
    size_t n = word_lower(word, length, key + 1, sizeof key - 4);

    memcpy(key + 1 + n, " ", 2);
    return strstr(list, key) != NULL;
}

uint16_t apart_tell(const struct types_table *table, uint16_t types, const struct name_word *word, uint32_t n_words,
                    const char *last, size_t length)
{
    static const uint32_t places = 1u << KIND_COUNTRY | 1u << KIND_REGION | 1u << KIND_BIG_CITY; /* Illinois */
    bool is_one = n_words == 1, is_people = is_one && word->kinds >> KIND_PEOPLE & 1 && !(word->kinds & places);
    const struct {
        const char *type;
        bool is_it;
    } rules[] = {
        { "NORP", is_people },
        { "LANGUAGE", is_one && !is_people && word->kinds >> KIND_LANGUAGE & 1 },
        { "FAC", n_words > 1 && is_listed(buildings, last, length) },
        { "LAW", n_words > 1 && is_listed(laws, last, length) },
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules && (types & (types - 1)); i++) {
        int number = types_table_number(table, rules[i].type);
        uint16_t bit = number < 0 ? 0 : types & (uint16_t)(1u << number);
        if (bit)
            types = rules[i].is_it ? bit : types & (uint16_t)~bit;
    }
    return types;
}
