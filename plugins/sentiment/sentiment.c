/* sentiment.c: see sentiment.h. Goes through the sentences in order, with one cursor over the tokens and one over the
 * entities. A sentence is read in pieces of at most PIECE tokens, so that memory is the same for any text; nobody has
 * written a sentence that long, and what has that many tokens without an end is no sentence. */
#include "plugins/sentiment/sentiment.h"
#include "plugins/sentiment/about.h"
#include "plugins/sentiment/score.h"

#include <math.h>

#define PIECE ABOUT_TOKENS

/* Confidence: so much evidence, or so many words without any, make half of what can be had. */
#define HALF_EVIDENCE 2.0
#define HALF_WORDS 6.0

struct reading {
    const struct vocabulary *vocabulary;
    const struct sentiment_input *input;
    struct sentiment_output *output;
    uint32_t token;        /* the first that is not read yet */
    uint32_t entity;       /* the first without a score */
    uint32_t said;         /* sentences with tokens */
    uint64_t words;        /* that could have said something */
    struct evidence total; /* of the text so far */
    struct cue cues[PIECE];
    struct about about;
};

static void add(struct evidence *sum, struct evidence more, double factor)
{
    sum->praise += more.praise * factor;
    sum->blame += more.blame * factor;
}

/* Scores the entities that start before `end`, in the piece of tokens [first, last). */
static void score_entities(struct reading *r, uint32_t first, uint32_t last, uint32_t end)
{
    const struct sentiment_input *input = r->input;
    const struct textd_span *tokens = input->text.tokens;
    bool prepared = false;

    for (uint32_t at = first; r->entity < input->n_entities && input->entities[r->entity].start < end; r->entity++) {
        const struct textd_span *entity = &input->entities[r->entity];
        uint32_t stop;

        while (at < last && tokens[at].end <= entity->start)
            at++;
        if (at == last || tokens[at].start >= entity->end) { /* it has no token here: it was in no sentence */
            r->output->entities[r->entity] = 0;
            continue;
        }
        if (!prepared)
            about_prepare(&r->about, r->cues, last - first);
        prepared = true;
        for (stop = at + 1; stop < last && tokens[stop].start < entity->end; stop++)
            ;
        r->output->entities[r->entity] = (float)about_score(&r->about, at - first, stop - first);
    }
}

/* Reads tokens [first, last), at most PIECE, and adds what they say to *sum. */
static void read_piece(struct reading *r, uint32_t first, uint32_t last, struct evidence *sum)
{
    const struct sentiment_input *input = r->input;
    uint32_t n = last - first;

    cue_read(r->vocabulary, &input->text, first, last, input->words, r->cues);
    score_directions(r->cues, n);
    score_cues(r->cues, n);
    add(sum, score_sum(r->cues, 0, n), score_emphasis(r->cues, n));
    for (uint32_t i = 0; i < n; i++)
        r->words += (input->words && (r->cues[i].flags & CUE_WORD)) || (r->cues[i].flags & CUE_VALENCE);
    score_entities(r, first, last, input->text.tokens[last - 1].end);
}

static int read_sentence(struct reading *r, uint32_t sentence)
{
    const struct sentiment_input *input = r->input;
    const struct textd_span *tokens = input->text.tokens, *span = &input->sentences[sentence];
    struct evidence sum = { 0, 0 };
    uint32_t first;

    while (r->token < input->text.n_tokens && tokens[r->token].start < span->start)
        r->token++;
    first = r->token;
    while (r->token < input->text.n_tokens && tokens[r->token].start < span->end) {
        uint32_t from = r->token;

        while (r->token < input->text.n_tokens && r->token - from < PIECE && tokens[r->token].start < span->end)
            r->token++;
        read_piece(r, from, r->token, &sum);
        if (input->should_stop && input->should_stop(input->stop_argument))
            return -1;
    }
    r->said += r->token > first;
    add(&r->total, sum, 1);
    r->output->sentences[sentence] = (float)score_balance(sum, 1);
    return 0;
}

/* How sure the label is. For praise or blame: how much there is of it, and how little of the other. For neutral: how
 * many words have said nothing, or how little those that spoke have said; half of that, for a lexicon that finds
 * nothing may just not know the words. */
static double confidence(const struct reading *r, enum sentiment_label label)
{
    double praise = r->total.praise, blame = r->total.blame, said = praise + blame;
    double words = (double)r->words, sentences = r->said;

    if (words < 1)
        return 0;
    if (label == SENTIMENT_NEUTRAL)
        return 0.5 * words / (words + HALF_WORDS) * (1 - said / (said + HALF_EVIDENCE * sqrt(sentences)));
    return fabs(praise - blame) / said * (said / (said + HALF_EVIDENCE));
}

int sentiment_read(const struct vocabulary *vocabulary, const struct sentiment_input *input, double threshold,
                   struct sentiment_output *output)
{
    struct reading r;

    r.vocabulary = vocabulary;
    r.input = input;
    r.output = output;
    r.token = r.entity = r.said = 0;
    r.words = 0;
    r.total = (struct evidence) { 0, 0 };
    for (uint32_t i = 0; i < input->n_sentences; i++)
        if (read_sentence(&r, i) != 0)
            return -1;
    for (; r.entity < input->n_entities; r.entity++) /* those behind the last sentence */
        output->entities[r.entity] = 0;
    output->score = score_balance(r.total, r.said);
    output->confidence = confidence(&r, sentiment_label(output->score, threshold));
    return 0;
}

enum sentiment_label sentiment_label(double score, double threshold)
{
    if (fabs(score) < threshold || score == 0)
        return SENTIMENT_NEUTRAL;
    return score > 0 ? SENTIMENT_POSITIVE : SENTIMENT_NEGATIVE;
}

const char *sentiment_label_name(enum sentiment_label label)
{
    static const char *const names[] = { "negative", "neutral", "positive" };

    return names[label];
}
