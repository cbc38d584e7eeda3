/* term.c: see term.h. */
#include "clients/cli/lib/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define MIN_WIDTH 40
#define MAX_WIDTH 100 /* longer lines are hard to read */
#define DEFAULT_WIDTH 80

static int terminal_width(FILE *out)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;

    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    if (width <= 0)
        width = DEFAULT_WIDTH;
    return width < MIN_WIDTH ? MIN_WIDTH : width > MAX_WIDTH ? MAX_WIDTH : (int)width;
}

struct term term_of(FILE *out, enum cli_color color)
{
    const char *no_color = getenv("NO_COLOR"), *type = getenv("TERM");
    int suits = isatty(fileno(out)) && !(no_color && no_color[0]) && !(type && strcmp(type, "dumb") == 0);

    return (struct term) { out, color == CLI_COLOR_ALWAYS || (color == CLI_COLOR_AUTO && suits), terminal_width(out) };
}

void term_color(const struct term *term, const char *sgr)
{
    if (term->has_color)
        fprintf(term->out, "\033[%sm", sgr);
}

void term_plain(const struct term *term)
{
    if (term->has_color)
        fputs("\033[0m", term->out);
}

void term_in_color(const struct term *term, const char *sgr, const char *text)
{
    term_color(term, sgr);
    fputs(text, term->out);
    term_plain(term);
}

/* One character: its bytes, as they may be written, and what it is. */
struct character {
    const char *bytes;
    size_t length;
    int columns;
    int is_space, is_newline;
};

/* Embeddings, overrides and isolates (UAX #9, section 2): one that a text leaves open turns what we print behind it. */
static int turns_direction(wchar_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Reads the character at `text` and returns how many bytes it takes there. */
static size_t read_character(const char *text, size_t length, struct character *character)
{
    mbstate_t state = { 0 };
    wchar_t c = 0;
    size_t n = mbrtowc(&c, text, length, &state);

    *character = (struct character) { .bytes = "\xEF\xBF\xBD", .length = 3, .columns = 1 };
    if (n == 0 || n > length)
        return 1; /* NUL, or no UTF-8 */
    character->is_newline = c == '\n';
    character->is_space = c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || turns_direction(c))
        return n;
    character->bytes = text;
    character->length = n;
    character->columns = wcwidth(c) > 0 ? wcwidth(c) : 0;
    return n;
}

int term_text(FILE *out, const char *text, size_t length)
{
    struct character c;
    int columns = 0, was_space = 0;

    for (size_t i = 0; text && i < length;) { /* NULL: a value that should have been a text, and is none */
        i += read_character(text + i, length - i, &c);
        if (!c.is_space)
            fwrite(c.bytes, 1, c.length, out);
        else if (!was_space)
            putc(' ', out);
        columns += c.is_space ? !was_space : c.columns;
        was_space = c.is_space;
    }
    return columns;
}

/* Columns of a word, as term_text would write it. */
static int columns_of(const char *text, size_t length)
{
    struct character c;
    int columns = 0;

    for (size_t i = 0; i < length; columns += c.columns)
        i += read_character(text + i, length - i, &c);
    return columns;
}

void term_wrapped(const struct term *term, const char *text, int column)
{
    int used = column;

    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        int columns = columns_of(word, length);
        if (used > column && used + 1 + columns > term->width) {
            fprintf(term->out, "\n%*s", column, "");
            used = column;
        } else if (used > column) {
            fputc(' ', term->out);
            used++;
        }
        term_text(term->out, word, length);
        used += columns;
        word += length + (word[length] == ' ');
    }
    fputc('\n', term->out);
}

/* ---- Wrapping ---------------------------------------------------------------------------------------------------- */

void wrap_start(struct wrap *w, const struct term *term, int indent)
{
    *w = (struct wrap) { .term = term, .indent = indent };
}

/* Out of memory: the word goes out in two parts, which at worst wraps badly. */
static void flush_word(struct wrap *w);

static void append(struct wrap *w, const char *bytes, size_t length)
{
    if (w->word_length + length > w->word_capacity) {
        size_t capacity = 2 * (w->word_length + length) + 64;
        char *bigger = realloc(w->word, capacity);
        if (!bigger) {
            flush_word(w);
            return;
        }
        w->word = bigger;
        w->word_capacity = capacity;
    }
    memcpy(w->word + w->word_length, bytes, length);
    w->word_length += length;
}

static void append_sgr(struct wrap *w, const char *sgr)
{
    if (!w->term->has_color)
        return;
    append(w, "\033[", 2);
    append(w, sgr, strlen(sgr));
    append(w, "m", 1);
}

static void start_line(struct wrap *w)
{
    fprintf(w->term->out, "%*s", w->indent, "");
    w->column = w->indent;
}

/* An empty line between paragraphs; otherwise a space, or a new line when the word doesn't fit behind one. The colour
 * is that of the space, too: a marked name of two words is one mark. */
static void separate(struct wrap *w)
{
    if (w->column > 0 && w->n_newlines > 1) {
        fputs("\n\n", w->term->out);
        w->column = 0;
    } else if (w->column > 0 && w->has_space && w->column + 1 + w->word_columns > w->term->width) {
        putc('\n', w->term->out);
        w->column = 0;
    } else if (w->column > w->indent && w->has_space) {
        putc(' ', w->term->out);
        w->column++;
    }
    if (w->column == 0)
        start_line(w);
    w->has_space = w->n_newlines = 0;
}

static void flush_word(struct wrap *w)
{
    if (w->word_length == 0)
        return;
    if (w->word_columns > 0)
        separate(w);
    fwrite(w->word, 1, w->word_length, w->term->out);
    w->column += w->word_columns;
    w->word_length = 0;
    w->word_columns = 0;
}

void wrap_text(struct wrap *w, const char *text, size_t length)
{
    struct character c;

    for (size_t i = 0; i < length;) {
        i += read_character(text + i, length - i, &c);
        if (c.is_space) {
            flush_word(w);
            w->has_space = 1;
            w->n_newlines += c.is_newline;
            continue;
        }
        if (w->word_columns + c.columns > w->term->width - w->indent)
            flush_word(w); /* a word wider than a line */
        append(w, c.bytes, c.length);
        w->word_columns += c.columns;
    }
}

void wrap_color(struct wrap *w, const char *sgr)
{
    append_sgr(w, sgr ? sgr : "0");
}

void wrap_finish(struct wrap *w)
{
    flush_word(w);
    if (w->column > 0)
        putc('\n', w->term->out);
    free(w->word);
    *w = (struct wrap) { .term = w->term };
}

void term_heading(const struct term *term, const char *title)
{
    putc('\n', term->out);
    term_color(term, "1");
    term_text(term->out, title, strlen(title));
    term_plain(term);
    putc('\n', term->out);
}
