/* languages.c: how well sentences and tokens of other languages than English are found: F1 of exact spans against a file of records with
 * both, of the segmenter with that language's model and of ICU's break iterators with its locale, whose rules for abbreviations
 * ("ss=standard") are tried, too. ICU's tokens are its words, and what it has between them, without blanks. Prints a row a
 * language for bench/run.
 *
 *   languages MODELS DATA CODE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "bench/texts.h"
#include "plugins/lib/character.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/runs.h"
#include "plugins/segmenter/train/records.h"

struct counts {
    uint32_t right, gold, found;
};

static double f1(const struct counts *c)
{
    return c->gold + c->found ? 200.0 * c->right / (c->gold + c->found) : 0;
}

static void compare(struct counts *c, const struct textd_span *gold, uint32_t n_gold, const struct textd_span *found,
                    uint32_t n_found)
{
    uint32_t g = 0, f = 0;

    c->gold += n_gold;
    c->found += n_found;
    while (g < n_gold && f < n_found) {
        c->right += gold[g].start == found[f].start && gold[g].end == found[f].end;
        if (gold[g].end <= found[f].end)
            g++;
        else
            f++;
    }
}

/* The span without the blanks at its ends; empty when there is nothing else. */
static struct textd_span trim(const char *text, struct textd_span span)
{
    uint32_t size;

    while (span.start < span.end && char_kind_at(text, span.start, &size) == CHAR_BLANK)
        span.start += size;
    while (span.start < span.end && char_kind_at(text, char_before(text, span.end), &size) == CHAR_BLANK)
        span.end = char_before(text, span.end);
    return span;
}

static void score_icu(struct counts *c, UBreakIterator *breaks, const struct record *r, const struct textd_span *gold,
                      uint32_t n_gold)
{
    UErrorCode error = U_ZERO_ERROR;
    UText *text = utext_openUTF8(NULL, r->text, r->length, &error);
    struct textd_span *found = trainer_alloc((r->length + 1) * sizeof *found);
    uint32_t n = 0;

    ubrk_setUText(breaks, text, &error);
    if (U_FAILURE(error))
        texts_die(u_errorName(error), "ICU");
    for (int32_t start = ubrk_first(breaks), end; (end = ubrk_next(breaks)) != UBRK_DONE; start = end) {
        struct textd_span span = trim(r->text, (struct textd_span) { (uint32_t)start, (uint32_t)end });
        if (span.start < span.end)
            found[n++] = span;
    }
    compare(c, gold, n_gold, found, n);
    free(found);
    utext_close(text);
}

static UBreakIterator *open_icu(UBreakIteratorType type, const char *code, const char *keywords)
{
    UErrorCode error = U_ZERO_ERROR;
    char locale[40];

    snprintf(locale, sizeof locale, "%s%s", code, keywords);
    UBreakIterator *breaks = ubrk_open(type, locale, NULL, 0, &error);
    if (U_FAILURE(error))
        texts_die(u_errorName(error), locale);
    return breaks;
}

enum { TEXTD, ICU, ICU_ABBREVIATIONS, N_WAYS };

static void score_language(const char *models, const char *data, const char *code)
{
    struct counts sentences[N_WAYS] = { 0 }, tokens[N_WAYS] = { 0 };
    UBreakIterator *words = open_icu(UBRK_WORD, code, ""), *plain = open_icu(UBRK_SENTENCE, code, ""),
                   *standard = open_icu(UBRK_SENTENCE, code, "@ss=standard");
    struct language_model model;
    struct records records = { 0 };
    struct stat found;
    char file[4096], reason[200];
    size_t length;

    snprintf(file, sizeof file, "%s/segmenter-%s.model", models, code);
    void *bytes = trainer_need(file, &length);
    if (language_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
    snprintf(file, sizeof file, "%s/%s.dev.jsonl", data, code);
    if (stat(file, &found) != 0)
        snprintf(file, sizeof file, "%s/%s.dev.jsonl.gz", data, code);
    records_read(&records, file, NULL);
    for (uint32_t i = 0; i < records.n; i++) {
        const struct record *r = &records.all[i];
        struct segments s = record_memory();
        segment_as(&s, NULL, &model, r->text, r->length);
        compare(&sentences[TEXTD], r->sentences, r->n_sentences, s.sentences, s.n_sentences);
        compare(&tokens[TEXTD], r->tokens, r->n_tokens, s.tokens, s.n_tokens);
        record_release(&s);
        score_icu(&tokens[ICU], words, r, r->tokens, r->n_tokens);
        score_icu(&sentences[ICU], plain, r, r->sentences, r->n_sentences);
        score_icu(&sentences[ICU_ABBREVIATIONS], standard, r, r->sentences, r->n_sentences);
    }
    printf("| %s | %.2f | %.2f | %.2f | %.2f | %.2f |\n", code, f1(&sentences[TEXTD]), f1(&sentences[ICU]),
           f1(&sentences[ICU_ABBREVIATIONS]), f1(&tokens[TEXTD]), f1(&tokens[ICU]));
    records_free(&records);
    free(bytes);
    ubrk_close(words);
    ubrk_close(plain);
    ubrk_close(standard);
}

int main(int argc, char **argv)
{
    trainer_name = "languages";
    if (argc < 4)
        texts_die("usage: languages MODELS DATA CODE...", "arguments");
    printf("| language | sentences: textd | ICU | ICU, abbreviations | tokens: textd | ICU |\n| --- | --- | --- | --- "
           "| --- | --- |\n");
    for (int i = 3; i < argc; i++)
        score_language(argv[1], argv[2], argv[i]);
    return 0;
}
