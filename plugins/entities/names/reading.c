/* reading.c: see reading.h. */
#include "plugins/entities/names/reading.h"

#include <string.h>

/* For how many vectors a page may ask, for each of its tokens: those of the token's window; and those of the two words next to it, as words that
 * stand next to its word elsewhere, with and without case. */
#define VECTORS_MOST (2 * WINDOW + 1 + 2 * 2)

_Static_assert(WORD_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE && PLACE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE &&
                   VOTE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE,
               "hashes are put where lookups_next says, unchecked");
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

int32_t reading_make(struct reading *r, const struct names_model *model, const struct entity_input *input,
                     const struct entity_means *means)
{
    int32_t rc;

    memset(r, 0, sizeof *r);
    r->model = r->lookups.model = model;
    r->width = model->width;
    if ((rc = page_make(&r->page, input, means)) != TEXTD_OK ||
        (rc = votes_make(&r->votes, &r->page, means)) != TEXTD_OK ||
        (rc = make_lattice(&r->lattice, r->page.longest, means)) != TEXTD_OK)
        return rc;
    uint32_t room = r->page.room + 1;
    r->emissions = means->alloc(means->context, (size_t)room * r->width * sizeof *r->emissions);
    r->vectors = means->alloc(means->context, (size_t)room * VECTORS_MOST * r->width * sizeof *r->vectors);
    r->vector_of[0] = means->alloc(means->context, room * sizeof **r->vector_of);
    r->vector_of[1] = means->alloc(means->context, room * sizeof **r->vector_of);
    r->labels = means->alloc(means->context, room);
    return r->emissions && r->vectors && r->vector_of[0] && r->vector_of[1] && r->labels ? TEXTD_OK : TEXTD_NO_MEMORY;
}

static uint32_t features_at(const struct reading *r, uint32_t word, uint32_t place, int caseless, uint32_t *out)
{
    const struct name_word *w = &r->page.lexicon[word];

    if (place < BEFORE_ELSEWHERE)
        return features_of_word(w, (int)place - WINDOW, r->page.topic, caseless, out);
    return features_of_elsewhere(w, place == BEFORE_ELSEWHERE ? -1 : 1, caseless, out);
}

static int16_t *vector_of(const struct reading *r, uint32_t word, uint32_t place, int caseless)
{
    return r->vectors + (r->vector_of[caseless][word].rows[place] - (size_t)1) * r->width;
}

/* Asks for the word's vector at a place, if nobody has. */
static void ask_for_vector(struct reading *r, uint32_t word, uint32_t place, int caseless)
{
    if (r->vector_of[caseless][word].rows[place] > 0)
        return;
    r->vector_of[caseless][word].rows[place] = (uint16_t)++r->n_vectors;
    int16_t *vector = vector_of(r, word, place, caseless);
    uint32_t *hashes = lookups_next(&r->lookups);
    memset(vector, 0, r->width * sizeof *vector);
    lookups_add(&r->lookups, features_at(r, word, place, caseless, hashes), vector);
}

/* The vectors that a token's sums are made of: words of the page, and where each stands. */
struct parts {
    uint32_t n;
    struct {
        uint16_t word;
        uint8_t place;
    } all[N_PLACES_BESIDE + 2 * GROUP_NEIGHBOURS];
};

static void add_part(struct parts *parts, uint32_t word, uint32_t place)
{
    parts->all[parts->n].word = (uint16_t)word;
    parts->all[parts->n++].place = (uint8_t)place;
}

static void find_parts(const struct page *page, const struct page_sentence *s, uint32_t token, struct parts *parts)
{
    const struct page_group *g = page_repeated(page, s, token);

    parts->n = 0;
    for (uint32_t place = 0; place < BEFORE_ELSEWHERE; place++)
        add_part(parts, page_word_near(page, s, token, (int)place - WINDOW), place);
    for (uint32_t k = 0; g && k < g->n_before; k++)
        add_part(parts, g->before[k], BEFORE_ELSEWHERE);
    for (uint32_t k = 0; g && k < g->n_behind; k++)
        add_part(parts, g->behind[k], BEHIND_ELSEWHERE);
}

/* Asks for all that the sums of a sentence's tokens are made of. */
static void ask_for_sums(struct reading *r, const struct page_sentence *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        int16_t *sums = r->emissions + (size_t)i * r->width;
        struct parts parts;
        if (r->page.flags[i] & MARK_NEVER)
            continue;
        find_parts(&r->page, s, i, &parts);
        for (uint32_t k = 0; k < parts.n; k++)
            ask_for_vector(r, parts.all[k].word, parts.all[k].place, s->use == CASE_NONE);
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

static void add_vectors(struct reading *r, const struct page_sentence *s)
{
    struct parts parts;

    for (uint32_t i = s->first; i < s->end; i++) {
        if (r->page.flags[i] & MARK_NEVER)
            continue;
        find_parts(&r->page, s, i, &parts);
        for (uint32_t k = 0; k < parts.n; k++)
            add_vector(r->emissions + (size_t)i * r->width,
                       vector_of(r, parts.all[k].word, parts.all[k].place, s->use == CASE_NONE), r->width);
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

static bool run_has_votes(const struct reading *r, const struct page_sentence *s, const struct run *run)
{
    for (uint32_t i = run->first; i < run->end; i++)
        if (page_is_candidate(&r->page, s, i))
            return true;
    return false;
}

/* Of the first reading nothing is kept but its votes, so what has none need not be read. */
static void label_sentence(struct reading *r, const struct page_sentence *s, bool again)
{
    for (struct run run = { .end = s->first }; reading_next_run(r, s, &run);)
        if (again || run_has_votes(r, s, &run))
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

static void read_first(struct reading *r)
{
    const struct page *page = &r->page;

    r->n_vectors = 0;
    memset(r->vector_of[0], 0, page->n_words * sizeof **r->vector_of);
    memset(r->vector_of[1], 0, page->n_words * sizeof **r->vector_of);
    memset(r->labels, (int)label_outside(r->model->n_types), page->n);
    for (uint32_t k = 0; k < page->n_sentences; k++)
        ask_for_sums(r, &page->sentences[k]);
    lookups_finish(&r->lookups);
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        add_vectors(r, &page->sentences[k]);
        label_sentence(r, &page->sentences[k], false);
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
    for (uint32_t k = 0; k < r->page.n_sentences; k++)
        label_sentence(r, &r->page.sentences[k], true);
}

void reading_label(struct reading *r)
{
    read_first(r);
    votes_count(&r->votes, &r->page, r->labels, r->model->n_types);
    read_again(r);
}

void reading_weigh(struct reading *r, const struct page_sentence *s, const struct run *run)
{
    read_scores(r, s, run);
    lattice_factors(&r->lattice, r->model->n_types, run->end - run->first, NULL);
    r->has_sums = lattice_sums(&r->lattice, &r->model->factors, run->end - run->first);
}

float reading_score(const struct reading *r, const struct run *run, uint32_t first, uint32_t end)
{
    uint32_t type = label_type(r->model->n_types, r->labels[first]);

    if (!r->has_sums)
        return 0;
    return lattice_name(&r->lattice, &r->model->factors, first - run->first, end - run->first, type);
}
