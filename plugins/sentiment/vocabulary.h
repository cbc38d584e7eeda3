/* vocabulary.h: what the plugin's resource files say of a word or phrase, all of it in one look-up.
 *
 * The files stay apart, as the people who edit them think of them apart; here they are joined into one table, because
 * a look-up for each file would be most of the plugin's time. Immutable once it is made. */
#ifndef SENTIMENT_VOCABULARY_H
#define SENTIMENT_VOCABULARY_H

#include "plugins/lib/lexicon.h"

#include <stdbool.h>
#include <stddef.h>

/* The resource files, in the order in which vocabulary_new wants their texts. */
#define SENTIMENT_FILES(X) \
    X(VALENCE, "valence.txt") \
    X(SYMBOLS, "symbols.txt") \
    X(MODIFIERS, "modifiers.txt") \
    X(DIRECTIONS, "directions.txt") \
    X(QUANTITIES, "quantities.txt")

enum vocabulary_file {
#define X(name, file) FILE_##name,
    SENTIMENT_FILES(X)
#undef X
        FILE_COUNT
};

struct file_text {
    const char *bytes;
    size_t length;
};

/* What is known of one entry. 0 where a file does not have it; has_* tell that from a 0 that the file has. */
struct meaning {
    float valence;   /* valence.txt, symbols.txt */
    float modifier;  /* modifiers.txt: negation below 0, contrast 0, degree above */
    float direction; /* directions.txt */
    float quantity;  /* quantities.txt */
    bool has_valence;
    bool has_modifier;
    bool goes_on; /* some phrase starts with this and has more words */
};

struct vocabulary;

/* Joins the texts, one for each of SENTIMENT_FILES. They are not needed afterwards. NULL when memory runs out or a
 * file is wrong; then `reason` names the file, the line and what is wrong there. The caller frees it with
 * vocabulary_free. */
struct vocabulary *vocabulary_new(const struct file_text texts[FILE_COUNT], char *reason, size_t reason_size);

void vocabulary_free(struct vocabulary *vocabulary);

/* The entry for a word, or for a phrase whose words are separated by one blank each; also for the beginning of a
 * phrase, which may say nothing itself. NULL when there is none. It lives as long as the vocabulary. */
const struct meaning *vocabulary_find(const struct vocabulary *vocabulary, const char *word, size_t length);

#endif
