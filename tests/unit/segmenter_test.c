/* segmenter_test.c: what a token and a sentence are, as tables that a linguist can extend. */
#include "tests/unit/segmenter_text.h"

#include "plugins/segmenter/known.h"

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
    { "well-known co-op", "[well][-][known][co-op]" },
    { "$3.50 and 1,000,000.5%", "[$][3.50][and][1,000,000.5][%]" },
    { "10th 1990s 3D 10:30 12/25/2004", "[10th][1990s][3D][10:30][12/25/2004]" },
    { "Wait... what?! No!!!", "[Wait][...][what][?!][No][!!!]" },
    { "see http://a.org/b_(c), ok", "[see][http://a.org/b_(c)][,][ok]" },
    { "www.example.com.", "[www.example.com][.]" },
    { "mail a.b@example.co.uk now", "[mail][a.b@example.co.uk][now]" },
    { "no@domain x-y@z a@b.com", "[no@domain][x-y@z][a@b.com]" },
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
    { "dont im Im its", "[do][nt][i][m][I][m][its]" },
    { "co-worker e-mail anti-war two-day", "[co-worker][e-mail][anti-war][two][-][day]" },
    { "the '90s, '72 and 1960's", "[the]['90s][,]['72][and][1960's]" },
    { "713-555-0199 1990-95 77001-0027", "[713-555-0199][1990][-][95][77001-0027]" },
    { "\u898b\u3066 http://example.com/a\u3002\u6b21", "[\u898b][\u3066][http://example.com/a][\u3002][\u6b21]" },
    { "\u201chttp://x.org/q\u201d, http://x.org/a\u2026",
      "[\u201c][http://x.org/q][\u201d][,][http://x.org/a][\u2026]" },
    { "(http://x.org/a_(b)).", "[(][http://x.org/a_(b)][)][.]" },
    { "\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u0666 \u20b9\u0967,\u0968\u0969\u096a.\u096b\u0966 "
      "\uff13\uff0e\uff15",
      "[\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u0666][\u20b9][\u0967,\u0968\u0969\u096a.\u096b\u0966]["
      "\uff13\uff0e\uff15]" },
    { "\u0410. \u0421. \u041f\u0443\u0448\u043a\u0438\u043d, \u00c9. Zola",
      "[\u0410.][\u0421.][\u041f\u0443\u0448\u043a\u0438\u043d][,][\u00c9.][Zola]" },
    { "Do this:\n  10. Go.\n\t2.\tStop.", "[Do][this][:][10.][Go][.][2.][Stop][.]" },
    { "and/or 1/2 9/11 w/o s/he", "[and][/][or][1/2][9/11][w/o][s/he]" },
    { "12,13 1,000 10:30 1.2.3", "[12][,][13][1,000][10:30][1.2.3]" },
    { "+44 20 -5 #5 .5", "[+44][20][-][5][#][5][.5]" },
    { "No. 5, no. She", "[No.][5][,][no][.][She]" },
    { "p. 12 (b. May 1987)", "[p.][12][(][b.][May][1987][)]" },
    { "notes.txt comp.lang.c cra.org/a/b", "[notes.txt][comp.lang.c][cra.org/a/b]" },
    { "Ph.D. L.L.C U.S.'s", "[Ph.D.][L.L.C][U.S.]['s]" },
    { "th- the", "[th-][the]" },
    { "1. One", "[1.][One]" },
    { "A.\xd5\xa0", "[A][.][\xd5\xa0]" }, /* an initial, and no letter of ASCII behind it */
    { "-------- |---+---> ^_^", "[--------][|---+--->][^_^]" },
    { "5|pm \xc2\xbd m\xc2\xb2", "[5][|][pm][\xc2\xbd][m\xc2\xb2]" },
    { "rock 'n' roll 'em y'all", "[rock]['n]['][roll]['em][y'all]" },
    /* Devanagari, Arabic with its vowel signs, Thai, katakana with hiragana, Hangul */
    { "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e\u0964",
      "[\u0928\u092e\u0938\u094d\u0924\u0947][\u0926\u0941\u0928\u093f\u092f\u093e][\u0964]" },
    { "\u0643\u0650\u062a\u0627\u0628\u061f", "[\u0643\u0650\u062a\u0627\u0628][\u061f]" },
    { "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e04\u0e23\u0e31\u0e1a",
      "[\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35][\u0e04\u0e23\u0e31\u0e1a]" },
    { "\u30ab\u30e1\u30e9\u3067\u3059", "[\u30ab\u30e1\u30e9][\u3067][\u3059]" },
    { "\uc548\ub155 \ud558\uc138\uc694", "[\uc548\ub155][\ud558\uc138\uc694]" },
    { "1\ufe0f\u20e3 \u2764\ufe0f", "[1\ufe0f\u20e3][\u2764\ufe0f]" },
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
    { "\u300c\u6765\u305f\u3002\u300d\u3068\u8a00\u3046\u3002\u884c\u304f\u3002",
      "[\u300c\u6765\u305f\u3002\u300d\u3068\u8a00\u3046\u3002][\u884c\u304f\u3002]" },
    { "\u0928\u092e\u0938\u094d\u0924\u0947\u0964 \u0906\u092a \u0915\u0948\u0938\u0947?",
      "[\u0928\u092e\u0938\u094d\u0924\u0947\u0964][\u0906\u092a \u0915\u0948\u0938\u0947?]" },
    { "\u0645\u0646\u061f \u0623\u0646\u0627.", "[\u0645\u0646\u061f][\u0623\u0646\u0627.]" },
    { "Thank you for the books that you sent us on Monday. We have read\nthem all, and shall send them back with the "
      "next "
      "post. Our\nlibrarian asks for more.",
      "[Thank you for the books that you sent us on Monday.][We have read\nthem all, and shall send them back with the "
      "next "
      "post.][Our\nlibrarian asks for more.]" },
    { "> The first line of a long letter, which somebody quotes in\n> answer. It goes on.\n\nNo.",
      "[> The first line of a long letter, which somebody quotes in\n> answer.][It goes on.][No.]" },
    { "\u4ed6\u6765\u4e86\u3002\n\"\u8d70\u5427\u3002\"\u5979\u8bf4\u3002",
      "[\u4ed6\u6765\u4e86\u3002][\"\u8d70\u5427\u3002\"\u5979\u8bf4\u3002]" },
    { "\u300e\u300c\u6765\u305f\u3002\u300d\u300f\u6b21\u3002",
      "[\u300e\u300c\u6765\u305f\u3002\u300d\u300f][\u6b21\u3002]" },
    { "\u4fa1\u683c\u306f\uff13\uff0e\uff15\u4e07\u5186\u3067\u3059\u3002Ver\uff0e\uff12\u3002",
      "[\u4fa1\u683c\u306f\uff13\uff0e\uff15\u4e07\u5186\u3067\u3059\u3002][Ver\uff0e\uff12\u3002]" },
    { "They use F#, .NET and node.js. It works.", "[They use F#, .NET and node.js.][It works.]" },
    { "Do this:\n  1. Open it.\n  2. Close it.", "[Do this:][1. Open it.][2. Close it.]" },
    { "1. Open it.\n2. Close it.", "[1. Open it.][2. Close it.]" },
    { "i went home. it was late. nobody was there", "[i went home.][it was late.][nobody was there]" },
    { "He said \"Stop.\" Then he left.", "[He said \"Stop.\"][Then he left.]" },
    { "It was 5 p.m. when she came.", "[It was 5 p.m. when she came.]" },
    { "See Fig. 3 and Sec. 2.1 for it. The rest is clear.", "[See Fig. 3 and Sec. 2.1 for it.][The rest is clear.]" },
};

static void sentences_end_where_they_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sentence_cases); i++) {
        struct segments s = segment(sentence_cases[i].text, strlen(sentence_cases[i].text));
        assert_string_equal(bracketed(sentence_cases[i].text, s.sentences, s.n_sentences), sentence_cases[i].want);
    }
}

/* The tables are searched by halves and by hash: the first and the last word, and some between. */
static void known_words_are_found(void **state)
{
    static const char *const sure[] = { "adm", "Dr", "etc", "messrs", "Ph.D", "refrig", "Wash", "wyo", "YRS" };
    static const char *const numbered[] = { "b", "no", "fig", "ver" };
    static const char *const none[] = { "", "a", "aa", "adms", "mon", "sun", "zzz", "yr.", "messrss", "refrigerator" };
    static const char *const prefixes[] = { "ante", "Co", "e", "uni", "para" };
    static const struct {
        const char *word;
        uint32_t apart;
    } fused[] = { { "cannot", 3 }, { "Dont", 2 },  { "SHOULDNT", 6 },  { "im", 1 },    { "IM", 0 },
                  { "cant", 2 },   { "canto", 0 }, { "shouldnts", 0 }, { "whats", 4 }, { "a", 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(sure); i++)
        assert_int_equal(known_abbreviation(sure[i], (uint32_t)strlen(sure[i]), (uint32_t)strlen(sure[i])),
                         ABBREVIATION_SURE);
    for (size_t i = 0; i < COUNT(numbered); i++)
        assert_int_equal(known_abbreviation(numbered[i], (uint32_t)strlen(numbered[i]), (uint32_t)strlen(numbered[i])),
                         ABBREVIATION_NUMBERED);
    for (size_t i = 0; i < COUNT(none); i++)
        assert_int_equal(known_abbreviation(none[i], (uint32_t)strlen(none[i]), (uint32_t)strlen(none[i])),
                         ABBREVIATION_NONE);
    for (size_t i = 0; i < COUNT(prefixes); i++)
        assert_true(known_is_prefix(prefixes[i], (uint32_t)strlen(prefixes[i]), (uint32_t)strlen(prefixes[i])));
    assert_false(known_is_prefix("well", 4, 4));
    for (size_t i = 0; i < COUNT(fused); i++) {
        uint32_t length = (uint32_t)strlen(fused[i].word);
        assert_int_equal(known_fused(fused[i].word, length, length), fused[i].apart);
    }
}

static void the_search_knows_where_each_letter_starts(void **state)
{
    (void)state;
    for (uint32_t letter = 0; letter <= 26; letter++)
        assert_int_equal(known_before[letter], known_count_before(letter));
}

/* What is asked first of every word lets no word of the table by. */
static void the_filter_lets_fused_words_through(void **state)
{
    uint32_t n = 0;

    (void)state;
    for (uint32_t i = 0; i < FUSED_SLOTS; i++) {
        uint64_t key = fused_words[i].key;
        uint32_t length = key ? 8 - (uint32_t)__builtin_clzll(key) / 8 : 0;
        if (length > 0)
            assert_true(known_may_be_fused((char)(key & 0xFF), (char)(key >> (length - 1) * 8), length));
        n += length > 0;
    }
    assert_true(n > 40);
}

static void a_damaged_model_is_refused(void **state)
{
    static uint32_t copy[sizeof model_bytes / 4];
    struct boundary_model opened;
    struct model_file_head *head = (struct model_file_head *)(void *)copy;
    char reason[200];

    (void)state;
    memcpy(copy, model_bytes, model_length);
    assert_int_equal(model_open(&opened, copy, model_length - 4, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "it was cut or mixed up"));
    assert_int_equal(model_open(&opened, copy, 7, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "TDSEGMNT"));
    copy[1000] ^= 1;
    assert_int_equal(model_open(&opened, copy, model_length, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "its checksum is"));
    head->version++;
    assert_int_equal(model_open(&opened, copy, model_length, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "it is of version 5, and this segmenter reads version 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_follow_universal_dependencies),
        cmocka_unit_test(sentences_end_where_they_end),
        cmocka_unit_test(known_words_are_found),
        cmocka_unit_test(the_search_knows_where_each_letter_starts),
        cmocka_unit_test(the_filter_lets_fused_words_through),
        cmocka_unit_test(a_damaged_model_is_refused),
    };
    return cmocka_run_group_tests(tests, load_model, NULL);
}
