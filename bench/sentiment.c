/* sentiment.c: the sentiment of texts, whole: segmenting and the text's score, as the peers give it, one core, one thread.
 * Prints bytes a second of both together and of sentiment alone, as JSON for bench/run.
 *
 *   sentiment SEGMENTER_MODEL SENTIMENT_MODEL ROUNDS FILE     a text a line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/texts.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"
#include "plugins/sentiment/sentiment.h"

/* What one text needs, used again for each. */
static _Alignas(16) char memory[1 << 26];
static size_t used;

static void *give(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 15) & ~(size_t)15;
    if (bytes > sizeof memory - used)
        texts_die("a text is too long", "memory");
    used += bytes;
    return memory + used - bytes;
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

static struct boundary_model boundaries;
static struct sentiment_model model;
static struct vocabulary vocabulary;

static struct segments segment(const char *text, uint32_t length)
{
    struct segments s = { .alloc = give, .should_stop = go_on };

    used = 0;
    if (segment_tokens(&s, text, length) != TEXTD_OK || segment_sentences(&s, &boundaries, text, length) != TEXTD_OK)
        texts_die("cannot be segmented", "a text");
    return s;
}

static float judge(const char *text, uint32_t length, const struct segments *s)
{
    struct sentiment_input input = { .text = { text, length, s->n_tokens, s->tokens, s->kinds },
                                     .sentences = s->sentences,
                                     .n_sentences = s->n_sentences,
                                     .words = true,
                                     .genres = (1u << N_GENRES) - 1 };
    struct sentiment_output output;

    memset(&output, 0, sizeof output);
    sentiment_read(&vocabulary, &input, &output);
    return score_of(&model, &output.text, output.genres);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct text {
    const char *bytes;
    uint32_t length;
};

/* The lines of a file; as the peers', found before time is taken. */
static struct text *split(const char *bytes, size_t length, size_t *n)
{
    struct text *texts = malloc((length + 1) * sizeof *texts);

    if (!texts)
        texts_die("out of memory", "texts");
    *n = 0;
    for (const char *line = bytes, *end = bytes + length, *stop; line < end; line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        texts[(*n)++] = (struct text) { line, (uint32_t)(stop - line) };
    }
    return texts;
}

/* Seconds for all texts. */
static double run(const struct text *texts, size_t n, int with_sentiment, double *sum)
{
    double start = now();

    for (size_t i = 0; i < n; i++) {
        struct segments s = segment(texts[i].bytes, texts[i].length);
        *sum += with_sentiment ? (double)judge(texts[i].bytes, texts[i].length, &s) : (double)s.n_tokens;
    }
    return now() - start;
}

int main(int argc, char **argv)
{
    size_t length, model_length, n_texts;
    char reason[200];
    int rounds = argc == 5 ? (int)strtol(argv[3], NULL, 10) : 0;
    double sums[2] = { 0 };

    if (rounds < 1)
        texts_die("usage: sentiment SEGMENTER_MODEL SENTIMENT_MODEL ROUNDS FILE", "arguments");
    void *bytes = texts_read(argv[1], &model_length);
    if (model_open(&boundaries, bytes, model_length, reason, sizeof reason) != 0)
        texts_die(reason, argv[1]);
    bytes = texts_read(argv[2], &model_length);
    if (sentiment_model_open(&model, bytes, model_length, reason, sizeof reason) != 0)
        texts_die(reason, argv[2]);
    vocabulary_make(&vocabulary, &model, NULL);
    const char *bytes_of_texts = texts_read(argv[4], &length);
    struct text *texts = split(bytes_of_texts, length, &n_texts);
    double *times[2];
    for (int k = 0; k < 2; k++) {
        times[k] = malloc((size_t)rounds * sizeof **times);
        if (!times[k])
            texts_die("out of memory", "times");
    }
    for (int i = 0; i < rounds; i++)
        for (int k = 0; k < 2; k++)
            times[k][i] = run(texts, n_texts, k, &sums[k]);
    printf("{\"bytes\": %zu, \"sum\": %.3f, ", length, sums[1] / rounds);
    texts_print_rates("mb_s", (double)length / 1e6, times[1], (size_t)rounds);
    for (int i = 0; i < rounds; i++)
        times[1][i] = times[1][i] > times[0][i] ? times[1][i] - times[0][i] : times[1][i];
    printf(", ");
    texts_print_rates("alone_mb_s", (double)length / 1e6, times[1], (size_t)rounds);
    printf("}\n");
    free(times[0]);
    free(times[1]);
    free(texts);
    return 0;
}
