/* corpus.c: see corpus.h. What plugins stumble over: nothing at all, one byte, ends at every place of a sentence, one endless
 * word, NUL, controls, each plane of Unicode, marks upon marks, right-to-left text, blanks of every kind, many lines. */
#include "sdk/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/args.h"

#define MOST 200u
#define CUTS 48u
_Static_assert(MOST <= 256, "the board of a check has places for so many");

static const char prose[] =
    "Dr. Ada Lovelace wrote to Charles Babbage on 10 December 1842: \"It isn't a toy.\" The engine, which cost "
    "\xC2\xA3"
    "17,000 (about $2.5 million today), was never finished. Why? Nobody at the Royal Society knew; "
    "perhaps they didn't care. See https://example.org/engine?id=7 or write to ada@example.org. "
    "It was a beautiful, terrible, wonderful failure \xE2\x80\x94 and people loved it! ";

struct maker {
    struct sdk_corpus *corpus;
    int has_failed;
    uint64_t random;
};

/* A document more; `text` is copied unless it is NULL, and then has room for `length` bytes. */
static char *add(struct maker *m, const char *name, const char *text, size_t length)
{
    struct sdk_document *d = &m->corpus->documents[m->corpus->n];
    char *copy = malloc(length + 1);

    if (!copy || m->corpus->n == MOST) {
        free(copy);
        m->has_failed = 1;
        return NULL;
    }
    if (text)
        memcpy(copy, text, length);
    *d = (struct sdk_document) { .text = copy, .length = (uint32_t)length, .is_small = length <= 600 };
    snprintf(d->name, sizeof d->name, "%s", name);
    m->corpus->n++;
    return copy;
}

static void repeat(struct maker *m, const char *name, const char *piece, size_t length, size_t times)
{
    char *text = add(m, name, NULL, length * times);

    for (size_t i = 0; text && i < times; i++)
        memcpy(text + i * length, piece, length);
}

static void shape(struct maker *m, const char *name, enum sdk_shape which, uint32_t length, int is_large)
{
    char *text = add(m, name, NULL, length);

    if (!text)
        return;
    m->corpus->documents[m->corpus->n - 1].length = sdk_shape_write(which, text, length);
    m->corpus->documents[m->corpus->n - 1].is_large = is_large;
}

static size_t put(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* xorshift64 (Marsaglia 2003): the same numbers everywhere. */
static uint64_t next(struct maker *m)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return m->random;
}

/* Characters of a plane, spread over all of it, with blanks between some. */
static void plane(struct maker *m, uint32_t number)
{
    char name[32], *text, *at;

    snprintf(name, sizeof name, "plane-%u", number);
    text = at = add(m, name, NULL, 1300);
    if (!text)
        return;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = number << 16 | i << 8 | (i * 37 & 0xFF);
        if (c >= 0xD800 && c < 0xE000)
            continue;
        at += put(at, c);
        if (i % 8 == 7)
            *at++ = ' ';
    }
    m->corpus->documents[m->corpus->n - 1].length = (uint32_t)(at - text);
}

/* Any characters, drawn from all ranges alike. */
static void noise(struct maker *m, uint32_t number, uint32_t n)
{
    static const uint32_t ends[] = { 0x80, 0x80, 0x100, 0x800, 0x3000, 0xD800, 0x110000 };
    char name[32], *text, *at;

    snprintf(name, sizeof name, "noise-%u", number);
    text = at = add(m, name, NULL, 4 * (size_t)n);
    for (uint32_t i = 0; text && i < n; i++) {
        uint32_t c = (uint32_t)(next(m) % ends[next(m) % 7]);
        at += put(at, c >= 0xD800 && c < 0xE000 ? c + 0x2000 : c);
    }
    if (text)
        m->corpus->documents[m->corpus->n - 1].length = (uint32_t)(at - text);
}

static void cut(struct maker *m, uint32_t n)
{
    char name[32];

    snprintf(name, sizeof name, "cut-%u", n);
    add(m, name, prose, n);
}

static void in_language(struct maker *m, const char *name, const char *lang, const char *text)
{
    add(m, name, text, strlen(text));
    if (!m->has_failed)
        m->corpus->documents[m->corpus->n - 1].lang = lang;
}

/* X(name, text): what fits in a line. */
#define TEXTS(X) \
    X("byte", "a") \
    X("digit", "7") \
    X("blank", " ") \
    X("newline", "\n") \
    X("period", ".") \
    X("nul", "\0") \
    X("nul-inside", "a\0b \0\0 c.\0") \
    X("del", "\x7F") \
    X("two-byte", "\xC3\xA9") \
    X("three-byte", "\xE2\x82\xAC") \
    X("four-byte", "\xF0\x9F\x98\x80") \
    X("last", "\xF4\x8F\xBF\xBF") \
    X("mark-alone", "\xCC\x81") \
    X("joiner-alone", "\xE2\x80\x8D") \
    X("byte-order-mark", "\xEF\xBB\xBFText behind a mark.") \
    X("no-characters", "\xEF\xBF\xBE \xEF\xBF\xBF \xEF\xB7\x90 \xEF\xBF\xBD") \
    X("line-ends", "one\rtwo\r\nthree\nfour\xE2\x80\xA8" \
                   "five\xE2\x80\xA9six\x0Bseven\x0C" \
                   "eight\xC2\x85nine") \
    X("blanks-of-all-kinds", " \t\xC2\xA0\xE1\x9A\x80\xE2\x80\x80\xE2\x80\x83\xE2\x80\x8B\xE2\x80\xAF\xE2\x81\x9F\xE3" \
                             "\x80\x80\xEF\xBB\xBF \t") \
    X("right-to-left", \
      "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD7\xA2\xD7\x95\xD7\x9C\xD7\x9D. " \
      "\xD8\xA7\xD9\x84\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85 \xD8\xB9\xD9\x84\xD9\x8A\xD9\x83\xD9\x85! abc 123") \
    X("directions", "a\xE2\x80\xAE" \
                    "b\xE2\x80\xAC" \
                    "c\xE2\x81\xA6" \
                    "d\xE2\x81\xA9 \xE2\x80\x8F\xE2\x80\x8E" \
                    "e") \
    X("families", \
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6 " \
      "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\xF0\x9F\x87\xAA \xE2\x9D\xA4\xEF\xB8\x8F \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD") \
    X("chinese", "\xE6\x88\x91\xE7\x88\xB1\xE5\x8C\x97\xE4\xBA\xAC\xE3\x80\x82\xE4\xBD\xA0\xE5\x91\xA2\xEF\xBC\x9F") \
    X("korean", "\xED\x95\x9C\xEA\xB8\x80 \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF") \
    X("thai", "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA\xE0\xB8\x94\xE0\xB8\xB5\xE0\xB8\x8A\xE0\xB8\xB2\xE0" \
              "\xB8\xA7\xE0\xB9\x82\xE0\xB8\xA5\xE0\xB8\x81") \
    X("case", "\xC7\x85 \xC3\x9F \xE1\xBA\x9E \xC4\xB0 \xC4\xB1 \xCE\xA3\xCF\x82 \xEF\xAC\x81 I\xCC\x87") \
    X("digits-of-all-kinds", "\xD9\xA1\xD9\xA2\xD9\xA3 \xE0\xA5\xA7\xE0\xA5\xA8 \xEF\xBC\x91\xEF\xBC\x92 " \
                             "\xE2\x85\xAB \xC2\xBD 1e999 -0 0x7FFFFFFFFFFFFFFF 1,2,3.4.5") \
    X("numbers", "99999999999999999999999999999999 -2147483648 4294967296 1e-400 00:00:60 31.2.2023 $-1") \
    X("signs", "!?.,;:()[]{}<>'\"`~@#$%^&*-_=+|\\/ ... ... !!! ??? -- ~~ @@ ## $$") \
    X("markup", \
      "<p class=\"a\">Tom &amp; Jerry</p><!-- --><script>1<2</script>\n# head\n- [x](http://[::1]:80/%00)\n|a|b|") \
    X("format", "%s%n%d%x %1$s {0} ${HOME} `id` $(id) ../../etc/passwd \\x00 \\u0000") \
    X("addresses", "a@b@c @ @@x #1 http:// https://\xC3\xA9.\xC3\xA9/ www. ftp://x:y@z:99999/?q=#f mailto:")

int sdk_corpus_make(struct sdk_corpus *corpus)
{
    struct maker maker = { .corpus = corpus, .random = 0x9E3779B97F4A7C15u }, *m = &maker;

    corpus->n = 0;
    corpus->documents = calloc(MOST, sizeof *corpus->documents);
    if (!corpus->documents)
        return -1;
    add(m, "empty", "", 0);
#define X(name, text) add(m, name, text, sizeof(text) - 1);
    TEXTS(X)
#undef X
    add(m, "prose", prose, sizeof prose - 1);
    add(m, "secret", "The password is " SDK_CORPUS_SECRET ", as ever.", sizeof SDK_CORPUS_SECRET + 25);
    in_language(m, "english", "en-US", "The hotel was great, but Mr. Smith paid $120.50 on May 3rd.");
    in_language(m, "german", "de", "Herr M\xC3\xBCller zahlte am 3. Mai 120,50 \xE2\x82\xAC. Das war z.B. zu viel!");
    in_language(m, "wrong-language", "zh-Hant", "This is not what its tag says.");
    for (uint32_t i = 1; i <= CUTS; i++)
        cut(m, i);
    for (uint32_t i = 0; i <= 16; i++)
        plane(m, i);
    for (uint32_t i = 1; i <= 12; i++)
        noise(m, i, i * i * 3);
    repeat(m, "nul-4k", "", 1, 4096);
    repeat(m, "one-base-many-marks", "\xCC\x81", 2, 2048);
    repeat(m, "every-width", "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10, 400);
    repeat(m, "open-brackets", "(", 1, 4096);
    repeat(m, "quotes", "\"", 1, 4095);
    repeat(m, "periods", ".", 1, 4096);
    repeat(m, "one-letter-words", "a ", 2, 2048);
    repeat(m, "names", "Ada Lovelace ", 13, 300);
    repeat(m, "numbers-4k", "1234567890", 10, 400);
    repeat(m, "flags", "\xF0\x9F\x87\xA9", 4, 1025);
    shape(m, "prose-64k", SDK_SHAPE_PROSE, 64u << 10, 0);
    shape(m, "letters-64k", SDK_SHAPE_LETTERS, 64u << 10, 0);
    shape(m, "lines-4k", SDK_SHAPE_LINES, 4096 * 5, 0);
    shape(m, "blanks-16k", SDK_SHAPE_BLANKS, 16u << 10, 0);
    shape(m, "marks-16k", SDK_SHAPE_MARKS, 16u << 10, 0);
    shape(m, "letters-1m", SDK_SHAPE_LETTERS, 1u << 20, 1);
    shape(m, "lines-100k", SDK_SHAPE_LINES, 100000 * 5, 1);
    shape(m, "marks-256k", SDK_SHAPE_MARKS, 256u << 10, 1);
    shape(m, "blanks-256k", SDK_SHAPE_BLANKS, 256u << 10, 1);
    shape(m, "prose-1m", SDK_SHAPE_PROSE, 1u << 20, 1);
    return maker.has_failed ? -1 : 0;
}

const struct sdk_document *sdk_corpus_find(const struct sdk_corpus *corpus, const char *name)
{
    for (uint32_t i = 0; i < corpus->n; i++)
        if (strcmp(corpus->documents[i].name, name) == 0)
            return &corpus->documents[i];
    return NULL;
}

void sdk_corpus_free(struct sdk_corpus *corpus)
{
    for (uint32_t i = 0; i < corpus->n; i++)
        free(corpus->documents[i].text);
    free(corpus->documents);
    *corpus = (struct sdk_corpus) { 0 };
}

int sdk_corpus_complain(const struct sdk_corpus *corpus, const char *name)
{
    fprintf(stderr, "plugin-tool: the corpus has no document '%s'; it has:", name);
    for (uint32_t i = 0; i < corpus->n; i++)
        fprintf(stderr, " %s", corpus->documents[i].name);
    fputc('\n', stderr);
    return SDK_EXIT_USAGE;
}

const char *sdk_shape_name(enum sdk_shape which)
{
    static const char *const names[] = {
#define X(number, name) [SDK_SHAPE_##number] = name,
        SDK_SHAPES(X)
#undef X
    };

    return names[which];
}

uint32_t sdk_shape_write(enum sdk_shape which, char *text, uint32_t length)
{
    static const struct {
        const char *piece;
        uint32_t length;
    } pieces[] = {
        [SDK_SHAPE_PROSE] = { prose, sizeof prose - 1 },
        [SDK_SHAPE_LETTERS] = { "a", 1 },
        [SDK_SHAPE_WORDS] = { "word ", 5 },
        [SDK_SHAPE_LINES] = { "Ha.\r\n", 5 },
        [SDK_SHAPE_BLANKS] = { " \t", 2 },
        [SDK_SHAPE_MARKS] = { "e\xCC\x81\xCC\xA3", 5 },
    };
    const char *piece = pieces[which].piece;
    uint32_t size = pieces[which].length, n = 0;

    for (; n + size <= length; n += size)
        memcpy(text + n, piece, size);
    for (uint32_t i = 0; n < length; i++, n++)
        text[n] = piece[i];
    /* The last character may have been cut: what it has goes. */
    uint32_t lead = n;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    unsigned char c = lead > 0 ? (unsigned char)text[lead - 1] : 0;
    uint32_t needs = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return lead > 0 && n - (lead - 1) < needs ? lead - 1 : n;
}
