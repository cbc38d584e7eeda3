/* html.c: `textctl annotate --html FILE`: one page with everything in it: no script, no picture, nothing from a
 * network. Documents are written to a temporary file as they come; the head, which counts and names them all, is
 * written before it at the end. */
#include "clients/cli/annotate/html.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/lib/json.h"
#include "textd/version.h"

#define MOST_TYPES 200 /* in the legend */
#define INDEX_FROM 2   /* documents */

struct type {
    char *name;
    uint32_t length;
    size_t count;
};

struct page {
    FILE *body, *index; /* files without a name */
    unsigned n_documents, n_failed;
    size_t n_spans;
    struct type types[MOST_TYPES];
    size_t n_types;
    int has_sentiment, has_summary, has_spans;
    char *title; /* of the first document */
    size_t title_length;
};

static int begin(struct output *o)
{
    struct page *page = calloc(1, sizeof *page);

    o->state = page;
    if (page && (page->body = tmpfile()) && (page->index = tmpfile()))
        return 0;
    cli_complain("can't write a temporary file: %s", strerror(errno));
    return -1;
}

static void count_type(struct page *page, struct textd_node type)
{
    size_t i = 0;

    page->n_spans++;
    while (i < page->n_types &&
           (page->types[i].length != type.length || memcmp(page->types[i].name, type.text, type.length) != 0))
        i++;
    if (i == MOST_TYPES)
        return;
    if (i == page->n_types) {
        char *name = malloc(type.length + 1u);
        if (!name)
            return;
        memcpy(name, type.text, type.length);
        page->types[page->n_types++] = (struct type) { .name = name, .length = type.length };
    }
    page->types[i].count++;
}

/* ---- One document ------------------------------------------------------------------------------------------------ */

static void fact(FILE *out, const char *what, struct textd_node number)
{
    char digits[24];

    if (number.type != TEXTD_NODE_INTEGER)
        return;
    int n = snprintf(digits, sizeof digits, "%lld", (long long)number.integer);
    fputs("<li>", out);
    for (int i = 0; i < n; i++)
        fprintf(out, "%s%c", i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-' ? "," : "", digits[i]);
    fprintf(out, " %s%s</li>", what, number.integer == 1 ? "" : "s");
}

/* The score as a bar from the middle, its number and the word for it. */
static void put_sentiment(FILE *out, struct textd_node result)
{
    struct textd_node label = textd_node_find(result, "label"), confidence = textd_node_find(result, "confidence");
    double score = textd_node_find(result, "score").number;
    double width = isnan(score) ? 0 : fmin(1, fabs(score)) * 50;

    if (label.type == TEXTD_NODE_NIL) {
        fputs("<li>no sentiment: the text was left alone</li>", out);
        return;
    }
    fprintf(out, "<li><span class=\"bar\" aria-hidden=\"true\"><i class=\"%s\" style=\"left:%.1f%%;width:%.1f%%\">",
            html_tint(score, label), score < 0 ? 50 - width : 50, width);
    fputs("</i></span> ", out);
    html_score(out, score, label);
    putc(' ', out);
    html_text(out, label.text, label.length);
    if (confidence.type == TEXTD_NODE_NUMBER)
        fprintf(out, " <small>(confidence %.0f %%)</small>", 100 * confidence.number);
    fputs("</li>", out);
}

static void put_facts(FILE *out, const struct item *item)
{
    struct textd_node doc = textd_node_find(textd_reply_root(item->reply), "doc");
    struct textd_node sentiment = result_find(item_results(item), RESULT_SENTIMENT);

    fputs("<ul class=\"facts\">", out);
    if (sentiment.type != TEXTD_NODE_NONE)
        put_sentiment(out, sentiment);
    fact(out, "byte", textd_node_find(doc, "bytes"));
    fact(out, "character", textd_node_find(doc, "codepoints"));
    fact(out, "sentence", textd_node_find(doc, "sentences"));
    fact(out, "token", textd_node_find(doc, "tokens"));
    struct textd_node language = textd_node_find(doc, "language");
    if (language.type == TEXTD_NODE_TEXT) {
        fputs("<li>language ", out);
        html_text(out, language.text, language.length);
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
}

static void put_failure(FILE *out, const char *code, const char *message)
{
    fputs("<p class=\"failed\"><b>Failed: ", out);
    html_text(out, code, strlen(code));
    fputs("</b> ", out);
    html_text(out, message, strlen(message));
    fputs("</p>\n", out);
}

/* Plugins that failed while others did not. */
static void put_errors(FILE *out, const struct item *item)
{
    struct textd_walk walk = textd_node_walk(textd_node_find(textd_reply_root(item->reply), "errors"));
    struct textd_node plugin, error;

    while (textd_walk_next(&walk, &plugin, &error)) {
        struct textd_node code = textd_node_find(error, "code"), message = textd_node_find(error, "message");
        fputs("<p class=\"failed\"><b>", out);
        html_text(out, plugin.text, plugin.length);
        fputs(": ", out);
        html_text(out, code.text, code.length);
        fputs("</b> ", out);
        html_text(out, message.text, message.length);
        fputs("</p>\n", out);
    }
}

static void put_cell(FILE *out, struct textd_node node)
{
    char *json = NULL;
    size_t length = 0;
    FILE *memory;

    fputs("<td dir=\"auto\">", out);
    if (node.type == TEXTD_NODE_TEXT) {
        html_text(out, node.text, node.length);
    } else if (node.type != TEXTD_NODE_NONE && (memory = open_memstream(&json, &length))) {
        json_node(memory, node);
        fclose(memory);
        html_text(out, json, length);
        free(json);
    }
    fputs("</td>", out);
}

/* All that was found, also what the text could show only when it is pointed at. */
static void put_table(FILE *out, const struct spans *spans)
{
    if (spans->n == 0)
        return;
    fprintf(out,
            "<details><summary>All that was found (%zu)</summary>\n<table><thead><tr><th>Type</th><th>Text</th>"
            "<th>Value</th><th>Score</th><th>Bytes</th><th>Plugin</th></tr></thead><tbody>\n",
            spans->n);
    for (size_t i = 0; i < spans->n; i++) {
        const struct span *s = &spans->all[i];
        fprintf(out, "<tr><td><mark class=\"e h%u\"><b class=\"l\">", html_color(s->type));
        html_text(out, s->type.text, s->type.length);
        fputs("</b></mark></td>", out);
        put_cell(out, s->text);
        put_cell(out, s->value);
        put_cell(out, s->score);
        fprintf(out, "<td>%zu\u2013%zu</td>", s->range.start, s->range.end);
        put_cell(out, s->plugin);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></details>\n", out);
}

static void put_index_row(struct page *page, const struct item *item, const struct spans *spans, int has_failed)
{
    struct textd_node sentiment = result_find(item_results(item), RESULT_SENTIMENT);
    struct textd_node label = textd_node_find(sentiment, "label");
    double score = textd_node_find(sentiment, "score").number;

    fprintf(page->index, "<tr><td><a href=\"#d%u\">", page->n_documents);
    html_text(page->index, item->name, item->name_length);
    fputs("</a></td><td>", page->index);
    if (label.type == TEXTD_NODE_TEXT)
        html_score(page->index, score, label);
    fprintf(page->index, has_failed ? "</td><td class=\"failed\">failed</td></tr>\n" : "</td><td>%zu</td></tr>\n",
            spans->n);
}

static void put_document(struct page *page, const struct item *item, const struct spans *spans)
{
    const struct textd_reply_error *error = item->reply ? textd_reply_error(item->reply) : NULL;
    FILE *out = page->body;

    fprintf(out, "<article id=\"d%u\"><h2 dir=\"auto\">", page->n_documents);
    html_text(out, item->name, item->name_length);
    fputs("</h2>\n", out);
    if (!item->reply)
        put_failure(out, item->code, item->message);
    else if (error)
        put_failure(out, error->code, error->message);
    if (item->reply && !error) {
        put_facts(out, item);
        put_errors(out, item);
        html_summary(out, page->n_documents, item);
    }
    html_marked_text(out, page->n_documents, item, spans);
    put_table(out, spans);
    fputs("</article>\n", out);
}

static int document(struct output *o, const struct item *item)
{
    struct page *page = o->state;
    struct textd_node results = item_results(item), sentiment = result_find(results, RESULT_SENTIMENT);
    struct spans spans;

    if (page->n_documents++ == 0 && (page->title = malloc(item->name_length + 1))) {
        memcpy(page->title, item->name, item->name_length);
        page->title_length = item->name_length;
    }
    page->n_failed += results.type == TEXTD_NODE_NONE;
    page->has_sentiment |= textd_node_find(sentiment, "sentences").length > 0;
    page->has_summary |= result_find(results, RESULT_SUMMARY).type != TEXTD_NODE_NONE;
    spans_find(&spans, &item->document, results);
    page->has_spans |= spans.n > 0;
    for (size_t i = 0; i < spans.n; i++)
        count_type(page, spans.all[i].type);
    put_index_row(page, item, &spans, results.type == TEXTD_NODE_NONE);
    put_document(page, item, &spans);
    spans_free(&spans);
    return 0;
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
    const struct type *x = a, *y = b;
    uint32_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->name, y->name, shorter);

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* Before all else on the page, so that the style can follow what is ticked: no script is needed. */
static void put_switches(FILE *out, const struct page *page)
{
    const char *const names[] = { page->has_spans ? "names" : NULL, page->has_sentiment ? "sentiment" : NULL,
                                  page->has_summary ? "summary" : NULL };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i])
            fprintf(out, "<input type=\"checkbox\" class=\"switch\" id=\"show-%s\" checked aria-label=\"show %s\">\n",
                    names[i], names[i]);
}

static void put_legend(FILE *out, struct page *page)
{
    if (page->n_types > 1)
        qsort(page->types, page->n_types, sizeof page->types[0], by_count);
    fputs("<div class=\"legend\">\n", out);
    if (page->has_spans) {
        fputs("<div><label for=\"show-names\">Names</label> ", out);
        for (size_t i = 0; i < page->n_types; i++) {
            struct textd_node type = { .type = TEXTD_NODE_TEXT,
                                       .text = page->types[i].name,
                                       .length = page->types[i].length };
            fprintf(out, "<mark class=\"e h%u\"><b class=\"l\">", html_color(type));
            html_text(out, type.text, type.length);
            fprintf(out, "</b>\u2009%zu</mark> ", page->types[i].count);
        }
        fputs("</div>\n", out);
    }
    if (page->has_sentiment)
        fputs("<div><label for=\"show-sentiment\">Sentiment</label> <span class=\"s m3\">negative<i class=\"n "
              "m3\">\u22120.80</i></span> <span class=\"s m1\">a little<i class=\"n m1\">\u22120.20</i></span> <span "
              "class=\"s p1\">a little<i class=\"n p1\">+0.20</i></span> <span class=\"s p3\">positive<i class=\"n "
              "p3\">+0.80</i></span></div>\n",
              out);
    if (page->has_summary)
        fputs("<div><label for=\"show-summary\">Summary</label> <span class=\"k\"><b class=\"r\">\u26051</b>a sentence "
              "of it</span>, numbered by importance</div>\n",
              out);
    fputs("</div>\n", out);
}

static void put_head(FILE *out, struct page *page)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"textctl " TEXTD_VERSION
        "\">\n<title>",
        out);
    if (page->n_documents == 1)
        html_text(out, page->title ? page->title : "", page->title_length);
    else
        fprintf(out, "%u documents", page->n_documents);
    fputs(" \u2013 textd</title>\n<style>\n", out);
    for (const char *const *piece = html_style; *piece; piece++)
        fputs(*piece, out);
    fprintf(out, "</style>\n</head>\n<body%s>\n", page->n_documents == 1 ? " class=\"one\"" : "");
    put_switches(out, page);
    fputs("<header><p class=\"by\">Annotated by textd</p>\n<h1 dir=\"auto\">", out);
    if (page->n_documents == 1)
        html_text(out, page->title ? page->title : "", page->title_length);
    else
        fprintf(out, "%u documents", page->n_documents);
    fprintf(out, " <span>%zu mark%s</span>", page->n_spans, page->n_spans == 1 ? "" : "s");
    if (page->n_failed > 0)
        fprintf(out, " <span class=\"failed\">%u failed</span>", page->n_failed);
    fputs("</h1>\n", out);
    put_legend(out, page);
    fputs("</header>\n", out);
}

/* -1: reading or writing failed; errno says why. */
static int copy(FILE *from, FILE *out)
{
    char bytes[65536];
    size_t n;

    if (fflush(from) != 0 || ferror(from))
        return -1;
    rewind(from);
    while ((n = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, n, out);
    return ferror(from) ? -1 : 0;
}

static void free_page(struct page *page)
{
    if (page->body)
        fclose(page->body);
    if (page->index)
        fclose(page->index);
    for (size_t i = 0; i < page->n_types; i++)
        free(page->types[i].name);
    free(page->title);
    free(page);
}

static int end(struct output *o)
{
    struct page *page = o->state;
    int rc = 0;

    if (page && page->body && page->index) {
        put_head(o->out, page);
        if (page->n_documents >= INDEX_FROM) {
            fputs("<nav><table><thead><tr><th>Document</th><th>Sentiment</th><th>Marks</th></tr></thead><tbody>\n",
                  o->out);
            rc = copy(page->index, o->out);
            fputs("</tbody></table></nav>\n", o->out);
        }
        fputs("<main>\n", o->out);
        if (rc != 0 || copy(page->body, o->out) != 0) {
            cli_complain("the page is not complete: a temporary file can't be written: %s", strerror(errno));
            rc = -1;
        }
        fputs("</main>\n</body>\n</html>\n", o->out);
    }
    if (page)
        free_page(page);
    return rc;
}

const struct output_form html_form = { .begin = begin, .document = document, .end = end };
