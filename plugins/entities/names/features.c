/* features.c: see features.h. */
#include "plugins/entities/names/features.h"

#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/names/labels.h"

/* Each template has a number, which keeps its features apart from the others'. */
enum template {
    OF_BIAS = 1,
    OF_EXACT,
    OF_LOWER,
    OF_SHAPE,
    OF_LONG_SHAPE,
    OF_PREFIX,
    OF_SUFFIX = OF_PREFIX + WORD_PREFIXES,
    OF_CLUSTER = OF_SUFFIX + WORD_SUFFIXES,
    OF_CLUSTER_SHAPE = OF_CLUSTER + CLUSTERINGS,
    OF_RANK,
    OF_KIND,
    OF_KINDS,
    OF_SHAPES_BEFORE,
    OF_SHAPES_BEHIND,
    OF_SHAPES,
    OF_BEFORE_SHAPE,
    OF_BEHIND_SHAPE,
    OF_WORDS_BEFORE,
    OF_WORDS_BEHIND,
    OF_CLUSTERS_BEFORE,
    OF_CLUSTERS_BEHIND,
    OF_CLUSTERS,
    OF_CLUSTER_BEFORE_SHAPE,
    OF_CLUSTER_BEHIND_SHAPE,
    OF_OPENING,
    OF_USE,
    OF_WRITING,
    OF_GAPS,
    OF_PHRASE,
    OF_PHRASES,
    OF_KINDS_PAIR,
    OF_VERDICT,
    OF_VERDICT_LABEL,
    OF_VERDICT_BEFORE,
    OF_VERDICT_BEHIND,
    OF_SECOND,
    OF_LONG_VERDICT,
    OF_LONG_VERDICT_LABEL,
    OF_LONG_VERDICT_BEFORE,
    OF_LONG_VERDICT_BEHIND,
    OF_TOPIC,
    OF_TOPIC_KINDS,
    OF_TOPIC_BEFORE,
    OF_TOPIC_CLUSTER,
    OF_TOPIC_FINER_CLUSTER,
    OF_NUMBERS_SHAPE,
    OF_NUMBERS_CLUSTER,
    OF_NUMBERS_PLACE,
    OF_VERDICT_TOPIC,
    OF_VERDICT_KINDS,
    OF_VERDICT_FORM,
    OF_VERDICTS,
    OF_ELSEWHERE,
    OF_ELSEWHERE_CLUSTER,
    OF_LISTED = OF_ELSEWHERE_CLUSTER + CLUSTERINGS,
    OF_LISTED_MARKS,
    OF_LISTED_TYPES,
    OF_LISTED_TYPE,
    OF_LISTED_WHOLE,
};

struct adder {
    uint32_t *out, n;
    uint64_t seed;
};

static void add_hash(struct adder *a, uint32_t template, uint64_t value, uint32_t of_identity)
{
    uint32_t hash = (uint32_t)(hash_join(a->seed + template * 0xD1B54A32D192ED03ull, value) >> 32);

    a->out[a->n++] = (hash & ~FEATURE_OF_IDENTITY) | of_identity;
}

static void add(struct adder *a, uint32_t template, uint64_t value)
{
    add_hash(a, template, value, 0);
}

static void add_two(struct adder *a, uint32_t template, uint64_t left, uint64_t right)
{
    add(a, template, hash_join(left, right));
}

/* ---- Of a word --------------------------------------------------------------------------------------------------------- */

static void add_clusters(struct adder *a, const struct name_word *w, uint32_t first)
{
    for (uint32_t k = first; k < CLUSTERINGS; k++)
        if (w->clusters[k])
            add(a, OF_CLUSTER + k, w->clusters[k]);
}

static void add_kinds(struct adder *a, const struct name_word *w)
{
    for (uint32_t kinds = w->kinds; kinds; kinds &= kinds - 1)
        add(a, OF_KIND, (uint64_t)__builtin_ctz(kinds));
    if (w->kinds)
        add(a, OF_KINDS, w->kinds);
}

/* All that is to be told of the word itself. */
static void add_whole(struct adder *a, const struct name_word *w, int caseless)
{
    add(a, OF_BIAS, 0);
    add_hash(a, OF_LOWER, w->lower, FEATURE_OF_IDENTITY);
    for (uint32_t k = 0; k < WORD_PREFIXES; k++)
        add(a, OF_PREFIX + k, w->prefixes[k]);
    for (uint32_t k = 0; k < WORD_SUFFIXES; k++)
        add(a, OF_SUFFIX + k, w->suffixes[k]);
    add_clusters(a, w, 0);
    add_kinds(a, w);
    add(a, OF_RANK, w->rank * 8u + (caseless ? 0 : w->form));
    if (caseless)
        return;
    add_hash(a, OF_EXACT, w->exact, FEATURE_OF_IDENTITY);
    add(a, OF_SHAPE, w->shape);
    add(a, OF_LONG_SHAPE, w->long_shape);
    add_two(a, OF_CLUSTER_SHAPE, w->clusters[1], w->shape);
}

static void add_neighbour(struct adder *a, const struct name_word *w, int caseless)
{
    add(a, OF_LOWER, w->lower);
    add(a, OF_SUFFIX + 2, w->suffixes[2]);
    add_clusters(a, w, 0);
    add_kinds(a, w);
    add(a, OF_RANK, w->rank * 8u + (caseless ? 0 : w->form));
    if (!caseless)
        add(a, OF_SHAPE, w->shape);
}

static void add_distant(struct adder *a, const struct name_word *w, int caseless)
{
    add(a, OF_LOWER, w->lower);
    add_clusters(a, w, 2);
    if (!caseless)
        add(a, OF_SHAPE, w->shape);
}

/* What the word is where the page is about something: in sports, names of cities are teams. */
static void add_topic(struct adder *a, const struct name_word *w, int offset, uint32_t topic, int caseless)
{
    if (topic == 0)
        return;
    if (offset == 0) {
        add_two(a, OF_TOPIC, topic, caseless ? 0 : w->form);
        add_two(a, OF_TOPIC_KINDS, topic, w->kinds);
        add_two(a, OF_TOPIC_CLUSTER, topic, w->clusters[TOPIC_CLUSTERING]);
        add_two(a, OF_TOPIC_FINER_CLUSTER, topic, w->clusters[1]);
    } else if (offset == -1) {
        add_two(a, OF_TOPIC_BEFORE, topic, w->lower);
    }
}

static struct adder word_adder(int offset, int caseless, uint32_t *out)
{
    return (struct adder) { out, 0, (uint64_t)(offset + WINDOW) << 32 | (uint64_t)(caseless != 0) << 40 };
}

uint32_t features_of_word(const struct name_word *word, int offset, int caseless, uint32_t *out)
{
    struct adder a = word_adder(offset, caseless, out);

    if (offset == 0)
        add_whole(&a, word, caseless);
    else if (offset == 1 || offset == -1)
        add_neighbour(&a, word, caseless);
    else
        add_distant(&a, word, caseless);
    return a.n;
}

uint32_t features_of_topic(const struct name_word *word, int offset, uint32_t topic, int caseless, uint32_t *out)
{
    struct adder a = word_adder(offset, caseless, out);

    add_topic(&a, word, offset, topic, caseless);
    return a.n;
}

/* Which name stands there says little: there are too many of them. */
uint32_t features_of_elsewhere(const struct name_word *word, int side, int caseless, uint32_t *out)
{
    struct adder a = { out, 0, (uint64_t)(side + WINDOW) << 32 | (uint64_t)(caseless != 0) << 40 };

    for (uint32_t k = 1; k < CLUSTERINGS; k++)
        if (word->clusters[k])
            add(&a, OF_ELSEWHERE_CLUSTER + k, word->clusters[k]);
    if (!caseless && (word->form == FORM_LOWER || word->form == FORM_OTHER))
        add(&a, OF_ELSEWHERE, word->lower);
    return a.n;
}

/* ---- Of a place -------------------------------------------------------------------------------------------------------- */

static void add_pairs(struct adder *a, const struct name_word *before, const struct name_word *w,
                      const struct name_word *behind)
{
    add_hash(a, OF_WORDS_BEFORE, hash_join(before->lower, w->lower), FEATURE_OF_IDENTITY);
    add_hash(a, OF_WORDS_BEHIND, hash_join(w->lower, behind->lower), FEATURE_OF_IDENTITY);
    if (w->clusters[0]) {
        add_two(a, OF_CLUSTERS_BEFORE, before->clusters[1], w->clusters[1]);
        add_two(a, OF_CLUSTERS_BEHIND, w->clusters[1], behind->clusters[1]);
        add_two(a, OF_CLUSTERS, hash_join(before->clusters[3], w->clusters[3]), behind->clusters[3]);
    }
    if (before->kinds && w->kinds)
        add_two(a, OF_KINDS_PAIR, before->kinds, w->kinds);
    if (behind->kinds && w->kinds)
        add_two(a, OF_KINDS_PAIR, w->kinds, behind->kinds + 1u);
}

static void add_shapes(struct adder *a, const struct name_word *before, const struct name_word *w,
                       const struct name_word *behind)
{
    add_two(a, OF_BEFORE_SHAPE, before->lower, w->shape);
    add_two(a, OF_BEHIND_SHAPE, w->shape, behind->lower);
    if (before->clusters[1])
        add_two(a, OF_CLUSTER_BEFORE_SHAPE, before->clusters[1], w->shape);
    if (behind->clusters[1])
        add_two(a, OF_CLUSTER_BEHIND_SHAPE, w->shape, behind->clusters[1]);
}

/* Whether the page has the word with a small letter, or with a capital that nothing but a name asks for. */
static void add_writing(struct adder *a, const struct page *page, const struct name_word *w, uint32_t opens)
{
    if (w->form != FORM_CAPITAL && w->form != FORM_CAPS)
        return;
    const struct page_group *g = &page->groups[w->group];
    uint32_t is_inside = g->n_inside > (w->form == FORM_CAPITAL && !opens);
    add(a, OF_WRITING, g->has_small | is_inside << 1 | opens << 2 | (w->form == FORM_CAPS) << 3);
}

static void add_phrases(struct adder *a, uint32_t phrases, uint32_t shape)
{
    for (uint32_t class = 0; class < N_PHRASE_CLASSES; class ++)
        if (phrases >> 2 * class & 3)
            add(a, OF_PHRASE, class << 2 | (phrases >> 2 * class & 3));
    if (phrases)
        add_two(a, OF_PHRASES, phrases, shape);
}

/* The types that a list's kinds speak for, a bit each. */
static uint32_t types_of(uint32_t kinds)
{
    static const uint16_t of[] = {
        1u << KIND_FIRST_NAME | 1u << KIND_SURNAME | 1u << KIND_PERSON,
        1u << KIND_CITY | 1u << KIND_BIG_CITY | 1u << KIND_COUNTRY | 1u << KIND_REGION,
        1u << KIND_ORG | 1u << KIND_COMPANY | 1u << KIND_INSTITUTION | 1u << KIND_CLUB,
        1u << KIND_PEOPLE,
        1u << KIND_LANGUAGE,
        1u << KIND_WORK,
        1u << KIND_EVENT,
        1u << KIND_PRODUCT,
    };
    uint32_t types = 0;

    for (uint32_t k = 0; k < sizeof of / sizeof *of; k++)
        types |= kinds & of[k] ? 1u << k : 0;
    return types;
}

/* A name that is known as a whole. Each feature has the place in it, so that one says where the name begins and ends; the last but for a few marks
 * and without the kind's neighbours, lest a rare meeting of lists say nothing. */
static void add_listed(struct adder *a, uint32_t listed, uint32_t use)
{
    uint32_t types = types_of(listed & LISTED_KINDS), place = listed >> LISTED_PLACE & 3, marks = listed & LISTED_MARKS;

    if (listed == 0)
        return;
    add_two(a, OF_LISTED, listed & LISTED_KINDS, place | (marks & LISTED_PLAIN));
    add_two(a, OF_LISTED_MARKS, marks | use, types << 2 | place);
    add_two(a, OF_LISTED_TYPES, types << 2 | place, marks & (LISTED_PLAIN | LISTED_WHOLE | LISTED_OPENS));
    add_two(a, OF_LISTED_WHOLE, place, marks & (LISTED_PLAIN | LISTED_WHOLE | LISTED_EXACT | LISTED_OTHER));
    for (uint32_t rest = types; rest; rest &= rest - 1)
        add_two(a, OF_LISTED_TYPE, (uint32_t)__builtin_ctz(rest) << 2 | place,
                marks & (LISTED_PLAIN | LISTED_FAMOUS | LISTED_WHOLE));
}

static struct adder place_adder(int caseless, uint32_t *out)
{
    return (struct adder) { out, 0, (uint64_t)7 << 32 | (uint64_t)(caseless != 0) << 40 };
}

/* How much of the sentence is numbers. */
static uint32_t numbers_of(const struct page_sentence *s)
{
    uint32_t share = s->n_numbers * 8 / (s->end - s->first);

    return s->n_numbers == 0 ? 0 : share < 2 ? share + 1 : share < 4 ? 3 : 4;
}

/* Of the third number of a key. */
#define KEY_OPENS 0u
#define KEY_RANK 1u /* 4 bits */
#define KEY_FORM 5u /* 2 bits */
#define KEY_GAPS 7u /* 3 bits, and */
#define KEY_PLACE 10u
#define KEY_MANY 13u

void features_keys(const struct page *page, const struct page_sentence *s, uint32_t token, struct place_key *keys)
{
    const struct name_word *w = page_word(page, token), *before = &page->lexicon[page_word_near(page, s, token, -1)],
                           *behind = &page->lexicon[page_word_near(page, s, token, 1)];
    bool caseless = s->use == CASE_NONE;
    uint32_t opens = (page->flags[token] & MARK_OPENS) != 0, at = token - s->first,
             gaps = (page->flags[token] & (MARK_GLUED | MARK_LINE)) |
                    (token + 1 < s->end && page->flags[token + 1] & MARK_GLUED ? 1u : 0),
             place = at < 3   ? at
                     : at < 8 ? 3
                              : 4,
             setting = gaps << KEY_GAPS | place << KEY_PLACE | numbers_of(s) << KEY_MANY;

    keys[KEY_OF_SETTING] = (struct place_key) { { caseless ? 0 : w->shape, 0, 0, KEY_OF_SETTING } };
    keys[KEY_OF_SETTING].of[2] =
        caseless ? setting : setting | opens << KEY_OPENS | (w->rank & 15u) << KEY_RANK | (w->form & 3u) << KEY_FORM;
    keys[KEY_OF_SHAPES] =
        (struct place_key) { { before->shape, w->shape, behind->shape, KEY_OF_SHAPES | (uint32_t)s->use << 1 } };
}

/* In tables and lists of results, where many tokens are numbers, names stand at the same places of each line. */
static void add_setting(struct adder *a, const struct place_key *key, int caseless)
{
    uint32_t shape = key->of[0], opens = key->of[2] >> KEY_OPENS & 1, rank = key->of[2] >> KEY_RANK & 15,
             form = key->of[2] >> KEY_FORM & 3, gaps = key->of[2] >> KEY_GAPS & 7, place = key->of[2] >> KEY_PLACE & 7,
             many = key->of[2] >> KEY_MANY & 7;

    add_two(a, OF_NUMBERS_SHAPE, many, shape);
    add_two(a, OF_NUMBERS_PLACE, many << 6 | gaps << 3 | place, form);
    add(a, OF_GAPS, gaps | form << 4);
    if (!caseless)
        add_two(a, OF_OPENING, opens | rank << 1, shape);
}

uint32_t features_of_key(const struct place_key *key, int caseless, uint32_t *out)
{
    struct adder a = place_adder(caseless, out);

    if ((key->of[3] & 1) == KEY_OF_SETTING) {
        add_setting(&a, key, caseless);
    } else if (!caseless) {
        add_two(&a, OF_SHAPES_BEFORE, key->of[0], key->of[1]);
        add_two(&a, OF_SHAPES_BEHIND, key->of[1], key->of[2]);
        add_two(&a, OF_SHAPES, hash_join(key->of[0], key->of[1]), key->of[2]);
        add_two(&a, OF_USE, key->of[3] >> 1, key->of[1]);
    }
    return a.n;
}

uint32_t features_of_rest(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out)
{
    int caseless = sentence->use == CASE_NONE;
    struct adder a = place_adder(caseless, out);
    const struct name_word *w = page_word(page, token),
                           *before = &page->lexicon[page_word_near(page, sentence, token, -1)],
                           *behind = &page->lexicon[page_word_near(page, sentence, token, 1)];

    add_pairs(&a, before, w, behind);
    add_phrases(&a, page->phrases[token], caseless ? 0 : w->shape);
    add_listed(&a, page->listed[token], sentence->use);
    add_two(&a, OF_NUMBERS_CLUSTER, numbers_of(sentence), w->clusters[2]);
    if (caseless)
        return a.n;
    add_shapes(&a, before, w, behind);
    add_writing(&a, page, w, (page->flags[token] & MARK_OPENS) != 0);
    return a.n;
}

uint32_t features_of_place(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out)
{
    int caseless = sentence->use == CASE_NONE;
    struct place_key keys[PLACE_KEYS];
    uint32_t n = features_of_rest(page, sentence, token, out);

    features_keys(page, sentence, token, keys);
    for (uint32_t k = 0; k < PLACE_KEYS; k++)
        n += features_of_key(&keys[k], caseless, out + n);
    return n;
}

uint32_t features_of_list(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out)
{
    struct adder a = place_adder(sentence->use == CASE_NONE, out);

    add_listed(&a, page->listed[token], sentence->use);
    return a.n;
}

/* ---- Of a token --------------------------------------------------------------------------------------------------------- */

uint32_t features_of_token(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out)
{
    const struct page_group *g = page_repeated(page, token);
    int caseless = sentence->use == CASE_NONE;
    uint32_t n = 0;

    for (int offset = -WINDOW; offset <= WINDOW; offset++) {
        const struct name_word *w = &page->lexicon[page_word_near(page, sentence, token, offset)];
        n += features_of_word(w, offset, caseless, out + n);
        n += features_of_topic(w, offset, page->topic, caseless, out + n);
    }
    for (uint32_t k = 0; g && k < g->n_before; k++)
        n += features_of_elsewhere(&page->lexicon[g->before[k]], -1, caseless, out + n);
    for (uint32_t k = 0; g && k < g->n_behind; k++)
        n += features_of_elsewhere(&page->lexicon[g->behind[k]], 1, caseless, out + n);
    return n + features_of_place(page, sentence, token, out + n);
}

/* ---- Of the first reading ---------------------------------------------------------------------------------------------- */

static uint32_t label_and_share(struct verdict v)
{
    return v.n == 0 ? 1000 : v.label * 4u + v.share;
}

static struct adder votes_adder(int caseless, uint32_t *out)
{
    return (struct adder) { out, 0, (uint64_t)8 << 32 | (uint64_t)(caseless != 0) << 40 };
}

uint32_t features_of_second_reading(int caseless, uint32_t *out)
{
    struct adder a = votes_adder(caseless, out);

    add(&a, OF_SECOND, 0);
    return a.n;
}

static void add_verdict_near(struct adder *a, uint32_t template, uint32_t long_template, struct verdict v)
{
    add(a, template, label_and_share(v));
    if (v.long_share > 0)
        add(a, long_template, v.long_label);
}

/* What the page says of a word counts for more with some words than with others: a team that is called by its city, say, in what is about sports. */
static void add_verdict(struct adder *a, const struct page *page, const struct votes *votes, uint32_t token,
                        bool caseless)
{
    const struct name_word *w = page_word(page, token);
    struct verdict v = votes->verdicts[token];
    uint32_t label = votes->labels[token], own = label_and_share(v);
    uint32_t in_long = v.long_share > 0 ? v.long_label * 8u + v.long_share : 1000;

    add(a, OF_VERDICT, own * 4 + (v.n > 4 ? 3 : v.n > 1 ? 2 : v.n));
    add(a, OF_VERDICT_LABEL, own * 64 + label);
    add_two(a, OF_VERDICT_TOPIC, own, page->topic);
    add_two(a, OF_VERDICT_KINDS, own, w->kinds);
    add_two(a, OF_VERDICT_FORM, own, caseless ? 0 : w->form);
    add_two(a, OF_VERDICTS, own, in_long);
    if (v.long_share == 0)
        return;
    add(a, OF_LONG_VERDICT, in_long);
    add(a, OF_LONG_VERDICT_LABEL, in_long * 64 + label);
}

uint32_t features_of_votes(const struct page *page, const struct votes *votes, const struct page_sentence *sentence,
                           uint32_t token, uint32_t *out)
{
    bool caseless = sentence->use == CASE_NONE;
    struct adder a = votes_adder(caseless, out);

    if (page_is_candidate(page, token))
        add_verdict(&a, page, votes, token, caseless);
    if (token > sentence->first && page_is_candidate(page, token - 1))
        add_verdict_near(&a, OF_VERDICT_BEFORE, OF_LONG_VERDICT_BEFORE, votes->verdicts[token - 1]);
    if (token + 1 < sentence->end && page_is_candidate(page, token + 1))
        add_verdict_near(&a, OF_VERDICT_BEHIND, OF_LONG_VERDICT_BEHIND, votes->verdicts[token + 1]);
    return a.n;
}
