/* known.c: see known.h. */
#include "plugins/summarizer/known.h"

#include <assert.h>
#include <string.h>

#include "plugins/summarizer/document.h"
#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/phrases.h"

static const struct {
    const char *word; /* folded */
    enum word_set set;
} sets[] = {
    { "also", SET_CONNECTIVE },
    { "and", SET_CONNECTIVE },
    { "because", SET_CONNECTIVE },
    { "but", SET_CONNECTIVE },
    { "furthermore", SET_CONNECTIVE },
    { "he", SET_POINTER },
    { "her", SET_POINTER },
    { "him", SET_POINTER },
    { "his", SET_POINTER },
    { "however", SET_CONNECTIVE },
    { "i", SET_FIRST_PERSON },
    { "instead", SET_CONNECTIVE },
    { "it", SET_POINTER },
    { "me", SET_FIRST_PERSON },
    { "meanwhile", SET_CONNECTIVE },
    { "mi", SET_FIRST_PERSON },
    { "mine", SET_FIRST_PERSON },
    { "moreover", SET_CONNECTIVE },
    { "my", SET_FIRST_PERSON },
    { "myself", SET_FIRST_PERSON },
    { "nevertheless", SET_CONNECTIVE },
    { "or", SET_CONNECTIVE },
    { "otherwise", SET_CONNECTIVE },
    { "our", SET_FIRST_PERSON },
    { "she", SET_POINTER },
    { "so", SET_CONNECTIVE },
    { "still", SET_CONNECTIVE },
    { "such", SET_POINTER },
    { "that", SET_POINTER },
    { "their", SET_POINTER },
    { "them", SET_POINTER },
    { "then", SET_CONNECTIVE },
    { "therefore", SET_CONNECTIVE },
    { "these", SET_POINTER },
    { "they", SET_POINTER },
    { "this", SET_POINTER },
    { "those", SET_POINTER },
    { "though", SET_CONNECTIVE },
    { "thu", SET_CONNECTIVE },
    { "us", SET_FIRST_PERSON },
    { "we", SET_FIRST_PERSON },
    { "yet", SET_CONNECTIVE },
    { "you", SET_SECOND_PERSON },
    { "your", SET_SECOND_PERSON },
    { "yourself", SET_SECOND_PERSON },
};
enum { N_SETS = sizeof sets / sizeof sets[0] };

/* The slot of a word that is new, or of one that stood in the list before. */
static uint32_t add(struct known *known, const char folded[FOLD_LONGEST], uint32_t n)
{
    uint64_t key = fold_key(folded, n);
    uint32_t slot = known_slot(known, key);

    known->keys[slot] = key;
    return slot;
}

static void add_set(struct known *known, const char *word, enum word_set set)
{
    char folded[FOLD_LONGEST] = { 0 };
    uint32_t n = (uint32_t)strlen(word);

    memcpy(folded, word, n);
    known->sets[add(known, folded, n)] = (uint8_t)set;
}

static void add_page(struct known *known, const char *word, uint32_t number)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, (uint32_t)strlen(word), folded);
    uint32_t slot = add(known, folded, n);

    assert(known->pages[slot] == 0 ||
           strcmp(word, phrases_word(number - 1)) == 0); /* those of one word stand together */
    if (known->pages[slot] == 0)
        known->pages[slot] = (uint8_t)(number + 1);
}

void known_make(struct known *known)
{
    const char *word;
    uint32_t n = N_SETS;

    memset(known, 0, sizeof *known);
    for (uint32_t i = 0; i < N_SETS; i++)
        add_set(known, sets[i].word, sets[i].set);
    for (uint32_t i = 0; (word = phrases_word(i)) != NULL; i++, n++)
        add_page(known, word, i);
    assert(n < KNOWN_SLOTS); /* or a look for a word that isn't there has no end */
}
