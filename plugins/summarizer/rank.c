/* rank.c: see rank.h. The learned trees rank; what they could not learn, since no open data has it, is added here: news of agencies
 * and collections of opinions. */
#include "plugins/summarizer/rank.h"

#include "plugins/summarizer/forest.h"
#include "plugins/summarizer/model.h"

#define FEWEST_WORDS 3u
#define FEWEST_IN_LINE 1u /* "Eggs" */

/* The lead of a story with a dateline is its summary, written first as the agencies teach it: nothing in use beats it by much
 * (Nenkova 2005, "Automatic text summarization of newswire"), once captions, repeats and half quotations are not taken for it. What the first
 * sentence gets, and within how many sentences it falls to half. A report in which nobody says "I" or "you" begins with what it is about, too,
 * which counts for less there; in a summary of one sentence the learned rank knows it better. */
#define NEWS_LEAD 15.0f
#define REPORT_LEAD 3.0f
#define REPORT_PERSONS 0.015f /* of its words */
#define LEAD_HALF 3.0f

/* Many opinions about one thing, one behind the other, as in reviews: order means nothing, and the best is the typical one, short
 * and central (Ganesan et al. 2010, "Opinosis"). The learned rank counts half, and so many words are the best. */
#define OPINION_LEARNED 0.5f
#define OPINION_WORDS 9.0f
#define OPINION_LENGTH 0.025f /* a word more or less */

/* Of items the longer ones say more: "Add the lentils and the stock" than "1 onion". */
#define ITEM_WORD 0.1f
#define ITEM_WORDS 10u

/* What leans on what stands before it, and has nothing there to bring along. */
#define HANGING 1.0f

#define FOCUS_WEIGHT 8.0f

_Static_assert(STOP_EVERY % FOREST_MOST == 0, "sentences are ranked so many at a time");

int rank_is_fit(const struct sentence *s)
{
    uint32_t never = SENTENCE_HEADING | SENTENCE_BOILERPLATE | SENTENCE_SMALL_TALK | SENTENCE_HALF;

    return s->flags & SENTENCE_WHOLE && !(s->flags & never) &&
           s->n_words >= (s->flags & SENTENCE_LINE ? FEWEST_IN_LINE : FEWEST_WORDS);
}

/* 0 up to `from`, 1 from `to` on; falling when `to` is below `from`. */
static float ramp(float x, float from, float to)
{
    float y = (x - from) / (to - from);

    return y < 0 ? 0 : y > 1 ? 1 : y;
}

/* How much a document is a collection of opinions: any two sentences share words, neighbours hardly more than others, and each is a
 * paragraph, or all are one. Long texts by one hand have neighbours that share half as much again, and paragraphs. */
static float collection_share(const struct document *d, const struct features_context *c)
{
    const float *x = c->doc;
    int is_one_paragraph = d->n_paragraphs <= 1;

    if (x[FEATURE_DOC_DATELINE] > 0)
        return 0;
    return ramp(x[FEATURE_DOC_SENTENCES], 10, 20) * ramp(x[FEATURE_DOC_DEGREE], 0.05f, 0.08f) *
           (is_one_paragraph ? ramp(x[FEATURE_DOC_COHESION], 1.5f, 1.2f)
                             : ramp(x[FEATURE_DOC_COHESION], 1.8f, 1.4f) * ramp(x[FEATURE_DOC_PARAGRAPH], 2.0f, 1.5f));
}

int rank_is_collection(const struct document *d, const struct features_context *c)
{
    return collection_share(d, c) > 0.5f;
}

/* What is added to the learned score, by reason. */
struct extra {
    float learned; /* what the learned score counts */
    float position, central, length, focus, cue, style;
};

/* How much the first sentence gets for being it. */
static float lead_of(const struct features_context *c, const struct ranking *ranking)
{
    float persons = c->doc[FEATURE_DOC_FIRST_PERSON] + c->doc[FEATURE_DOC_SECOND_PERSON];

    if (c->doc[FEATURE_DOC_DATELINE] > 0)
        return NEWS_LEAD;
    return ranking->asked > 1 && persons < REPORT_PERSONS ? REPORT_LEAD * 2 / (float)ranking->asked : 0;
}

static struct extra extra_of(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                             float collection, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    float off = (float)s->n_words - OPINION_WORDS;
    struct extra e = { .learned = 1 - collection * (1 - OPINION_LEARNED) };

    e.central = collection * s->centrality;
    e.length = -collection * OPINION_LENGTH * (off < 0 ? -off : off);
    float lead = ranking->focus ? 0 : lead_of(c, ranking) * (1 - collection);
    e.position = lead / (1 + (float)s->body / LEAD_HALF);
    if (ranking->points.words) {
        e.learned = ranking->points.learned;
        e.position = e.central = e.length = 0;
        e.cue = points_of(&ranking->points, d, sentence);
    }
    if (d->kind == DOCUMENT_LIST)
        e.length += ITEM_WORD * (float)(s->n_words < ITEM_WORDS ? s->n_words : ITEM_WORDS);
    if (s->flags & SENTENCE_HANGING && s->with_first == sentence && s->body > 0)
        e.style = -HANGING;
    if (ranking->focus)
        e.focus = FOCUS_WEIGHT * ranking->focus[sentence];
    return e;
}

int32_t rank_sentences(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                       float *scores)
{
    const struct model_tree *forest = model_forest(d->model, ranking->asked);
    forest_scorer *score = forest_best_scorer();
    float collection = collection_share(d, c), rows[FOREST_MOST][N_FEATURES], learned[FOREST_MOST];

    for (uint32_t first = 0, n; first < d->n_sentences; first += n) {
        if (first % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        n = d->n_sentences - first < FOREST_MOST ? d->n_sentences - first : FOREST_MOST;
        for (uint32_t i = 0; i < n; i++)
            features_read(c, d, first + i, rows[i]);
        score(forest, d->model->n_trees, (const float(*)[N_FEATURES])rows, n, learned);
        for (uint32_t i = 0; i < n; i++) {
            struct extra e = extra_of(d, c, ranking, collection, first + i);
            scores[first + i] = e.learned * learned[i] + e.position + e.central + e.length + e.focus + e.cue + e.style;
        }
    }
    return TEXTD_OK;
}

/* What each feature has added is what the values along the trees' paths change by where it is asked for (Palczewska et al. 2013,
 * "Interpreting random forest models using a feature contribution method"). */
void rank_explain(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                  uint32_t sentence, float *reasons)
{
    const struct model_tree *forest = model_forest(d->model, ranking->asked);
    struct extra e = extra_of(d, c, ranking, collection_share(d, c), sentence);
    float x[N_FEATURES], parts[N_REASONS + 1] = { 0 };

    features_read(c, d, sentence, x);
    for (uint32_t i = 0; i < d->model->n_trees; i++)
        for (uint32_t node = 0, next; node < MODEL_INNER; node = next) {
            uint8_t feature = forest[i].feature[node];
            next = 2 * node + 1 + (x[feature] > forest[i].threshold[node]);
            parts[features_reason[feature]] += e.learned * (forest[i].value[next] - forest[i].value[node]);
        }
    parts[REASON_POSITION] += e.position;
    parts[REASON_CENTRAL] += e.central;
    parts[REASON_LENGTH] += e.length;
    parts[REASON_FOCUS] += e.focus;
    parts[REASON_CUE] += e.cue;
    parts[REASON_STYLE] += e.style;
    for (uint32_t i = 0; i < N_REASONS; i++)
        reasons[i] = parts[i];
}
