/* corpus.h: the documents that a plugin is tried with: the same bytes in every run, on every machine. */
#ifndef SDK_CORPUS_H
#define SDK_CORPUS_H

#include <stddef.h>
#include <stdint.h>

/* Stands in one document, and must stand in no log. */
#define SDK_CORPUS_SECRET "tangerine-4417-obelisk"

struct sdk_document {
    char name[32];
    char *text;
    uint32_t length; /* UTF-8, valid */
    const char *lang;
    int is_large; /* left out of a quick check */
    int is_small; /* at most some hundred bytes: for what is done very often */
};

struct sdk_corpus {
    struct sdk_document *documents;
    uint32_t n;
};

/* Makes all of them. -1: no memory. */
int sdk_corpus_make(struct sdk_corpus *corpus);

void sdk_corpus_free(struct sdk_corpus *corpus);

/* Says on stderr that there is no document of that name, and which there are. An exit code. */
int sdk_corpus_complain(const struct sdk_corpus *corpus, const char *name);

/* NULL: there is none of that name. */
const struct sdk_document *sdk_corpus_find(const struct sdk_corpus *corpus, const char *name);

/* Shapes that grow: how long a plugin takes is looked at over their size. */
#define SDK_SHAPES(X) \
    X(PROSE, "prose") X(LETTERS, "letters") X(WORDS, "words") X(LINES, "lines") X(BLANKS, "blanks") X(MARKS, "marks")

enum sdk_shape {
#define X(number, name) SDK_SHAPE_##number,
    SDK_SHAPES(X)
#undef X
        SDK_N_SHAPES
};

const char *sdk_shape_name(enum sdk_shape shape);

/* Fills `text` with `length` bytes at most of that shape; returns how many, all of them whole characters. */
uint32_t sdk_shape_write(enum sdk_shape shape, char *text, uint32_t length);

#endif
