/* topics.c: the plugin `topics`: which of an operator's labels a text has, by a model that was made with `textctl train topics`. README.md. */
#include <textd/explain.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grams.h"
#include "model.h"

#define LAYER "org.textd.topics/1"
enum { OPTION_MODEL, OPTION_MIN_SCORE, OPTION_MOST, OPTION_EXPLAIN };
enum { MOST_REASONS = 8 };

struct topics {
    const struct textd_host *host;
    struct topics_model model;
};

/* What a walk over a document gathers. */
struct walk {
    const struct topics *topics;
    struct textd_doc *doc;
    struct topics_sum sum;
};

/* A stretch of the text, and what it adds to a label's score. */
struct reason {
    struct textd_span span;
    float weight;
};

struct reasons {
    struct walk *walk;
    uint32_t label, n;
    struct reason best[MOST_REASONS];
};

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    char name[256], reason[200];
    const struct textd_value *model = &values[OPTION_MODEL];

    if (model->length == 0 || model->length >= sizeof name)
        return textd_explain(host, TEXTD_FAILED, "topics.model must be the name of a file, of 1 to %zu bytes",
                             sizeof name - 1);
    memcpy(name, model->text, model->length);
    name[model->length] = 0;
    int32_t rc = host->resource(name, &file);
    if (rc != TEXTD_OK)
        return rc;
    struct topics *t = calloc(1, sizeof *t);
    if (!t)
        return TEXTD_NO_MEMORY;
    t->host = host;
    if (topics_open(&t->model, file.data, file.length, reason, sizeof reason) != 0) {
        free(t);
        return textd_explain(host, TEXTD_FAILED, "%s: %s", name, reason);
    }
    *self = t;
    return TEXTD_OK;
}

static void take(void *data, uint32_t feature, uint32_t start, uint32_t end)
{
    struct walk *w = data;

    (void)start, (void)end;
    topics_add(&w->sum, feature);
}

static int should_stop(void *data)
{
    const struct walk *w = data;

    return w->topics->host->should_stop(w->doc);
}

/* Keeps the stretches that add most to the label, longest and strongest first, none within another. */
static void take_reason(void *data, uint32_t feature, uint32_t start, uint32_t end)
{
    struct reasons *r = data;
    const struct topics_model *model = r->walk->sum.model;
    const uint32_t row = feature >> (32 - model->bits);
    const uint64_t bit = (uint64_t)1 << (row & 63);

    if (!(r->walk->sum.seen[row >> 6] & bit)) /* each feature counts once, where it stands first */
        return;
    r->walk->sum.seen[row >> 6] &= ~bit;
    const float weight = model->labels[r->label].scale * (float)model->weights[(size_t)row * model->stride + r->label];
    for (uint32_t i = 0; i < r->n; i++)
        if (r->best[i].span.start == start && r->best[i].span.end == end) { /* a word, and the groups of its letters */
            r->best[i].weight += weight;
            return;
        }
    uint32_t at = r->n;
    if (r->n == MOST_REASONS) {
        for (uint32_t i = at = 0; i < r->n; i++)
            if (r->best[i].weight < r->best[at].weight)
                at = i;
        if (weight <= r->best[at].weight)
            return;
    } else {
        r->n++;
    }
    r->best[at] = (struct reason) { { start, end }, weight };
}

static int by_weight(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->span.start > y->span.start) - (x->span.start < y->span.start);
}

/* To four places: a float32 as a float64 looks more exact than it is. */
static double rounded(float score)
{
    return (double)(int)(score * 10000 + (score < 0 ? -0.5f : 0.5f)) / 10000;
}

static void write_reasons(struct walk *w, uint32_t label)
{
    const struct textd_host *host = w->topics->host;
    struct reasons r = { .walk = w, .label = label };
    const float norm = w->sum.n_features ? 1 / sqrtf((float)w->sum.n_features) : 0;

    grams_walk(w->doc->text, w->doc->text_length, take_reason, NULL, &r);
    qsort(r.best, r.n, sizeof r.best[0], by_weight);
    host->write_key(w->doc, "reasons");
    host->array_begin(w->doc);
    for (uint32_t i = 0; i < r.n && r.best[i].weight > 0; i++) {
        host->map_begin(w->doc);
        host->write_key(w->doc, "start");
        host->write_offset(w->doc, r.best[i].span.start);
        host->write_key(w->doc, "end");
        host->write_offset(w->doc, r.best[i].span.end);
        host->write_key(w->doc, "contribution");
        host->write_number(w->doc, rounded(r.best[i].weight * norm));
        host->map_end(w->doc);
    }
    host->array_end(w->doc);
}

/* The labels that the text has, the most probable first: how many. */
static uint32_t choose(const struct walk *w, const float *p, uint32_t *chosen)
{
    const struct topics_model *model = &w->topics->model;
    const float wanted = (float)w->doc->options[OPTION_MIN_SCORE].number;
    const uint32_t most = (uint32_t)w->doc->options[OPTION_MOST].integer;
    uint32_t n = 0;

    if (w->sum.n_features == 0) /* a text without a word says nothing, however common a label is */
        return 0;
    for (uint32_t i = 0; i < model->n_labels; i++) {
        if (p[i] < (wanted > 0 ? wanted : model->labels[i].threshold))
            continue;
        uint32_t at = n < most ? n++ : most;
        for (; at > 0 && p[chosen[at - 1]] < p[i]; at--)
            if (at < most)
                chosen[at] = chosen[at - 1];
        if (at < most)
            chosen[at] = i;
    }
    return n;
}

static int32_t add_layer(struct walk *w, const float *p, const uint32_t *chosen, uint32_t n)
{
    const struct textd_host *host = w->topics->host;
    struct textd_span *spans = host->alloc(w->doc, (n + 1) * sizeof *spans, 8);
    struct textd_text *labels = host->alloc(w->doc, (n + 1) * sizeof *labels, 8);
    float *scores = host->alloc(w->doc, (n + 1) * sizeof *scores, 8);
    int32_t rc;

    if (!spans || !labels || !scores)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        const char *name = w->topics->model.labels[chosen[i]].name;
        spans[i] = (struct textd_span) { 0, w->doc->text_length };
        labels[i] = (struct textd_text) { name, strlen(name) };
        scores[i] = p[chosen[i]];
    }
    if ((rc = host->layer_add(w->doc, LAYER, spans, n)) != TEXTD_OK ||
        (rc = host->column_add(w->doc, LAYER, "label", TEXTD_TEXT, labels)) != TEXTD_OK)
        return rc;
    return host->column_add(w->doc, LAYER, "score", TEXTD_F32, scores);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct topics *t = self;
    struct walk w = { .topics = t, .doc = doc, .sum = { .model = &t->model } };
    const size_t bytes = topics_seen_bytes(&t->model);
    float p[TOPICS_LABELS];
    uint32_t chosen[TOPICS_LABELS];
    int32_t rc;

    w.sum.seen = t->host->alloc(doc, bytes, 8);
    if (!w.sum.seen)
        return textd_explain(t->host, TEXTD_NO_MEMORY,
                             "no memory for the set of its features: limits.document_memory must be at least 1 MiB");
    memset(w.sum.seen, 0, bytes);
    if (grams_walk(doc->text, doc->text_length, take, should_stop, &w))
        return textd_explain(t->host, TEXTD_STOPPED, "stopped before the whole text was read");
    topics_probabilities(&w.sum, p);
    const uint32_t n = choose(&w, p, chosen);
    if ((rc = add_layer(&w, p, chosen, n)) != TEXTD_OK)
        return rc;
    t->host->map_begin(doc);
    t->host->write_key(doc, "labels");
    t->host->array_begin(doc);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = t->model.labels[chosen[i]].name;
        t->host->map_begin(doc);
        t->host->write_key(doc, "label");
        t->host->write_text(doc, name, strlen(name));
        t->host->write_key(doc, "score");
        t->host->write_number(doc, rounded(p[chosen[i]]));
        t->host->map_end(doc);
    }
    t->host->array_end(doc);
    if (n > 0 && doc->options[OPTION_EXPLAIN].integer)
        write_reasons(&w, chosen[0]);
    t->host->map_end(doc);
    return TEXTD_OK;
}

static void destroy(void *self)
{
    free(self);
}

static const char *const adds[] = { LAYER, NULL };

static const struct textd_option options[] = {
    [OPTION_MODEL] = TEXTD_OPTION_TEXT("model", "topics.model", NULL, 0, "the model's file, in the plugin's folder"),
    [OPTION_MIN_SCORE] =
        TEXTD_OPTION_FLOAT("min_score", 0, 0, 1, TEXTD_PER_REQUEST,
                           "labels that are less probable are left out; 0: each label's own threshold, as learned"),
    [OPTION_MOST] = TEXTD_OPTION_INT("most", 3, 1, 255, TEXTD_PER_REQUEST, "how many labels at most"),
    [OPTION_EXPLAIN] =
        TEXTD_OPTION_BOOL("explain", 0, TEXTD_PER_REQUEST, "add what in the text spoke for the first label"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "topics",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Says which of your labels a text has",
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .destroy = destroy,
};
