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

struct judgement {
    float score, confidence;
    enum sentiment_label label;
};

/* Of what nothing is said the score is 0, whatever the genre's. */
static struct judgement judge(const struct request *r, const struct verdict *verdict, bool is_known)
{
    struct judgement j = { .score = is_known ? score_of(r->model, verdict, r->output.genres) : 0 };

    j.label = score_label(j.score, r->negative, r->positive);
    j.confidence = is_known ? score_confidence(r->model, j.score, j.label, r->output.genres) : 0;
    return j;
}

static struct judgement judge_span(const struct request *r, const struct verdict *verdict)
{
    return judge(r, verdict, r->output.is_known && !score_is_silent(verdict));
}

static void write_judgement(const struct request *r, struct judgement j)
{
    write_score(r, "score", j.score);
    write_name(r, "label", score_label_name(j.label));
    write_score(r, "confidence", j.confidence);
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
        write_judgement(r, judge_span(r, &verdicts[i]));
        host->map_end(r->doc);
    }
    host->array_end(r->doc);
    return TEXTD_OK;
}

static void begin_column(const struct request *r, const char *key)
{
    r->host->write_key(r->doc, key);
    r->host->array_begin(r->doc);
}

/* As write_spans, with an array for each field. */
static int32_t write_span_columns(const struct request *r, const char *key, const struct textd_span *spans,
                                  const struct verdict *verdicts, uint32_t count)
{
    const struct textd_host *host = r->host;
    struct judgement *all = host->alloc(r->doc, (count + 1ull) * sizeof *all, _Alignof(struct judgement));

    if (!all)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for %u %s; raise limits.document_memory", count, key);
    for (uint32_t i = 0; i < count; i++) {
        if (i % 4096 == 4095 && host->should_stop(r->doc))
            return textd_explain(host, TEXTD_STOPPED, "stopped while writing %s %u of %u", key, i, count);
        all[i] = judge_span(r, &verdicts[i]);
    }
    host->write_key(r->doc, key);
    host->map_begin(r->doc);
    begin_column(r, "start");
    for (uint32_t i = 0; i < count; i++)
        host->write_offset(r->doc, spans[i].start);
    host->array_end(r->doc);
    begin_column(r, "end");
    for (uint32_t i = 0; i < count; i++)
        host->write_offset(r->doc, spans[i].end);
    host->array_end(r->doc);
    begin_column(r, "score");
    for (uint32_t i = 0; i < count; i++)
        host->write_number(r->doc, digits_of_score(all[i].score));
    host->array_end(r->doc);
    begin_column(r, "label");
    for (uint32_t i = 0; i < count; i++)
        host->write_integer(r->doc, all[i].label);
    host->array_end(r->doc);
    begin_column(r, "confidence");
    for (uint32_t i = 0; i < count; i++)
        host->write_number(r->doc, digits_of_score(all[i].confidence));
    host->array_end(r->doc);
    host->map_end(r->doc);
    return TEXTD_OK;
}

/* Counts are those of what was read: none of a text that was left alone. */
static int32_t write_columns(const struct request *r, uint32_t n_sentences, uint32_t n_entities)
{
    int32_t rc = TEXTD_OK;

    begin_column(r, "labels");
    for (int label = SENTIMENT_NEGATIVE; label <= SENTIMENT_POSITIVE; label++) {
        const char *name = score_label_name((enum sentiment_label)label);
        r->host->write_text(r->doc, name, strlen(name));
    }
    r->host->array_end(r->doc);
    r->host->write_key(r->doc, "columns");
    r->host->map_begin(r->doc);
    if (r->with_sentences)
        rc = write_span_columns(r, "sentences", r->input.sentences, r->output.sentences, n_sentences);
    if (rc == TEXTD_OK && r->with_entities)
        rc = write_span_columns(r, "entities", r->input.entities, r->output.entities, n_entities);
    r->host->map_end(r->doc);
    return rc;
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
    write_judgement(r, judge(r, &output->text, output->is_known));
    write_name(r, "domain", domain_name(output->genres, output->field));
    if (r->in_columns)
        rc = write_columns(r, input->n_sentences, input->n_entities);
    if (r->with_sentences && !r->in_columns)
        rc = write_spans(r, "sentences", input->sentences, output->sentences, input->n_sentences);
    if (rc == TEXTD_OK && r->with_entities && !r->in_columns)
        rc = write_spans(r, "entities", input->entities, output->entities, input->n_entities);
    if (rc == TEXTD_OK && r->with_reasons)
        write_reasons(r);
    r->host->map_end(r->doc);
    return rc;
}

int32_t result_write_nothing(const struct request *r)
{
    static const char *const values[] = { "score", "label", "confidence", "domain" };
    const char *lists[] = { r->with_sentences && !r->in_columns ? "sentences" : NULL,
                            r->with_entities && !r->in_columns ? "entities" : NULL,
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
    int32_t rc = r->in_columns ? write_columns(r, 0, 0) : TEXTD_OK;
    r->host->map_end(r->doc);
    return rc;
}
