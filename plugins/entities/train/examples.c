/* examples.c: see examples.h. */
#include "plugins/entities/train/examples.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/features.h"
#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/train/apart.h"
#include "plugins/lib/train/trainer.h"

static void *take(void *context, size_t bytes)
{
    (void)context;
    return trainer_alloc(bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

const struct entity_means trainer_means = { take, go_on, NULL };

static void page_free(struct page *p)
{
    free(p->words);
    free(p->flags);
    free(p->phrases);
    free(p->listed);
    free(p->sentences);
    free(p->lexicon);
    free(p->known);
    free(p->traits);
    free(p->candidates);
    free(p->groups);
    free(p->word_table);
    free(p->group_table);
}

/* ---- Gold -------------------------------------------------------------------------------------------------------------- */

/* The labels of a place for a set of types. */
static uint64_t labels_of(uint32_t n_types, uint32_t types, enum name_place place)
{
    uint64_t labels = 0;

    for (uint32_t t = 0; t < n_types; t++)
        if (types >> t & 1)
            labels |= 1ull << label_make(n_types, t, place);
    return labels;
}

static uint64_t labels_all(uint32_t n_types, uint32_t types)
{
    uint64_t labels = 1ull << label_outside(n_types);

    for (enum name_place place = PLACE_BEGIN; place < N_PLACES; place++)
        labels |= labels_of(n_types, types, place);
    return labels;
}

/* Marks a name's tokens. One that is of no type, cuts a sentence or holds what is no part of names is left as it is. */
static void mark_gold(struct example *e, const struct page *page, const struct page_sentence *s,
                      const struct types_table *table, const struct gold *name)
{
    const struct textd_span *tokens = page->input->tokens + page->first;
    uint32_t first = s->first, end;
    bool is_wrong = name->types == 0;

    while (first < s->end && tokens[first].end <= name->start)
        first++;
    for (end = first; end < s->end && tokens[end].start < name->end; end++)
        is_wrong |= (page->flags[end] & MARK_NEVER) != 0;
    if (end == first)
        return;
    is_wrong |= name->start < tokens[s->first].start || name->end > tokens[s->end - 1].end;
    uint16_t types = apart_tell(table, name->types, page_word(page, first), end - first,
                                page->input->text + tokens[end - 1].start, tokens[end - 1].end - tokens[end - 1].start);
    for (uint32_t i = first; i < end; i++) {
        enum name_place place = end - first == 1 ? PLACE_UNIT
                                : i == first     ? PLACE_BEGIN
                                : i + 1 < end    ? PLACE_INSIDE
                                                 : PLACE_LAST;
        e->gold[i - s->first] = is_wrong ? e->open[i - s->first] : labels_of(table->n_types, types, place);
    }
}

/* Where a source doesn't label peoples, their names are left as they are. */
static bool is_unlabelled_people(const struct page *page, uint32_t token, const struct types_table *table,
                                 const struct source *source)
{
    int people = types_table_number(table, "NORP");

    return page_word(page, token)->kinds >> KIND_PEOPLE & 1 && people >= 0 && !(source->labelled >> people & 1);
}

/* What a token may be that is no name of the source's. Learned from nothing, only what the source tells is told apart; a base can tell the rest by
 * itself: such a token is either no name, or one of a type that the source doesn't label, whichever the base thinks. */
static void add_gold(struct example *e, const struct page *page, const struct page_sentence *s,
                     const struct types_table *table, const struct text *t)
{
    uint32_t n_types = table->n_types;
    uint32_t told = t->source->labelled;
    uint64_t outside = 1ull << label_outside(n_types), open = labels_all(n_types, t->source->labelled), other = outside;

    if (table->is_continued) {
        open = labels_all(n_types, (1u << n_types) - 1);
        other = labels_all(n_types, ~told & ((1u << n_types) - 1));
    }
    e->moving = table->is_continued ? labels_all(n_types, told) : UINT64_MAX;

    e->gold = trainer_alloc(e->n * sizeof *e->gold);
    e->open = trainer_alloc(e->n * sizeof *e->open);
    for (uint32_t i = 0; i < e->n; i++) {
        e->open[i] = page->flags[s->first + i] & MARK_NEVER ? outside : open;
        e->gold[i] = is_unlabelled_people(page, s->first + i, table, t->source) ? e->open[i] : e->open[i] & other;
    }
    for (uint32_t k = 0; k < t->n_names; k++)
        mark_gold(e, page, s, table, &t->names[k]);
}

/* ---- Tables ---------------------------------------------------------------------------------------------------------------- */

/* Hash to count, then to number. */
struct table {
    struct table_slot {
        uint32_t hash, count;
    } * slots;
    uint32_t mask, n;
};

static void table_grow(struct table *t)
{
    struct table old = *t;

    t->mask = old.slots ? old.mask * 2 + 1 : (1u << 20) - 1;
    t->slots = trainer_alloc((t->mask + 1ull) * sizeof *t->slots);
    memset(t->slots, 0, (t->mask + 1ull) * sizeof *t->slots);
    for (uint64_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].count > 0) {
            uint32_t at = old.slots[i].hash * 0x9E3779B1u & t->mask;
            while (t->slots[at].count > 0)
                at = (at + 1) & t->mask;
            t->slots[at].hash = old.slots[i].hash;
            t->slots[at].count = old.slots[i].count;
        }
    free(old.slots);
}

static uint32_t *table_count(struct table *t, uint32_t hash)
{
    if ((uint64_t)t->n * 2 > t->mask)
        table_grow(t);
    uint32_t at = hash * 0x9E3779B1u & t->mask;
    while (t->slots[at].count > 0 && t->slots[at].hash != hash)
        at = (at + 1) & t->mask;
    if (t->slots[at].count == 0)
        t->n++;
    t->slots[at].hash = hash;
    return &t->slots[at].count;
}

static bool table_has(const struct table *t, uint32_t hash)
{
    uint32_t at = hash * 0x9E3779B1u & t->mask;

    while (t->slots[at].count > 0 && t->slots[at].hash != hash)
        at = (at + 1) & t->mask;
    return t->slots[at].count > 0;
}

/* ---- Pages of a text --------------------------------------------------------------------------------------------------- */

void examples_each_page(const struct text *t, const struct knowledge *knowledge, bool caseless,
                        void (*use)(void *data, const struct page *page), void *data)
{
    struct page page;
    uint32_t sentence = 0, token = 0;

    page_make(&page, &t->input, &trainer_means);
    while (token < t->input.n_tokens) {
        page_read(&page, &t->input, knowledge, &sentence, &token);
        if (caseless)
            page_forget_case(&page);
        use(data, &page);
    }
    page_free(&page);
}

struct making {
    struct examples *examples;
    const struct text *text;
    uint32_t index;
    bool caseless;
    struct table *of_lists; /* the features that are of lists */
};

static void note_lists(struct table *of_lists, const struct page *page, const struct page_sentence *s, uint32_t token)
{
    uint32_t features[PLACE_FEATURES_MOST], n = features_of_list(page, s, token, features);

    for (uint32_t i = 0; i < n; i++)
        *table_count(of_lists, features[i]) = 1;
}

static void add_features(struct example *e, const struct page *page, const struct page_sentence *s,
                         struct table *of_lists)
{
    uint32_t room = e->n * 96, n = 0;

    e->starts = trainer_alloc((e->n + 1) * sizeof *e->starts);
    e->features = trainer_alloc(room * sizeof *e->features);
    for (uint32_t i = s->first; i < s->end; i++) {
        e->starts[i - s->first] = n;
        if (room - n < TOKEN_FEATURES_MOST)
            e->features = trainer_grow(e->features, (room = room * 2 + TOKEN_FEATURES_MOST) * sizeof *e->features);
        if (page->flags[i] & MARK_NEVER)
            continue;
        n += features_of_token(page, s, i, e->features + n);
        note_lists(of_lists, page, s, i);
    }
    e->starts[e->n] = n;
    e->features = trainer_grow(e->features, n * sizeof *e->features);
}

static void add_page(void *data, const struct page *page)
{
    struct making *m = data;
    struct examples *all = m->examples;

    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        if (all->n == all->room)
            all->all = trainer_grow(all->all, (all->room = all->room ? all->room * 2 : 4096) * sizeof *all->all);
        struct example *e = &all->all[all->n++];
        *e = (struct example) {
            .n = s->end - s->first, .text = m->index, .token = page->first + s->first, .caseless = m->caseless
        };
        add_features(e, page, s, m->of_lists);
        add_gold(e, page, s, all->types, m->text);
    }
}

/* ---- Numbering --------------------------------------------------------------------------------------------------------- */

/* Numbers the features of all lists of them that occur often enough, from `first` on, and leaves the others out of the lists. */
static void number_features(struct examples *all, uint32_t least, bool votes, struct table *of_lists)
{
    struct table table = { 0 };

    table_grow(&table);
    for (uint32_t k = 0; k < all->n; k++) {
        struct example *e = &all->all[k];
        const uint32_t *features = votes ? e->votes : e->features, n = votes ? e->vote_starts[e->n] : e->starts[e->n];
        for (uint32_t i = 0; i < n; i++)
            ++*table_count(&table, features[i]);
    }
    for (uint64_t i = 0; i <= table.mask; i++) {
        uint32_t count = table.slots[i].count;
        if (count == 0)
            continue;
        table.slots[i].count = 1; /* left out */
        if (count < least)
            continue;
        all->hashes = trainer_grow(all->hashes, (all->n_features + 1) * sizeof *all->hashes);
        all->hashes[all->n_features] = table.slots[i].hash;
        table.slots[i].count = 2 + all->n_features++;
    }
    for (uint32_t k = 0; k < all->n; k++) {
        struct example *e = &all->all[k];
        uint32_t *features = votes ? e->votes : e->features, *starts = votes ? e->vote_starts : e->starts, kept = 0;
        for (uint32_t i = 0; i < e->n; i++) {
            uint32_t from = starts[i], to = starts[i + 1];
            starts[i] = kept;
            for (uint32_t f = from; f < to; f++) {
                uint32_t number = *table_count(&table, features[f]);
                if (number > 1)
                    features[kept++] = (number - 2) | (features[f] & FEATURE_OF_IDENTITY ? EXAMPLE_OF_IDENTITY
                                                       : of_lists && table_has(of_lists, features[f]) ? EXAMPLE_OF_LIST
                                                                                                      : 0);
            }
        }
        starts[e->n] = kept;
    }
    free(table.slots);
}

void examples_make(struct examples *all, const struct texts *texts, const struct knowledge *knowledge,
                   const struct types_table *types, uint32_t least)
{
    struct table of_lists = { 0 };

    table_grow(&of_lists);
    memset(all, 0, sizeof *all);
    all->types = types;
    all->n_types = types->n_types;
    for (uint32_t i = 0; i < texts->n; i++)
        for (int caseless = 0; caseless < 2; caseless++)
            examples_each_page(&texts->all[i], knowledge, caseless, add_page,
                               &(struct making) { all, &texts->all[i], i, (bool)caseless, &of_lists });
    number_features(all, least, false, &of_lists);
    free(of_lists.slots);
    all->labels = trainer_alloc(2 * (texts->n + 1) * sizeof *all->labels);
    for (uint32_t i = 0; i < 2 * texts->n; i++)
        all->labels[i] = trainer_alloc(texts->all[i / 2].input.n_tokens + 1);
}

/* ---- The second reading ------------------------------------------------------------------------------------------------ */

static void add_page_votes(void *data, const struct page *page)
{
    struct making *m = data;
    struct votes votes;

    votes_make(&votes, page, &trainer_means);
    votes_count(&votes, page, m->examples->labels[2 * m->index + m->caseless] + page->first, m->examples->n_types);
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        struct example *e = &m->examples->all[m->examples->n++];
        const struct page_sentence *s = &page->sentences[k];
        uint32_t n = 0;
        e->vote_starts = trainer_alloc((e->n + 1) * sizeof *e->vote_starts);
        e->votes = trainer_alloc(e->n * VOTE_FEATURES_MOST * sizeof *e->votes);
        for (uint32_t i = 0; i < e->n; i++) {
            e->vote_starts[i] = n;
            if (page->flags[s->first + i] & MARK_NEVER)
                continue;
            n += features_of_second_reading(s->use == CASE_NONE, e->votes + n);
            n += features_of_votes(page, &votes, s, s->first + i, e->votes + n);
        }
        e->vote_starts[e->n] = n;
    }
    free(votes.totals);
    free(votes.numbers);
    free(votes.words);
    free(votes.verdicts);
}

void examples_add_votes(struct examples *all, const struct texts *texts, const struct knowledge *knowledge,
                        uint32_t least)
{
    all->n = 0; /* pages come in the same order again */
    for (uint32_t i = 0; i < texts->n; i++)
        for (int caseless = 0; caseless < 2; caseless++)
            examples_each_page(&texts->all[i], knowledge, caseless, add_page_votes,
                               &(struct making) { all, &texts->all[i], i, (bool)caseless, NULL });
    number_features(all, least, true, NULL);
}

void examples_free(struct examples *all, const struct texts *texts)
{
    for (uint32_t k = 0; k < all->n; k++) {
        free(all->all[k].starts);
        free(all->all[k].features);
        free(all->all[k].vote_starts);
        free(all->all[k].votes);
        free(all->all[k].gold);
        free(all->all[k].open);
    }
    for (uint32_t i = 0; i < 2 * texts->n; i++)
        free(all->labels[i]);
    free(all->labels);
    free(all->hashes);
    free(all->all);
}
