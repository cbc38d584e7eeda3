/* suggest.c: see suggest.h. */
#include "clients/cli/suggest.h"

#include <stdio.h>
#include <string.h>

#define MOST_LETTERS 32
#define FAR 1000u

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, Levenshtein's distance with Damerau's transpositions (Damerau 1964), in three rows: swapped
 * letters are the commonest slip of fast fingers, and count as one. */
unsigned suggest_distance(const char *a, const char *b)
{
    unsigned rows[3][MOST_LETTERS + 1], *before = rows[0], *above = rows[1], *row = rows[2];
    size_t n = strlen(a), m = strlen(b);

    if (n > MOST_LETTERS || m > MOST_LETTERS)
        return FAR;
    for (size_t j = 0; j <= m; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = min(min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[m];
}

void suggest_start(struct suggest *s, const char *word)
{
    *s = (struct suggest) { .word = word, .distance = FAR };
}

static void take(struct suggest *s, const char *name, unsigned distance)
{
    if (distance > s->distance)
        return;
    if (distance < s->distance)
        s->n = 0;
    s->distance = distance;
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0)
            return;
    if (s->n < SUGGEST_MOST)
        s->names[s->n++] = name;
}

/* One slip in three letters is still that word; with more, half the table would be meant. A beginning is meant, too, as
 * far as it goes: 'anno', and 'benchmark' for 'bench'. */
void suggest_try(struct suggest *s, const char *name)
{
    size_t typed = strlen(s->word), length = strlen(name), shorter = typed < length ? typed : length;
    unsigned distance = suggest_distance(s->word, name), most = (unsigned)((typed > length ? typed : length) + 2) / 3;

    if (shorter >= 3 && strncmp(s->word, name, shorter) == 0)
        distance = min(distance, 1);
    if (distance <= most && distance < shorter)
        take(s, name, distance);
}

void suggest_try_synonyms(struct suggest *s, const char *words, const char *name)
{
    size_t length = strlen(s->word);

    for (const char *at = words; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && strncmp(at, s->word, length) == 0)
            take(s, name, 0);
}

const char *suggest_words(const struct suggest *s, const char *before, char *text, size_t size)
{
    size_t used = 0;

    text[0] = 0;
    for (size_t i = 0; i < s->n && used < size; i++) {
        const char *glue = i == 0 ? "; did you mean " : i + 1 == s->n ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s'%s%s'", glue, before, s->names[i]);
    }
    if (s->n > 0 && used < size)
        snprintf(text + used, size - used, "?");
    return text;
}
