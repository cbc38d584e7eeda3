/* segmenter_any_test.c: what holds for the tokens and sentences of any text. */
#include "tests/unit/segmenter_text.h"

#include "plugins/segmenter/scan.h"
#include "plugins/segmenter/shape.h"

/* Pieces that random texts are made of: each has caused a bug in some tokenizer. */
static const char *const pieces[] = {
    "a",
    "The",
    "U.S",
    "A.",
    "\xd5\xa0",
    ".",
    ". ",
    "...",
    "!",
    "?!",
    "'",
    "'s",
    "n't",
    "\xe2\x80\x99",
    "\"",
    "(",
    ")",
    " ",
    "\n",
    "\n\n",
    "\t",
    "\xc2\xa0",
    "1",
    "3.5",
    ",",
    "@",
    "#",
    "http://",
    "www.",
    "x@y.z",
    ":",
    "-",
    ")",
    "$",
    "%",
    "<3",
    "\xc3\xa9",
    "\xcc\x81",
    "\xf0\x9f\x98\x80",
    "\xe2\x80\x8d",
    "\xef\xb8\x8f",
    "\xf0\x9f\x8f\xbd",
    "\xf0\x9f\x87\xa9",
    "\xe4\xbd\xa0",
    "\xe3\x80\x82",
    "\xef\xbb\xbf",
    "\x01",
    "\x7f",
    "\xe0\xb8\x81",
    "Dr",
    "e.g",
    "&",
    "_",
    "\xe2\x80\xa8",
    "\xf3\xa0\x81\x82",
};

static void check_tokens(const struct segments *s, const char *text, uint32_t length)
{
    uint32_t at = 0, size;

    for (uint32_t i = 0; i <= s->n_tokens; i++) {
        uint32_t next = i < s->n_tokens ? s->tokens[i].start : length;
        assert_true(next >= at);
        for (; at < next; at += size) /* what no token covers is blank */
            assert_int_equal(char_kind_at(text, at, &size), CHAR_BLANK);
        assert_int_equal(at, next);
        if (i == s->n_tokens)
            break;
        assert_true(s->tokens[i].end > at && s->tokens[i].end <= length);
        assert_in_range(s->kinds[i], TEXTD_TOKEN_WORD, TEXTD_TOKEN_LINK);
        for (; at < s->tokens[i].end; at += size) /* tokens end between characters */
            char_decode(text, at, &size);
        assert_int_equal(at, s->tokens[i].end);
    }
}

static void check_sentences(const struct segments *s)
{
    uint32_t token = 0;

    for (uint32_t i = 0; i < s->n_sentences; i++) {
        assert_true(token < s->n_tokens);
        assert_int_equal(s->sentences[i].start, s->tokens[token].start);
        while (token < s->n_tokens && s->tokens[token].end <= s->sentences[i].end)
            token++;
        assert_int_equal(s->sentences[i].end, s->tokens[token - 1].end);
    }
    assert_int_equal(token, s->n_tokens);
}

static void any_text_is_covered(void **state)
{
    char text[700];

    (void)state;
    srand(7);
    for (int round = 0; round < 4000; round++) {
        size_t length = 0;
        for (int n = rand() % 60; n > 0; n--) {
            for (const char *piece = pieces[(size_t)rand() % COUNT(pieces)]; *piece; piece++)
                text[length++] = *piece;
        }
        char *exact = malloc(length ? length : 1); /* so that the sanitizers see a read past the end */
        memcpy(exact, text, length);
        struct segments s = segment(exact, length);
        check_tokens(&s, exact, (uint32_t)length);
        check_sentences(&s);
        free(exact);
    }
}

/* A text cut where a paragraph ends has the same tokens and sentences as the parts have by themselves. */
static void paragraphs_stand_alone(void **state)
{
    char text[1400];
    struct textd_span tokens[1400], sentences[1400];
    uint8_t kinds[1400];

    (void)state;
    srand(11);
    for (int round = 0; round < 3000; round++) {
        size_t length = 0, cut;
        for (int n = rand() % 40; n > 0; n--)
            for (const char *piece = pieces[(size_t)rand() % COUNT(pieces)]; *piece; piece++)
                text[length++] = *piece;
        text[length++] = '\n';
        text[length++] = '\n';
        cut = length;
        for (int n = rand() % 40; n > 0; n--)
            for (const char *piece = pieces[(size_t)rand() % COUNT(pieces)]; *piece; piece++)
                text[length++] = *piece;
        struct segments whole = segment(text, length);
        memcpy(tokens, whole.tokens, whole.n_tokens * sizeof *tokens);
        memcpy(kinds, whole.kinds, whole.n_tokens);
        memcpy(sentences, whole.sentences, whole.n_sentences * sizeof *sentences);
        struct segments part = segment(text, cut);
        uint32_t n_tokens = part.n_tokens, n_sentences = part.n_sentences;
        assert_memory_equal(part.tokens, tokens, n_tokens * sizeof *tokens);
        assert_memory_equal(part.kinds, kinds, n_tokens);
        assert_memory_equal(part.sentences, sentences, n_sentences * sizeof *sentences);
        part = segment(text + cut, length - cut);
        assert_int_equal(n_tokens + part.n_tokens, whole.n_tokens);
        assert_int_equal(n_sentences + part.n_sentences, whole.n_sentences);
        assert_memory_equal(part.kinds, kinds + n_tokens, part.n_tokens);
        for (uint32_t i = 0; i < part.n_tokens; i++)
            assert_int_equal(part.tokens[i].start + cut, tokens[n_tokens + i].start);
        for (uint32_t i = 0; i < part.n_sentences; i++)
            assert_int_equal(part.sentences[i].start + cut, sentences[n_sentences + i].start);
    }
}

static void a_nul_is_a_character(void **state)
{
    static const char text[] = "a\0b. C", numbers[] = "1\0"
                                                      "2";

    (void)state;
    struct segments s = segment(text, sizeof text - 1);
    check_tokens(&s, text, sizeof text - 1);
    check_sentences(&s);
    assert_int_equal(s.n_tokens, 5);
    s = segment(numbers, sizeof numbers - 1);
    assert_int_equal(s.n_tokens, 3); /* no mark inside a number */
}

static void a_token_a_byte_has_room(void **state)
{
    enum { N = 100000 };
    char *text = malloc(N);

    (void)state;
    memset(text, '(', N);
    n_stops = 0;
    struct segments s = segment(text, N);
    assert_int_equal(s.n_tokens, N);
    assert_true(n_stops >= N / 20000); /* somebody who wants it back is heard */
    memset(text, 'a', N);
    for (size_t i = 5; i < N; i += 6)
        text[i] = ' ';
    n_stops = 0;
    segment(text, N);
    assert_true(n_stops >= N / 20000);
    free(text);
}

/* The classes of ASCII stand in a table of their own. */
static void ascii_has_the_classes_of_unicode(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 128; c++)
        assert_int_equal(char_byte_class[c], char_class(c));
    for (uint32_t c = 128; c < 256; c++)
        assert_int_equal(char_byte_class[c], CHAR_WIDE);
}

/* Each byte, at each place of a window and beyond its end, ends the letters and digits before it, or does not. */
static void words_end_at_the_first_other_byte(void **state)
{
    enum { LONGEST = 2 * WINDOW + 3 };
    static struct byte_bits bits;
    char text[LONGEST];
    struct scan scan = { .text = text, .bits = &bits };

    (void)state;
    for (uint32_t length = 1; length <= LONGEST; length += 1 + length / 8)
        for (uint32_t at = 0; at < length; at++)
            for (int c = 0; c < 256; c++) {
                memset(text, at % 2 ? 'z' : '0', sizeof text);
                text[at] = (char)c;
                scan.length = length;
                bits_read(&bits, text, 0, length);
                uint32_t end = is_word_byte((char)c) ? length : at;
                assert_int_equal(scan_ascii_word(&scan, 0), end);
                assert_int_equal(scan_ascii_word(&scan, at / 2), end);
                assert_int_equal(scan_ascii_word(&scan, end), end);
            }
}

/* The text is read a stretch at a time; wherever one ends, the tokens are the same. */
static void stretches_leave_no_trace(void **state)
{
    enum { N = 2 * STRETCH, MOST = N + STRETCH };
    static char text[MOST];
    static struct textd_span tokens[MOST];
    static uint8_t kinds[MOST];
    size_t length = 0;

    (void)state;
    srand(13);
    while (length < N)
        for (const char *piece = rand() % 3 ? "words, Words " : pieces[(size_t)rand() % COUNT(pieces)]; *piece; piece++)
            text[length++] = *piece;
    struct segments s = segment(text, length);
    uint32_t n = s.n_tokens;
    memcpy(tokens, s.tokens, n * sizeof *tokens);
    memcpy(kinds, s.kinds, n);
    for (size_t cut = 1; cut < length; cut += 1 + (size_t)rand() % 97) {
        uint32_t first = 0;
        while (first < n && (tokens[first].start < cut || text[tokens[first].start - 1] != ' ' ||
                             char_is_digit(text[tokens[first].start])))
            first++; /* what stands before a blank has no say, save that digits that start a line may number an item */
        cut = first < n ? tokens[first].start : length;
        s = segment(text + cut, length - cut);
        assert_int_equal(s.n_tokens, n - first);
        assert_memory_equal(s.kinds, kinds + first, s.n_tokens);
        for (uint32_t i = 0; i < s.n_tokens; i++) {
            assert_int_equal(s.tokens[i].start + cut, tokens[first + i].start);
            assert_int_equal(s.tokens[i].end + cut, tokens[first + i].end);
        }
    }
}

/* Looks ahead that fail are not repeated: each of these would take hours if they were. */
static void no_text_takes_long(void **state)
{
    enum { N = 1500000 };
    static const struct {
        const char *again, *last;
    } texts[] = { { "a.", "aa" },
                  { "A.", "A1" },
                  { "a.", "a\xc3\xa9" },
                  { "a-", "@" },
                  { "a@", "@" },
                  { "1.", "a" },
                  { "1,111", "" },
                  { "http://a(", "" },
                  { "-+", "a" },
                  { "a'", "'" },
                  { "x_", "-" },
                  { ")", "" },
                  { "1-", "a" },
                  { "\xe3\x80\x82", "\"" },
                  { "\xe2\x80\x9d", "a" },
                  { "  1", "." },
                  { "~", "a" },
                  { "www.", "(" } };
    char *text = malloc(N + 16);

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t length = 0, n = strlen(texts[i].again);
        for (; length + n <= N; length += n)
            memcpy(text + length, texts[i].again, n);
        memcpy(text + length, texts[i].last, strlen(texts[i].last));
        length += strlen(texts[i].last);
        struct segments s = segment(text, length);
        assert_true(s.n_sentences > 0 && s.n_tokens > 0);
    }
    free(text);
}

/* What is said of a token by the look of its ends is what all of it says. */
static void shapes_at_sight_are_shapes(void **state)
{
    static const char bytes[] = "aZz9A.,-'(\"*#/$";
    char token[3];

    (void)state;
    for (size_t a = 0; a < sizeof bytes - 1; a++)
        for (size_t b = 0; b < sizeof bytes - 1; b++)
            for (size_t c = 0; c < sizeof bytes - 1; c++)
                for (uint32_t length = 1; length <= 3; length++)
                    for (uint8_t kind = TEXTD_TOKEN_WORD; kind <= TEXTD_TOKEN_LINK; kind++) {
                        token[0] = bytes[a], token[1] = bytes[b], token[2] = bytes[c];
                        assert_int_equal(shape_at_sight(token, length, kind), shape_of(token, length, kind));
                    }
}

static void want_of_memory_is_told(void **state)
{
    struct segments s = { .alloc = take, .should_stop = go_on };

    (void)state;
    used = sizeof memory - 8;
    assert_int_equal(segment_tokens(&s, "a b c d", 7), TEXTD_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text_is_covered),
        cmocka_unit_test(paragraphs_stand_alone),
        cmocka_unit_test(a_nul_is_a_character),
        cmocka_unit_test(a_token_a_byte_has_room),
        cmocka_unit_test(want_of_memory_is_told),
        cmocka_unit_test(ascii_has_the_classes_of_unicode),
        cmocka_unit_test(words_end_at_the_first_other_byte),
        cmocka_unit_test(stretches_leave_no_trace),
        cmocka_unit_test(shapes_at_sight_are_shapes),
        cmocka_unit_test(no_text_takes_long),
    };
    return cmocka_run_group_tests(tests, load_model, NULL);
}
