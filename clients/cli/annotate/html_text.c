/* html_text.c: a document's text on the page (see html.h). What is marked may overlap, and elements of a page may not:
 * at each border all that ends is closed, with what stands inside of it and goes on, and that is opened again. */
#include "clients/cli/annotate/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/lib/json.h"
#include "common/utf8.h"

/* ---- Text that is safe ------------------------------------------------------------------------------------------- */

static void show_code(FILE *out, unsigned code, int is_attribute)
{
    static const struct {
        unsigned code;
        const char *name;
    } names[] = { { 0x202A, "LRE" }, { 0x202B, "RLE" }, { 0x202C, "PDF" }, { 0x202D, "LRO" }, { 0x202E, "RLO" },
                  { 0x2066, "LRI" }, { 0x2067, "RLI" }, { 0x2068, "FSI" }, { 0x2069, "PDI" } };
    char name[16];

    snprintf(name, sizeof name, "U+%04X", code);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == code)
            snprintf(name, sizeof name, "%s", names[i].name);
    if (is_attribute)
        fprintf(out, "[%s]", name);
    else
        fprintf(out, "<span class=\"c\" title=\"U+%04X\">%s</span>", code, name);
}

/* The code point at `text`, which is valid, and how many bytes it has. */
static unsigned code_at(const char *text, size_t *n)
{
    const unsigned char *b = (const unsigned char *)text;

    *n = b[0] < 0x80 ? 1 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (*n == 1)
        return b[0];
    unsigned code = b[0] & (0x7Fu >> *n);
    for (size_t i = 1; i < *n; i++)
        code = code << 6 | (b[i] & 0x3Fu);
    return code;
}

static const char *entity_of(unsigned code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    }
    return NULL;
}

/* Writes the character, if it isn't one that goes out as it is. 0: it is. */
static int put_special(FILE *out, unsigned code, int is_attribute)
{
    const char *entity = entity_of(code);

    if (entity)
        fputs(entity, out);
    else if (code == '\n' || code == '\t' || code == 0x2028 || code == 0x2029)
        fputs(is_attribute ? " " : code == '\t' ? "\t" : "\n", out);
    else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
             (code >= 0x2066 && code <= 0x2069))
        show_code(out, code, is_attribute);
    else
        return 0;
    return 1;
}

static void put_valid(FILE *out, const char *text, size_t length, int is_attribute)
{
    size_t start = 0, n;

    for (size_t i = 0; i < length; i += n) {
        unsigned code = code_at(text + i, &n);
        if (code == '\r' && i + 1 < length && text[i + 1] == '\n') {
            fwrite(text + start, 1, i - start, out); /* one line end, not two */
            start = i + n;
            continue;
        }
        if (code >= 0x20 && code < 0x7F && !entity_of(code))
            continue;
        fwrite(text + start, 1, i - start, out);
        start = put_special(out, code == '\r' ? '\n' : code, is_attribute) ? i + n : i;
    }
    fwrite(text + start, 1, length - start, out);
}

static void put_text(FILE *out, const char *text, size_t length, int is_attribute)
{
    while (length > 0) {
        size_t valid = td_utf8_check(text, length, NULL);
        put_valid(out, text, valid, is_attribute);
        if (valid == length)
            break;
        fputs("\xEF\xBF\xBD", out); /* U+FFFD */
        text += valid + 1;
        length -= valid + 1;
    }
}

void html_text(FILE *out, const char *text, size_t length)
{
    put_text(out, text, length, 0);
}

void html_attribute(FILE *out, const char *text, size_t length)
{
    put_text(out, text, length, 1);
}

/* ---- Colours ----------------------------------------------------------------------------------------------------- */

/* Types of a kind are of a colour; those that textd doesn't know share the rest by their names' bytes. */
unsigned html_color(struct textd_node type)
{
    static const struct {
        const char *type;
        unsigned color;
    } known[] = { { "PERSON", 0 }, { "ORG", 1 },      { "LOC", 2 },       { "FAC", 3 },      { "NORP", 4 },
                  { "EVENT", 5 },  { "LAW", 6 },      { "WORK", 6 },      { "PRODUCT", 7 },  { "LANGUAGE", 4 },
                  { "MISC", 11 },  { "DATE", 8 },     { "TIME", 8 },      { "DURATION", 8 }, { "SET", 8 },
                  { "MONEY", 9 },  { "PERCENT", 10 }, { "QUANTITY", 10 }, { "ORDINAL", 10 }, { "CARDINAL", 10 },
                  { "EMAIL", 3 },  { "URL", 3 },      { "HANDLE", 5 },    { "HASHTAG", 7 },  { "PHONE", 3 },
                  { "IP", 3 },     { "IBAN", 9 } };
    unsigned sum = 5381;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (textd_node_is(type, known[i].type))
            return known[i].color;
    for (uint32_t i = 0; i < type.length; i++)
        sum = sum * 33 + (unsigned char)type.text[i];
    return sum % HTML_COLORS;
}

const char *html_tint(double score, struct textd_node label)
{
    static const char *const tints[] = { "m3", "m2", "m1", "n0", "p1", "p2", "p3" };
    int step = fabs(score) >= 0.6 ? 3 : fabs(score) >= 0.3 ? 2 : 1;

    if (!(fabs(score) >= 0.05) || textd_node_is(label, "neutral"))
        step = 0;
    return tints[3 + (score < 0 ? -step : step)];
}

void html_score(FILE *out, double score, struct textd_node label)
{
    int hundredths = (int)lround(100 * fmax(-9, fmin(9, isnan(score) ? 0 : score)));

    fprintf(out, "<i class=\"n %s\" title=\"sentiment\">%s%d.%02d</i>", html_tint(score, label),
            hundredths < 0   ? "\u2212"
            : hundredths > 0 ? "+"
                             : "",
            abs(hundredths) / 100, abs(hundredths) % 100);
}

/* ---- What is marked ---------------------------------------------------------------------------------------------- */

enum level { SENTENCE, CHOSEN, MARK }; /* outer ones first */

struct piece {
    struct range range;
    enum level level;
    double score; /* of a sentence */
    struct textd_node label;
    long long rank;          /* CHOSEN for the summary as the RANKth best */
    const struct span *span; /* MARK */
    size_t number;           /* of its level, from 1 */
};

struct pieces {
    struct piece *all;
    size_t n, capacity;
};

static void add(struct pieces *p, struct piece piece)
{
    if (p->n == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 256;
        struct piece *bigger = realloc(p->all, capacity * sizeof *bigger);
        if (!bigger)
            return; /* it stays unmarked */
        p->all = bigger;
        p->capacity = capacity;
    }
    p->all[p->n++] = piece;
}

/* Sentences with their scores; those of the segmenter when there is no sentiment: they have none, and are not marked.
 * */
static void add_sentences(struct pieces *p, const struct item *item)
{
    struct textd_node result = result_find(item_results(item), RESULT_SENTIMENT), s;
    struct textd_walk walk = textd_node_walk(textd_node_find(result, "sentences"));
    struct piece piece = { .level = SENTENCE };

    while (textd_walk_next(&walk, NULL, &s)) {
        struct textd_node score = textd_node_find(s, "score");
        if (range_read(&item->document, s, &piece.range) != 0 || piece.range.start == piece.range.end ||
            (score.type != TEXTD_NODE_NUMBER && score.type != TEXTD_NODE_INTEGER))
            continue;
        piece.score = score.number;
        piece.label = textd_node_find(s, "label");
        piece.number++;
        add(p, piece);
    }
}

static void add_chosen(struct pieces *p, const struct item *item)
{
    struct textd_node result = result_find(item_results(item), RESULT_SUMMARY), s;
    struct textd_walk walk = textd_node_walk(textd_node_find(result, "sentences"));
    struct piece piece = { .level = CHOSEN };

    while (textd_walk_next(&walk, NULL, &s)) {
        piece.number++; /* as html_summary counts */
        if (range_read(&item->document, s, &piece.range) != 0 || piece.range.start == piece.range.end)
            continue;
        piece.rank = textd_node_find(s, "rank").integer;
        add(p, piece);
    }
}

static int by_range(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    if (x->range.start != y->range.start)
        return x->range.start < y->range.start ? -1 : 1;
    if (x->range.end != y->range.end)
        return x->range.end > y->range.end ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

static void put_json(FILE *out, const char *before, struct textd_node node)
{
    char *json = NULL;
    size_t length = 0;
    FILE *memory = node.type == TEXTD_NODE_NONE || node.type == TEXTD_NODE_NIL ? NULL : open_memstream(&json, &length);

    if (!memory)
        return;
    json_node(memory, node);
    fclose(memory);
    fputs(before, out);
    if (node.type == TEXTD_NODE_TEXT)
        html_attribute(out, node.text, node.length);
    else
        html_attribute(out, json ? json : "", length);
    free(json);
}

static void open_mark(FILE *out, const struct span *s)
{
    fprintf(out, "<mark class=\"e h%u\" title=\"", html_color(s->type));
    html_attribute(out, s->type.text, s->type.length);
    put_json(out, " \u00B7 ", s->value);
    put_json(out, " \u00B7 id ", s->id);
    put_json(out, " \u00B7 score ", s->score);
    fputs("\">", out);
}

/* `is_again`: it was closed only for the sake of another one. */
static void open_piece(FILE *out, unsigned document, const struct piece *p, int is_again)
{
    switch (p->level) {
    case SENTENCE:
        fprintf(out, "<span class=\"s %s\">", html_tint(p->score, p->label));
        break;
    case CHOSEN:
        fputs("<span class=\"k\"", out);
        if (!is_again)
            fprintf(out, " id=\"d%uk%zu\"", document, p->number);
        fputs(">", out);
        if (!is_again)
            fprintf(out, "<b class=\"r\" title=\"in the summary, as number %lld\">\u2605%lld</b>", p->rank, p->rank);
        break;
    case MARK:
        open_mark(out, p->span);
        break;
    }
}

static void close_piece(FILE *out, const struct piece *p, int is_whole)
{
    if (p->level == MARK && is_whole) {
        fputs("<b class=\"l\">", out);
        html_text(out, p->span->type.text, p->span->type.length);
        fputs("</b>", out);
    } else if (p->level == SENTENCE && is_whole) {
        html_score(out, p->score, p->label);
    }
    fputs(p->level == MARK ? "</mark>" : "</span>", out);
}

/* Deeper ones are not opened: a plugin could mark everything a thousand times over. */
#define MAX_OPEN 12

struct sweep {
    FILE *out;
    unsigned document;
    const struct piece *open[MAX_OPEN];
    size_t n_open;
};

static size_t next_end(const struct sweep *s)
{
    size_t end = SIZE_MAX;

    for (size_t i = 0; i < s->n_open; i++)
        if (s->open[i]->range.end < end)
            end = s->open[i]->range.end;
    return end;
}

/* Closes what ends here, and on the way what was opened later and goes on, which is opened again. */
static void close_ended(struct sweep *s, size_t at)
{
    const struct piece *again[MAX_OPEN];
    size_t first = 0, n = 0;

    while (first < s->n_open && s->open[first]->range.end > at)
        first++;
    while (s->n_open > first) {
        const struct piece *p = s->open[--s->n_open];
        close_piece(s->out, p, p->range.end <= at);
        if (p->range.end > at)
            again[n++] = p;
    }
    while (n > 0) {
        open_piece(s->out, s->document, again[--n], 1);
        s->open[s->n_open++] = again[n];
    }
}

static void put_marked(FILE *out, unsigned number, const struct document *d, const struct pieces *pieces)
{
    struct sweep s = { .out = out, .document = number };
    size_t at = 0, next = 0;

    while (at < d->length || s.n_open > 0) {
        close_ended(&s, at);
        for (; next < pieces->n && pieces->all[next].range.start == at; next++) {
            if (s.n_open == MAX_OPEN)
                continue;
            s.open[s.n_open++] = &pieces->all[next];
            open_piece(out, number, &pieces->all[next], 0);
        }
        size_t end = next_end(&s), start = next < pieces->n ? pieces->all[next].range.start : d->length;
        size_t border = end < start ? end : start;
        if (border > d->length)
            border = d->length;
        html_text(out, d->text + at, border - at);
        if (border == at)
            break; /* the end: nothing is open any more */
        at = border;
    }
    close_ended(&s, SIZE_MAX);
}

void html_marked_text(FILE *out, unsigned number, const struct item *item, const struct spans *spans)
{
    struct pieces pieces = { 0 };

    add_sentences(&pieces, item);
    add_chosen(&pieces, item);
    for (size_t i = 0; i < spans->n; i++)
        if (spans->all[i].range.start < spans->all[i].range.end)
            add(&pieces,
                (struct piece) { .level = MARK, .range = spans->all[i].range, .span = &spans->all[i], .number = i });
    if (pieces.n > 1)
        qsort(pieces.all, pieces.n, sizeof *pieces.all, by_range);
    fputs("<div class=\"text\" dir=\"auto\">", out);
    put_marked(out, number, &item->document, &pieces);
    fputs("</div>\n", out);
    free(pieces.all);
}

void html_summary(FILE *out, unsigned number, const struct item *item)
{
    struct textd_node result = result_find(item_results(item), RESULT_SUMMARY), s;
    struct textd_walk walk = textd_node_walk(textd_node_find(result, "sentences"));
    struct textd_node headline = textd_node_path(result, "headline.text"), text = textd_node_find(result, "summary");
    struct range range;
    size_t n = 0, n_shown = 0;

    if (result.type == TEXTD_NODE_NONE)
        return;
    fputs("<section class=\"summary\"><h3>Summary</h3>\n", out);
    if (headline.type == TEXTD_NODE_TEXT) {
        fputs("<p class=\"headline\" dir=\"auto\">", out);
        html_text(out, headline.text, headline.length);
        fputs("</p>\n", out);
    }
    while (textd_walk_next(&walk, NULL, &s)) {
        n++;
        if (range_read(&item->document, s, &range) != 0 || range.start == range.end)
            continue;
        fputs(n_shown++ == 0 ? "<ul>\n" : "", out);
        fprintf(out, "<li><b class=\"r\">\u2605%lld</b> <a href=\"#d%uk%zu\" dir=\"auto\">",
                (long long)textd_node_find(s, "rank").integer, number, n);
        html_text(out, item->document.text + range.start, range.end - range.start);
        fputs("</a></li>\n", out);
    }
    fputs(n_shown > 0 ? "</ul>\n" : "", out);
    if (n_shown == 0) {
        fputs("<p dir=\"auto\">", out);
        html_text(out, text.text, text.length);
        fputs("</p>\n", out);
    }
    fputs("</section>\n", out);
}
