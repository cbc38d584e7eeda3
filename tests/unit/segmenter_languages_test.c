/* segmenter_languages_test.c: the tokens of other languages than English: what they are, and what holds for any text in them. */
#include "tests/unit/segmenter_text.h"

#include "plugins/segmenter/runs.h"

static struct language_model others[LANGUAGES_MOST];
static uint32_t n_others;

static int load_all(void **state)
{
    char name[400], reason[200];

    load_model(state);
    for (; language_codes[n_others]; n_others++) {
        uint32_t *bytes = malloc(LANGUAGE_MOST_BYTES);
        snprintf(name, sizeof name, TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter-%s.model", language_codes[n_others]);
        FILE *in = fopen(name, "rb");
        assert_non_null(in);
        size_t length = fread(bytes, 1, LANGUAGE_MOST_BYTES, in);
        fclose(in);
        assert_int_equal(language_open(&others[n_others], bytes, length, reason, sizeof reason), 0);
        assert_string_equal(others[n_others].code, language_codes[n_others]);
    }
    assert_in_range(n_others, 1, LANGUAGES_MOST);
    return 0;
}

static const struct language_model *other(const char *code)
{
    int i = language_find(code, (uint32_t)strlen(code));

    assert_true(i >= 0);
    return &others[i];
}

static struct segments segment_in(const struct language_model *language, const char *text, size_t length)
{
    struct segments s = { .alloc = take, .should_stop = go_on };

    if (!language)
        return segment(text, length);
    used = 0;
    assert_int_equal(segment_as(&s, &model, language, text, (uint32_t)length), TEXTD_OK);
    return s;
}

/* Tokens with "|" behind each, and "#" before a sentence. */
static const char *shown(const struct segments *s, const char *text)
{
    static char out[4096];
    size_t at = 0;

    for (uint32_t i = 0, k = 0; i < s->n_tokens; i++) {
        if (k < s->n_sentences && s->sentences[k].start == s->tokens[i].start)
            out[at++] = '#', k++;
        at += (size_t)snprintf(out + at, sizeof out - at, "%.*s|", (int)(s->tokens[i].end - s->tokens[i].start),
                               text + s->tokens[i].start);
    }
    out[at] = 0;
    return out;
}

static void chinese_and_japanese_have_words(void **state)
{
    static const struct {
        const char *code, *text, *want;
    } cases[] = {
        { "zh", "我的朋友今天没有来。他去了北京。", "#我|的|朋友|今天|没有|来|。|#他|去|了|北京|。|" },
        { "zh-Hant", "他是一個學生。", "#他|是|一|個|學生|。|" },
        { "ja", "私は昨日学校へ行った。友達は来なかった。",
          "#私|は|昨日|学校|へ|行っ|た|。|#友達|は|来|なかっ|た|。|" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct segments s = segment_in(other(cases[i].code), cases[i].text, strlen(cases[i].text));
        assert_string_equal(shown(&s, cases[i].text), cases[i].want);
    }
}

static void tokens_have_their_kinds(void **state)
{
    static const struct {
        const char *code, *text, *want;
        uint8_t kinds[10];
    } cases[] = {
        { "de",
          "Am 3. Mai, z.B. :-) 5 %",
          "#Am|3.|Mai|,|z.B.|:-)|5|%|",
          { TEXTD_TOKEN_WORD, TEXTD_TOKEN_NUMBER, TEXTD_TOKEN_WORD, TEXTD_TOKEN_PUNCT, TEXTD_TOKEN_WORD,
            TEXTD_TOKEN_SYMBOL, TEXTD_TOKEN_NUMBER, TEXTD_TOKEN_PUNCT } },
        { "fr",
          "L'eau, voir http://a.org/l'b.",
          "#L'|eau|,|voir|http://a.org/l'b|.|",
          { TEXTD_TOKEN_WORD, TEXTD_TOKEN_WORD, TEXTD_TOKEN_PUNCT, TEXTD_TOKEN_WORD, TEXTD_TOKEN_LINK,
            TEXTD_TOKEN_PUNCT } },
        { "ja",
          "東京で50人。",
          "#東京|で|50|人|。|",
          { TEXTD_TOKEN_WORD, TEXTD_TOKEN_WORD, TEXTD_TOKEN_NUMBER, TEXTD_TOKEN_WORD, TEXTD_TOKEN_PUNCT } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct segments s = segment_in(other(cases[i].code), cases[i].text, strlen(cases[i].text));
        assert_string_equal(shown(&s, cases[i].text), cases[i].want);
        assert_memory_equal(s.kinds, cases[i].kinds, s.n_tokens);
    }
}

static void a_code_finds_its_language(void **state)
{
    (void)state;
    assert_int_equal(language_find("pt-BR", 5), language_find("pt", 2));
    assert_int_equal(language_find("zh-Hant-TW", 10), language_find("zh", 2));
    assert_string_equal(language_codes[language_find("de", 2)], "de");
    assert_int_equal(language_find("en", 2), -1);
    assert_int_equal(language_find("und", 3), -1);
    assert_int_equal(language_find("des", 3), -1); /* a language of Brazil */
    assert_int_equal(language_find("d", 1), -1);
    assert_int_equal(language_find("", 0), -1);
}

/* ---- Any text ---------------------------------------------------------------------------------------------------------- */

/* Pieces that random texts are made of. */
static const char *const pieces[] = {
    "a",
    "Der ",
    "l'",
    "’",
    "z.B.",
    ". ",
    ".",
    "3. ",
    "...",
    "?",
    "!",
    "\n",
    "\n\n",
    " ",
    "\t",
    "\xc2\xa0",
    "12",
    "1,5",
    "-",
    "(",
    ")",
    "\"",
    "«",
    "»",
    "http://x.org/",
    "a@b.de",
    "#x",
    "你",
    "好",
    "。",
    "は",
    "カタカナ",
    "한국",
    "و",
    "ال",
    "ً",
    "हिन्दी",
    "।",
    "é",
    "\xcc\x81",
    "\xe2\x80\x8d",
    "\xf0\x9f\x98\x80",
    "\xef\xbb\xbf",
    "\x01",
    "dr. ",
    "A. ",
    "var",
    "dır",
    "ﬁ",
    "Ⅳ",
    "﹏",
};

static size_t random_text(char *text, int most)
{
    size_t length = 0;

    for (int n = rand() % most; n > 0; n--)
        for (const char *piece = pieces[(size_t)rand() % COUNT(pieces)]; *piece; piece++)
            text[length++] = *piece;
    return length;
}

static void check(const struct segments *s, const char *text, uint32_t length)
{
    uint32_t at = 0, size, token = 0;

    for (uint32_t i = 0; i <= s->n_tokens; i++) {
        uint32_t next = i < s->n_tokens ? s->tokens[i].start : length;
        for (; at < next; at += size) /* what no token covers is blank */
            assert_int_equal(char_kind_at(text, at, &size), CHAR_BLANK);
        assert_int_equal(at, next);
        if (i == s->n_tokens)
            break;
        assert_in_range(s->kinds[i], TEXTD_TOKEN_WORD, TEXTD_TOKEN_LINK);
        for (; at < s->tokens[i].end; at += size) /* tokens end between characters */
            char_decode(text, at, &size);
        assert_int_equal(at, s->tokens[i].end);
    }
    for (uint32_t i = 0; i < s->n_sentences; i++) {
        assert_int_equal(s->sentences[i].start, s->tokens[token].start);
        while (token < s->n_tokens && s->tokens[token].end <= s->sentences[i].end)
            token++;
        assert_int_equal(s->sentences[i].end, s->tokens[token - 1].end);
    }
    assert_int_equal(token, s->n_tokens);
}

static void any_text_is_covered(void **state)
{
    char text[2000];

    (void)state;
    srand(5);
    for (uint32_t round = 0; round < 4000; round++) {
        size_t length = random_text(text, 60);
        char *exact = malloc(length ? length : 1); /* so that the sanitizers see a read past the end */
        memcpy(exact, text, length);
        struct segments s = segment_in(&others[round % n_others], exact, length);
        check(&s, exact, (uint32_t)length);
        free(exact);
    }
}

/* What `whole` has from `*token` and `*sentence` on is what `part` has, which starts at `from` of the text. */
static void check_part(const struct segments *whole, uint32_t *token, uint32_t *sentence, const struct segments *part,
                       uint32_t from)
{
    assert_in_range(whole->n_tokens, *token + part->n_tokens, UINT32_MAX);
    assert_in_range(whole->n_sentences, *sentence + part->n_sentences, UINT32_MAX);
    for (uint32_t i = 0; i < part->n_tokens; i++, ++*token) {
        assert_int_equal(whole->tokens[*token].start, part->tokens[i].start + from);
        assert_int_equal(whole->tokens[*token].end, part->tokens[i].end + from);
        assert_int_equal(whole->kinds[*token], part->kinds[i]);
    }
    for (uint32_t i = 0; i < part->n_sentences; i++, ++*sentence) {
        assert_int_equal(whole->sentences[*sentence].start, part->sentences[i].start + from);
        assert_int_equal(whole->sentences[*sentence].end, part->sentences[i].end + from);
    }
}

/* A copy of what is in the block. */
static struct segments kept(const struct segments *s)
{
    struct segments copy = *s;

    copy.tokens = malloc((s->n_tokens + 1) * sizeof *s->tokens);
    copy.kinds = malloc(s->n_tokens + 1);
    copy.sentences = malloc((s->n_sentences + 1) * sizeof *s->sentences);
    memcpy(copy.tokens, s->tokens, s->n_tokens * sizeof *s->tokens);
    memcpy(copy.kinds, s->kinds, s->n_tokens);
    memcpy(copy.sentences, s->sentences, s->n_sentences * sizeof *s->sentences);
    return copy;
}

static void give_back(struct segments *s)
{
    free(s->tokens);
    free(s->kinds);
    free(s->sentences);
}

static void a_text_in_several_languages_is_its_parts(void **state)
{
    char text[6000];

    (void)state;
    srand(6);
    for (int round = 0; round < 500; round++) {
        struct language_run runs[4];
        uint32_t n = 0, length = 0, token = 0, sentence = 0, from = 0;
        for (int i = 0; i < 4; i++) {
            uint32_t which = (uint32_t)rand() % (n_others + 1);
            length += (uint32_t)random_text(text + length, 30);
            n = runs_add(runs, n, (struct language_run) { length, which < n_others ? &others[which] : NULL });
        }
        struct segments s = { .alloc = take, .should_stop = go_on };
        used = 0;
        assert_int_equal(segment_runs(&s, &model, runs, n, text, length), TEXTD_OK);
        struct segments whole = kept(&s);
        for (uint32_t i = 0; i < n; from = runs[i++].end) {
            struct segments part = segment_in(runs[i].language, text + from, runs[i].end - from);
            check_part(&whole, &token, &sentence, &part, from);
        }
        assert_int_equal(token, whole.n_tokens);
        assert_int_equal(sentence, whole.n_sentences);
        give_back(&whole);
    }
}

static void paragraphs_stand_alone(void **state)
{
    char text[4000];

    (void)state;
    srand(8);
    for (uint32_t round = 0; round < 1500; round++) {
        const struct language_model *language = &others[round % n_others];
        uint32_t cut = (uint32_t)random_text(text, 30), length, token = 0, sentence = 0;
        text[cut++] = '\n';
        text[cut++] = '\n';
        length = cut + (uint32_t)random_text(text + cut, 30);
        struct segments s = segment_in(language, text, length), whole = kept(&s);
        s = segment_in(language, text, cut);
        check_part(&whole, &token, &sentence, &s, 0);
        s = segment_in(language, text + cut, length - cut);
        check_part(&whole, &token, &sentence, &s, cut);
        assert_int_equal(token, whole.n_tokens);
        assert_int_equal(sentence, whole.n_sentences);
        give_back(&whole);
    }
}

/* Texts without a blank, and with more in a chunk than it holds. */
static void no_text_takes_long(void **state)
{
    enum { N = 400000 };
    static const char *const again[] = { "a.", "l'", "我", "。", "ア", "ً", "و", "-1", "a@", "1." };
    char *text = malloc(N + 16);

    (void)state;
    for (size_t i = 0; i < COUNT(again); i++)
        for (int k = 0; k < 2; k++) {
            size_t length = 0, n = strlen(again[i]);
            for (; length + n <= N; length += n)
                memcpy(text + length, again[i], n);
            struct segments s = segment_in(other(k ? "tr" : "zh"), text, length);
            assert_true(s.n_tokens > 0 && s.tokens[s.n_tokens - 1].end == length);
        }
    free(text);
}

static void one_stretch_is_one_run(void **state)
{
    struct language_run runs[3];
    uint32_t n = runs_add(runs, 0, (struct language_run) { 4, &others[0] });

    (void)state;
    n = runs_add(runs, n, (struct language_run) { 9, &others[0] });
    n = runs_add(runs, n, (struct language_run) { 9, &others[1] }); /* it is empty */
    assert_int_equal(n, 1);
    assert_int_equal(runs[0].end, 9);
    n = runs_add(runs, n, (struct language_run) { 12, NULL });
    assert_int_equal(n, 2);
    assert_null(runs[1].language);
}

static void a_file_that_is_no_model_is_refused(void **state)
{
    struct language_model wrong;
    uint32_t bytes[64] = { 0 };
    char reason[200];

    (void)state;
    assert_int_equal(language_open(&wrong, model_bytes, model_length, reason, sizeof reason), -1); /* English's */
    assert_non_null(strstr(reason, "TDSEGLNG"));
    model_file_seal(&language_kind, bytes, sizeof bytes);
    assert_int_equal(language_open(&wrong, bytes, sizeof bytes, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "do not fit its 0 and 0 slots"));
    model_file_seal(&language_kind, bytes, 36);
    assert_int_equal(language_open(&wrong, bytes, 36, reason, sizeof reason), -1);
}

static void want_of_memory_is_told(void **state)
{
    struct segments s = { .alloc = take, .should_stop = go_on };
    struct language_run runs[2] = { { 3, &others[0] }, { 7, NULL } };

    (void)state;
    used = sizeof memory - 8;
    assert_int_equal(segment_as(&s, &model, &others[0], "a b c d", 7), TEXTD_NO_MEMORY);
    assert_int_equal(segment_runs(&s, &model, runs, 2, "a b c d", 7), TEXTD_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_and_japanese_have_words),
        cmocka_unit_test(tokens_have_their_kinds),
        cmocka_unit_test(a_code_finds_its_language),
        cmocka_unit_test(any_text_is_covered),
        cmocka_unit_test(a_text_in_several_languages_is_its_parts),
        cmocka_unit_test(paragraphs_stand_alone),
        cmocka_unit_test(no_text_takes_long),
        cmocka_unit_test(one_stretch_is_one_run),
        cmocka_unit_test(a_file_that_is_no_model_is_refused),
        cmocka_unit_test(want_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}
