/* reading.c: see reading.h. */
#include "plugins/entities/names/reading.h"

#include <assert.h>
#include <string.h>

#include "plugins/entities/names/vectors.h"

/* Of a word, at the distances where a topic counts. */
#define KEPT_MOST 2u

_Static_assert(DISTANCES == FREQUENT_DISTANCES, "what is kept of a word");

/* Hashes are put where lookups_next says, unchecked. */
_Static_assert(WORD_FEATURES_MOST + TOPIC_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a word");
_Static_assert(ELSEWHERE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of its other places");
_Static_assert(PLACE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a place");
_Static_assert(VOTE_FEATURES_MOST <= LOOKUPS_MOST_AT_ONCE, "features of a vote");

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

static bool make_block(struct reading *r)
{
    int16_t *block = r->means->alloc(r->means->context, (size_t)VECTORS_AT_ONCE * r->width * sizeof *block);

    if (!block)
        return false;
    assert(r->n_blocks < VECTOR_BLOCKS);
    r->vectors[r->n_blocks++] = block;
    return true;
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
    r->page.frequent = &model->frequent;
    uint32_t room = r->page.room + 1;
    r->sums_of = means->alloc(means->context, room * sizeof *r->sums_of);
    r->runs = means->alloc(means->context, room * sizeof *r->runs);
    r->means = means;
    if (!make_block(r))
        return TEXTD_NO_MEMORY;
    for (int caseless = 0; caseless < 2; caseless++) {
        r->vector_of[caseless] = means->alloc(means->context, room * sizeof **r->vector_of);
        r->asked[caseless] = means->alloc(means->context, room);
        r->group_vectors[caseless] = means->alloc(means->context, room * sizeof(int16_t *));
        if (!r->vector_of[caseless] || !r->asked[caseless] || !r->group_vectors[caseless])
            return TEXTD_NO_MEMORY;
    }
    r->labels = means->alloc(means->context, room);
    r->kept = means->alloc(means->context, (size_t)room * KEPT_MOST * sizeof *r->kept);
    r->own = means->alloc(means->context, room * sizeof(int16_t *));
    r->doubts = means->alloc(means->context, room);
    r->undecided = means->alloc(means->context, room * sizeof *r->undecided);
    return r->sums_of && r->runs && r->labels && r->kept && r->own && r->doubts && r->undecided ? TEXTD_OK
                                                                                                : TEXTD_NO_MEMORY;
}

/* Rows have a multiple of eight sums. */
typedef int16_t eight_sums __attribute__((vector_size(16), aligned(2), may_alias));

static inline void zero_row(int16_t *row, uint32_t width)
{
    for (uint32_t k = 0; k < width; k += 8)
        *(eight_sums *)&row[k] = (eight_sums) { 0 };
}

static void add_vector(int16_t *restrict sums, const int16_t *restrict vector, uint32_t width)
{
    for (uint32_t k = 0; k < width; k += 8)
        *(eight_sums *)&sums[k] += *(const eight_sums *)&vector[k];
}

/* Has memory fetch what will be added later. */
static inline const int16_t *fetch_row(const int16_t *row, uint32_t width)
{
    for (uint32_t k = 0; k < width; k += 32)
        __builtin_prefetch(row + k);
    return row;
}

/* A new vector, of zeros. Where there is no memory for it another one's is taken, and what is read is of no use. */
static int16_t *begin_vector(struct reading *r)
{
    uint32_t block = r->n_vectors / VECTORS_AT_ONCE, at = r->n_vectors % VECTORS_AT_ONCE;

    if (block == r->n_blocks && !make_block(r)) {
        r->has_no_memory = true;
        return r->vectors[0];
    }
    r->n_vectors++;
    int16_t *vector = r->vectors[block] + (size_t)at * r->width;
    zero_row(vector, r->width);
    return vector;
}

/* The sums of a word at a distance: they lie in the model, or are asked for. What the page's topic says of it is
 * added, where it says anything. */
static const int16_t *make_vector(struct reading *r, uint32_t word, uint32_t distance, int caseless)
{
    const struct name_word *w = &r->page.lexicon[word];
    const struct frequent_word *known = caseless ? NULL : r->page.known[word];
    const int16_t *kept = known ? frequent_sums(&r->model->frequent, known, distance) : NULL;
    bool has_topic = r->page.topic > 0 && (distance == WINDOW || distance + 1 == WINDOW);
    int offset = (int)distance - WINDOW;
    int16_t *vector;
    uint32_t n = 0;

    if (kept && !has_topic)
        return fetch_row(kept, r->width);
    uint32_t *hashes = lookups_next(&r->lookups);
    if (!known && distance == WINDOW && !caseless && r->asked[0][word] & ASKED_OWN) {
        vector = r->own[word];
    } else {
        vector = begin_vector(r);
        if (kept)
            r->kept[r->n_kept++] = (struct kept_sums) { fetch_row(kept, r->width), vector };
        else
            n = features_of_word(w, offset, caseless, hashes);
    }
    if (has_topic)
        n += features_of_topic(w, offset, r->page.topic, caseless, hashes + n);
    lookups_add(&r->lookups, n, vector);
    return vector;
}

/* The word's vector at a distance, which is asked for if nobody has. */
static inline const int16_t *ask_for_vector(struct reading *r, uint32_t word, uint32_t distance, int caseless)
{
    const int16_t **vector = &r->vector_of[caseless][word].at[distance];

    if (!(r->asked[caseless][word] >> distance & 1)) {
        *vector = make_vector(r, word, distance, caseless);
        r->asked[caseless][word] |= (uint8_t)(1u << distance);
    }
    return *vector;
}

static void ask_for_elsewhere(struct reading *r, const uint16_t *words, uint32_t n, int side, int caseless,
                              int16_t *vector)
{
    for (uint32_t k = 0; k < n; k++) {
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_elsewhere(&r->page.lexicon[words[k]], side, caseless, hashes), vector);
    }
}

/* The vector of what stands next to a group's words, which is asked for if nobody has. */
static const int16_t *ask_for_group(struct reading *r, const struct page_group *g, int caseless)
{
    int16_t **of = &r->group_vectors[caseless][g - r->page.groups], *vector = *of;

    if (vector)
        return vector;
    *of = vector = begin_vector(r);
    ask_for_elsewhere(r, g->before, g->n_before, -1, caseless, vector);
    ask_for_elsewhere(r, g->behind, g->n_behind, 1, caseless, vector);
    return vector;
}

/* ---- Words that leave no doubt ----------------------------------------------------------------------------------- */

/* Of the words with a small letter, and signs, that stand near a capital nearly all are no part of a name, and most
 * say so by themselves: what has a capital before it could only end a name, what has one behind it only begin one,
 * and the features of the word alone are more for outside than for that, by so much in logarithms. Of these nothing
 * more is asked, and a reading takes them for what stands between two runs. A word between two capitals is another
 * matter ("Bank of the West"), and so is what is written in one with two others ("Wei-jan"). */
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

void reading_leads(const struct names_model *m, const int16_t *sums, int16_t *begin, int16_t *end)
{
    uint32_t n = m->n_types;
    int16_t unit = most_of(sums + label_make(n, 0, PLACE_UNIT), n),
            begins = most_of(sums + label_make(n, 0, PLACE_BEGIN), n),
            last = most_of(sums + label_make(n, 0, PLACE_LAST), n), outside = sums[label_outside(n)];

    *begin = (int16_t)(outside - (begins > unit ? begins : unit));
    *end = (int16_t)(outside - (last > unit ? last : unit));
}

/* As what the word could be a part of a name. Its sums are there. */
static uint8_t doubts_of(const struct reading *r, uint32_t word)
{
    const struct frequent_word *known = r->page.known[word];
    float scale = r->model->head->scale;
    int16_t begin, end;

    if (known)
        begin = known->lead_begin, end = known->lead_end;
    else
        reading_leads(r->model, r->own[word], &begin, &end);
    return (uint8_t)(DOUBTS_KNOWN | ((float)begin < LEAD_TO_BEGIN * scale ? DOUBT_BEGIN : 0) |
                     ((float)end < LEAD_TO_END * scale ? DOUBT_END : 0));
}

/* Asks for what a word's own features say, of a word that isn't known beforehand. */
static void ask_for_own(struct reading *r, uint32_t word)
{
    if (r->page.known[word] || r->asked[0][word] & ASKED_OWN)
        return;
    r->asked[0][word] |= ASKED_OWN;
    uint32_t *hashes = lookups_next(&r->lookups);
    r->own[word] = begin_vector(r);
    lookups_add(&r->lookups, features_of_word(&r->page.lexicon[word], 0, 0, hashes), r->own[word]);
}

static bool has_no_doubt(struct reading *r, uint32_t word, uint32_t as)
{
    if (!r->doubts[word])
        r->doubts[word] = doubts_of(r, word);
    return !(r->doubts[word] & as);
}

/* Marks what words decide that are known beforehand, and asks about the others, whose tokens it puts down. */
static void ask_for_decisions(struct reading *r, const struct page_sentence *s)
{
    struct page *page = &r->page;

    for (uint32_t i = s->first; i < s->end; i++) {
        uint32_t as = word_decides(page, s, i), word = page->words[i];
        if (!as)
            continue;
        if (!page->known[word]) {
            ask_for_own(r, word);
            r->undecided[r->n_undecided++] = i << 2 | as;
        } else if (has_no_doubt(r, word, as)) {
            page->flags[i] |= MARK_NEVER;
        }
    }
}

static void mark_decided(struct reading *r)
{
    struct page *page = &r->page;

    r->n_undecided = 0;
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        if (page->sentences[k].use != CASE_NONE)
            ask_for_decisions(r, &page->sentences[k]);
    }
    lookups_finish(&r->lookups);
    for (uint32_t k = 0; k < r->n_undecided; k++) {
        uint32_t i = r->undecided[k] >> 2;
        if (has_no_doubt(r, page->words[i], r->undecided[k] & 3))
            page->flags[i] |= MARK_NEVER;
    }
}

/* ---- Sums ------------------------------------------------------------------------------------------------------------ */

/* Those of a token's place that are known beforehand are parts. The number of parts. */
static uint32_t ask_for_place(struct reading *r, const struct page_sentence *s, uint32_t i, uint32_t n_parts)
{
    int caseless = s->use == CASE_NONE;
    struct place_key keys[PLACE_KEYS];
    uint32_t *hashes = lookups_next(&r->lookups), n = features_of_rest(&r->page, s, i, hashes);
    int16_t *sums = r->sums + (size_t)r->n_sums * r->width;

    features_keys(&r->page, s, i, keys);
    for (uint32_t k = 0; k < PLACE_KEYS; k++) {
        const int16_t *kept = caseless ? NULL : frequent_find_place(&r->model->frequent, &keys[k]);
        if (kept)
            r->parts[n_parts++] = fetch_row(kept, r->width);
        else
            n += features_of_key(&keys[k], caseless, hashes + n);
    }
    zero_row(sums, r->width);
    lookups_add(&r->lookups, n, sums);
    return n_parts;
}

/* Asks for all that the sums of a run's tokens are made of. */
static void ask_for_sums(struct reading *r, const struct run *run)
{
    const struct page_sentence *s = &r->page.sentences[run->sentence];
    int caseless = s->use == CASE_NONE;

    for (uint32_t i = run->first; i < run->end; i++) {
        const struct page_group *g = page_repeated(&r->page, i);
        bool is_within = i >= s->first + WINDOW && i + WINDOW < s->end; /* nearly always */
        uint32_t n = r->n_sums > 0 ? r->parts_end[r->n_sums - 1] : 0;
        for (uint32_t distance = 0; distance < DISTANCES; distance++) {
            uint32_t word = is_within ? r->page.words[i + distance - WINDOW]
                                      : page_word_near(&r->page, s, i, (int)distance - WINDOW);
            r->parts[n++] = ask_for_vector(r, word, distance, caseless);
        }
        if (g)
            r->parts[n++] = ask_for_group(r, g, caseless);
        r->parts_end[r->n_sums] = ask_for_place(r, s, i, n);
        r->sums_of[i] = (uint16_t)r->n_sums++;
    }
}

typedef int16_t sixteen_sums __attribute__((vector_size(32), aligned(2), may_alias));

/* Adds `n` rows; the width is a multiple of 8. */
VECTORS static void add_parts(int16_t *restrict sums, const int16_t *const *parts, uint32_t n, uint32_t width)
{
    uint32_t k = 0;

    for (; k + 16 <= width; k += 16) {
        sixteen_sums sum = *(const sixteen_sums *)&sums[k];
        for (uint32_t i = 0; i < n; i++)
            sum += *(const sixteen_sums *)&parts[i][k];
        *(sixteen_sums *)&sums[k] = sum;
    }
    for (uint32_t i = 0; i < n && k < width; i++)
        *(eight_sums *)&sums[k] += *(const eight_sums *)&parts[i][k];
}

/* Adds to the sums of all tokens that are read what they share with others. */
static void add_all_parts(struct reading *r)
{
    for (uint32_t k = 0; k < r->n_kept; k++)
        add_vector(r->kept[k].vector, r->kept[k].sums, r->width);
    for (uint32_t k = 0, first = 0; k < r->n_sums; first = r->parts_end[k++])
        add_parts(r->sums + (size_t)k * r->width, r->parts + first, r->parts_end[k] - first, r->width);
}

/* Room for the sums of so many tokens, and for what they are made of: of most pages a third of the tokens. */
static bool make_sums(struct reading *r, uint32_t n)
{
    const struct entity_means *means = r->means;

    if (n <= r->sums_room)
        return true;
    n = n > 2 * r->sums_room ? n
                             : 2 * r->sums_room; /* so that pages that need ever more take no more than twice as much */
    r->sums = means->alloc(means->context, (size_t)n * r->width * sizeof *r->sums);
    r->parts = means->alloc(means->context, (size_t)n * PARTS_MOST * sizeof *r->parts);
    r->parts_end = means->alloc(means->context, n * sizeof *r->parts_end);
    r->sums_room = r->sums && r->parts && r->parts_end ? n : 0;
    return r->sums_room > 0;
}

static void find_runs(struct reading *r)
{
    const uint8_t *flags = r->page.flags;
    uint32_t n = 0;

    r->n_runs = 0;
    for (uint32_t k = 0; k < r->page.n_sentences; k++) {
        const struct page_sentence *s = &r->page.sentences[k];
        for (uint32_t i = s->first, first; i < s->end;) {
            for (; i < s->end && flags[i] & MARK_NEVER; i++) {
            }
            for (first = i; i < s->end && !(flags[i] & MARK_NEVER); i++) {
            }
            if (first < i)
                r->runs[r->n_runs++] = (struct run) { first, i, k };
            n += i - first;
        }
    }
    if (!make_sums(r, n)) {
        r->has_no_memory = true;
        r->n_runs = 0;
    }
}

/* Into floats, with what it is worth that outside stands before and behind the run. */
static void read_scores(struct reading *r, const struct run *run)
{
    const struct page_sentence *s = &r->page.sentences[run->sentence];
    uint32_t outside = label_outside(r->model->n_types), n = label_openers(r->model->n_types);
    uint32_t n_tokens = run->end - run->first;
    const struct transitions *t = &r->model->scores;

    lattice_scores(&r->lattice, n_tokens, reading_sums(r, run->first), r->width, 1 / r->model->head->scale);
    if (run->first > s->first)
        lattice_add(r->lattice.score[0], t->open[0], n); /* closer 0 is outside */
    if (run->end < s->end)
        lattice_add(r->lattice.score[n_tokens - 1] + r->model->n_types, t->turned[outside], n);
}

static bool run_has_votes(const struct reading *r, const struct run *run)
{
    for (uint32_t i = run->first; i < run->end; i++)
        if (page_is_candidate(&r->page, i))
            return true;
    return false;
}

/* Nothing is kept of this but its votes, so what has none need not be read. */
static void label_run(struct reading *r, const struct run *run)
{
    if (!run_has_votes(r, run))
        return;
    read_scores(r, run);
    lattice_best(&r->lattice, &r->model->scores, run->end - run->first, r->labels + run->first);
}

/* Adds what tells a second reading from a first, the same for all tokens, and asks for what the votes say. */
static void add_votes(struct reading *r, const struct run *run, int16_t (*second)[NAME_ROW])
{
    const struct page_sentence *s = &r->page.sentences[run->sentence];

    for (uint32_t i = run->first; i < run->end; i++) {
        int16_t *sums = reading_sums(r, i);
        add_vector(sums, second[s->use == CASE_NONE], r->width);
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_votes(&r->page, &r->votes, s, i, hashes), sums);
    }
}

void reading_label_once(struct reading *r)
{
    const struct page *page = &r->page;
    uint32_t dresses = 0; /* with case and without, a bit each: what the page has */

    r->n_vectors = 0;
    r->n_sums = 0;
    r->n_kept = 0;
    for (uint32_t k = 0; k < page->n_sentences; k++)
        dresses |= page->sentences[k].use == CASE_NONE ? 2u : 1u;
    for (int caseless = 0; caseless < 2; caseless++) {
        if (!(dresses >> caseless & 1))
            continue;
        memset(r->group_vectors[caseless], 0, page->n_groups * sizeof(int16_t *));
    }
    memset(r->asked[0], 0, page->n_words);
    memset(r->asked[1], 0, page->n_words);
    memset(r->doubts, 0, page->n_words);
    memset(r->labels, (int)label_outside(r->model->n_types), page->n);
    mark_decided(r);
    find_runs(r);
    for (uint32_t k = 0; k < r->n_runs; k++)
        ask_for_sums(r, &r->runs[k]);
    lookups_finish(&r->lookups);
    add_all_parts(r);
    for (uint32_t k = 0; k < r->n_runs; k++)
        label_run(r, &r->runs[k]);
}

static void read_again(struct reading *r)
{
    int16_t second[2][NAME_ROW] = { 0 };

    for (int caseless = 0; caseless < 2; caseless++) {
        uint32_t *hashes = lookups_next(&r->lookups);
        lookups_add(&r->lookups, features_of_second_reading(caseless, hashes), second[caseless]);
    }
    lookups_finish(&r->lookups);
    for (uint32_t k = 0; k < r->n_runs; k++)
        add_votes(r, &r->runs[k], second);
    lookups_finish(&r->lookups);
}

void reading_read(struct reading *r)
{
    reading_label_once(r);
    votes_count(&r->votes, &r->page, r->labels, r->model->n_types);
    read_again(r);
}

#define SURELY_OUTSIDE 6.0f /* more than the logarithm of NAME_MOST_TYPES / SPAN_LEAST */

/* Whether a run of one token is surely no name: then all sums over it say less than SPAN_LEAST of each type
 * together. */
static bool is_outside(const struct reading *r, const struct run *run)
{
    const struct page_sentence *s = &r->page.sentences[run->sentence];
    uint32_t i = run->first;
    const struct transitions *t = &r->model->scores;
    const int16_t *sums = reading_sums(r, i);
    uint32_t n = r->model->n_types, outside = label_outside(n);
    bool is_first = i == s->first, is_last = i + 1 == s->end;
    float by = 1 / r->model->head->scale, most = -1e9f,
          none = (float)sums[outside] * by + (is_first ? 0 : t->open[0][outside]) + (is_last ? 0 : t->open[0][outside]);

    for (uint32_t type = 0; type < n; type++) {
        uint32_t unit = label_make(n, type, PLACE_UNIT);
        float score =
            (float)sums[unit] * by + (is_first ? 0 : t->open[0][unit]) + (is_last ? 0 : t->turned[outside][unit - n]);
        most = score > most ? score : most;
    }
    return none - most > SURELY_OUTSIDE;
}

uint32_t reading_find(struct reading *r, const struct run *run)
{
    uint32_t n = run->end - run->first;

    if (n == 1 && is_outside(r, run))
        return 0;
    read_scores(r, run);
    lattice_factors(&r->lattice, r->model->n_types, n, NULL);
    if (!lattice_sums(&r->lattice, &r->model->factors, n))
        return 0; /* a model whose transitions rule out everything */
    return spans_find(&r->spans, &r->lattice, &r->model->factors, n);
}
