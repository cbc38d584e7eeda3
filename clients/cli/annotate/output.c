/* output.c: see output.h. */
#include "clients/cli/annotate/output.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define STEP 1024u /* bytes between two counts */

const struct output_form *output_form(const struct cli *cli)
{
    if (cli->html)
        return &html_form;
    if (cli->csv)
        return &csv_form;
    if (cli->conll)
        return &conll_form;
    return cli->brat ? &brat_form : NULL;
}

const char *output_file(const struct cli *cli)
{
    const char *file = cli->html ? cli->html : cli->output;

    return file && strcmp(file, "-") == 0 ? NULL : file;
}

struct textd_node item_results(const struct item *item)
{
    if (!item->reply || textd_reply_error(item->reply))
        return (struct textd_node) { 0 };
    return textd_reply_results(item->reply);
}

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* What stands in the place of a byte; NULL: itself. */
typedef const char *replaces(unsigned char c);

static const char *replaces_nul(unsigned char c)
{
    return c == 0 ? replacement : NULL;
}

static const char *replaces_controls(unsigned char c)
{
    if (c >= '\t' && c <= '\r')
        return " ";
    return c < 0x20 || c == 0x7f ? replacement : NULL;
}

static void put(FILE *out, const char *text, size_t length, replaces *replace)
{
    while (length > 0) {
        size_t valid = td_utf8_check(text, length, NULL), start = 0;
        for (size_t i = 0; i < valid; i++) {
            const char *instead = replace((unsigned char)text[i]);
            if (!instead)
                continue;
            fwrite(text + start, 1, i - start, out);
            fputs(instead, out);
            start = i + 1;
        }
        fwrite(text + start, 1, valid - start, out);
        if (valid == length)
            break;
        fputs(replacement, out);
        text += valid + 1;
        length -= valid + 1;
    }
}

void output_text(FILE *out, const char *text, size_t length)
{
    put(out, text, length, replaces_nul);
}

void output_line(FILE *out, const char *text, size_t length)
{
    put(out, text, length, replaces_controls);
}

/* ---- Positions --------------------------------------------------------------------------------------------------- */

static uint64_t count(const struct positions *p, size_t from, size_t to)
{
    const char *text = p->document->text;
    int is_utf16 = strcmp(p->unit, "utf16") == 0;
    uint64_t n = 0;

    for (; from < to; from++) {
        unsigned char c = (unsigned char)text[from];
        n += (c & 0xC0) != 0x80;
        n += is_utf16 && c >= 0xF0;
    }
    return n;
}

void positions_start(struct positions *p, const struct document *document, const char *unit)
{
    size_t n = document->length / STEP;

    *p = (struct positions) { .document = document, .unit = unit ? unit : "byte" };
    if (strcmp(p->unit, "byte") == 0 || n == 0)
        return;
    p->marks = malloc((n + 1) * sizeof *p->marks);
    if (!p->marks)
        return;
    p->marks[0] = 0;
    for (size_t i = 0; i < n; i++)
        p->marks[i + 1] = p->marks[i] + count(p, i * STEP, (i + 1) * STEP);
}

uint64_t positions_of(const struct positions *p, size_t byte)
{
    if (strcmp(p->unit, "byte") == 0)
        return byte;
    if (!p->marks)
        return count(p, 0, byte);
    return p->marks[byte / STEP] + count(p, byte / STEP * STEP, byte);
}

void positions_finish(struct positions *p)
{
    free(p->marks);
    p->marks = NULL;
}
