/* sentences.c: the report's list of sentences, a paragraph each, with bars where tokens border without a blank:
 * "did|n't". */
#include "clients/cli/annotate/report.h"

/* The tokens that lie in the sentence, taken from the walk. `token` is the next one, which is behind the sentence in the
 * end. */
static void put_tokens(struct wrap *wrap, const struct document *d, struct range sentence, struct textd_walk *walk,
                       struct range *token)
{
    size_t at = sentence.start;
    struct textd_node pair;

    while (token->start < sentence.end && token->end > token->start && token->start >= at) {
        if (token->start > at)
            wrap_text(wrap, d->text + at, token->start - at);
        else if (at > sentence.start) {
            wrap_color(wrap, "2");
            wrap_text(wrap, "|", 1);
            wrap_color(wrap, NULL);
        }
        wrap_text(wrap, d->text + token->start, token->end - token->start);
        at = token->end;
        if (!textd_walk_next(walk, NULL, &pair) || range_read_pair(d, pair, token) != 0)
            *token = (struct range) { 0 };
    }
    if (at < sentence.end)
        wrap_text(wrap, d->text + at, sentence.end - at);
}

void report_sentences(const struct term *term, const struct document *d, struct textd_node result)
{
    struct textd_walk sentences = textd_node_walk(textd_node_find(result, "sentences")),
                      tokens = textd_node_walk(textd_node_find(result, "tokens"));
    struct textd_node pair;
    struct range sentence, token = { 0 };
    unsigned number = 0;

    term_heading(term, "Sentences");
    if (textd_walk_next(&tokens, NULL, &pair) && range_read_pair(d, pair, &token) != 0)
        token = (struct range) { 0 };
    while (textd_walk_next(&sentences, NULL, &pair)) {
        struct wrap wrap;
        if (range_read_pair(d, pair, &sentence) != 0)
            continue;
        term_color(term, "2");
        fprintf(term->out, "%5u ", ++number);
        term_plain(term);
        wrap_start(&wrap, term, 6);
        wrap.column = 6;
        put_tokens(&wrap, d, sentence, &tokens, &token);
        wrap_finish(&wrap);
    }
}
