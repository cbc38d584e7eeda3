/* expressions.c: how fast expressions are found in the files named, which are cut into sentences and tokens before the clock
 * starts. Prints one line of JSON for bench/run.
 *
 *   expressions MODEL ROUNDS FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/texts.h"
#include "plugins/entities/expressions/expressions.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"

#define ARENA_BYTES (1u << 28)

/* Memory as a document's arena gives it: handed out from the front, taken back at once. */
struct arena {
    char *bytes;
    size_t used;
};

static void *take(void *context, size_t bytes)
{
    struct arena *arena = context;
    size_t at = (arena->used + 15) & ~(size_t)15;

    if (bytes > ARENA_BYTES - at)
        return NULL;
    arena->used = at + bytes;
    return arena->bytes + at;
}

static void *take_segments(void *context, uint64_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static struct entity_input load(const char *name, const struct boundary_model *model)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    size_t length;
    char *text = texts_read(name, &length);

    if (segment_tokens(&s, text, (uint32_t)length) != TEXTD_OK ||
        segment_sentences(&s, model, text, (uint32_t)length) != TEXTD_OK)
        texts_die("cannot be segmented", name);
    return (struct entity_input) { .text = text,
                                   .tokens = s.tokens,
                                   .kinds = s.kinds,
                                   .sentences = s.sentences,
                                   .text_length = (uint32_t)length,
                                   .n_tokens = s.n_tokens,
                                   .n_sentences = s.n_sentences };
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static const struct expression_settings settings = { .day_first = 0 };
    int rounds = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0, n = argc - 3;
    struct vocabulary *vocabulary = expressions_new();
    struct arena arena = { malloc(ARENA_BYTES), 0 };
    const struct entity_means means = { take, go_on, &arena };
    struct boundary_model model;
    uint64_t bytes = 0, tokens = 0, found = 0;
    size_t model_length;
    char reason[200];

    if (rounds < 1)
        texts_die("usage: expressions MODEL ROUNDS FILE...", "arguments");
    char *model_bytes = texts_read(argv[1], &model_length);
    if (model_open(&model, model_bytes, model_length, reason, sizeof reason) != 0)
        texts_die(reason, argv[1]);
    struct entity_input *inputs = calloc((size_t)n, sizeof *inputs);
    double *times = calloc((size_t)rounds, sizeof *times);
    if (!vocabulary || !arena.bytes || !inputs || !times)
        texts_die("out of memory", "texts");
    for (int i = 0; i < n; i++) {
        inputs[i] = load(argv[i + 3], &model);
        bytes += inputs[i].text_length;
        tokens += inputs[i].n_tokens;
    }
    for (int round = 0; round < rounds; round++) {
        double start = now();

        found = 0;
        for (int i = 0; i < n; i++) {
            struct entity *list;
            uint32_t n_list;

            arena.used = 0;
            if (expressions_find(vocabulary, &settings, &inputs[i], &means, &list, &n_list) != TEXTD_OK)
                texts_die("out of memory", argv[i + 3]);
            found += n_list;
        }
        times[round] = now() - start;
    }
    printf("{\"bytes\": %llu, \"tokens\": %llu, \"found\": %llu, ", (unsigned long long)bytes,
           (unsigned long long)tokens, (unsigned long long)found);
    texts_print_rates("mb_s", (double)bytes / 1e6, times, (size_t)rounds);
    printf("}\n");
    free(times);
    return 0;
}
