/* summarize.c: summaries of the files named, segmenting included, on one core. Prints one line of JSON for bench/run.
 *
 *   summarize SEGMENTER MODEL ROUNDS SENTENCES FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/texts.h"
#include "plugins/segmenter/model.h"
#include "plugins/summarizer/segmented.h"
#include "plugins/summarizer/model.h"
#include "plugins/summarizer/summary.h"

/* A document's memory, as the daemon's workers have it: given out from one block, which is used again for the next. */
static char *memory;
static size_t used, room = (size_t)4 << 30;

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 15) & ~(size_t)15;
    if (bytes > room - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

struct models {
    struct boundary_model segmenter;
    struct summary_model summarizer;
};

struct times {
    double segment, all; /* seconds */
    uint64_t sentences;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void summarize(const struct models *m, const char *text, uint32_t length, uint32_t asked, struct times *times)
{
    struct segments s = { .alloc = take, .should_stop = go_on };
    struct request request = { .sentences = asked };
    struct summary summary;
    struct document d;
    double begin = now();

    used = 0;
    if (segmented_open(&d, &s, &m->segmenter, text, length) != TEXTD_OK)
        texts_die("cannot be segmented", "a text");
    times->segment += now() - begin;
    d.model = &m->summarizer;
    if (summary_make(&d, &request, &summary) != TEXTD_OK)
        texts_die("cannot be summarized", "a text");
    times->all += now() - begin;
    times->sentences += s.n_sentences;
}

static void open_models(struct models *m, const char *segmenter, const char *summarizer)
{
    char reason[200];
    size_t length;
    char *bytes = texts_read(segmenter, &length);

    if (model_open(&m->segmenter, bytes, length, reason, sizeof reason) != 0)
        texts_die(reason, segmenter);
    bytes = texts_read(summarizer, &length);
    if (summary_model_open(&m->summarizer, bytes, length, reason, sizeof reason) != 0)
        texts_die(reason, summarizer);
}

static uint32_t read_number(const char *word)
{
    char *end;
    unsigned long n = strtoul(word, &end, 10);

    if (*end || n < 1 || n > 1000)
        texts_die("it should be a number, 1 to 1000", word);
    return (uint32_t)n;
}

struct text {
    char *bytes;
    size_t length;
};

/* All texts once. */
static struct times run(const struct models *models, const struct text *texts, int n, uint32_t asked)
{
    struct times times = { 0 };

    for (int i = 0; i < n; i++)
        summarize(models, texts[i].bytes, (uint32_t)texts[i].length, asked, &times);
    return times;
}

#define MOST_FILES 10000
#define MOST_ROUNDS 1000

int main(int argc, char **argv)
{
    static struct text texts[MOST_FILES];
    static double all[MOST_ROUNDS], segment[MOST_ROUNDS];
    int n = argc - 5;
    struct models models;
    uint64_t bytes = 0;

    if (n < 1 || n > MOST_FILES) {
        fprintf(stderr, "usage: summarize SEGMENTER MODEL ROUNDS SENTENCES FILE...\n");
        return 2;
    }
    open_models(&models, argv[1], argv[2]);
    uint32_t rounds = read_number(argv[3]), asked = read_number(argv[4]);
    memory = malloc(room);
    if (!memory)
        texts_die("out of memory", "documents");
    for (int i = 0; i < n; i++) {
        texts[i].bytes = texts_read(argv[5 + i], &texts[i].length);
        bytes += texts[i].length;
    }
    uint64_t sentences = run(&models, texts, n, asked).sentences; /* to warm up */
    for (uint32_t round = 0; round < rounds; round++) {
        struct times times = run(&models, texts, n, asked);
        all[round] = times.all;
        segment[round] = times.segment;
    }
    printf("{\"bytes\": %llu, \"sentences\": %llu, ", (unsigned long long)bytes, (unsigned long long)sentences);
    texts_print_rates("mb_s", (double)bytes / 1e6, all, rounds);
    printf(", ");
    texts_print_rates("segmenting_mb_s", (double)bytes / 1e6, segment, rounds);
    printf("}\n");
    return 0;
}
