/* sentences_test.c: where sentences end: in documents that mix records and prose (sentences.txt), behind abbreviations, hours and quotes; that the
 * gap between two sentences makes no difference; and that no token cuts what is seen as one character. */
#include "tests/unit/segmenter_text.h"

#define FILE_OF_DOCUMENTS TEXTD_SOURCE_DIR "/tests/unit/sentences.txt"
#define END "\u00a6" /* behind a sentence, in what follows */

/* The text without the marks goes to `text`, and where sentences end to `ends`. Returns its length. An empty line ends one, too. */
static uint32_t read_marked(const char *marked, size_t length, char *text, uint32_t *ends, uint32_t *n_ends)
{
    uint32_t n = 0;

    *n_ends = 0;
    for (size_t i = 0; i < length; i++) {
        int is_mark = length - i >= sizeof END - 1 && memcmp(marked + i, END, sizeof END - 1) == 0;
        int is_empty_line = marked[i] == '\n' && (i + 1 == length || marked[i + 1] == '\n');
        if ((is_mark || is_empty_line) && (*n_ends == 0 || ends[*n_ends - 1] != n))
            ends[(*n_ends)++] = n;
        if (is_mark)
            i += sizeof END - 2;
        else
            text[n++] = marked[i];
    }
    while (n > 0 && text[n - 1] == '\n')
        n--;
    while (*n_ends > 0 && ends[*n_ends - 1] >= n)
        --*n_ends;
    ends[(*n_ends)++] = n;
    return n;
}

static void check_marked(const char *marked, size_t length)
{
    static char text[8192];
    static uint32_t ends[500];
    uint32_t n_ends, n = read_marked(marked, length, text, ends, &n_ends);
    struct segments s = segment(text, n);

    for (uint32_t i = 0; i < s.n_sentences && i < n_ends; i++)
        if (s.sentences[i].end != ends[i])
            fail_msg("sentence %u of\n%.*s\nends at byte %u, behind \"%.*s\"; it should at %u", i + 1, (int)n, text,
                     s.sentences[i].end, (int)(s.sentences[i].end - s.sentences[i].start), text + s.sentences[i].start,
                     ends[i]);
    if (s.n_sentences != n_ends)
        fail_msg("%u sentences in\n%.*s\nit should be %u", s.n_sentences, (int)n, text, n_ends);
}

/* Records are a line each, and prose stays prose, wherever its lines end. */
static void records_are_a_line_each(void **state)
{
    static char file[1 << 16];
    FILE *in = fopen(FILE_OF_DOCUMENTS, "rb");
    uint32_t n = 0;

    (void)state;
    assert_non_null(in);
    size_t length = fread(file, 1, sizeof file - 1, in);
    fclose(in);
    file[length] = 0;
    for (char *at = strstr(file, "#! "); at; n++) {
        char *start = strchr(at, '\n') + 1, *next = strstr(start, "#! "),
             *end = next ? strstr(start, "%%\n") : file + length;
        assert_non_null(end);
        check_marked(start, (size_t)(end - start));
        at = next;
    }
    assert_in_range(n, 60, 1000);
}

static const char *const sentences[] = {
    "The bridge is by Holm & Sons Ltd." END " They built two.",
    "She was born in St. Louis, Mo." END " He was not.",
    "We met Prof. Lind at 3 p.m." END " The lecture had begun.",
    "It weighs 5 lbs." END " It is green.",
    "Add 2 tsp. salt and 1 tbsp. oil." END " Stir.",
    "Brown v. Board of Education came first." END " Roe v. Wade came later.",
    "He lives in Apt. B of the old house.",
    "It takes 10 min. by bus.",
    "At 9 a.m. Mrs. Holm came." END " She left at 11 a.m." END " Mrs. Lind stayed.",
    "The office opens at 9 AM Tuesdays.",
    "Call at 3:15 PM Central time.",
    "We leave at 6 AM." END " Bring food.",
    "The train leaves at 6:05 p.m. Friday.",
    "The price rose to Rs. 900 in May.",
    "Use Plan B." END " It works.",
    "I bought it from Acme Inc." END " This was a mistake.",
    "He holds a Ph.D." END " He is proud of it.",
    "She came to the U.S." END " Her brother stayed.",
    "The U.S. Senate met." END " The U.K. did not.",
    "We were late, you and I." END " Did you see Albert I. Lind yesterday?",
    "So am I." END " She knows.",
    "He holds A|B." END " She holds B|C.",
    "\u201eKomm!\u201c" END " Er kam nicht.",
    "\u00abViens ici.\u00bb" END " Elle rit.",
    "\u00bbKom nu.\u00ab" END " Han gik.",
    "\u2018It is over.\u2019" END " She sat down.",
    "'It rained.'" END " We stayed in.",
    "He asked \"Why? How?\" and left.",
    "**It is open.**" END " Come in.",
    "It is *late.*" END " Go home.",
    "(It was closed.)" END " (We went home.)",
    "This is known.\u2020" END " It is old.",
    "See org.quay.store.Main for more.",
    "I use Yahoo! and like it.",
    "Read notes.txt." END "Then stop.",
    "wait . . . what",
    "He said: 1. yes, 2. no, 3. perhaps.",
    "a. open it" END " b. close it",
    "1.) Rinse the pan." END " 2.) Dry it.",
    "One line." END "\u2028Another line",
};

static void sentences_end_where_they_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        check_marked(sentences[i], strlen(sentences[i]));
}

/* Each blank of a text as one, two, a tab, a no-break space, a thin one: the same tokens, the same sentences. */
static void the_gap_makes_no_difference(void **state)
{
    static const char *const blanks[] = { "  ", "\t", "\u00a0", "\u2009", " \u00a0 \t" };
    static const char *const texts[] = {
        "Mr. Lind paid $2.5 million. Good news! She works at Acme Corp. They pay well, \"he says.\" It is 5 p.m. Ms. "
        "Holm came (see p. 5). No. 5 is out.",
        "th- the end of it. J. Amsel and Dr. K. Lind (b. May 1971) left at 5 p.m. on Sept. 3. Nobody knows why they "
        "did, but etc. And so on.",
    };
    char text[2000];

    (void)state;
    for (size_t k = 0; k < 2; k++)
        for (size_t b = 0; b < sizeof blanks / sizeof blanks[0]; b++) {
            struct segments s = segment(texts[k], strlen(texts[k]));
            uint32_t n = 0, n_tokens = s.n_tokens, n_sentences = s.n_sentences, starts[100] = { 0 };
            for (uint32_t i = 0, at = 0; i < n_sentences; i++)
                for (; at < n_tokens && s.tokens[at].start <= s.sentences[i].start; at++)
                    starts[i] = at;
            for (const char *c = texts[k]; *c; c++)
                n +=
                    (uint32_t)snprintf(text + n, sizeof text - n, "%.*s", *c == ' ' ? 8 : 1, *c == ' ' ? blanks[b] : c);
            s = segment(text, n);
            assert_int_equal(s.n_tokens, n_tokens);
            assert_int_equal(s.n_sentences, n_sentences);
            for (uint32_t i = 0; i < n_sentences; i++)
                assert_int_equal(s.sentences[i].start, s.tokens[starts[i]].start);
        }
}

/* Characters of several code points; a border of a token within one would cut it. */
static void no_token_cuts_a_character(void **state)
{
    static const char *const characters[] = {
        "e\u0301",
        "5\u0301",
        "m\u0308",
        ".\u0301",
        "-\u0308",
        " \u0308",
        "\u0600\u231a",
        "\u0600\u1100",
        "a\u200d",
        "\u0915\u0903",
        "\U0001f1e8\U0001f1e6",
        "\U0001f468\u200d\U0001f469",
        "1\ufe0f\u20e3",
        "\u1100\u1161\u11a8",
        "\u0e33\u0e48",
        "\u2764\ufe0f",
    };
    static const char *const before[] = { "", "5", "a", "(", "12 " }, *const behind[] = { "", "b", "7", ".",
                                                                                          "m\u0301" };
    char text[100];

    (void)state;
    for (size_t c = 0; c < sizeof characters / sizeof characters[0]; c++)
        for (size_t i = 0; i < 25; i++) {
            int n = snprintf(text, sizeof text, "%s%s%s", before[i % 5], characters[c], behind[i / 5]);
            uint32_t from = (uint32_t)strlen(before[i % 5]), to = from + (uint32_t)strlen(characters[c]);
            struct segments s = segment(text, (size_t)n);
            for (uint32_t t = 0; t < s.n_tokens; t++)
                if ((s.tokens[t].start > from && s.tokens[t].start < to) ||
                    (s.tokens[t].end > from && s.tokens[t].end < to))
                    fail_msg("a token of \"%s\" begins or ends within \"%s\"", text, characters[c]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_a_line_each),
        cmocka_unit_test(sentences_end_where_they_end),
        cmocka_unit_test(the_gap_makes_no_difference),
        cmocka_unit_test(no_token_cuts_a_character),
    };
    return cmocka_run_group_tests(tests, load_model, NULL);
}
