/* result.c: writes down what was found, see docs/protocol.md. */
#include <string.h>

#include "plugins/lib/digits.h"
#include "plugins/sentiment/plugin.h"

static void write_name(const struct request *r, const char *key, const char *value)
{
    r->host->write_key(r->doc, key);
    r->host->write_text(r->doc, value, strlen(value));
}

static void write_score(const struct request *r, const char *key, float x)
{
    r->host->write_key(r->doc, key);
    r->host->write_number(r->doc, digits_of_score(x));
}

/* Of what nothing is said the score is 0, whatever the genre's. */
static void write_verdict(const struct request *r, const struct verdict *verdict, bool is_known)
{
    float score = is_known ? score_of(r->model, verdict, r->output.genres) : 0;
    enum sentiment_label label = score_label(score, r->negative, r->positive);

    write_score(r, "score", score);
    write_name(r, "label", score_label_name(label));
    write_score(r, "confidence", is_known ? score_confidence(r->model, score, label, r->output.genres) : 0);
}

static void write_place(const struct request *r, struct textd_span span)
{
    r->host->write_key(r->doc, "start");
    r->host->write_offset(r->doc, span.start);
    r->host->write_key(r->doc, "end");
    r->host->write_offset(r->doc, span.end);
}

static int32_t write_spans(const struct request *r, const char *key, const struct textd_span *spans,
                           const struct verdict *verdicts, uint32_t count)
{
    const struct textd_host *host = r->host;

    host->write_key(r->doc, key);
    host->array_begin(r->doc);
    for (uint32_t i = 0; i < count; i++) {
        if (i % 4096 == 4095 && host->should_stop(r->doc))
            return textd_explain(host, TEXTD_STOPPED, "stopped while writing %s %u of %u", key, i, count);
        host->map_begin(r->doc);
        write_place(r, spans[i]);
        write_verdict(r, &verdicts[i], r->output.is_known && !score_is_silent(&verdicts[i]));
        host->map_end(r->doc);
    }
    host->array_end(r->doc);
    return TEXTD_OK;
}

/* The genre that most of the text is of. */
static const char *domain_name(struct genres genres, enum field field)
{
    if (field == FIELD_FINANCE || field == FIELD_SUPPORT)
        return field == FIELD_FINANCE ? "finance" : "support";
    float review = genres.share[GENRE_PRODUCT] + genres.share[GENRE_FILM];

    if (genres.share[GENRE_POST] >= review && genres.share[GENRE_POST] >= genres.share[GENRE_NEWS])
        return "social";
    return review >= genres.share[GENRE_NEWS] ? "review" : "news";
}

static void write_reasons(const struct request *r)
{
    static const char *const names[] = {
#define X(name, word) word,
        PLACES(X)
#undef X
            "phrase", /* a turn of phrase, in place of its words */
    };
    const struct textd_host *host = r->host;

    host->write_key(r->doc, "reasons");
    host->array_begin(r->doc);
    for (uint32_t i = 0; i < r->output.n_reasons; i++) {
        const struct reason *reason = &r->output.reasons[i];
        host->map_begin(r->doc);
        write_place(r, reason->span);
        write_score(r, "contribution", reason->contribution);
        host->write_key(r->doc, "rules");
        host->array_begin(r->doc);
        for (unsigned p = 0; p <= N_PLACES; p++)
            if (reason->places >> p & 1)
                host->write_text(r->doc, names[p], strlen(names[p]));
        host->array_end(r->doc);
        host->map_end(r->doc);
    }
    host->array_end(r->doc);
}

int32_t result_write(const struct request *r)
{
    const struct sentiment_input *input = &r->input;
    const struct sentiment_output *output = &r->output;
    int32_t rc = TEXTD_OK;

    r->host->map_begin(r->doc);
    write_verdict(r, &output->text, output->is_known);
    write_name(r, "domain", domain_name(output->genres, output->field));
    if (r->with_sentences)
        rc = write_spans(r, "sentences", input->sentences, output->sentences, input->n_sentences);
    if (rc == TEXTD_OK && r->with_entities)
        rc = write_spans(r, "entities", input->entities, output->entities, input->n_entities);
    if (rc == TEXTD_OK && r->with_reasons)
        write_reasons(r);
    r->host->map_end(r->doc);
    return rc;
}

int32_t result_write_nothing(const struct request *r)
{
    static const char *const values[] = { "score", "label", "confidence", "domain" };
    const char *lists[] = { r->with_sentences ? "sentences" : NULL, r->with_entities ? "entities" : NULL,
                            r->with_reasons ? "reasons" : NULL };

    r->host->map_begin(r->doc);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        r->host->write_key(r->doc, values[i]);
        r->host->write_nil(r->doc);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!lists[i])
            continue;
        r->host->write_key(r->doc, lists[i]);
        r->host->array_begin(r->doc);
        r->host->array_end(r->doc);
    }
    r->host->map_end(r->doc);
    return TEXTD_OK;
}
