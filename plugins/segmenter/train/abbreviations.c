/* abbreviations.c: see abbreviations.h. */
#include "plugins/segmenter/train/abbreviations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/lib/train/trainer.h"

#define COPIES 2u /* sentences that each abbreviation is put into; of kind c, one of them starts with it */
#define COPIES_OF_ENDS 4u

/* Of each kind, where they stand. */
#define KINDS "cinwe"

/* Whether an abbreviation of that kind may stand before token `t` of sentence `k`: inside it, behind a blank, or where it starts. */
static int is_place(const struct record *r, uint32_t k, uint32_t t, char kind, int starts)
{
    uint32_t at = r->tokens[t].start, size;
    uint8_t class = char_class_at(r->text, at, &size);

    if (at < r->sentences[k].start || at >= r->sentences[k].end || starts != (at == r->sentences[k].start) ||
        (!starts && r->text[at - 1] != ' '))
        return 0;
    return kind == 'c' || kind == 'i' ? class & CHAR_UPPER
           : kind == 'w'              ? class & CHAR_LOWER
                                      : (class & CHAR_KIND_MASK) == CHAR_DIGIT;
}

static struct textd_span moved(struct textd_span span, uint32_t start, uint32_t place, uint32_t by)
{
    return (struct textd_span) { span.start - start + (span.start > place ? by : 0),
                                 span.end - start + (span.end > place ? by : 0) };
}

/* Sentence `k` with those around it, and "WORD. " before token `t`. */
static struct record with_word(const struct record *r, uint32_t k, uint32_t t, const char *word)
{
    uint32_t first = k > 0 ? k - 1 : k, last = k + 1 < r->n_sentences ? k + 1 : k;
    uint32_t start = r->sentences[first].start, end = r->sentences[last].end, place = r->tokens[t].start;
    uint32_t length = (uint32_t)strlen(word), by = length + 2, head = place - start;
    struct record out = { .id = strdup(r->id), .length = end - start + by };

    out.text = trainer_alloc(out.length + 1);
    memcpy(out.text, r->text + start, head);
    memcpy(out.text + head, word, length);
    memcpy(out.text + head + length, ". ", 2);
    memcpy(out.text + head + by, r->text + place, end - place);
    out.text[out.length] = 0;
    out.sentences = trainer_alloc((last - first + 1) * sizeof *out.sentences);
    for (uint32_t i = first; i <= last; i++)
        out.sentences[out.n_sentences++] = moved(r->sentences[i], start, place, by);
    out.tokens = trainer_alloc((r->n_tokens + 2) * sizeof *out.tokens);
    for (uint32_t i = 0; i < r->n_tokens; i++) {
        if (r->tokens[i].start < start || r->tokens[i].end > end)
            continue;
        if (i == t)
            out.tokens[out.n_tokens++] = (struct textd_span) { head, head + length + 1 };
        out.tokens[out.n_tokens] = moved(r->tokens[i], start, place, by);
        out.tokens[out.n_tokens++].start += i == t ? by : 0;
    }
    return out;
}

/* Whether sentence `k` ends with a full stop behind a small word, and one blank and another sentence follow. */
static int is_end(const struct record *r, uint32_t k)
{
    uint32_t end = r->sentences[k].end;

    return k + 1 < r->n_sentences && end - r->sentences[k].start > 12 && r->text[end - 1] == '.' &&
           char_is_lower(r->text[end - 2]) && r->text[end] == ' ' && r->sentences[k + 1].start == end + 1;
}

/* Sentence `k` with those around it, and " WORD" before its full stop, which is the abbreviation's then. It has no tokens. */
static struct record with_end(const struct record *r, uint32_t k, const char *word)
{
    uint32_t first = k > 0 ? k - 1 : k, last = k + 1, start = r->sentences[first].start, end = r->sentences[last].end;
    uint32_t length = (uint32_t)strlen(word), by = length + 1, place = r->sentences[k].end - 1, head = place - start;
    struct record out = { .id = strdup(r->id), .length = end - start + by };

    out.text = trainer_alloc(out.length + 1);
    memcpy(out.text, r->text + start, head);
    out.text[head] = ' ';
    for (uint32_t i = 0; i < length; i++)
        out.text[head + 1 + i] = word[i] == '_' ? ' ' : word[i];
    memcpy(out.text + head + by, r->text + place, end - place);
    out.text[out.length] = 0;
    out.sentences = trainer_alloc((last - first + 1) * sizeof *out.sentences);
    for (uint32_t i = first; i <= last; i++)
        out.sentences[out.n_sentences++] = moved(r->sentences[i], start, place, by);
    out.tokens = trainer_alloc(sizeof *out.tokens);
    return out;
}

static void add_end(struct records *records, uint32_t n, const char *word)
{
    uint32_t from = 'e', copies = 0;

    for (const char *c = word; *c; c++)
        from = from * 31 + (unsigned char)*c;
    for (uint32_t i = 0; i < n && copies < COPIES_OF_ENDS; i++) {
        struct record r = records->all[(from + i * 7) % n];
        for (uint32_t k = from % 5; k < r.n_sentences; k++)
            if (is_end(&r, k)) {
                records->all = trainer_grow(records->all, (records->n + 1) * sizeof *records->all);
                records->all[records->n++] = with_end(&r, k, word);
                copies++;
                break;
            }
    }
}

/* Looks through the first `n` records from a place that depends on the abbreviation, so that each gets others. */
static void add_word(struct records *records, uint32_t n, const char *word, char kind)
{
    uint32_t from = kind, copies = 0;

    for (const char *c = word; *c; c++)
        from = from * 31 + (unsigned char)*c;
    for (uint32_t i = 0; i < n && copies < COPIES; i++) {
        struct record r = records->all[(from + i * 7) % n];
        for (uint32_t t = 0, k = 0; t < r.n_tokens; t++) {
            while (k + 1 < r.n_sentences && r.sentences[k].end <= r.tokens[t].start)
                k++;
            if (!is_place(&r, k, t, kind, kind == 'c' && copies % 2))
                continue;
            records->all = trainer_grow(records->all, (records->n + 1) * sizeof *records->all);
            records->all[records->n++] = with_word(&r, k, t, word);
            copies++;
            break;
        }
    }
}

void abbreviations_add(struct records *records, const char *file, const char *code)
{
    FILE *in = fopen(file, "r");
    char line[2000], *rest;
    uint32_t n = records->n;

    if (!in)
        trainer_fail("%s: cannot be opened", file);
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '#')
            continue;
        char *its = strtok_r(line, "\t", &rest), *kind = strtok_r(NULL, "\t", &rest), *word;
        if (!its || !kind || strlen(kind) != 1 || !strchr(KINDS, kind[0]))
            trainer_fail("%s: a line is not CODE, tab, one of " KINDS ", tab, abbreviations", file);
        while (strcmp(its, code) == 0 && (word = strtok_r(NULL, " \n", &rest)))
            kind[0] == 'e' ? add_end(records, n, word) : add_word(records, n, word, kind[0]);
    }
    fclose(in);
}
