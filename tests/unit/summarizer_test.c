/* summarizer_test.c: what is picked of texts of which it is known, how options are read, and what a wrong model is told. */
#include "tests/unit/summarizer_text.h"

static const char story[] =
    "PORT ELLERY, Norland (AP) -- A ferry with 214 people on board ran aground near Port Ellery on Monday, and rescue "
    "boats brought "
    "everybody to the shore, the coast guard said.\n"
    "By Ada Byrne\n"
    "The ferry Saint Brannoc was on its way from Skerry Island when its engine failed in heavy seas.\n"
    "\"We heard a bang and then it was quiet,\" said Tomas Reyes, who was on the car deck.\n"
    "Eleven passengers were taken to hospital, most of them with light injuries.\n"
    "Read more: Ten years of the Skerry line.\n"
    "The company that runs the ferry, Norland Line, said that the ship had been inspected in March.\n"
    "It was not the first time.\n"
    "In 2019 another ferry of Norland Line lost its rudder in the same bay, and nobody was hurt then either.\n"
    "The coast guard will look into the cause of the engine's failure.\n"
    "Post a Comment\n"
    "Home | News | Sport | Weather\n";

static const char reviews[] =
    "The battery lasts long .\nI bought it in May for my sister , who lives far away and wanted something to read on "
    "the train , "
    "and the battery was empty .\nBattery life is very good .\nThe battery life is great , I charge it once a week .\n"
    "My dog ate the charger of the battery , which is another story .\nThe battery life is excellent .\n"
    "Very good battery life , even with the radio on .\nGreat battery .\nThe battery died after a month and the shop "
    "never answered me .\n"
    "Battery life is good , better than my old one .\nIt has long battery life .\nThe battery life could be better .\n"
    "The battery life is very good and it charges fast .\nI love the battery life .\nThe battery of this thing lasts "
    "for days .\n"
    "When my uncle came from Lisbon we forgot to charge the battery and had to play cards .\nThe battery life is "
    "amazing .\n"
    "Long battery life and small size .\nThe battery is easy to replace .\nThe battery life is the best .\n"
    "No problem with battery life so far .\nThe battery life is good .\n";

/* What a pick shows starts so. */
static const struct {
    const char *text;
    struct request request;
    const char *want[4];
} cases[] = {
    { story, { .sentences = 1 }, { "A ferry with 214" } },
    { story, { .sentences = 1, .focus = "hospital injuries", .focus_length = 17 }, { "Eleven passengers" } },
    { story, { .sentences = 1, .focus = "INSPECTED?", .focus_length = 10 }, { "The company that runs" } },
    { "Only this one sentence stands here.", { .sentences = 3 }, { "Only this one" } },
    { "no mark no capital nothing", { .sentences = 3 }, { "no mark" } },
    { "Post a Comment", { .sentences = 1 }, { "Post a Comment" } }, /* when there is nothing else */
    { "", { .sentences = 3 }, { NULL } },
    { " \n\n ", { .sentences = 3 }, { NULL } },
    { "Many methods are slow. They need much memory. In this paper, we propose a fast method that sorts words in "
      "linear time. "
      "Sorting has a long history.",
      { .sentences = 1 },
      { "In this paper, we propose" } },
};

static void the_right_ones_are_picked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct summary s;
        struct document d = summarize(cases[i].text, strlen(cases[i].text), &cases[i].request, &s);
        for (uint32_t k = 0; k < 4 && (k < s.n_picks || cases[i].want[k]); k++) {
            const char *want = cases[i].want[k] ? cases[i].want[k] : "nothing";
            const char *found = k < s.n_picks ? d.text + summary_shown(&d, s.picks[k].sentence).start : "nothing";
            if (strncmp(found, want, strlen(want)) != 0)
                fail_msg("case %zu: picked '%.40s', not '%s'", i, found, want);
        }
    }
}

/* Byline, link line, comment line and navigation are not picked, however many sentences or characters are asked for. */
static void boilerplate_is_not_picked(void **state)
{
    static const char *const unwanted[] = { "By Ada", "Read more", "Post a", "Home |", "PORT ELLERY" };
    static const struct request requests[] = {
        { .sentences = 8 }, { .sentences = 99 }, { .ratio = 1 }, { .max_chars = 45 }
    };
    struct summary s;

    (void)state;
    for (size_t r = 0; r < COUNT(requests); r++) {
        struct document d = summarize(story, strlen(story), &requests[r], &s);
        assert_int_equal(s.n_picks, requests[r].max_chars > 0 ? 1 : 8);
        for (uint32_t k = 0; k < s.n_picks; k++)
            for (size_t i = 0; i < COUNT(unwanted); i++)
                assert_int_not_equal(
                    strncmp(d.text + d.spans[s.picks[k].sentence].start, unwanted[i], strlen(unwanted[i])), 0);
    }
}

/* Lines of the page and of a mail's head and quotes are none of the text; sentences that only start so are. */
static void only_boilerplate_is_taken_for_it(void **state)
{
    static const struct {
        const char *line;
        int is_boilerplate;
    } lines[] = {
        { "Log in\n", 1 },
        { "Log in to the server with the key that you were sent by mail.\n", 0 },
        { "Click to the setting for steam and let a cupful run through.\n", 0 },
        { "Click here to read our newsletter about rivers and bridges every week.\n", 1 },
        { "Written by a nurse, the novel tells of a winter in the mountains.\n", 0 },
        { "Written by Ada Byrne\n", 1 },
        { "Subject: Re: the bridge over the Skerry\n", 1 },
        { "Date: Mon, 3 Jun 2024 09:12:44 +0200\n", 1 },
        { "> Are we still on for Saturday? The customers were told\n> about it by mail.\n", 1 },
        { "On Fri, 31 May 2024, Ada <ada@a.example> wrote:\n> Are we still on for Saturday?\n", 1 },
    };
    char text[500];

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct summary s;
        int length = snprintf(text, sizeof text, "The bridge was closed after the flood.\n\n%s\nThe road is open.\n",
                              lines[i].line);
        struct document d = summarize(text, (size_t)length, &(struct request) { .sentences = 9 }, &s);
        for (uint32_t k = 1; k + 1 < d.n_sentences; k++)
            if (((d.sentences[k].flags & (SENTENCE_BOILERPLATE | SENTENCE_HEADING)) != 0) != lines[i].is_boilerplate)
                fail_msg("sentence %u of '%s' is taken for %s", k, lines[i].line,
                         lines[i].is_boilerplate ? "text" : "boilerplate");
    }
}

static void sources_are_not_picked(void **state)
{
    static const char text[] =
        "The Krohn telescope\n\nContents\nHistory\nReferences\n\nHistory\n\nElisabet Krohn built the "
        "telescope in 1903. It was used in Chile until 1950. The university bought it in 1912.\n\n"
        "References\n1. Soto, M. (1988). Women of the Southern Sky and their telescopes. Santiago: Andes.\n"
        "2. Larsen, H. (1961). The telescope of Elisabet Krohn in Chile. Journal of Astronomy 14: 22.\n\n"
        "Visits\n\nThe telescope can be seen on Sundays.\n";
    struct summary s;

    (void)state;
    struct document d = summarize(text, sizeof text - 1, &(struct request) { .sentences = 20 }, &s);
    assert_int_equal(s.n_picks, 4);
    assert_int_equal(strncmp(d.text + d.spans[s.picks[3].sentence].start, "The telescope can", 17), 0);
}

/* Of many opinions the typical ones are picked, which are short, and not the first ones. */
static void opinions_are_summed_up_by_what_is_typical(void **state)
{
    struct summary s;

    (void)state;
    struct document d = summarize(reviews, strlen(reviews), &(struct request) { .sentences = 2 }, &s);
    assert_int_equal(s.n_picks, 2);
    for (uint32_t k = 0; k < 2; k++) {
        const struct textd_span *span = &d.spans[s.picks[k].sentence];
        char *found = strndup(d.text + span->start, span->end - span->start);
        assert_true(strlen(found) < 60);
        if (!strstr(found, "attery life"))
            fail_msg("'%s' is not typical", found);
        free(found);
    }
}

/* What is shown of a text's first sentence: without a dateline or a bullet, and only if it has one. */
static void only_datelines_and_bullets_are_not_shown(void **state)
{
    static const struct {
        const char *text, *want;
    } starts[] = {
        { "PARIS, France (AP) -- The river rose on Monday.", "The river" },
        { "(CNN) -- The river rose on Monday.", "The river" },
        { "Paris (Reuters) \xe2\x80\x94 The river rose on Monday.", "The river" },
        { "NEW YORK (AP) - The river rose on Monday.", "The river" },
        { "WASHINGTON \xe2\x80\x93 \"We know,\" the mayor said on Monday.", "\"We know" },
        { "Ada Krohn (3 May 1871 \xe2\x80\x93 9 June 1944) was an astronomer.", "Ada Krohn" },
        { "Ada B. Krohn (1871) \xe2\x80\x93 she was an astronomer \xe2\x80\x93 died in Lima.", "Ada B." },
        { "The USA and the UK -- both rich -- signed it on Monday.", "The USA" },
        { "NASA \xe2\x80\x93 the agency of the USA \xe2\x80\x93 builds a rocket.", "NASA" },
        { "\xe2\x80\x94 Where is the boat from Lima?", "\xe2\x80\x94 Where" },
        { "- The river rose, and the bridge was closed.", "The river" },
        { "\xe2\x80\xa2 The river rose, and the bridge was closed.", "The river" },
        { "-5 degrees were measured at the bridge.", "-5" },
        { "**The river** rose, and the bridge was closed.", "**The" },
        { "In May 2010 ABC Ltd. -- a shop -- closed.", "In May" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct summary s;
        struct document d = summarize(starts[i].text, strlen(starts[i].text), &(struct request) { .sentences = 1 }, &s);
        assert_int_equal(s.n_picks, 1);
        const char *shown = d.text + summary_shown(&d, s.picks[0].sentence).start;
        if (strncmp(shown, starts[i].want, strlen(starts[i].want)) != 0)
            fail_msg("'%s' is shown as '%s'", starts[i].text, shown);
    }
}

static uint32_t shown_chars(const struct document *d, const struct summary *s)
{
    uint32_t n = s->n_picks > 0 ? s->n_picks - 1 : 0;

    for (uint32_t k = 0; k < s->n_picks; k++) {
        struct textd_span span = summary_shown(d, s->picks[k].sentence);
        for (uint32_t i = span.start; i < span.end; i++)
            n += ((unsigned char)d->text[i] & 0xC0) != 0x80;
    }
    return n;
}

static void max_chars_is_a_hard_limit(void **state)
{
    (void)state;
    for (uint32_t most = 1; most < 900; most += 7) {
        struct summary s;
        struct document d = summarize(story, strlen(story), &(struct request) { .max_chars = most }, &s);
        assert_true(shown_chars(&d, &s) <= most);
        assert_true(most < 300 || s.n_picks >= 2);
    }
}

static void ratio_is_rounded_up(void **state)
{
    struct summary s;

    (void)state;
    summarize(story, strlen(story), &(struct request) { .ratio = 0.01 }, &s);
    assert_int_equal(s.n_picks, 1);
    summarize(reviews, strlen(reviews), &(struct request) { .ratio = 0.5 }, &s);
    assert_int_equal(s.n_picks, 11); /* of 22 */
}

static void ranks_order_and_reasons_are_told(void **state)
{
    struct summary s, by_rank;

    (void)state;
    summarize(story, strlen(story), &(struct request) { .sentences = 4 }, &s);
    assert_int_equal(s.reasons[0][0], REASON_POSITION); /* the lead */
    for (uint32_t k = 1; k < s.n_picks; k++)
        assert_true(s.picks[k].sentence > s.picks[k - 1].sentence);
    uint32_t best = 0;
    while (s.picks[best].rank != 1)
        best++;
    best = s.picks[best].sentence;
    summarize(story, strlen(story), &(struct request) { .sentences = 4, .by_rank = 1 }, &by_rank);
    assert_int_equal(by_rank.picks[0].sentence, best);
    for (uint32_t k = 0; k < by_rank.n_picks; k++)
        assert_int_equal(by_rank.picks[k].rank, k + 1);
}

static void a_headline_is_short_and_ends_between_words(void **state)
{
    struct summary s;

    (void)state;
    struct document d = summarize(story, strlen(story), &(struct request) { .sentences = 1, .headline = 1 }, &s);
    assert_int_equal(strncmp(d.text + s.headline.start, "A ferry with 214 people", 23), 0);
    assert_true(s.headline.end - s.headline.start <= HEADLINE_CHARS && s.headline.end - s.headline.start > 30);
    assert_true(d.text[s.headline.end] == ' ' || d.text[s.headline.end] == ',');
    struct textd_span whole = s.headline;
    summarize(story, strlen(story), &(struct request) { .sentences = 1, .max_chars = 60, .headline = 1 }, &s);
    assert_true(s.headline.start == whole.start && s.headline.end == whole.end);
}

static void keyphrases_are_what_the_text_is_about(void **state)
{
    struct summary s;
    int found = 0;

    (void)state;
    struct document d = summarize(story, strlen(story), &(struct request) { .sentences = 1, .keyphrases = 5 }, &s);
    assert_in_range(s.n_keyphrases, 3, 5);
    for (uint32_t i = 0; i < s.n_keyphrases; i++) {
        const struct keyphrase *k = &s.keyphrases[i];
        assert_true(k->score > 0 && k->score <= 1 && (i == 0 || k->score <= s.keyphrases[i - 1].score));
        found |= strncmp(d.text + k->span.start, "coast guard", 11) == 0;
        assert_int_not_equal(strncmp(d.text + k->span.start, "Comment", 7), 0);
    }
    assert_true(found);
}

/* A phrase is a noun with the nouns and adjectives before it: no verb, no function word, nothing of the calendar, nobody who speaks. */
static const struct {
    const char *text, *phrase; /* phrase: is there, and so is nothing that has a word of `never` */
    const char *never[4];
} phrase_cases[] = {
    { "The district council rejected the flood barrier again. Critics say the flood barrier ruins the view.",
      "flood barrier",
      { "rejected", "ruins", "again", "say" } },
    { "We cannot open the safety valve. It is stuck, and it won't move. Can't we replace the safety valve?",
      "safety valve",
      { "ca", "wo", "stuck", "replace" } },
    { "Tenants want two-factor authentication by March. The landlord's insurance pays for two-factor authentication.",
      "two-factor authentication",
      { "March", "pays" } },
    { "On Monday the trainees repaired thirty gearboxes within two weeks. The gearboxes now run quietly.",
      "gearboxes",
      { "Monday", "weeks", "thirty", "quietly" } },
    { "Mayor Olwen Tarrick opened the new reservoir. Everybody thanked Olwen Tarrick.",
      "Olwen Tarrick",
      { "opened", "thanked" } },
    { "[09:12] petra: the staging database is slow\n[09:13] amir: petra, an index is missing\n[09:15] petra: then add "
      "the missing index\n"
      "[09:16] amir: done, petra",
      "staging database",
      { "petra", "amir", "done" } },
    { "The farmers' market moves to the parking garage. Stalls in the parking garage stay dry.",
      "parking garage",
      { "moves", "stay" } },
};

static void keyphrases_are_noun_phrases(void **state)
{
    struct summary s;

    (void)state;
    for (size_t i = 0; i < sizeof phrase_cases / sizeof phrase_cases[0]; i++) {
        struct document d = summarize(phrase_cases[i].text, strlen(phrase_cases[i].text),
                                      &(struct request) { .sentences = 1, .keyphrases = 10 }, &s);
        int found = 0;
        for (uint32_t k = 0; k < s.n_keyphrases; k++) {
            char phrase[200];
            const struct textd_span *span = &s.keyphrases[k].span;
            snprintf(phrase, sizeof phrase, " %.*s ", (int)(span->end - span->start), d.text + span->start);
            found |= strlen(phrase_cases[i].phrase) == span->end - span->start &&
                     strncmp(phrase + 1, phrase_cases[i].phrase, span->end - span->start) == 0;
            for (uint32_t n = 0; n < 4 && phrase_cases[i].never[n]; n++) {
                char word[40];
                snprintf(word, sizeof word, " %s ", phrase_cases[i].never[n]);
                if (strstr(phrase, word))
                    fail_msg("'%s' in %s", phrase, phrase_cases[i].text);
            }
        }
        if (!found)
            fail_msg("no '%s' in %s", phrase_cases[i].phrase, phrase_cases[i].text);
    }
}

static struct textd_value values[N_OPTIONS], own[N_OPTIONS];

static void set_initial(struct textd_value *v)
{
    for (int i = 0; i < N_OPTIONS; i++)
        v[i] = (struct textd_value) { .type = request_options[i].type,
                                      .integer = request_options[i].initial_integer,
                                      .number = request_options[i].initial_number,
                                      .text = request_options[i].initial_text };
}

static void options_that_conflict_are_told(void **state)
{
    struct request r;
    char reason[200];

    (void)state;
    set_initial(own);
    set_initial(values);
    assert_int_equal(request_read(&r, values, own, reason, sizeof reason), 0);
    assert_int_equal(r.sentences, 3);
    values[OPTION_SENTENCES].integer = 2;
    values[OPTION_RATIO].number = 0.5;
    assert_int_equal(request_read(&r, values, own, reason, sizeof reason), -1);
    assert_string_equal(reason,
                        "sentences is 2 and ratio is 0.5, which both say how many sentences to pick; set one of them, "
                        "the other to 0");
    own[OPTION_SENTENCES].integer = 2; /* the operator's; the client's ratio holds */
    assert_int_equal(request_read(&r, values, own, reason, sizeof reason), 0);
    assert_true(r.sentences == 0 && r.ratio == 0.5);
    values[OPTION_SENTENCES].integer = 5;
    own[OPTION_RATIO].number = 0.5;
    assert_int_equal(request_read(&r, values, own, reason, sizeof reason), 0);
    assert_true(r.sentences == 5 && r.ratio == 0);
    set_initial(values);
    set_initial(own);
    values[OPTION_MAX_CHARS].integer = 200;
    assert_int_equal(request_read(&r, values, own, reason, sizeof reason), 0);
    assert_true(r.sentences == 0 && r.max_chars == 200);
}

static void a_focus_without_words_is_told(void **state)
{
    struct document d = open_text(story, strlen(story));
    struct summary s;

    (void)state;
    assert_int_equal(summary_make(&d, &(struct request) { .sentences = 1, .focus = "?!", .focus_length = 2 }, &s),
                     TEXTD_INVALID);
    summarize(story, strlen(story), &(struct request) { .sentences = 1, .focus = "zebra", .focus_length = 5 }, &s);
    assert_int_equal(s.n_focused, 0);
    assert_int_equal(s.n_picks, 1);
}

/* Each allocation fails once, and each look at should_stop says yes once. */
static void want_of_memory_and_stop_are_told(void **state)
{
    struct request request = { .sentences = 2, .focus = "ferry", .focus_length = 5, .keyphrases = 4 };
    struct summary s;
    int failed = 0, stopped = 0;

    (void)state;
    summarize(story, strlen(story), &request, &s);
    size_t all = used;
    open_text(story, strlen(story));
    for (size_t most = used; most < all; most += 64) {
        struct document d = open_text(story, strlen(story));
        limit = most;
        failed += summary_make(&d, &request, &s) == TEXTD_NO_MEMORY;
        limit = sizeof memory;
    }
    assert_true(failed > 10);
    for (int after = 0; after < 1000; after++) {
        struct document d = open_text(story, strlen(story));
        stop_after = after;
        stopped += summary_make(&d, &request, &s) == TEXTD_STOPPED;
        stop_after = -1;
    }
    assert_true(stopped >= 6);
}

/* Seals the content again, so that what is inside is judged and not the checksum. */
static const char *reason_of(void *bytes, size_t length)
{
    static char reason[200];
    struct summary_model m;

    model_file_seal(&summary_model_kind, bytes, length);
    return summary_model_open(&m, bytes, length, reason, sizeof reason) == 0 ? "none" : reason;
}

static void a_wrong_model_is_told(void **state)
{
    char *bytes = malloc(model_length + 4);
    struct summary_model_content *head = (void *)(bytes + sizeof(struct model_file_head));
    struct model_tree *trees = (void *)(bytes + model_length - sizeof *trees);

    (void)state;
    memcpy(bytes, model_bytes, model_length);
    assert_string_equal(reason_of(bytes, model_length), "none");
    assert_non_null(strstr(reason_of(bytes, model_length - 4), "do not fit its"));
    assert_non_null(strstr(reason_of(bytes, sizeof(struct model_file_head)), "do not fit its"));
    memcpy(bytes, model_bytes, model_length);
    head->n_cue_slots = 3;
    assert_non_null(strstr(reason_of(bytes, model_length), "do not fit its"));
    memcpy(bytes, model_bytes, model_length);
    head->n_trees = UINT32_MAX;
    assert_non_null(strstr(reason_of(bytes, model_length), "do not fit its"));
    memcpy(bytes, model_bytes, model_length);
    trees->feature[0] = N_FEATURES;
    assert_non_null(strstr(reason_of(bytes, model_length), "asks for a feature that there isn't"));
    memcpy(bytes, model_bytes, model_length);
    memset(&trees->value[3], 0xFF, sizeof(float)); /* no number */
    assert_non_null(strstr(reason_of(bytes, model_length), "has a value beyond"));
    bytes[0] = 'X';
    struct summary_model m;
    char reason[200];
    assert_int_equal(summary_model_open(&m, bytes, model_length, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "does not start with TDSUMMRY"));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_ones_are_picked),
        cmocka_unit_test(boilerplate_is_not_picked),
        cmocka_unit_test(only_boilerplate_is_taken_for_it),
        cmocka_unit_test(sources_are_not_picked),
        cmocka_unit_test(opinions_are_summed_up_by_what_is_typical),
        cmocka_unit_test(only_datelines_and_bullets_are_not_shown),
        cmocka_unit_test(max_chars_is_a_hard_limit),
        cmocka_unit_test(ratio_is_rounded_up),
        cmocka_unit_test(ranks_order_and_reasons_are_told),
        cmocka_unit_test(a_headline_is_short_and_ends_between_words),
        cmocka_unit_test(keyphrases_are_what_the_text_is_about),
        cmocka_unit_test(keyphrases_are_noun_phrases),
        cmocka_unit_test(options_that_conflict_are_told),
        cmocka_unit_test(a_focus_without_words_is_told),
        cmocka_unit_test(want_of_memory_and_stop_are_told),
        cmocka_unit_test(a_wrong_model_is_told),
    };
    return cmocka_run_group_tests(tests, load_models, NULL);
}
