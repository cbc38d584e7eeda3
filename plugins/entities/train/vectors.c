/* vectors.c: see vectors.h. */
#include "plugins/entities/train/vectors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

struct cursor {
    const char *at, *end, *file;
};

static void expect(struct cursor *c, char want)
{
    if (c->at >= c->end || *c->at != want)
        trainer_fail("%s: expected '%c' where vectors are: it is no file of vectors, or it was cut", c->file, want);
    c->at++;
}

/* A JSON string; of what is escaped, only signs are words of ours. */
static char *read_word(struct cursor *c)
{
    char *word, *out;
    const char *start;

    expect(c, '"');
    for (start = c->at; c->at < c->end && *c->at != '"'; c->at++)
        c->at += *c->at == '\\';
    word = out = trainer_alloc((size_t)(c->at - start) + 1);
    for (const char *p = start; p < c->at; p++) {
        p += *p == '\\';
        *out++ = *p;
    }
    *out = 0;
    expect(c, '"');
    return word;
}

/* The numbers behind the vector, its length and its place, are passed over. */
static void read_vector(struct cursor *c, float vector[DIMENSIONS])
{
    expect(c, '[');
    for (uint32_t i = 0; i < DIMENSIONS; i++) {
        char *behind;
        vector[i] = strtof(c->at, &behind);
        if (behind == c->at)
            trainer_fail("%s: a vector has %u numbers, not %u", c->file, i, DIMENSIONS);
        c->at = behind + (*behind == ',');
    }
    while (c->at < c->end && *c->at != ']')
        c->at++;
    expect(c, ']');
}

void vectors_read(struct vectors *v, const char *file)
{
    size_t length;
    char *bytes = trainer_load(file, &length), *start;
    static const char key[] = "\"vectors\":{";

    if (!bytes)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    bytes = trainer_grow(bytes, length + 1);
    bytes[length] = 0;
    start = memmem(bytes, length, key, sizeof key - 1);
    if (!start)
        trainer_fail("%s: it has no \"vectors\"", file);
    struct cursor c = { start + sizeof key - 1, bytes + length, file };
    v->words = trainer_alloc(MOST_WORDS * sizeof *v->words);
    v->at = trainer_alloc(MOST_WORDS * sizeof *v->at);
    for (v->n = 0; v->n < MOST_WORDS && c.at < c.end && *c.at != '}'; v->n++) {
        v->words[v->n] = read_word(&c);
        expect(&c, ':');
        read_vector(&c, v->at[v->n]);
        c.at += *c.at == ',';
    }
    free(bytes);
}
