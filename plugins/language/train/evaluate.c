/* evaluate.c: what a model says of texts; see train.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <textd/plugin.h>

#include "plugins/language/block.h"
#include "plugins/language/identify.h"
#include "plugins/language/train/lines.h"
#include "plugins/language/train/train.h"
#include "plugins/lib/train/trainer.h"

static struct language_model model;
static struct word_memo memo;
static _Alignas(8) char memory[1 << 24];

/* The file's bytes are the model: they stay. */
static void open_model(const char *file)
{
    size_t length;
    char reason[200];
    void *bytes = trainer_need(file, &length);

    if (language_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
}

static void identify_text(struct identified *found, const char *text, size_t length)
{
    static struct block block;

    block = (struct block) { memory, sizeof memory, 0 };
    *found =
        (struct identified) { .alloc = block_alloc, .should_stop = block_never_stops, .data = &block, .memo = &memo };
    if (length > UINT32_MAX || identify(found, &model, text, (uint32_t)length) != TEXTD_OK)
        trainer_fail("a text of %zu bytes is too long", length);
}

static const char *main_code(const struct identified *found)
{
    return found->main == UNSURE ? "und" : model.classes[found->main].code;
}

/* ---- Evaluating -------------------------------------------------------------------------------------------------------- */

#define MOST_LANGUAGES 1024u

struct counts {
    char code[8];
    uint32_t texts, right, unsure;
};

static struct counts by_language[MOST_LANGUAGES];
static uint32_t n_languages;

static struct counts *counts_of(const char *code)
{
    uint32_t i = 0;

    while (i < n_languages && strcmp(by_language[i].code, code) != 0)
        i++;
    if (i == MOST_LANGUAGES)
        trainer_fail("there are more than %u languages", MOST_LANGUAGES);
    if (i == n_languages) {
        memcpy(by_language[i].code, code, strlen(code));
        n_languages++;
    }
    return &by_language[i];
}

static void take_line(void *data, const struct line *line)
{
    struct counts *counts = counts_of(line->code);
    struct identified found;

    (void)data;
    identify_text(&found, line->text, line->length);
    counts->texts++;
    counts->right += strcmp(main_code(&found), line->code) == 0;
    counts->unsure += found.main == UNSURE;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct counts *)a)->code, ((const struct counts *)b)->code);
}

static void print_counts(const char *name, const struct counts *c)
{
    printf("%-8s  %8u  %7.2f  %8.2f\n", name, c->texts, 100.0 * c->right / c->texts, 100.0 * c->unsure / c->texts);
}

int evaluate(const char *file, char **files, int n)
{
    struct counts all = { .texts = 0 };

    open_model(file);
    for (int i = 0; i < n; i++)
        lines_read(files[i], take_line, NULL);
    if (n_languages == 0)
        trainer_fail("there is no text in the files");
    qsort(by_language, n_languages, sizeof by_language[0], by_code);
    printf("language     texts  right %%  unsure %%\n");
    for (uint32_t i = 0; i < n_languages; i++) {
        print_counts(by_language[i].code, &by_language[i]);
        all.texts += by_language[i].texts;
        all.right += by_language[i].right;
        all.unsure += by_language[i].unsure;
    }
    print_counts("all", &all);
    return 0;
}

/* ---- For bench/run language -------------------------------------------------------------------------------------- */

int judge(const char *file)
{
    size_t capacity = 0;
    char *line = NULL;

    open_model(file);
    for (ssize_t n; (n = getline(&line, &capacity, stdin)) >= 0;) {
        struct identified found;
        double foreign = 0; /* of a mixed text so much of it */
        if (n > 0 && line[n - 1] == '\n')
            n--;
        identify_text(&found, line, (size_t)n);
        for (uint32_t i = 0; i < found.n_parts; i++)
            foreign += (double)found.parts[i].foreign * (found.parts[i].end - found.parts[i].start) / (double)n;
        printf("%s\t%.4f\t%.4f", main_code(&found), (double)found.main_score, foreign);
        for (uint32_t i = 0; i < found.whole.n; i++)
            printf("\t%s %.4f", model.classes[found.whole.best[i].class].code, (double)found.whole.best[i].score);
        putchar('\n');
    }
    free(line);
    return 0;
}

int speed(const char *file, int times)
{
    char *text = trainer_alloc(1 << 27);
    struct timespec begin, end;
    struct identified found;

    open_model(file);
    size_t n = fread(text, 1, 1 << 27, stdin);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (int i = 0; i < times; i++)
        identify_text(&found, text, n);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%.0f\n", (double)n * times / 1e6 /
                         ((double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9));
    free(text);
    return 0;
}
