/* sentiment.c: see sentiment.h. Goes through the sentences in order, with one cursor over the tokens and one over
 * the entities. */
#include "plugins/sentiment/sentiment.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/about.h"
#include "plugins/sentiment/reasons.h"

#define PIECE 4096u /* tokens between two looks at the clock */

struct reading {
    const struct sentiment_input *input;
    struct sentiment_output *output;
    const struct sentiment_model *model;
    struct reader reader;
    struct sums total;
    uint32_t token;  /* the first that is not read yet */
    uint32_t entity; /* the first without a verdict */
};

/* The entities that start before byte `end`, in the sentence at tokens [first, last). */
static void read_entities(struct reading *r, uint32_t first, uint32_t last, uint32_t end)
{
    const struct sentiment_input *input = r->input;
    const struct textd_span *tokens = input->text.tokens;
    struct about about;

    if (r->entity == input->n_entities || input->entities[r->entity].start >= end)
        return;
    about.start = first;
    about.end = last;
    about.breaks.first = about.breaks.end = last; /* none have been looked for */
    about.starts_with_name = first < last && input->entities[r->entity].start == tokens[first].start;
    about.whole = reader_whole(&r->reader, first, last);
    for (uint32_t at = first; r->entity < input->n_entities && input->entities[r->entity].start < end; r->entity++) {
        const struct textd_span *entity = &input->entities[r->entity];
        struct verdict *verdict = &r->output->entities[r->entity];
        struct sums sums;
        uint32_t stop;

        memset(verdict, 0, sizeof *verdict);
        while (at < last && tokens[at].end <= entity->start)
            at++;
        if (at == last || tokens[at].start >= entity->end) /* it has no token here: it was in no sentence */
            continue;
        for (stop = at + 1; stop < last && tokens[stop].start < entity->end; stop++)
            ;
        about.first = at;
        about.last = stop;
        if (!about_read(&r->reader, &about, &sums))
            continue;
        *verdict = score_verdict(r->model, &sums);
        for (int g = 0; g < N_GENRES && about_is_compared(&input->text, first, at); g++)
            verdict->polarity[g] = -verdict->polarity[g];
    }
}

static int read_tokens(struct reading *r, uint32_t first, uint32_t last)
{
    const struct sentiment_input *input = r->input;

    reader_find_turns(&r->reader, first, last);
    reader_start(&r->reader, first);
    for (uint32_t end; first < last; first = end) {
        end = last - first > PIECE ? first + PIECE : last;
        reader_read_turned(&r->reader, first, end);
        if (input->should_stop && input->should_stop(input->stop_argument))
            return -1;
    }
    reader_end(&r->reader);
    return 0;
}

static uint32_t end_of_sentence(const struct reading *r, uint32_t first, const struct textd_span *span)
{
    const struct textd_span *tokens = r->input->text.tokens;
    uint32_t last = first;

    for (uint32_t within = 8; within == 8 && r->input->text.n_tokens - last >= 8; last += within) {
        within = 0;
        for (uint32_t i = 0; i < 8; i++)
            within += tokens[last + i].start < span->end;
    }
    while (last < r->input->text.n_tokens && tokens[last].start < span->end)
        last++;
    return last;
}

static int read_sentence(struct reading *r, uint32_t sentence)
{
    const struct textd_span *tokens = r->input->text.tokens, *span = &r->input->sentences[sentence];

    while (r->token < r->input->text.n_tokens && tokens[r->token].start < span->start)
        r->token++;
    uint32_t first = r->token, last = end_of_sentence(r, first, span);
    r->token = last;
    if (read_tokens(r, first, last) != 0)
        return -1;
    sums_add(&r->total, &r->reader.sums);
    if (r->output->sentences)
        r->output->sentences[sentence] = score_verdict(r->model, &r->reader.sums);
    if (last > first)
        read_entities(r, first, last, tokens[last - 1].end);
    return 0;
}

/* A text that starts with a small letter: posts and comments do. */
static void read_start(struct reading *r)
{
    const struct token_text *text = &r->input->text;

    if (text->n_tokens == 0 || !r->input->words || text->tokens[0].start == text->length ||
        !char_is_lower(text->text[text->tokens[0].start]))
        return;
    reader_start(&r->reader, 0);
    reader_stand_in(&r->reader, STAND_IN_SMALL_START);
    reader_end(&r->reader);
    sums_add(&r->total, &r->reader.sums);
}

static int read_reasons(struct reading *r)
{
    struct reasons reasons;

    reasons_start(&reasons, r->output, r->model, &r->total);
    r->reader.heard = r->output->heard;
    for (uint32_t i = 0, first = 0, last; i < r->input->n_sentences; i++, first = last) {
        while (first < r->input->text.n_tokens && r->input->text.tokens[first].start < r->input->sentences[i].start)
            first++;
        last = end_of_sentence(r, first, &r->input->sentences[i]);
        r->reader.heard_from = first;
        if (read_tokens(r, first, last) != 0)
            return -1;
        reasons_take(&reasons, &r->input->text, first, last);
    }
    reasons_end(&reasons);
    return 0;
}

static void reading_start(struct reading *r, const struct vocabulary *vocabulary, const struct sentiment_input *input,
                          struct sentiment_output *output)
{
    r->input = input;
    r->output = output;
    r->model = vocabulary->model;
    r->token = r->entity = 0;
    memset(&r->total, 0, sizeof r->total);
    reader_open(&r->reader, vocabulary, &input->text, input->words);
}

/* What is written of a field is learned from the kind of text that is nearest to it. */
static unsigned field_genres(enum field field, unsigned genres)
{
    return field == FIELD_FINANCE ? 1u << GENRE_NEWS : field == FIELD_SUPPORT ? 1u << GENRE_PRODUCT : genres;
}

int sentiment_read(const struct vocabulary *vocabulary, const struct sentiment_input *input,
                   struct sentiment_output *output)
{
    struct reading r;

    reading_start(&r, vocabulary, input, output);
    read_start(&r);
    for (uint32_t i = 0; i < input->n_sentences; i++)
        if (read_sentence(&r, i) != 0)
            return -1;
    if (r.entity < input->n_entities) /* those behind the last sentence */
        memset(&output->entities[r.entity], 0, (input->n_entities - r.entity) * sizeof *output->entities);
    output->field = input->field == FIELD_ANY ? score_field(&r.total) : input->field;
    output->text = score_text(r.model, &r.total, field_genres(output->field, input->genres), &output->genres);
    score_set_field(&output->genres, output->field, input->balance);
    output->is_known = input->words ? r.total.tokens > 0 : r.total.said > 0;
    if (!output->is_known)
        memset(&output->text, 0, sizeof output->text);
    return output->reasons ? read_reasons(&r) : 0;
}

void sentiment_sum(const struct vocabulary *vocabulary, const struct sentiment_input *input,
                   void (*listen)(void *data, const struct entry *entry, bool is_denied, float share), void *data,
                   struct sums *sums)
{
    struct reading r;

    reading_start(&r, vocabulary, input, NULL);
    r.reader.listen = listen;
    r.reader.listen_data = data;
    read_start(&r);
    for (uint32_t i = 0; i < input->n_sentences; i++) {
        uint32_t last = end_of_sentence(&r, r.token, &input->sentences[i]);
        read_tokens(&r, r.token, last);
        sums_add(&r.total, &r.reader.sums);
        r.token = last;
    }
    *sums = r.total;
}
