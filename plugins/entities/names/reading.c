/* reading.c: see reading.h. */
#include "plugins/entities/names/reading.h"

#include <string.h>

#include "plugins/entities/names/vectors.h"

/* A token asks for no more vectors than this: one for each distance, and its group's. */
#define VECTORS_MOST (DISTANCES + 1)

_Static_assert(DISTANCES == RECALL_DISTANCES, "what is recalled of a word");

/* Hashes are put where lookups_next says, unchecked. */
_Static_assert(TOPIC_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a topic");
_Static_assert(WORD_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a word");
_Static_assert(ELSEWHERE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of its other places");
_Static_assert(PLACE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a place");
_Static_assert(VOTE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a vote");
_Static_assert((PAGE_MOST_TOKENS + 1) * VECTORS_MOST < UINT16_MAX, "rows are numbered in 16 bits");

static int32_t make_lattice(struct lattice *l, uint32_t n, const struct entity_means *means)
{
    size_t rows = n * sizeof(lattice_row);

    l->score = means->alloc(means->context, rows);
    l->factor = means->alloc(means->context, rows);
    l->ahead = means->alloc(means->context, rows);
    l->behind = means->alloc(means->context, rows);
    l->scale = means->alloc(means->context, n * sizeof *l->scale);
    return l->score && l->factor && l->ahead && l->behind && l->scale ? TEXTD_OK : TEXTD_NO_MEMORY;
}

static int32_t make_spans(struct spans *s, uint32_t n, const struct entity_means *means)
{
    s->all = means->alloc(means->context, spans_room(n) * sizeof *s->all);
    s->keys = means->alloc(means->context, spans_room(n) * sizeof *s->keys);
    s->taken = means->alloc(means->context, n);
    return s->all && s->keys && s->taken ? TEXTD_OK : TEXTD_NO_MEMORY;
}

int32_t reading_make(struct reading *r, const struct names_model *model, const struct entity_input *input,
                     const struct entity_means *means)
{
    int32_t rc;

    memset(r, 0, sizeof *r);
    r->model = r->lookups.model = model;
    r->width = model->width;
    if ((rc = page_make(&r->page, input, means)) != TEXTD_OK ||
        (rc = votes_make(&r->votes, &r->page, means)) != TEXTD_OK ||
        (rc = make_lattice(&r->lattice, r->page.longest, means)) != TEXTD_OK ||
        (rc = make_spans(&r->spans, r->page.longest, means)) != TEXTD_OK)
        return rc;
    r->page.recall = model->recall;
    uint32_t room = r->page.room + 1;
    r->emissions = means->alloc(means->context, (size_t)room * r->width * sizeof *r->emissions);
    r->vectors = means->alloc(means->context, (size_t)room * VECTORS_MOST * r->width * sizeof *r->vectors);
    for (int caseless = 0; caseless < 2; caseless++) {
        r->vector_of[caseless] = means->alloc(means->context, room * sizeof **r->vector_of);
        r->group_rows[caseless] = means->alloc(means->context, room * sizeof **r->group_rows);
        if (!r->vector_of[caseless] || !r->group_rows[caseless])
            return TEXTD_NO_MEMORY;
    }
    r->labels = means->alloc(means->context, room);
    r->doubts = means->alloc(means->context, room);
    return r->emissions && r->vectors && r->labels && r->doubts ? TEXTD_OK : TEXTD_NO_MEMORY;
}

static int16_t *vector_at(const struct reading *r, uint16_t row)
{
    return r->vectors + (row - (size_t)1) * r->width;
}

static int16_t *new_vector(struct reading *r, uint16_t *row)
{
    *row = (uint16_t)++r->n_vectors;
    return vector_at(r, *row);
}

/* A new vector, of zeros. */
static int16_t *begin_vector(struct reading *r, uint16_t *row)
{
    return memset(new_vector(r, row), 0, r->width * sizeof *r->vectors);
}

/* Takes the word's sums from an earlier page, if one made them. */
static bool recall_vector(struct reading *r, uint32_t word, uint32_t distance, uint16_t *row)
{
    const struct recalled *known = r->page.recalled[word];

    if (!known || !(known->distances >> distance & 1))
        return false;
    memcpy(new_vector(r, row), recall_sums(r->page.recall, known, distance), r->width * sizeof *r->vectors);
    return true;
}

/* Asks for the word's vector at a distance, if nobody has. */
static void ask_for_vector(struct reading *r, uint32_t word, uint32_t distance, int caseless)
{
    uint16_t *row = &r->vector_of[caseless][word].rows[distance];

    if (*row > 0 || (!caseless && recall_vector(r, word, distance, row)))
        return;
    int16_t *vector = begin_vector(r, row);
    uint32_t *hashes = lookups_next(&r->lookups);
    lookups_add(&r->lookups, features_of_word(&r->page.lexicon[word], (int)distance - WINDOW, caseless, hashes),
                vector);
}

/* Keeps the vectors that this page made, for later ones; of text in which capitals say nothing there is too little. */
static void keep_vectors(struct reading *r)
{
    for (uint32_t word = 0; r->page.recall && word < r->page.n_words; word++) {
        struct recalled *known = r->page.recalled[word];
        const uint16_t *rows = r->vector_of[0][word].rows;
        for (uint32_t distance = 0; known && distance < DISTANCES; distance++) {
            if (rows[distance] == 0 || known->distances >> distance & 1)
                continue;
            memcpy(recall_sums(r->page.recall, known, distance), vector_at(r, rows[distance]),
                   r->width * sizeof *r->vectors);
            known->distances |= (uint8_t)(1u << distance);
        }
    }
}

/* Adds what the page's topic says to the vectors: no other page need have it. */
static void add_topics(struct reading *r)
{
    for (int caseless = 0; caseless < 2; caseless++)
        for (uint32_t word = 0; word < r->page.n_words; word++)
            for (int offset = -1; offset <= 0; offset++) {
                uint16_t row = r->vector_of[caseless][word].rows[offset + WINDOW];
                uint32_t *hashes = lookups_next(&r->lookups);
                if (row > 0)
                    lookups_add(&r->lookups,
                                features_of_topic(&r->page.lexicon[word], offset, r->page.topic, caseless, hashes),
                                vector_at(r, row));
            }
    lookups_finish(&r->lookups);
}

static void ask_for_elsewhere(struct reading *r, const uint16_t *words, uint32_t n, int side, int caseless,
                              int16_t *vector)
{
    for (uint32_t k = 0; k < n; k++) {
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_elsewhere(&r->page.lexicon[words[k]], side, caseless, hashes), vector);
    }
}

/* Asks for the vector of what stands next to a group's words, if nobody has. */
static void ask_for_group(struct reading *r, const struct page_group *g, int caseless)
{
    uint16_t *row = &r->group_rows[caseless][g - r->page.groups];

    if (*row > 0)
        return;
    int16_t *vector = begin_vector(r, row);
    ask_for_elsewhere(r, g->before, g->n_before, -1, caseless, vector);
    ask_for_elsewhere(r, g->behind, g->n_behind, 1, caseless, vector);
}

/* ---- Words that leave no doubt ------------------------------------------------------------------------------------------- */

/* Of the words with a small letter, and signs, that stand near a capital nearly all are no part of a name, and most say so by themselves: what has a
 * capital before it could only end a name, what has one behind it only begin one, and the features of the word alone are more for outside than for
 * that, by so much in logarithms. Of these nothing more is asked, and a reading takes them for what stands between two runs. A word between two
 * capitals is another matter ("Bank of the West"), and so is what is written in one with two others ("Wei-jan"). */
#define LEAD_TO_END 2.2f
#define LEAD_TO_BEGIN 1.0f
#define LEAD_DISTANCE 2u /* words on each side in which a capital counts */

static bool has_candidate(const struct page *page, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        if (page_is_candidate(page, i))
            return true;
    return false;
}

/* As what the token's word could be a part of a name, if the word decides; 0: it doesn't. */
static uint32_t word_decides(const struct page *page, const struct page_sentence *s, uint32_t i)
{
    uint32_t before = i - s->first < LEAD_DISTANCE ? s->first : i - LEAD_DISTANCE,
             end = s->end - i <= LEAD_DISTANCE ? s->end : i + LEAD_DISTANCE + 1;

    if (page->flags[i] & (MARK_NEVER | MARK_CANDIDATE))
        return 0;
    if (page->flags[i] & MARK_GLUED &&
        ((i > s->first && page->flags[i - 1] & MARK_GLUED) || (i + 1 < s->end && page->flags[i + 1] & MARK_GLUED)))
        return 0;
    return (has_candidate(page, i + 1, end) ? 0 : DOUBT_END) | (has_candidate(page, before, i) ? 0 : DOUBT_BEGIN);
}

static int16_t most_of(const int16_t *sums, uint32_t n)
{
    int16_t most = sums[0];

    for (uint32_t k = 1; k < n; k++)
        most = sums[k] > most ? sums[k] : most;
    return most;
}

/* As what a word of these sums could be a part of a name. */
static uint8_t doubts_of(const struct names_model *m, const int16_t *sums)
{
    uint32_t n = m->n_types;
    int32_t unit = most_of(sums + label_make(n, 0, PLACE_UNIT), n),
            begin = most_of(sums + label_make(n, 0, PLACE_BEGIN), n),
            last = most_of(sums + label_make(n, 0, PLACE_LAST), n), outside = sums[label_outside(n)];
    bool may_begin = (float)(outside - (begin > unit ? begin : unit)) < LEAD_TO_BEGIN * m->head->scale,
         may_end = (float)(outside - (last > unit ? last : unit)) < LEAD_TO_END * m->head->scale;

    return (uint8_t)(DOUBTS_KNOWN | (may_begin ? DOUBT_BEGIN : 0) | (may_end ? DOUBT_END : 0));
}

static void mark_decided(struct reading *r)
{
    struct page *page = &r->page;

    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        for (uint32_t i = s->first; i < s->end && s->use != CASE_NONE; i++)
            if (word_decides(page, s, i))
                ask_for_vector(r, page->words[i], WINDOW, 0);
    }
    lookups_finish(&r->lookups);
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        for (uint32_t i = s->first; i < s->end && s->use != CASE_NONE; i++) {
            uint32_t as = word_decides(page, s, i), word = page->words[i];
            if (!as)
                continue;
            if (!r->doubts[word])
                r->doubts[word] = doubts_of(r->model, vector_at(r, r->vector_of[0][word].rows[WINDOW]));
            if (!(r->doubts[word] & as))
                page->flags[i] |= MARK_NEVER;
        }
    }
}

/* Asks for all that the sums of a sentence's tokens are made of. */
static void ask_for_sums(struct reading *r, const struct page_sentence *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        if (r->page.flags[i] & MARK_NEVER)
            continue;
        int16_t *sums = r->emissions + (size_t)i * r->width;
        const struct page_group *g = page_repeated(&r->page, i);
        for (uint32_t distance = 0; distance < DISTANCES; distance++)
            ask_for_vector(r, page_word_near(&r->page, s, i, (int)distance - WINDOW), distance, s->use == CASE_NONE);
        if (g)
            ask_for_group(r, g, s->use == CASE_NONE);
        uint32_t *hashes = lookups_next(&r->lookups);
        memset(sums, 0, r->width * sizeof *sums);
        lookups_add(&r->lookups, features_of_place(&r->page, s, i, hashes), sums);
    }
}

static void add_vector(int16_t *restrict sums, const int16_t *restrict vector, uint32_t width)
{
    for (uint32_t k = 0; k < width; k++)
        sums[k] = (int16_t)(sums[k] + vector[k]);
}

/* Adds a word's vector for each distance; the width is a multiple of 8. */
VECTORS static void add_five(int16_t *restrict sums, const int16_t *const *vectors, uint32_t width)
{
    typedef int16_t eight __attribute__((vector_size(16), aligned(2)));
    const int16_t *a = vectors[0], *b = vectors[1], *c = vectors[2], *d = vectors[3], *e = vectors[4];

    for (uint32_t k = 0; k < width; k += 8)
        *(eight *)&sums[k] += *(const eight *)&a[k] + *(const eight *)&b[k] + *(const eight *)&c[k] +
                              *(const eight *)&d[k] + *(const eight *)&e[k];
}

static void add_vectors(struct reading *r, const struct page_sentence *s)
{
    int caseless = s->use == CASE_NONE;

    for (uint32_t i = s->first; i < s->end; i++) {
        if (r->page.flags[i] & MARK_NEVER)
            continue;
        int16_t *sums = r->emissions + (size_t)i * r->width;
        const struct page_group *g = page_repeated(&r->page, i);
        const int16_t *vectors[DISTANCES];
        for (uint32_t distance = 0; distance < DISTANCES; distance++) {
            uint32_t word = page_word_near(&r->page, s, i, (int)distance - WINDOW);
            vectors[distance] = vector_at(r, r->vector_of[caseless][word].rows[distance]);
        }
        add_five(sums, vectors, r->width);
        if (g)
            add_vector(sums, vector_at(r, r->group_rows[caseless][g - r->page.groups]), r->width);
    }
}

bool reading_next_run(const struct reading *r, const struct page_sentence *s, struct run *run)
{
    run->first = run->end;
    while (run->first < s->end && r->page.flags[run->first] & MARK_NEVER)
        run->first++;
    run->end = run->first;
    while (run->end < s->end && !(r->page.flags[run->end] & MARK_NEVER))
        run->end++;
    return run->first < run->end;
}

/* Into floats, with what it is worth that outside stands before and behind the run. */
static void read_scores(struct reading *r, const struct page_sentence *s, const struct run *run)
{
    uint32_t outside = label_outside(r->model->n_types), n = label_openers(r->model->n_types);
    float *score = r->lattice.score[0];

    lattice_scores(&r->lattice, run->end - run->first, r->emissions + (size_t)run->first * r->width, r->width,
                   1 / r->model->head->scale);
    for (uint32_t k = 0; k < n && run->first > s->first; k++)
        score[k] += r->model->scores.open[0][k]; /* closer 0 is outside */
    score = r->lattice.score[run->end - 1 - run->first] + r->model->n_types;
    for (uint32_t i = 0; i < n && run->end < s->end; i++)
        score[i] += r->model->scores.open[i][outside];
}

static void label_run(struct reading *r, const struct page_sentence *s, const struct run *run)
{
    read_scores(r, s, run);
    lattice_best(&r->lattice, &r->model->scores, run->end - run->first, r->labels + run->first);
}

static bool run_has_votes(const struct reading *r, const struct run *run)
{
    for (uint32_t i = run->first; i < run->end; i++)
        if (page_is_candidate(&r->page, i))
            return true;
    return false;
}

/* Nothing is kept of this but its votes, so what has none need not be read. */
static void label_sentence(struct reading *r, const struct page_sentence *s)
{
    for (struct run run = { .end = s->first }; reading_next_run(r, s, &run);)
        if (run_has_votes(r, &run))
            label_run(r, s, &run);
}

/* Adds what tells a second reading from a first, the same for all tokens, and asks for what the votes say. */
static void add_votes(struct reading *r, const struct page_sentence *s, const int16_t *second)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        int16_t *sums = r->emissions + (size_t)i * r->width;
        if (r->page.flags[i] & MARK_NEVER)
            continue;
        add_vector(sums, second, r->width);
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_votes(&r->page, &r->votes, s, i, hashes), sums);
    }
}

void reading_label_once(struct reading *r)
{
    const struct page *page = &r->page;

    r->n_vectors = 0;
    for (int caseless = 0; caseless < 2; caseless++) {
        memset(r->vector_of[caseless], 0, page->n_words * sizeof **r->vector_of);
        memset(r->group_rows[caseless], 0, page->n_groups * sizeof **r->group_rows);
    }
    memset(r->doubts, 0, page->n_words);
    memset(r->labels, (int)label_outside(r->model->n_types), page->n);
    mark_decided(r);
    for (uint32_t k = 0; k < page->n_sentences; k++)
        ask_for_sums(r, &page->sentences[k]);
    lookups_finish(&r->lookups);
    keep_vectors(r);
    if (page->topic > 0)
        add_topics(r);
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        add_vectors(r, &page->sentences[k]);
        label_sentence(r, &page->sentences[k]);
    }
}

static void read_again(struct reading *r)
{
    int16_t second[2][NAME_ROW] = { 0 };

    for (int caseless = 0; caseless < 2; caseless++) {
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_second_reading(caseless, hashes), second[caseless]);
    }
    lookups_finish(&r->lookups);
    for (uint32_t k = 0; k < r->page.n_sentences; k++)
        add_votes(r, &r->page.sentences[k], second[r->page.sentences[k].use == CASE_NONE]);
    lookups_finish(&r->lookups);
}

void reading_read(struct reading *r)
{
    reading_label_once(r);
    votes_count(&r->votes, &r->page, r->labels, r->model->n_types);
    read_again(r);
}

uint32_t reading_find(struct reading *r, const struct page_sentence *s, const struct run *run)
{
    uint32_t n = run->end - run->first;

    read_scores(r, s, run);
    lattice_factors(&r->lattice, r->model->n_types, n, NULL);
    if (!lattice_sums(&r->lattice, &r->model->factors, n))
        return 0; /* a model whose transitions rule out everything */
    return spans_find(&r->spans, &r->lattice, &r->model->factors, n);
}
