/* conll.c: `textctl annotate --conll`: a line for each token, `TOKEN<TAB>LABEL` with labels in IOB2, an empty line
 * behind each sentence, and comments as in CoNLL-U Plus. `textctl train` and `evaluate` read it back with the same
 * names: so a token that a name begins or ends in is cut there, and `# text` is how the sentence reads. */
#include "clients/cli/annotate/output.h"

#include <string.h>

#include "clients/cli/annotate/spans.h"

struct writing {
    FILE *out;
    const struct item *item;
    struct textd_walk sentences;
    struct range sentence; /* that the last token was in; empty when it was in none */
    struct range next;     /* sentence; empty: there are no more */
    size_t number;         /* of sentences so far */
    size_t end;            /* of what was written last */
    const struct spans *spans;
    size_t at;       /* the first span that doesn't end before here */
    size_t begun_at; /* one more than the span that the last token was of; 0: none */
};

static int begin(struct output *o)
{
    fputs("# global.columns = FORM NER\n", o->out);
    return 0;
}

/* A type is one word in a label. */
static void put_label(FILE *out, char place, struct textd_node type)
{
    fprintf(out, "\t%c-", place);
    for (uint32_t i = 0; i < type.length; i++)
        putc((unsigned char)type.text[i] <= ' ' ? '_' : type.text[i], out);
    if (type.length == 0)
        putc('_', out);
}

/* Whether an empty line stands in between: there a paragraph begins. */
static int has_empty_line(const char *text, size_t length)
{
    int n = 0;

    for (size_t i = 0; i < length && n < 2; i++)
        n += text[i] == '\n';
    return n > 1;
}

static void next_sentence(struct writing *w)
{
    struct textd_node pair;

    do
        w->next = (struct range) { 0 };
    while (textd_walk_next(&w->sentences, NULL, &pair) &&
           (range_read_pair(&w->item->document, pair, &w->next) != 0 || w->next.start == w->next.end));
}

/* The comments above a sentence's tokens, or above tokens that are in none. */
static void put_head(struct writing *w, size_t start)
{
    const struct document *d = &w->item->document;

    if (w->number++ > 0) {
        putc('\n', w->out);
    } else {
        fputs("# newdoc id = ", w->out);
        output_line(w->out, w->item->name, w->item->name_length);
        putc('\n', w->out);
    }
    if (w->number > 1 && has_empty_line(d->text + w->end, start - w->end))
        fputs("# newpar\n", w->out);
    fputs("# sent_id = ", w->out);
    output_line(w->out, w->item->name, w->item->name_length);
    fprintf(w->out, "-%zu\n", w->number);
    if (w->sentence.start == w->sentence.end)
        return;
    fputs("# text = ", w->out);
    output_line(w->out, d->text + w->sentence.start, w->sentence.end - w->sentence.start);
    putc('\n', w->out);
}

/* A token or a part of one, of which no name holds only a part. */
static void put_token(struct writing *w, struct range token)
{
    const struct span *span = w->at < w->spans->n ? &w->spans->all[w->at] : NULL;

    output_line(w->out, w->item->document.text + token.start, token.end - token.start);
    if (span && span->range.start <= token.start) {
        put_label(w->out, w->begun_at == w->at + 1 ? 'I' : 'B', span->type);
        putc('\n', w->out);
        w->begun_at = w->at + 1;
    } else {
        fputs("\tO\n", w->out);
    }
    w->end = token.end;
}

static void take_token(struct writing *w, struct range token)
{
    while (w->next.start < w->next.end && w->next.end <= token.start)
        next_sentence(w);
    struct range its = token.start >= w->next.start ? w->next : (struct range) { 0 };
    if (w->number == 0 || its.start != w->sentence.start || its.end != w->sentence.end) {
        w->sentence = its;
        w->begun_at = 0; /* a name that goes on begins again: labels don't reach over sentences */
        put_head(w, token.start);
    }
    while (token.start < token.end) {
        while (w->at < w->spans->n && w->spans->all[w->at].range.end <= token.start)
            w->at++;
        struct range part = token;
        if (w->at < w->spans->n) {
            struct range span = w->spans->all[w->at].range;
            size_t border = span.start > token.start ? span.start : span.end;
            part.end = border < token.end ? border : token.end;
        }
        put_token(w, part);
        token.start = part.end;
    }
}

static int document(struct output *o, const struct item *item)
{
    struct textd_node results = item_results(item), segments = { 0 }, pair;
    struct textd_walk walk = textd_node_walk(results);
    struct writing w = { .out = o->out, .item = item };
    struct spans spans;
    struct range token;

    while (textd_node_find(segments, "tokens").type != TEXTD_NODE_ARRAY && textd_walk_next(&walk, NULL, &segments))
        ;
    struct textd_walk tokens = textd_node_walk(textd_node_find(segments, "tokens"));
    w.sentences = textd_node_walk(textd_node_find(segments, "sentences"));
    next_sentence(&w);
    spans_find(&spans, &item->document, results);
    spans_flatten(&spans);
    w.spans = &spans;
    while (textd_walk_next(&tokens, NULL, &pair))
        if (range_read_pair(&item->document, pair, &token) == 0 && token.start >= w.end)
            take_token(&w, token);
    if (w.number > 0)
        putc('\n', o->out);
    spans_free(&spans);
    return 0;
}

const struct output_form conll_form = { .begin = begin, .document = document };
