/* segmenter_test.c: what a token and a sentence are, as tables that a linguist can extend, and what holds for any text. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/segmenter/character.h"
#include "plugins/segmenter/tokens.h"

static char memory[1 << 24];
static size_t used;
static uint64_t n_stops;

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 7) & ~(size_t)7;
    if (bytes > sizeof memory - used)
        return NULL;
    void *at = memory + used;
    used += bytes;
    return at;
}

static int go_on(void *data)
{
    (void)data;
    n_stops++;
    return 0;
}

static struct segments segment(const char *text, size_t length)
{
    struct segments s = { .alloc = take, .should_stop = go_on };

    used = 0;
    assert_int_equal(segment_tokens(&s, text, (uint32_t)length), TEXTD_OK);
    assert_int_equal(segment_sentences(&s, text, (uint32_t)length), TEXTD_OK);
    return s;
}

/* "[one][two]" of the spans. */
static const char *bracketed(const char *text, const struct textd_span *spans, uint32_t n)
{
    static char out[8192];
    size_t at = 0;

    for (uint32_t i = 0; i < n && at < sizeof out; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, "[%.*s]", (int)(spans[i].end - spans[i].start),
                               text + spans[i].start);
    out[at < sizeof out ? at : sizeof out - 1] = 0;
    return out;
}

static const struct {
    const char *text, *want;
} token_cases[] = {
    { "", "" },
    { " \t\r\n\xc2\xa0", "" },
    { "Hello, world!", "[Hello][,][world][!]" },
    { "I don't.", "[I][do][n't][.]" },
    { "I don\xe2\x80\x99t.", "[I][do][n\xe2\x80\x99t][.]" },
    { "She's we're I've he'll I'd I'm", "[She]['s][we]['re][I]['ve][he]['ll][I]['d][I]['m]" },
    { "John's dogs' O'Brien", "[John]['s][dogs]['][O'Brien]" },
    { "cannot gonna CANNOT", "[can][not][gon][na][CAN][NOT]" },
    { "Dr. Smith of the U.S. Army", "[Dr.][Smith][of][the][U.S.][Army]" },
    { "e.g. this, i.e. that", "[e.g.][this][,][i.e.][that]" },
    { "at 5 p.m. or 5pm", "[at][5][p.m.][or][5][pm]" },
    { "well-known co-op", "[well][-][known][co][-][op]" },
    { "$3.50 and 1,000,000.5%", "[$][3.50][and][1,000,000.5][%]" },
    { "10th 1990s 3D 10:30 12/25/2004", "[10th][1990s][3D][10:30][12/25/2004]" },
    { "Wait... what?! No!!!", "[Wait][...][what][?!][No][!!!]" },
    { "see http://a.org/b_(c), ok", "[see][http://a.org/b_(c)][,][ok]" },
    { "www.example.com.", "[www.example.com][.]" },
    { "mail a.b@example.co.uk now", "[mail][a.b@example.co.uk][now]" },
    { "no@domain x-y@z a@b.com", "[no][@domain][x][-][y][@z][a@b.com]" },
    { "can't ca'n", "[ca][n't][ca'n]" },
    { "go to example.com today", "[go][to][example.com][today]" },
    { "The end.Next one", "[The][end][.][Next][one]" },
    { "@ann likes #tea #1", "[@ann][likes][#tea][#][1]" },
    { ":) :-( ;) <3 :D", "[:)][:-(][;)][<3][:D]" },
    { "(see: it)", "[(][see][:][it][)]" },
    { "AT&T snake_case", "[AT&T][snake_case]" },
    { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xf0\x9f\x98\x80",
      "[\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7][\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd][\xf0\x9f\x98\x80]" },
    { "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7",
      "[\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa][\xf0\x9f\x87\xab\xf0\x9f\x87\xb7]" },
    { "\xe6\x88\x91\xe7\x88\xb1\xe4\xbd\xa0\xe3\x80\x82", "[\xe6\x88\x91][\xe7\x88\xb1][\xe4\xbd\xa0][\xe3\x80\x82]" },
    { "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, caf\xc3\xa9!",
      "[\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82][,][caf\xc3\xa9][!]" },
    { "cafe\xcc\x81 ok", "[cafe\xcc\x81][ok]" },
};

static void tokens_follow_universal_dependencies(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_cases); i++) {
        struct segments s = segment(token_cases[i].text, strlen(token_cases[i].text));
        assert_string_equal(bracketed(token_cases[i].text, s.tokens, s.n_tokens), token_cases[i].want);
    }
}

static const struct {
    const char *text, *want;
} sentence_cases[] = {
    { "", "" },
    { "Dr. Ada came. She left.", "[Dr. Ada came.][She left.]" },
    { "Pay 3.14 now! Why?", "[Pay 3.14 now!][Why?]" },
    { "J. K. Rowling wrote it. We read it.", "[J. K. Rowling wrote it.][We read it.]" },
    { "He works at Acme Inc. The pay is good.", "[He works at Acme Inc.][The pay is good.]" },
    { "Acme Inc. shares fell.", "[Acme Inc. shares fell.]" },
    { "The U.S. Army came.", "[The U.S. Army came.]" },
    { "\"Go,\" he said. \"Now!\" She went.", "[\"Go,\" he said.][\"Now!\"][She went.]" },
    { "It ended (at last.) Then we slept.", "[It ended (at last.)][Then we slept.]" },
    { "Wait... what? yes.", "[Wait... what?][yes.]" },
    { "A line that was wrapped by a mail program because it was so\nlong goes on.",
      "[A line that was wrapped by a mail program because it was so\nlong goes on.]" },
    { "A Heading\n\nThe text.", "[A Heading][The text.]" },
    { "Buy:\n- milk\n- bread", "[Buy:][- milk][- bread]" },
    { "no punctuation at all", "[no punctuation at all]" },
    { "  padded.  ", "[padded.]" },
    { "\xe6\x88\x91\xe6\x9d\xa5\xe3\x80\x82\xe4\xbd\xa0\xe8\xb5\xb0\xe3\x80\x82",
      "[\xe6\x88\x91\xe6\x9d\xa5\xe3\x80\x82][\xe4\xbd\xa0\xe8\xb5\xb0\xe3\x80\x82]" },
};

static void sentences_end_where_they_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sentence_cases); i++) {
        struct segments s = segment(sentence_cases[i].text, strlen(sentence_cases[i].text));
        assert_string_equal(bracketed(sentence_cases[i].text, s.sentences, s.n_sentences), sentence_cases[i].want);
    }
}

/* Pieces that random texts are made of: each has caused a bug in some tokenizer. */
static const char *const pieces[] = {
    "a",
    "The",
    "U.S",
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
            assert_int_equal(character_at(text, at, &size), CHAR_BLANK);
        assert_int_equal(at, next);
        if (i == s->n_tokens)
            break;
        assert_true(s->tokens[i].end > at && s->tokens[i].end <= length);
        assert_in_range(s->kinds[i], TEXTD_TOKEN_WORD, TEXTD_TOKEN_LINK);
        for (; at < s->tokens[i].end; at += size) /* tokens end between characters */
            character_decode(text, at, &size);
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

static void arrays_grow(void **state)
{
    enum { N = 100000 };
    char *text = malloc(N);

    (void)state;
    memset(text, '(', N);
    n_stops = 0;
    struct segments s = segment(text, N);
    assert_int_equal(s.n_tokens, N);
    assert_true(n_stops >= N / 8192); /* somebody who wants it back is heard */
    free(text);
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
        cmocka_unit_test(tokens_follow_universal_dependencies),
        cmocka_unit_test(sentences_end_where_they_end),
        cmocka_unit_test(any_text_is_covered),
        cmocka_unit_test(a_nul_is_a_character),
        cmocka_unit_test(arrays_grow),
        cmocka_unit_test(want_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
