/* names.c: for comparing taggers of names on the same tokens.
 *
 *   names columns SEGMENTER TYPES FILE...   the files' tokens, a line each: token, label (BIO of PERSON, ORG, LOC), text, start, end;
 *                                           an empty line behind each sentence
 *   names speed SEGMENTER MODEL FILE...     tokens a second, segmenting excluded, the median of nine runs; how long a load takes,
 *                                           and what was resident at most */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "plugins/entities/names/names.h"
#include "plugins/entities/train/texts.h"
#include "plugins/lib/train/trainer.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- Columns ----------------------------------------------------------------------------------------------------------- */

static const char *common_type(const struct types_table *types, const struct gold *name)
{
    const char *type = name->types ? types->names[__builtin_ctz(name->types)] : "";

    if (strcmp(type, "FAC") == 0)
        return "LOC";
    return strcmp(type, "PERSON") == 0 || strcmp(type, "ORG") == 0 || strcmp(type, "LOC") == 0 ? type : NULL;
}

static void print_text(const struct types_table *types, const struct text *t)
{
    const struct entity_input *in = &t->input;
    uint32_t sentence = 0, name = 0;

    for (uint32_t i = 0; i < in->n_tokens; i++) {
        struct textd_span token = in->tokens[i];
        while (sentence < in->n_sentences && in->sentences[sentence].end <= token.start) {
            putchar('\n');
            sentence++;
        }
        while (name < t->n_names && t->names[name].end <= token.start)
            name++;
        const struct gold *g = name < t->n_names && t->names[name].start < token.end ? &t->names[name] : NULL;
        const char *type = g ? common_type(types, g) : NULL;
        printf("%.*s\t%s%s\t%s\t%u\t%u\n", (int)(token.end - token.start), in->text + token.start,
               !type                     ? "O"
               : token.start <= g->start ? "B-"
                                         : "I-",
               type ? type : "", t->id, token.start, token.end);
    }
    putchar('\n');
}

/* ---- Speed ------------------------------------------------------------------------------------------------------------- */

#define ROUNDS 9
#define BLOCK ((size_t)256 << 20)

static char block[BLOCK];
static size_t used;

static void *take(void *context, size_t bytes)
{
    void *memory = block + used;

    (void)context;
    if (bytes > BLOCK - 64 - used)
        return NULL;
    used += (bytes + 63) & ~(size_t)63;
    return memory;
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void print_median(const char *what, double *times, double by, const char *unit)
{
    qsort(times, ROUNDS, sizeof *times, by_value);
    printf("%s %.2f %s\n", what, by < 0 ? -by / times[ROUNDS / 2] : times[ROUNDS / 2] * by, unit);
}

static void measure(const char *file, const struct texts *texts)
{
    static const struct entity_means means = { take, go_on, NULL };
    struct names_model model;
    double loads[ROUNDS], runs[ROUNDS];
    char reason[300];
    size_t length;
    void *bytes = trainer_load(file, &length);
    uint64_t tokens = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double begin = now();
        if (!bytes || names_model_open(&model, bytes, length, reason, sizeof reason) != 0)
            trainer_fail("%s: %s", file, bytes ? reason : "cannot be read");
        loads[round] = now() - begin;
        begin = now();
        tokens = 0;
        for (uint32_t i = 0; i < texts->n; i++) {
            struct entity *found;
            uint32_t n;
            used = 0;
            if (names_find(&model, &texts->all[i].input, &means, &found, &n) != TEXTD_OK)
                trainer_fail("no memory for text %s", texts->all[i].id);
            tokens += texts->all[i].input.n_tokens;
        }
        runs[round] = now() - begin;
    }
    print_median("load", loads, 1000, "ms");
    print_median("speed", runs, -(double)tokens, "tokens/s");
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("resident %.1f MiB\n", (double)usage.ru_maxrss / 1024);
    free(bytes);
}

int main(int argc, char **argv)
{
    struct types_table types = { 0 };
    struct texts texts = { 0 };

    trainer_name = "names";
    if (argc < 5)
        trainer_fail("usage: names columns SEGMENTER TYPES FILE... | names speed SEGMENTER MODEL FILE...");
    bool is_speed = strcmp(argv[1], "speed") == 0;
    texts_use_segmenter(argv[2]);
    if (!is_speed)
        types_table_read(&types, argv[3]);
    for (int i = 4; i < argc; i++)
        texts_read(&texts, &types, argv[i]);
    if (is_speed)
        measure(argv[3], &texts);
    for (uint32_t i = 0; i < texts.n && !is_speed; i++)
        print_text(&types, &texts.all[i]);
    texts_free(&texts);
    return 0;
}
