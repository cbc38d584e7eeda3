/* report.c: see report.h. */
#include "clients/cli/annotate/report.h"

#include <math.h>
#include <string.h>

#include "common/utf8.h"

#define BAR_HALF 10           /* blocks on each side of a score's bar */
#define QUOTE_COLUMNS_LEFT 25 /* what stands before the quoted sentence, and the dots behind it */

/* 3412 → "3,412" */
static const char *grouped(int64_t value, char text[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value), out = 0;

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
            text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = 0;
    return text;
}

static void header(const struct term *term, const char *name, struct textd_node root, uint64_t elapsed_ns)
{
    static const char *const counts[] = { "bytes", "sentences", "tokens" };
    struct textd_node doc = textd_node_find(root, "doc");
    char text[32];

    term_color(term, "1;7");
    term_text(term->out, name, strlen(name));
    term_plain(term);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct textd_node count = textd_node_find(doc, counts[i]);
        if (count.type == TEXTD_NODE_INTEGER)
            fprintf(term->out, "%s%s %s", i == 0 ? "  " : " \u00B7 ", grouped(count.integer, text), counts[i]);
    }
    struct textd_node language = textd_node_find(doc, "language");
    if (language.type == TEXTD_NODE_TEXT) {
        fputs(" \u00B7 language ", term->out);
        term_text(term->out, language.text, language.length);
    }
    fprintf(term->out, " \u00B7 %.1f ms (%.1f ms of it in plugins)\n", (double)elapsed_ns / 1e6,
            textd_node_path(root, "timing.run_us").number / 1e3);
}

/* Plugins that failed while others did not. */
static void failures(const struct term *term, struct textd_node errors)
{
    struct textd_walk walk = textd_node_walk(errors);
    struct textd_node plugin, error;

    while (textd_walk_next(&walk, &plugin, &error)) {
        struct textd_node code = textd_node_find(error, "code"), message = textd_node_find(error, "message");
        term_in_color(term, "1;31", "failed: ");
        term_text(term->out, plugin.text, plugin.length);
        fputs(": ", term->out);
        term_text(term->out, code.text, code.length);
        fputs(": ", term->out);
        term_text(term->out, message.text, message.length);
        putc('\n', term->out);
    }
}

static void summary(const struct term *term, struct textd_node result)
{
    struct textd_node text = textd_node_find(result, "summary");
    struct wrap wrap;

    term_heading(term, "Summary");
    wrap_start(&wrap, term, 2);
    wrap_text(&wrap, text.text, text.length);
    wrap_finish(&wrap);
}

static const char *score_color(double score, struct textd_node label)
{
    if (textd_node_is(label, "neutral"))
        return "33";
    return score < 0 ? "31" : "32";
}

/* A bar from the middle, to the left for negative scores. A score is what some plugin says it is: what lies outside of -1
 * to 1 fills its side. */
static void bar(const struct term *term, double score, const char *sgr)
{
    double length = isnan(score) ? 0 : fmax(-1, fmin(1, score)) * BAR_HALF;
    int blocks = (int)(length + (length < 0 ? -0.5 : 0.5));

    for (int i = -BAR_HALF; i < BAR_HALF; i++) {
        int is_filled = (i < 0 && i >= blocks) || (i >= 0 && i < blocks);
        if (i == 0)
            fputs("\u2502", term->out);
        term_color(term, is_filled ? sgr : "2");
        fputs(is_filled ? "\u2588" : "\u00B7", term->out);
        term_plain(term);
    }
}

/* The sentence's text on one line, cut where the line ends. */
static void quote(const struct term *term, const char *what, const struct document *d, struct textd_node sentence)
{
    struct range range;
    size_t room = (size_t)(term->width - QUOTE_COLUMNS_LEFT);

    if (sentence.type != TEXTD_NODE_MAP || range_read(d, sentence, &range) != 0)
        return;
    size_t length = range.end - range.start;
    size_t cut = length > room ? td_utf8_cut(d->text + range.start, room) : length;
    double score = textd_node_find(sentence, "score").number;
    fprintf(term->out, "  %-14s ", what);
    term_color(term, score < 0 ? "31" : "32");
    fprintf(term->out, "%+.2f  ", score);
    term_plain(term);
    term_text(term->out, d->text + range.start, cut);
    fputs(cut < length ? "\u2026\n" : "\n", term->out);
}

/* The sentence with the highest score times `sign`, if that is above 0. */
static struct textd_node extreme(struct textd_node sentences, double sign)
{
    struct textd_walk walk = textd_node_walk(sentences);
    struct textd_node s, best = { 0 };
    double best_score = 0;

    while (textd_walk_next(&walk, NULL, &s)) {
        double score = sign * textd_node_find(s, "score").number;
        if (score > best_score) {
            best_score = score;
            best = s;
        }
    }
    return best;
}

static void sentiment(const struct term *term, const struct document *d, struct textd_node result)
{
    struct textd_node label = textd_node_find(result, "label"), sentences = textd_node_find(result, "sentences");
    double score = textd_node_find(result, "score").number;
    const char *sgr = score_color(score, label);

    term_heading(term, "Sentiment");
    if (label.type == TEXTD_NODE_NIL) { /* a warning has said why */
        fputs("  none: the text was left alone\n", term->out);
        return;
    }
    fputs("  ", term->out);
    bar(term, score, sgr);
    term_color(term, sgr);
    fprintf(term->out, "  %+.2f ", score);
    term_text(term->out, label.text, label.length);
    term_plain(term);
    fprintf(term->out, " (confidence %.0f %%)\n", 100 * textd_node_find(result, "confidence").number);
    quote(term, "most positive", d, extreme(sentences, 1));
    quote(term, "most negative", d, extreme(sentences, -1));
}

/* The result that is nothing but sentences, when there is no other result; else NONE. */
static struct textd_node only_sentences(struct textd_node results)
{
    struct textd_walk walk = textd_node_walk(results);
    struct textd_node result, none = { 0 };

    return results.length == 1 && textd_walk_next(&walk, NULL, &result) && result_kind(result) == RESULT_SENTENCES
               ? result
               : none;
}

/* Sentences are counted in the header; to list them beside other results would be the text once more. */
void report_print(const struct term *term, const char *name, const struct document *document,
                  const struct textd_reply *reply, uint64_t elapsed_ns)
{
    static const enum result_kind order[] = { RESULT_SUMMARY, RESULT_SENTIMENT, RESULT_ENTITIES, RESULT_OTHER };
    struct textd_node root = textd_reply_root(reply), results = textd_reply_results(reply);
    struct textd_node plugin, result, sentences = only_sentences(results);

    header(term, name, root, elapsed_ns);
    failures(term, textd_node_find(root, "errors"));
    if (sentences.type != TEXTD_NODE_NONE) {
        report_sentences(term, document, sentences);
        return;
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct textd_walk walk = textd_node_walk(results);
        while (textd_walk_next(&walk, &plugin, &result)) {
            if (result_kind(result) != order[i])
                continue;
            if (order[i] == RESULT_SUMMARY)
                summary(term, result);
            else if (order[i] == RESULT_SENTIMENT)
                sentiment(term, document, result);
            else if (order[i] == RESULT_ENTITIES)
                report_entities(term, document, result);
            else
                report_other(term, document, plugin, result);
        }
    }
    report_text(term, document, results);
}
