/* vocabulary.c: see vocabulary.h. Each file is read by lexicon_parse, which checks it. Then all their words are
 * numbered, one table from words to these numbers is made, and under each number stands what the files said. */
#include "plugins/sentiment/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vocabulary {
    struct lexicon *numbers; /* word -> index into meanings; exact in a float, as there are fewer than 2^24 words */
    struct meaning *meanings;
};

#define WORDS_LIMIT (1u << 24)

/* What is needed while the table is made: every word and phrase of every file, and all that a phrase starts with:
 * for "out of order" also "out of" and "out", so that whoever reads "out of sight" knows when to stop looking. */
struct word {
    const char *bytes;
    size_t length;
};

struct build {
    struct lexicon *files[FILE_COUNT];
    struct word *words;
    size_t n_words;
    char *joined; /* the text of the table of numbers */
    size_t joined_length;
};

static const char *const file_names[] = {
#define X(name, file) file,
    SENTIMENT_FILES(X)
#undef X
};

static int parse_files(struct build *build, const struct file_text *texts, char *reason, size_t reason_size)
{
    char why[120];

    for (int i = 0; i < FILE_COUNT; i++) {
        build->files[i] = lexicon_parse(texts[i].bytes, texts[i].length, why, sizeof why);
        if (!build->files[i]) {
            snprintf(reason, reason_size, "%s, %s", file_names[i], why);
            return -1;
        }
    }
    return 0;
}

/* Notes the words of one file that lexicon_parse has found well-formed. */
static void collect(struct build *build, const struct file_text *text)
{
    const char *line = text->bytes, *end = line + text->length;

    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *stop = newline ? newline : end, *tab;

        while (stop > line && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
            stop--;
        if (stop > line && *line != '#') {
            tab = memchr(line, '\t', (size_t)(stop - line));
            stop = tab ? tab : stop;
            for (const char *p = line; p <= stop; p++)
                if (p == stop || *p == ' ')
                    build->words[build->n_words++] = (struct word) { line, (size_t)(p - line) };
        }
        line = newline ? newline + 1 : end;
    }
}

static int compare_words(const void *left, const void *right)
{
    const struct word *a = left, *b = right;
    int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);

    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void drop_repeated(struct build *build)
{
    size_t kept = 0;

    qsort(build->words, build->n_words, sizeof(build->words[0]), compare_words);
    for (size_t i = 0; i < build->n_words; i++)
        if (!kept || compare_words(&build->words[kept - 1], &build->words[i]) != 0)
            build->words[kept++] = build->words[i];
    build->n_words = kept;
}

static size_t count_blanks(const struct file_text *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->length; i++)
        count += text->bytes[i] == ' ';
    return count;
}

static int collect_words(struct build *build, const struct file_text *texts)
{
    size_t count = 0, bytes = 0;

    for (int i = 0; i < FILE_COUNT; i++)
        count += lexicon_size(build->files[i]) + count_blanks(&texts[i]);
    if (count >= WORDS_LIMIT)
        return -1;
    build->words = malloc((count + 1) * sizeof(build->words[0]));
    if (!build->words)
        return -1;
    for (int i = 0; i < FILE_COUNT; i++)
        if (texts[i].length)
            collect(build, &texts[i]);
    drop_repeated(build);
    for (size_t i = 0; i < build->n_words; i++)
        bytes += build->words[i].length + 12; /* a tab, up to eight digits, a line end */
    build->joined = malloc(bytes + 1);
    return build->joined ? 0 : -1;
}

static void join_words(struct build *build)
{
    char *out = build->joined;

    for (size_t i = 0; i < build->n_words; i++) {
        memcpy(out, build->words[i].bytes, build->words[i].length);
        out += build->words[i].length;
        out += snprintf(out, 12, "\t%zu\n", i);
    }
    build->joined_length = (size_t)(out - build->joined);
}

static struct meaning meaning_of(const struct build *build, const struct word *word)
{
    struct meaning m = { 0 };

    m.has_valence = lexicon_find(build->files[FILE_VALENCE], word->bytes, word->length, &m.valence) ||
                    lexicon_find(build->files[FILE_SYMBOLS], word->bytes, word->length, &m.valence);
    m.has_modifier = lexicon_find(build->files[FILE_MODIFIERS], word->bytes, word->length, &m.modifier);
    lexicon_find(build->files[FILE_DIRECTIONS], word->bytes, word->length, &m.direction);
    lexicon_find(build->files[FILE_QUANTITIES], word->bytes, word->length, &m.quantity);
    return m;
}

static int fill(struct vocabulary *vocabulary, const struct build *build, char *reason, size_t reason_size)
{
    char why[120];

    vocabulary->meanings = malloc((build->n_words + 1) * sizeof(vocabulary->meanings[0]));
    if (!vocabulary->meanings) {
        snprintf(reason, reason_size, "no memory for %zu words", build->n_words);
        return -1;
    }
    vocabulary->numbers = lexicon_parse(build->joined, build->joined_length, why, sizeof why);
    if (!vocabulary->numbers) { /* "Word" here and "word" there pass as two words until they are folded */
        snprintf(reason, reason_size, "the files joined, %s (one spelling a word, one blank between words)", why);
        return -1;
    }
    for (size_t i = 0; i < build->n_words; i++)
        vocabulary->meanings[i] = meaning_of(build, &build->words[i]);
    return 0;
}

static void mark_phrases(struct vocabulary *vocabulary, const struct build *build)
{
    for (size_t i = 0; i < build->n_words; i++) {
        const struct word *word = &build->words[i];
        const char *blank = memrchr(word->bytes, ' ', word->length);
        float number;

        if (blank && lexicon_find(vocabulary->numbers, word->bytes, (size_t)(blank - word->bytes), &number))
            vocabulary->meanings[(size_t)number].goes_on = true;
    }
}

static void build_free(struct build *build)
{
    for (int i = 0; i < FILE_COUNT; i++)
        lexicon_free(build->files[i]);
    free(build->words);
    free(build->joined);
}

struct vocabulary *vocabulary_new(const struct file_text texts[FILE_COUNT], char *reason, size_t reason_size)
{
    struct vocabulary *vocabulary = calloc(1, sizeof(*vocabulary));
    struct build build = { 0 };

    if (!vocabulary) {
        snprintf(reason, reason_size, "no memory");
        return NULL;
    }
    if (parse_files(&build, texts, reason, reason_size) != 0)
        goto fail;
    if (collect_words(&build, texts) != 0) {
        snprintf(reason, reason_size, "no memory for the words of the files");
        goto fail;
    }
    join_words(&build);
    if (fill(vocabulary, &build, reason, reason_size) != 0)
        goto fail;
    mark_phrases(vocabulary, &build);
    build_free(&build);
    return vocabulary;
fail:
    build_free(&build);
    vocabulary_free(vocabulary);
    return NULL;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    lexicon_free(vocabulary->numbers);
    free(vocabulary->meanings);
    free(vocabulary);
}

const struct meaning *vocabulary_find(const struct vocabulary *vocabulary, const char *word, size_t length)
{
    float number;

    if (!lexicon_find(vocabulary->numbers, word, length, &number))
        return NULL;
    return &vocabulary->meanings[(size_t)number];
}
