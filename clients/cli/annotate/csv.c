/* csv.c: `textctl annotate --csv`: a row for each name and whatever else plugins have marked, after RFC 4180. Texts
 * are as they are in the document, also those that a spreadsheet takes for a formula: a file that programs read must
 * not be other than what it tells of. */
#include "clients/cli/annotate/output.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/lib/json.h"
#include "clients/cli/annotate/spans.h"

static void field(FILE *out, const char *text, size_t length)
{
    size_t start = 0;
    int is_quoted = 0;

    for (size_t i = 0; i < length && !is_quoted; i++)
        is_quoted = strchr("\",\r\n", text[i]) && text[i];
    if (!is_quoted) {
        output_text(out, text, length);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '"')
            continue;
        output_text(out, text + start, i + 1 - start);
        putc('"', out);
        start = i + 1;
    }
    output_text(out, text + start, length - start);
    putc('"', out);
}

/* A text as it is, a map or a number as JSON, nothing as nothing. */
static void value(FILE *out, struct textd_node node)
{
    char *json = NULL;
    size_t length = 0;
    FILE *memory;

    if (node.type == TEXTD_NODE_TEXT) {
        field(out, node.text, node.length);
        return;
    }
    if (node.type == TEXTD_NODE_NONE || node.type == TEXTD_NODE_NIL || !(memory = open_memstream(&json, &length)))
        return;
    json_node(memory, node);
    fclose(memory);
    field(out, json, length);
    free(json);
}

static int begin(struct output *o)
{
    fputs("id,start,end,type,text,value,score,plugin\r\n", o->out);
    return 0;
}

static int document(struct output *o, const struct item *item)
{
    struct positions positions;
    struct spans spans;

    spans_find(&spans, &item->document, item_results(item));
    positions_start(&positions, &item->document, o->cli->offsets);
    for (size_t i = 0; i < spans.n; i++) {
        const struct span *s = &spans.all[i];
        field(o->out, item->name, item->name_length);
        fprintf(o->out, ",%llu,%llu,", (unsigned long long)positions_of(&positions, s->range.start),
                (unsigned long long)positions_of(&positions, s->range.end));
        value(o->out, s->type);
        putc(',', o->out);
        field(o->out, item->document.text + s->range.start, s->range.end - s->range.start);
        putc(',', o->out);
        value(o->out, s->value);
        putc(',', o->out);
        value(o->out, s->score);
        putc(',', o->out);
        value(o->out, s->plugin);
        fputs("\r\n", o->out);
    }
    positions_finish(&positions);
    spans_free(&spans);
    return 0;
}

const struct output_form csv_form = { .begin = begin, .document = document };
