/* word.h: what is to be known of a word by itself: what the features of names are made of. Pure. */
#ifndef NAMES_WORD_H
#define NAMES_WORD_H

#include <stddef.h>
#include <stdint.h>

/* How a word is written. */
enum word_form {
    FORM_OTHER,   /* signs, numbers, and letters of scripts without case */
    FORM_LOWER,   /* its first letter is small */
    FORM_CAPITAL, /* "Anna", "A", "McCoy" */
    FORM_CAPS,    /* two capitals or more and nothing small: "NATO" */
    N_WORD_FORMS
};

#define TOPIC_RANK 5u    /* of more frequent words, none tells a topic */
#define WORD_PREFIXES 3u /* of 2, 3, 4 bytes */
#define WORD_SUFFIXES 4u /* of 1, 2, 3, 4 */
#define CLUSTERINGS 4u

struct name_word {
    uint64_t exact, lower; /* hashes of the word as it is, and in small letters with all digits as 0 */
    uint64_t
        listed; /* the hash by which lists of names have it: in small letters; as it is when it begins with a digit: "3M" */
    uint64_t whole; /* the hash of all its bytes, by which a page knows it */
    uint32_t prefixes[WORD_PREFIXES], suffixes[WORD_SUFFIXES];
    uint32_t shape, long_shape; /* "Xx", "Xxxxx", as hashes */
    uint32_t group;             /* the page's own, of words that may be a part of a name: see page_group */
    uint16_t clusters[CLUSTERINGS];
    uint16_t kinds;   /* enum name_kind, a bit each */
    uint8_t rank;     /* how frequent the word is in small letters: 1 the most; 0: unknown */
    uint8_t form;     /* enum word_form */
    uint8_t is_mixed; /* it begins with a small letter, and has a capital: "iPhone" */
    uint32_t phrase;  /* what the lists of names know of it alone, and whether names begin with it: see knowledge.h */
};

struct knowledge;

/* What is to be seen of a word; returns the hash by which the rest is known. */
uint64_t word_read(struct name_word *word, const char *text, size_t length);

/* What is known of it: its rank, clusters and kinds, and the phrase that it is alone. `knowledge` may be NULL: then nothing is. */
void word_know(struct name_word *word, uint64_t hash, const struct knowledge *knowledge);

/* The bytes of a word in small letters, as far as `room` reaches; how many they are. Letters of the Latin, Greek and Cyrillic
 * scripts are known; the typographic apostrophe becomes the plain one. */
size_t word_lower(const char *text, size_t length, char *lower, size_t room);

uint64_t hash_bytes(const void *bytes, size_t length);

/* Of a sequence: the hash so far, and what follows. */
static inline uint64_t hash_join(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9E3779B97F4A7C15ull;
    return hash ^ hash >> 29;
}

#endif
