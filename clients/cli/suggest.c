/* suggest.c: see suggest.h. */
#include "clients/cli/suggest.h"

#include <stdio.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "common/nearest.h"

#define FAR 1000u

void suggest_start(struct suggest *s, const char *word)
{
    *s = (struct suggest) { .word = word, .distance = FAR };
}

static void take(struct suggest *s, const char *name, size_t distance)
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
    size_t distance = td_nearest_distance(s->word, typed, name, length);
    size_t most = ((typed > length ? typed : length) + 2) / 3;

    if (shorter >= 3 && distance > 1 && strncmp(s->word, name, shorter) == 0)
        distance = 1;
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

void suggest_try_acts(struct suggest *s, const struct act_row *acts)
{
    for (const struct act_row *act = acts; act && act->word; act++) {
        suggest_try(s, act->word);
        suggest_try_synonyms(s, act->own ? act->own->also : NULL, act->word);
    }
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
