/* segment.c: sentences and tokens of the files named, UTF-8 in and byte offsets out: the segmenter against ICU's break
 * iterators, in turn, in one process and one thread. ICU is run in the two ways in which it can do that work: on the UTF-8 through a
 * UText, and on a copy in UTF-16, with its offsets turned back; and, for comparison, on UTF-16 that is there already, to
 * offsets in UTF-16, which is less work. Prints one line of JSON for bench/run.
 *
 *   segment MODEL ROUNDS FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "bench/texts.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"

struct text {
    char *bytes;
    uint32_t length;
    UChar *wide;
    int32_t wide_length;
    struct textd_span *tokens, *sentences; /* room for the worst case */
    uint8_t *kinds;
    uint32_t n_given;
};

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);

    if (!memory)
        texts_die("out of memory", "texts");
    return memory;
}

static struct text load(const char *name)
{
    struct text t = { 0 };
    size_t length;
    UErrorCode error = U_ZERO_ERROR;

    t.bytes = texts_read(name, &length);
    t.length = (uint32_t)length;
    t.wide = allocate((length + 1) * sizeof *t.wide);
    u_strFromUTF8(t.wide, (int32_t)length + 1, &t.wide_length, t.bytes, (int32_t)length, &error);
    if (U_FAILURE(error))
        texts_die(u_errorName(error), name);
    t.tokens = allocate(length * sizeof *t.tokens);
    t.sentences = allocate(length * sizeof *t.sentences);
    t.kinds = allocate(length + TOKEN_WINDOW);
    return t;
}

/* Gives out the text's arrays in the order in which they are asked for. */
static void *give(void *data, uint64_t bytes)
{
    struct text *t = data;

    (void)bytes;
    switch (t->n_given++) {
    case 0:
        return t->tokens;
    case 1:
        return t->kinds;
    default:
        return t->sentences;
    }
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

struct found {
    uint64_t tokens, sentences;
};

static struct found run_textd(struct text *texts, int n, const struct boundary_model *model)
{
    struct found found = { 0 };

    for (int i = 0; i < n; i++) {
        struct segments s = { .alloc = give, .should_stop = go_on, .data = &texts[i] };
        texts[i].n_given = 0;
        segment_tokens(&s, texts[i].bytes, texts[i].length);
        segment_sentences(&s, model, texts[i].bytes, texts[i].length);
        found.tokens += s.n_tokens;
        found.sentences += s.n_sentences;
    }
    return found;
}

enum icu_way { ICU_UTEXT, ICU_CONVERTED, ICU_UTF16, N_WAYS };

struct icu {
    UBreakIterator *words, *sentences;
    uint32_t *bytes; /* of each UTF-16 unit of a text, its offset in UTF-8 */
};

/* All breaks of the text that the iterator has. */
static uint32_t read_breaks(UBreakIterator *breaks, struct textd_span *out)
{
    uint32_t n = 0;

    for (int32_t start = ubrk_first(breaks), end; (end = ubrk_next(breaks)) != UBRK_DONE; start = end)
        out[n++] = (struct textd_span) { (uint32_t)start, (uint32_t)end };
    return n;
}

/* Drops what is blank between words, as ICU's manual tells to, and turns offsets into bytes. */
static uint32_t drop_blanks(const struct text *t, struct textd_span *spans, uint32_t n, const uint32_t *bytes)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        struct textd_span span = bytes ? (struct textd_span) { bytes[spans[i].start], bytes[spans[i].end] } : spans[i];
        if (t->bytes[span.start] != ' ' && t->bytes[span.start] != '\n')
            spans[kept++] = span;
    }
    return kept;
}

/* The text in UTF-16, and the offsets of its units. */
static void convert(struct text *t, uint32_t *bytes)
{
    int32_t n = 0;

    for (int32_t at = 0; at < (int32_t)t->length;) {
        UChar32 c;
        int32_t start = at;
        U8_NEXT_UNSAFE(t->bytes, at, c);
        bytes[n] = (uint32_t)start;
        if (c > 0xFFFF)
            bytes[n + 1] = (uint32_t)start;
        U16_APPEND_UNSAFE(t->wide, n, c);
    }
    bytes[n] = t->length;
    t->wide_length = n;
}

static struct found run_icu_text(struct text *t, struct icu *icu, enum icu_way way)
{
    UErrorCode error = U_ZERO_ERROR;
    UText *utext = NULL;
    struct found found;

    if (way == ICU_CONVERTED)
        convert(t, icu->bytes);
    if (way == ICU_UTEXT) {
        utext = utext_openUTF8(NULL, t->bytes, t->length, &error);
        ubrk_setUText(icu->words, utext, &error);
        ubrk_setUText(icu->sentences, utext, &error);
    } else {
        ubrk_setText(icu->words, t->wide, t->wide_length, &error);
        ubrk_setText(icu->sentences, t->wide, t->wide_length, &error);
    }
    if (U_FAILURE(error))
        texts_die(u_errorName(error), "ICU");
    uint32_t n = read_breaks(icu->words, t->tokens);
    found.tokens = way == ICU_UTF16 ? n : drop_blanks(t, t->tokens, n, way == ICU_CONVERTED ? icu->bytes : NULL);
    n = read_breaks(icu->sentences, t->sentences);
    found.sentences = way == ICU_CONVERTED ? drop_blanks(t, t->sentences, n, icu->bytes) : n;
    utext_close(utext);
    return found;
}

static struct found run_icu(struct text *texts, int n, struct icu *icu, enum icu_way way)
{
    struct found found = { 0 };

    for (int i = 0; i < n; i++) {
        struct found one = run_icu_text(&texts[i], icu, way);
        found.tokens += one.tokens;
        found.sentences += one.sentences;
    }
    return found;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct boundary_model model;
    char reason[200];
    size_t model_length, bytes = 0;
    int rounds = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0, n = argc - 3;
    UErrorCode error = U_ZERO_ERROR;

    if (rounds < 1)
        texts_die("usage: segment MODEL ROUNDS FILE...", "arguments");
    char *model_bytes = texts_read(argv[1], &model_length);
    if (model_open(&model, model_bytes, model_length, reason, sizeof reason) != 0)
        texts_die(reason, argv[1]);
    struct text *texts = allocate((size_t)n * sizeof *texts);
    for (int i = 0; i < n; i++) {
        texts[i] = load(argv[i + 3]);
        bytes += texts[i].length;
    }
    struct icu icu = { ubrk_open(UBRK_WORD, "en", NULL, 0, &error), ubrk_open(UBRK_SENTENCE, "en", NULL, 0, &error),
                       NULL };
    if (U_FAILURE(error))
        texts_die(u_errorName(error), "ICU");
    icu.bytes = allocate((bytes + 1) * sizeof *icu.bytes);
    double *times[N_WAYS + 1];
    struct found found[N_WAYS + 1] = { 0 };
    for (int way = 0; way <= N_WAYS; way++)
        times[way] = allocate((size_t)rounds * sizeof **times);
    for (int i = 0; i < rounds; i++)
        for (int way = 0; way <= N_WAYS; way++) {
            double start = now();
            found[way] = way < N_WAYS ? run_icu(texts, n, &icu, (enum icu_way)way) : run_textd(texts, n, &model);
            times[way][i] = now() - start;
        }
    static const char *const names[] = { "icu_utext", "icu_converted", "icu_utf16", "textd" };
    printf("{\"bytes\": %zu", bytes);
    for (int way = 0; way <= N_WAYS; way++) {
        printf(", \"%s\": {", names[way]);
        texts_print_rates("mb_s", (double)bytes / 1e6, times[way], (size_t)rounds);
        printf(", \"tokens\": %llu, \"sentences\": %llu}", (unsigned long long)found[way].tokens,
               (unsigned long long)found[way].sentences);
    }
    printf("}\n");
    return 0;
}
