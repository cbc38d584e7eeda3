/* sentiment_test.c: what people read in a text, as minimal pairs: texts that differ in one thing, of which the first is the
 * better one. Each goes through the segmenter and through the model that is shipped. */
#include "tests/unit/sentiment_text.h"

#include <math.h>

static const struct {
    const char *better, *worse;
} pairs[] = {
    /* negation */
    { "good", "not good" },
    { "not very good", "not good" },
    { "good", "not very good" },
    { "not bad", "bad" },
    { "very good", "not bad" },
    { "not terrible", "terrible" },
    { "It is good.", "It isn't good." },
    { "It is good.", "It is not good." },
    { "It is good.", "It's not good at all." },
    { "I like it.", "I don't like it." },
    { "I like it.", "I dont like it." },
    { "I would recommend it.", "I wouldn't recommend it." },
    { "I would recommend it.", "I would never recommend it." },
    { "It never fails.", "It fails." },
    { "It works without problems.", "It works with problems." },
    { "It is hardly a problem.", "It is a problem." },
    { "The food was good.", "The food was hardly good." },
    { "It is no longer broken.", "It is broken." },
    { "I went home. It was good.", "It was not good." },
    { "I did not go, it was good.", "It was not good." },
    { "not only good", "not good" },
    { "He is not a liar.", "He is a liar." },
    { "Nobody was hurt.", "Somebody was hurt." },
    { "The plot makes sense.", "The plot makes no sense." },
    { "There is hope.", "There is no hope." },
    { "She is happy.", "She is never happy." },
    { "They were happy.", "Nobody was happy." },
    { "It has charm.", "It lacks charm." },
    { "It impresses.", "It fails to impress." },
    { "The staff are helpful.", "The staff aren't helpful." },
    { "The staff can help.", "The staff cannot help." },
    { "The room was clean.", "The room wasn't clean." },
    { "It is worth it.", "It is not worth it." },
    { "I can't complain.", "I complain." },
    { "It isn't a bad film.", "It is a bad film." },
    { "It was neither funny nor clever.", "It was neither boring nor stupid." },
    { "The battery doesn't disappoint.", "The battery does disappoint." },
    { "a film with no flaws", "a film without charm" },
    /* degree */
    { "very good", "good" },
    { "extremely good", "good" },
    { "really good", "good" },
    { "good", "somewhat good" },
    { "good", "slightly good" },
    { "happy", "slightly happy" },
    { "I am slightly sad.", "I am sad." },
    { "We were very happy.", "We were happy." },
    { "We were sad.", "We were very sad." },
    { "The food was tasty.", "The food was slightly tasty." },
    { "bad", "very bad" },
    { "bad", "extremely bad" },
    { "slightly bad", "bad" },
    { "somewhat bad", "bad" },
    { "kind of bad", "bad" },
    { "bad", "really bad" },
    { "excellent", "good" },
    { "amazing", "okay" },
    { "good", "okay" },
    { "wonderful", "nice" },
    { "bad", "horrible" },
    { "poor", "awful" },
    { "sooo good", "good" },
    { "gooood", "good" },
    { "a really great movie", "a great movie" },
    { "an absolutely terrific cast", "a terrific cast" },
    { "a rather dull film", "an utterly dull film" },
    { "It was a bit slow.", "It was painfully slow." },
    { "I am very happy.", "I am happy." },
    { "I am sad.", "I am so sad." },
    { "totally awesome", "awesome" },
    { "It was terribly good.", "It was terrible." },
    /* not so */
    { "It is good.", "It could have been good." },
    { "It was good.", "It would have been good." },
    { "It was good.", "It should have been good." },
    { "It is great.", "It could have been great." },
    { "It was a great film.", "It could have been a great film." },
    { "It is funny.", "It is supposed to be funny." },
    { "It is funny.", "It tries to be funny." },
    { "It is good.", "It might be good." },
    { "I would be glad.", "I would be sad." },
    { "It is safe.", "If only it were safe." },
    /* contrast */
    { "It is slow but good.", "It is good but slow." },
    { "The food was bad, but the service was great.", "The service was great, but the food was bad." },
    { "I love the screen.", "I love the screen, but the battery is terrible." },
    { "The battery is terrible, but I love the screen.", "The battery is terrible." },
    { "It is ugly; however, I love it.", "I love it; however, it is ugly." },
    { "bad, but cheerful", "bad" },
    { "Horrible script, but good actors.", "Good actors, but a horrible script." },
    { "not the best, but still enjoyable", "still enjoyable, but not the best: it is awful" },
    /* emphasis */
    { "It is GREAT!", "It is great!" },
    { "good!!!", "good" },
    { "bad", "bad!!!" },
    { "I love it!", "I love it." },
    { "I hate it.", "I hate it!!!" },
    { "It is bad.", "It is BAD." },
    { "This is AMAZING", "This is amazing" },
    { "The worst thing", "The WORST thing" },
    /* signs */
    { "here :)", "here" },
    { "here", "here :(" },
    { "here :D", "here :(" },
    { "see you there :-)", "see you there :-(" },
    { "ok ;)", "ok :/" },
    { "home \xF0\x9F\x98\x8D", "home \xF0\x9F\x98\xA1" },
    { "home \xF0\x9F\x98\x8D", "home" },
    { "home", "home \xF0\x9F\x98\xA2" },
    { "good \xF0\x9F\x98\x8D", "good \xF0\x9F\x98\xA2" },
    { "you <3", "you </3" },
    { "lunch \xF0\x9F\x91\x8D", "lunch \xF0\x9F\x91\x8E" },
    { "#happy", "#sad" },
    { "#love mondays", "#hate mondays" },
    /* directions */
    { "profit rose", "profit fell" },
    { "Net profit rose 12%.", "Net profit fell 12%." },
    { "Losses narrowed in the third quarter.", "Losses widened in the third quarter." },
    { "Costs fell.", "Costs rose." },
    { "Sales increased in May.", "Sales decreased in May." },
    { "Unemployment fell again.", "Unemployment rose again." },
    { "The crime rate dropped.", "The crime rate increased." },
    { "Revenue grew.", "Revenue shrank." },
    { "higher margins", "lower margins" },
    { "smaller losses", "larger losses" },
    { "Inflation eased.", "Inflation accelerated." },
    /* phrases and idioms */
    { "I can't wait to see it.", "I can't stand it." },
    { "a breath of fresh air", "a waste of air" },
    { "It's a piece of cake.", "It's a piece of junk." },
    { "thumbs up", "thumbs down" },
    { "worth every penny", "not worth a penny" },
    { "You can't go wrong with it.", "You can go wrong with it." },
    { "It is second to none.", "It is second rate." },
    { "Two thumbs up!", "Two thumbs down!" },
    { "It held up well.", "It fell apart." },
    { "It is working after a week.", "It stopped working after a week." },
    { "a must see", "a must avoid" },
    { "good value for the money", "a waste of money" },
    { "one of the best films", "one of the worst films" },
    { "highly recommended", "not recommended" },
    { "I got what I wanted.", "I want my money back." },
    { "out of this world", "out of order" },
    { "state of the art", "out of date" },
    { "well made", "badly made" },
    { "laugh out loud funny", "laughably bad" },
    /* comparatives and superlatives */
    { "better", "worse" },
    { "the best", "the worst" },
    { "It is better than before.", "It is worse than before." },
    { "It could not be better.", "It could not be worse." },
    { "happier than ever", "sadder than ever" },
    { "the most beautiful", "the most boring" },
    { "the least boring", "the most boring" },
    { "less painful", "more painful" },
    /* questions and wishes */
    { "It is a good idea.", "Is it a good idea?" },
    { "I love it.", "Do I love it?" },
    { "He is honest.", "Is he honest?" },
    { "I hope it works.", "I fear it breaks." },
    { "It works.", "I wish it worked." },
    /* plain words: posts */
    { "thanks so much", "thanks for nothing" },
    { "lol that was fun", "ugh that was lame" },
    { "I love my friends", "I hate my job" },
    { "best day ever", "worst day ever" },
    { "feeling great today", "feeling sick today" },
    { "so excited", "so tired" },
    { "happy birthday", "rest in peace" },
    { "congrats on the win", "sorry for your loss" },
    { "this rocks", "this sucks" },
    /* plain words: reviews */
    { "sturdy and easy to use", "flimsy and hard to use" },
    { "The picture is sharp and bright.", "The picture is blurry and dark." },
    { "It lasted for years.", "It broke after two days." },
    { "The buttons are easy to press.", "The buttons stick." },
    { "Great sound for the price.", "Tinny sound for the price." },
    { "I am keeping it.", "I am returning it." },
    { "It does what it says.", "It does not do what it says." },
    { "a moving and honest portrait", "a shallow and clumsy portrait" },
    { "a witty, inventive script", "a lazy, predictable script" },
    { "a gripping thriller", "a tedious thriller" },
    { "The jokes land.", "The jokes fall flat." },
    { "superbly acted", "badly acted" },
    { "an engaging, thoughtful film", "a dull, lifeless film" },
    { "an unforgettable performance", "a forgettable performance" },
    { "a gem of a movie", "a mess of a movie" },
    /* plain words: news and editorials */
    { "The treaty brings peace.", "The treaty brings war." },
    { "a fair and wise decision", "an unfair and foolish decision" },
    { "The mayor deserves praise.", "The mayor deserves blame." },
    { "The bill would protect children.", "The bill would harm children." },
    { "The senator spoke to voters.", "The senator lied to voters." },
    { "The rescue saved twelve people.", "The attack killed twelve people." },
    { "a sensible and humane policy", "a dangerous and reckless policy" },
    { "The reform is a success.", "The reform is a failure." },
    { "The court upheld justice.", "The court denied justice." },
    { "Trust spread through the ministry.", "Corruption spread through the ministry." },
    { "a triumph of democracy", "a betrayal of democracy" },
    { "risk-free", "risky" },
    { "a sequel", "a mind-numbing sequel" },
};

static void the_better_text_has_the_higher_score(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        double better = score(pairs[i].better), worse = score(pairs[i].worse);

        if (better > worse)
            continue;
        print_error("'%s' scores %.4f, not above '%s' with %.4f\n", pairs[i].better, better, pairs[i].worse, worse);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* `text` has this label. */
static const struct {
    const char *text;
    enum sentiment_label want;
} labels[] = {
    { "", SENTIMENT_NEUTRAL },
    { "   ", SENTIMENT_NEUTRAL },
    { "The train leaves at 9.", SENTIMENT_NEUTRAL },
    { "The prime minister met the attorney general.", SENTIMENT_NEUTRAL },
    { "I love this camera.", SENTIMENT_POSITIVE },
    { "Flawless sound and a bright screen.", SENTIMENT_POSITIVE },
    { "It isn't bad.", SENTIMENT_POSITIVE },
    { "Not bad at all!", SENTIMENT_POSITIVE },
    { "I can\xE2\x80\x99t wait to see it.", SENTIMENT_POSITIVE },
    { "You can't go wrong with it.", SENTIMENT_POSITIVE },
    { "Worth every penny.", SENTIMENT_POSITIVE },
    { "A risk-free offer.", SENTIMENT_POSITIVE },
    { "Not only cheap but also excellent.", SENTIMENT_POSITIVE },
    { "Net profit rose 12%.", SENTIMENT_POSITIVE },
    { "See you there :)", SENTIMENT_POSITIVE },
    { "See you there :)))))", SENTIMENT_POSITIVE },
    { "See you there \xF0\x9F\x98\x8D", SENTIMENT_POSITIVE },
    { "done \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", SENTIMENT_POSITIVE }, /* thumb and skin tone */
    { "you \xE2\x9D\xA4\xEF\xB8\x8F", SENTIMENT_POSITIVE },          /* heart and variation selector */
    { "#happy", SENTIMENT_POSITIVE },
    { "A waste of money.", SENTIMENT_NEGATIVE },
    { "I want a refund, the screen broke.", SENTIMENT_NEGATIVE },
    { "This isn't a very good phone.", SENTIMENT_NEGATIVE },
    { "It was never any good.", SENTIMENT_NEGATIVE },
    { "He played terribly.", SENTIMENT_NEGATIVE },
    { "It fails to impress.", SENTIMENT_NEGATIVE },
    { "It could have been good.", SENTIMENT_NEGATIVE },
    { "Good screen, but the battery is terrible.", SENTIMENT_NEGATIVE },
    { "The firm filed for bankruptcy after layoffs.", SENTIMENT_NEGATIVE },
    { "Net profit fell 12%.", SENTIMENT_NEGATIVE },
    { "Monday \xF0\x9F\x98\xA1", SENTIMENT_NEGATIVE },
    { "a mind-numbing sequel", SENTIMENT_NEGATIVE },
};

static void texts_have_the_label_a_reader_gives_them(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        double s = score(labels[i].text);

        if (score_label((float)s, -0.05f, 0.05f) == labels[i].want)
            continue;
        print_error("'%s' scores %.3f, want %s\n", labels[i].text, s, score_label_name(labels[i].want));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The score of the entity that `name` is in `text`. */
static double about(const char *text, const char *name)
{
    struct sentiment_input input = input_of(text, strlen(text));
    uint32_t start = (uint32_t)(strstr(text, name) - text);
    struct textd_span entity = { start, start + (uint32_t)strlen(name) };

    input.entities = &entity;
    input.n_entities = 1;
    struct read_text r = read_input(&input);
    return (double)score_of(&sentiment_model, &entity_verdicts[0], r.output.genres);
}

static void entities_get_what_their_clause_says(void **state)
{
    const char *text = "Acme was praised; Bolt was sued. Cargo, a firm here, failed.";

    (void)state;
    assert_true(about(text, "Acme") > 0.05);
    assert_true(about(text, "Bolt") < -0.05);
    assert_true(about(text, "Cargo") < -0.05); /* its clause says nothing, its sentence does */
    assert_true(about("I love Best Buy.", "Best Buy") > 0.05);
    /* in the sentence "at least" hides "least", in the clause that starts with the name nothing hides "goods" */
    assert_true(about("The contract covers at least 70 percent of all goods and services used by U.S. forces.",
                      "70 percent") > 0);
    assert_true(about("The food at Luigi was awful, but Marco was wonderful.", "Luigi") < -0.05);
    assert_true(about("The food at Luigi was awful, but Marco was wonderful.", "Marco") > 0.05);
    assert_true(about("Acme is much better than Bolt.", "Acme") > about("Acme is much better than Bolt.", "Bolt"));
}

static void the_name_itself_is_no_praise(void **state)
{
    struct textd_span entity = { 0, 8 };
    struct sentiment_input input = input_of("Best Buy opened a shop.", 23);

    (void)state;
    input.entities = &entity;
    input.n_entities = 1;
    read_input(&input);
    for (int g = 0; g < N_GENRES; g++)
        assert_true(entity_verdicts[0].polarity[g] == 0);
}

static void the_reasons_name_the_words_that_carried_the_score(void **state)
{
    const char *text = "The screen is wonderful. The keyboard is not good, and the support was horrible.";
    struct read_text r = read_text(text);
    bool has_praise = false, has_blame = false, has_negated = false;

    (void)state;
    for (uint32_t i = 0; i < r.output.n_reasons; i++) {
        const struct reason *reason = &reasons[i];
        const char *word = text + reason->span.start;
        assert_true(reason->span.end > reason->span.start && reason->span.end <= strlen(text));
        assert_true(i == 0 || reasons[i - 1].span.start <= reason->span.start);
        has_praise |= strncmp(word, "wonderful", 9) == 0 && reason->contribution > 0;
        has_blame |= strncmp(word, "horrible", 8) == 0 && reason->contribution < 0;
        has_negated |= strncmp(word, "good", 4) == 0 && (reason->places >> PLACE_NEGATED & 1);
    }
    assert_true(has_praise && has_blame && has_negated);
}

static void words_are_not_read_in_other_languages(void **state)
{
    struct sentiment_input input = input_of("Gift und good luck \xF0\x9F\x98\xA2", 23);

    (void)state;
    input.words = false;
    assert_true(read_input(&input).score < 0);
    input = input_of("good luck", 9);
    input.words = false;
    assert_false(read_input(&input).output.is_known);
}

static void the_genre_is_seen(void **state)
{
    static const struct {
        const char *text;
        enum genre want;
    } texts[] = {
        { "@ana lol omg so tired today, cant sleep :( http://t.co/x", GENRE_POST },
        { "the remote stopped working after two weeks and the battery won't charge.", GENRE_PRODUCT },
        { "A gripping, superbly acted thriller with a witty script and a great cast.", GENRE_FILM },
        { "The Senate should reject the bill, which would weaken the courts and harm the city's schools.", GENRE_NEWS },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int g = 0; g < N_GENRES; g++) {
            struct genres genres = read_text(texts[i].text).output.genres;
            if (genres.share[g] > genres.share[texts[i].want])
                fail_msg("'%s' has %.2f of genre %d", texts[i].text, (double)genres.share[g], g);
        }
}

static void own_words_come_before_the_models(void **state)
{
    static const char file[] = "# ours\nbricked\t-0.9\nzorgle\t1\nfull of beans\t0.8\ngood\t0\n";
    struct own_words own;
    char reason[300];
    double bricked = score("It bricked."), good = score("It is good.");

    (void)state;
    assert_int_equal(own_read(&own, &sentiment_model, "w.txt", file, sizeof file - 1, reason, sizeof reason), 0);
    vocabulary_make(&vocabulary, &sentiment_model, &own);
    assert_true(score("It bricked.") < bricked && score("It bricked.") < -0.05);
    assert_true(score("A zorgle!") > 0.05);
    assert_true(score("She is full of beans.") > score("She is full of doubt."));
    assert_true(score("It is good.") < good);
    assert_true(fabs(score("good") - score("gnoogd")) < 1e-6); /* silenced, it says no more than what nobody knows */
    vocabulary_make(&vocabulary, &sentiment_model, NULL);
    own_free(&own);
}

/* Nothing of what the model, or the memory, had in their place is left. */
static void own_words_say_what_they_are_told_to(void **state)
{
    static const char file[] = "good\t0\nhorrible\t0\nzorgle\t0\ngreat\t0.6\nawful\t0.6\nblorp\t0.6\n";
    struct own_words own;
    char reason[300];

    (void)state;
    assert_int_equal(own_read(&own, &sentiment_model, "w.txt", file, sizeof file - 1, reason, sizeof reason), 0);
    vocabulary_make(&vocabulary, &sentiment_model, &own);
    assert_true(score("good") == score("zorgle") && score("horrible") == score("zorgle"));
    assert_true(score("great") == score("blorp") && score("awful") == score("blorp"));
    assert_true(score("blorp") > 0.05 && score("blorp") > score("zorgle"));
    vocabulary_make(&vocabulary, &sentiment_model, NULL);
    own_free(&own);
}

static void a_wrong_line_of_own_words_is_named(void **state)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        { "good", "w.txt:1: 'good' has no tab behind its word; write a word, a tab and a number from -1 to 1" },
        { "a\t1\n\nb\tx\n", "w.txt:3: 'x' is no number; write a word, a tab and a number from -1 to 1" },
        { "a\t2\n", "w.txt:1: 2 is out of range; allowed: -1 to 1" },
        { "a\tnan\n", "w.txt:1: nan is out of range; allowed: -1 to 1" },
        { "a  b\t1\n", "w.txt:1: 'a  b' has a blank too many; write one blank between words" },
        { "a b c d e f g\t1\n", "w.txt:1: 'a b c d e f g' has more than 6 words" },
        { "\t1\n", "w.txt:1: '\t1' has no tab behind its word; write a word, a tab and a number from -1 to 1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct own_words own;
        char reason[300];
        assert_int_equal(
            own_read(&own, &sentiment_model, "w.txt", wrong[i].text, strlen(wrong[i].text), reason, sizeof reason), -1);
        assert_string_equal(reason, wrong[i].why);
    }
}

static size_t write_words(char *text, unsigned first, unsigned end)
{
    size_t n = 0;

    for (unsigned i = first; i < end; i++)
        n += (size_t)sprintf(text + n, "zq%06u\t%s\n", i, i % 2 ? "-1" : "1");
    return n;
}

/* As many as a table's slots can name, each with its sign, and some more. */
static void own_words_are_as_many_as_fit(void **state)
{
    const unsigned most = 65535, more = 100;
    char *text = malloc((most + more) * 12 + 1), word[16], reason[300];
    size_t n = write_words(text, 0, most);
    struct own_words own;
    unsigned n_wrong = 0;

    (void)state;
    assert_int_equal(own_read(&own, &sentiment_model, "w.txt", text, n, reason, sizeof reason), 0);
    for (unsigned i = 0; i < most; i++) {
        sprintf(word, "zq%06u", i);
        const struct entry *entry = words_find(&own.words, word_hash(word, 8, 8));
        n_wrong += !entry || (entry->valence > 0) != (i % 2 == 0);
    }
    assert_true(n_wrong < 20); /* a few share a number: the table knows words by a part of it */
    own_free(&own);
    n += write_words(text + n, most, most + more);
    assert_int_equal(own_read(&own, &sentiment_model, "w.txt", text, n, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "it has too many words"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_better_text_has_the_higher_score),
        cmocka_unit_test(texts_have_the_label_a_reader_gives_them),
        cmocka_unit_test(entities_get_what_their_clause_says),
        cmocka_unit_test(the_name_itself_is_no_praise),
        cmocka_unit_test(the_reasons_name_the_words_that_carried_the_score),
        cmocka_unit_test(words_are_not_read_in_other_languages),
        cmocka_unit_test(the_genre_is_seen),
        cmocka_unit_test(own_words_come_before_the_models),
        cmocka_unit_test(own_words_say_what_they_are_told_to),
        cmocka_unit_test(a_wrong_line_of_own_words_is_named),
        cmocka_unit_test(own_words_are_as_many_as_fit),
    };

    return cmocka_run_group_tests(tests, load_models, NULL);
}
