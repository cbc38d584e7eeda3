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

/* The slot of a word; -1 if another stands there. */
static int add(struct known *known, const char folded[FOLD_LONGEST], uint32_t n)
{
    uint64_t key = fold_key(folded, n);
    uint32_t slot = known_slot(known, key);

    if (known->keys[slot] != 0 && known->keys[slot] != key)
        return -1;
    known->keys[slot] = key;
    return (int)slot;
}

static int add_set(struct known *known, const char *word, enum word_set set)
{
    char folded[FOLD_LONGEST] = { 0 };
    uint32_t n = (uint32_t)strlen(word);

    memcpy(folded, word, n + 1);
    int slot = add(known, folded, n);
    if (slot < 0)
        return -1;
    known->sets[slot] = (uint8_t)set;
    return 0;
}

static int add_page(struct known *known, const char *word, uint32_t number)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, (uint32_t)strlen(word), folded);
    int slot = add(known, folded, n);

    if (slot < 0)
        return -1;
    assert(known->pages[slot] == 0 ||
           strcmp(word, phrases_word(number - 1)) == 0); /* those of one word stand together */
    if (known->pages[slot] == 0)
        known->pages[slot] = (uint8_t)(number + 1);
    return 0;
}

/* Whether all words have a place of their own with this factor. */
static int fits(struct known *known, uint64_t factor)
{
    const char *word;

    memset(known, 0, sizeof *known);
    known->factor = factor;
    for (uint32_t i = 0; i < N_SETS; i++)
        if (add_set(known, sets[i].word, sets[i].set) != 0)
            return 0;
    for (uint32_t i = 0; (word = phrases_word(i)) != NULL; i++)
        if (add_page(known, word, i) != 0)
            return 0;
    return 1;
}

/* Of eighty words in 512 slots none meets another with one factor in five hundred, and most others fail early: a fifth of a
 * millisecond. */
void known_make(struct known *known)
{
    uint64_t factor = 1;

    for (uint32_t tries = 0; !fits(known, factor); tries++) {
        assert(tries < 1000000);                   /* or there are too many words for KNOWN_BITS */
        factor = factor * 0xD1342543DE82EF95u + 2; /* odd */
    }
    phrases_index(known->page_from);
}
