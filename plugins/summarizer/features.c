/* features.c: see features.h. Position, length, cue words and the title's are Edmundson's (1969, "New methods in automatic
 * extracting") and Kupiec's (1995, "A trainable document summarizer"); frequency is SumBasic's (Nenkova and Vanderwende
 * 2005). */
#include "plugins/summarizer/features.h"

#include <string.h>

#include "plugins/summarizer/model.h"

#define X(name, word) word,
const char *const summary_reasons[N_REASONS] = { SUMMARY_REASONS(X) };
#undef X
#define X(name, reason) REASON_##reason,
const uint8_t features_reason[N_FEATURES] = { SUMMARY_FEATURES(X) };
#undef X

/* log2, straight between the powers of two: smooth enough for thresholds, and the same on every machine. */
static float log2_of(float x)
{
    union {
        float number;
        uint32_t bits;
    } u = { .number = x };

    return (float)(u.bits >> 23) - 127 + (float)(u.bits & 0x7FFFFF) / 0x800000;
}

/* What a word holds of the document: how often it stands there, dampened, times how much it says. */
static float word_mass(const struct word *w)
{
    return w->weight * log2_of(1 + (float)w->count);
}

static int is_body(const struct sentence *s)
{
    return !(s->flags & (SENTENCE_HEADING | SENTENCE_BOILERPLATE));
}

/* Marks a sentence's words, and returns its norm. */
static float mark_words(const struct document *d, uint32_t sentence, float *marks)
{
    const struct sentence *s = &d->sentences[sentence];

    for (uint32_t i = 0; i < s->n_content; i++)
        marks[d->content[s->content + i]] = 1;
    return s->norm;
}

static float cosine_with(const struct document *d, const struct sentence *s, const float *marks, float norm)
{
    const uint32_t *content = d->content + s->content;
    const float *weights = d->content_weights + s->content;
    float sum = 0;

    if (norm <= 0 || s->norm <= 0)
        return 0;
    for (uint32_t i = 0, n = s->n_content; i < n; i++)
        sum += marks[content[i]] * weights[i] * weights[i];
    return sum / (norm * s->norm);
}

/* With the heading, of the sentence of which the words are stamped. */
static float heading_cosine(const struct features_context *c, const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    float sum = 0;

    if (s->heading == NO_WORD)
        return 0;
    const struct sentence *h = &d->sentences[s->heading];
    for (uint32_t k = 0; k < h->n_content; k++) {
        float weight = d->content_weights[h->content + k];
        sum += c->stamps[d->content[h->content + k]] == sentence + 1 ? weight * weight : 0;
    }
    return sum > 0 ? sum / (h->norm * s->norm) : 0;
}

struct totals {
    uint32_t sentences, words, headings, first_person, second_person, names, numbers, quotes, questions;
};

static void add_up(struct features_context *c, struct document *d, struct totals *t)
{
    c->best_cue = INT32_MIN;
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        s->body = t->sentences;
        t->headings += (s->flags & SENTENCE_HEADING) != 0;
        if (!is_body(s))
            continue;
        t->sentences++;
        t->words += s->n_words;
        t->first_person += s->n_in_set[SET_FIRST_PERSON];
        t->second_person += s->n_in_set[SET_SECOND_PERSON];
        t->names += s->n_names;
        t->numbers += s->n_numbers;
        t->quotes += s->n_quotes > 0;
        t->questions += (s->flags & SENTENCE_QUESTION) != 0;
        c->most_centrality = s->centrality > c->most_centrality ? s->centrality : c->most_centrality;
        c->best_cue = s->cue > c->best_cue ? s->cue : c->best_cue;
    }
    c->best_cue = t->sentences > 0 ? c->best_cue : 0;
}

static void describe_document(struct features_context *c, const struct document *d, const struct totals *t)
{
    float words = t->words > 0 ? (float)t->words : 1, sentences = t->sentences > 0 ? (float)t->sentences : 1;
    float *x = c->doc;

    c->n_body = t->sentences;
    c->mean_words = words / sentences;
    x[FEATURE_DOC_SENTENCES] = sentences;
    x[FEATURE_DOC_LENGTH] = c->mean_words;
    x[FEATURE_DOC_PARAGRAPH] = d->n_paragraphs > 0 ? sentences / (float)d->n_paragraphs : 0;
    x[FEATURE_DOC_HEADINGS] = (float)t->headings / sentences;
    x[FEATURE_DOC_DEGREE] = d->degree;
    x[FEATURE_DOC_COHESION] = d->cohesion;
    x[FEATURE_DOC_FIRST_PERSON] = (float)t->first_person / words;
    x[FEATURE_DOC_SECOND_PERSON] = (float)t->second_person / words;
    x[FEATURE_DOC_NAMES] = (float)t->names / words;
    x[FEATURE_DOC_NUMBERS] = (float)t->numbers / words;
    x[FEATURE_DOC_QUOTES] = (float)t->quotes / sentences;
    x[FEATURE_DOC_QUESTIONS] = (float)t->questions / sentences;
    for (uint32_t i = 0; i < d->n_sentences && d->sentences[i].body < 3; i++)
        x[FEATURE_DOC_DATELINE] += (d->sentences[i].flags & SENTENCE_DATELINE) != 0;
    x[FEATURE_DOC_TITLE] = d->n_sentences > 0 && d->sentences[0].flags & SENTENCE_HEADING;
}

static void weigh_words(struct features_context *c, const struct document *d)
{
    float most = 0, mass = 0, all = 0;

    for (uint32_t i = 0; i < d->n_words; i++) {
        float m = word_mass(&d->words[i]); /* 0 for one that says nothing */
        c->masses[i] = m;
        most = m > most ? m : most;
        mass += m;
        all += (float)(d->words[i].count * (uint32_t)(d->words[i].weight > 0)); /* no branch: it can't be foretold */
    }
    c->key_bound = most / 2;
    c->mass = mass > 0 ? mass : 1;
    c->n_content = all > 0 ? all : 1;
}

int32_t features_prepare(struct features_context *c, struct document *d)
{
    struct totals totals = { 0 };
    uint32_t first = 0;

    *c = (struct features_context) { 0 };
    c->title = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *c->title);
    c->first = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *c->first);
    c->masses = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *c->masses);
    c->stamps = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *c->stamps);
    if (!c->title || !c->first || !c->masses || !c->stamps)
        return TEXTD_NO_MEMORY;
    memset(c->stamps, 0, d->n_words * sizeof *c->stamps);
    memset(c->title, 0, d->n_words * sizeof *c->title);
    memset(c->first, 0, d->n_words * sizeof *c->first);
    add_up(c, d, &totals);
    describe_document(c, d, &totals);
    weigh_words(c, d);
    while (first < d->n_sentences && !(is_body(&d->sentences[first]) && d->sentences[first].n_words >= 5))
        first++;
    if (d->n_sentences > 0)
        c->title_norm = mark_words(d, 0, c->title);
    if (first < d->n_sentences)
        c->first_norm = mark_words(d, first, c->first);
    return TEXTD_OK;
}

/* And stamps them. */
static void read_words(const struct features_context *c, const struct document *d, uint32_t sentence, float *x)
{
    const struct sentence *s = &d->sentences[sentence];
    const uint32_t *content = d->content + s->content;
    const float *weights = d->content_weights + s->content;
    float rarity = 0, frequency = 0, mass = 0, n = s->n_content > 0 ? (float)s->n_content : 1;
    uint32_t key = 0, fresh = 0;

    for (uint32_t i = 0, end = s->n_content; i < end; i++) {
        const struct word *w = &d->words[content[i]];
        float m = c->masses[content[i]];
        rarity += weights[i];
        frequency += (float)w->count;
        mass += m;
        key += (uint32_t)((m >= c->key_bound) & (w->count > 1));
        fresh += w->first >= s->first_token;
        c->stamps[content[i]] = sentence + 1;
    }
    x[FEATURE_RARITY] = rarity / n;
    x[FEATURE_FREQUENCY] = frequency / n / c->n_content * 100;
    x[FEATURE_COVERAGE] = mass / c->mass;
    x[FEATURE_KEY_WORDS] = (float)key;
    x[FEATURE_NEW_WORDS] = (float)fresh / n;
}

static void read_place(const struct features_context *c, const struct document *d, uint32_t sentence, float *x)
{
    const struct sentence *s = &d->sentences[sentence];
    uint32_t all = c->n_body > 0 ? c->n_body : 1;

    x[FEATURE_INDEX] = (float)s->body;
    x[FEATURE_PLACE] = (float)s->body / (float)all;
    x[FEATURE_FROM_END] = c->n_body > s->body ? (float)(c->n_body - s->body - 1) : 0;
    x[FEATURE_PARAGRAPH] = (float)s->paragraph;
    x[FEATURE_IN_PARAGRAPH] = (float)s->in_paragraph;
    x[FEATURE_AFTER_HEADING] = s->heading == NO_WORD ? (float)sentence : (float)(sentence - s->heading - 1);
    x[FEATURE_DATELINE] = (s->flags & SENTENCE_DATELINE) != 0;
}

static float start_of(const struct sentence *s)
{
    static const float starts[] = {
        [SET_NONE] = 0, [SET_FIRST_PERSON] = 3, [SET_SECOND_PERSON] = 4, [SET_POINTER] = 1, [SET_CONNECTIVE] = 2
    };

    return starts[s->first_set];
}

static void read_style(const struct sentence *s, float words, float *x)
{
    x[FEATURE_NAMES] = (float)s->n_names / words;
    x[FEATURE_NAME_COUNT] = (float)s->n_names;
    x[FEATURE_NUMBERS] = (float)s->n_numbers;
    x[FEATURE_FIRST_PERSON] = (float)s->n_in_set[SET_FIRST_PERSON] / words;
    x[FEATURE_SECOND_PERSON] = (float)s->n_in_set[SET_SECOND_PERSON] / words;
    x[FEATURE_POINTERS] = (float)s->n_in_set[SET_POINTER] / words;
    x[FEATURE_STARTS] = start_of(s);
    x[FEATURE_QUOTES] = (float)s->n_quotes;
    x[FEATURE_MARK] = s->flags & SENTENCE_QUESTION      ? 3
                      : s->flags & SENTENCE_EXCLAMATION ? 2
                      : s->flags & SENTENCE_WHOLE       ? 1
                                                        : 0;
    x[FEATURE_COMMAS] = (float)s->n_commas / words;
    x[FEATURE_ITEM] = (s->flags & SENTENCE_LIST_ITEM) != 0;
}

void features_read(const struct features_context *c, const struct document *d, uint32_t sentence, float *x)
{
    const struct sentence *s = &d->sentences[sentence];
    float words = s->n_words > 0 ? (float)s->n_words : 1;

    memcpy(x, c->doc, sizeof c->doc);
    read_place(c, d, sentence, x);
    x[FEATURE_WORDS] = (float)s->n_words;
    x[FEATURE_CONTENT] = (float)s->n_content;
    x[FEATURE_LONGER] = (float)s->n_words / c->mean_words;
    x[FEATURE_DENSITY] = (float)s->n_content / words;
    read_words(c, d, sentence, x);
    x[FEATURE_CENTRALITY] = s->centrality;
    x[FEATURE_CENTRALITY_RANK] = c->most_centrality > 0 ? s->centrality / c->most_centrality : 0;
    x[FEATURE_DEGREE] = s->degree;
    x[FEATURE_NEAR_BEFORE] = s->near;
    x[FEATURE_NEAR_AFTER] = sentence + 1 < d->n_sentences ? d->sentences[sentence + 1].near : 0;
    x[FEATURE_TITLE] = sentence > 0 ? cosine_with(d, s, c->title, c->title_norm) : 1;
    x[FEATURE_FIRST] = s->body > 0 ? cosine_with(d, s, c->first, c->first_norm) : 1;
    x[FEATURE_HEADING] = heading_cosine(c, d, sentence);
    x[FEATURE_CUE] = (float)s->cue / MODEL_CUE_SCALE;
    x[FEATURE_CUE_BEST] = (float)(s->cue - c->best_cue) / MODEL_CUE_SCALE;
    read_style(s, words, x);
}
