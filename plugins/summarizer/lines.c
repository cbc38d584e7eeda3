/* lines.c: see lines.h. */
#include "plugins/summarizer/lines.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/line_text.h"
#include "plugins/summarizer/turns.h"

#define LOOKED_AT 128u /* bytes of a line that are looked at */

uint32_t line_end(const char *text, uint32_t at, uint32_t length)
{
    const char *found = at < length ? memchr(text + at, '\n', length - at) : NULL;

    return found ? (uint32_t)(found - text) : length;
}

/* Heads of lines that look like names. */
static int is_label(const char *text, uint32_t start, uint32_t end)
{
    static const char *const labels[] = { "note",   "notes",  "warning", "tip",        "example", "from",
                                          "to",     "cc",     "date",    "subject",    "sent",    "http",
                                          "https",  "photo",  "image",   "picture",    "video",   "caption",
                                          "credit", "source", "sources", "tags",       "related", "read",
                                          "more",   "see",    "update",  "correction", "info",    "warn",
                                          "error",  "debug",  "fatal",   "trace",      "notice",  "critical" };

    return is_one_of(text, start, end, labels, sizeof labels / sizeof labels[0]);
}

/* How a log says how bad it is: in capitals, or as level=. */
static int has_level(const char *text, uint32_t at, uint32_t end)
{
    static const char *const levels[] = { "info",  "warn",   "warning",  "error",  "debug", "fatal",
                                          "trace", "notice", "critical", "severe", "alert" };
    uint32_t start = at + (text[at] == '[');

    if (end - start > 6 && memcmp(text + start, "level=", 6) == 0)
        return 1;
    return start + 1 < end && char_is_upper(text[start]) && char_is_upper(text[start + 1]) &&
           is_one_of(text, start, end, levels, sizeof levels / sizeof levels[0]);
}

/* A record of a log as JSON. */
static int has_json_level(const char *text, uint32_t start, uint32_t end)
{
    static const char *const keys[] = { "\"level\"", "\"severity\"", "\"lvl\"" };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (memmem(text + start, end - start, keys[i], strlen(keys[i])))
            return 1;
    return 0;
}

static int has_address(const char *text, uint32_t at, uint32_t end)
{
    uint32_t dots = 0, start = at;

    for (; at < end && at - start < 16 && (char_is_digit(text[at]) || text[at] == '.'); at++)
        dots += text[at] == '.';
    return dots == 3 && at + 2 < end && text[at] == ' ' && text[at + 1] == '-';
}

/* Where the text of an item starts; `start` if it is none. A number stays, since it says something. */
static uint32_t item_end(const char *text, uint32_t start, uint32_t end, uint32_t *shown)
{
    uint32_t at = layout_bullet_end(text, start, end);

    *shown = at;
    if (at > start)
        return at;
    if (has_word(text, at, end, "step") && end - at > 7 && text[at + 4] == ' ' && char_is_digit(text[at + 5])) {
        for (at += 5; at < end && char_is_digit(text[at]); at++)
            ;
        return at + 1 < end && strchr(":.)", text[at]) && is_blank(text[at + 1]) ? skip_blanks(text, at + 1, end)
                                                                                 : start;
    }
    at += text[at] == '(';
    uint32_t from = at;
    while (at < end && at - from < 3 && char_is_digit(text[at]))
        at++;
    if (at == from && at < end && char_is_lower(char_to_lower(text[at])))
        at++;
    if (at == from || at + 1 >= end || (text[at] != '.' && text[at] != ')') || !is_blank(text[at + 1]))
        return start;
    if (text[at] == '.' && char_is_upper(text[at - 1])) /* an initial */
        return start;
    return skip_blanks(text, at + 1, end);
}

typedef uint8_t sixteen __attribute__((vector_size(16)));

static inline int any_bit(sixteen mask)
{
    uint64_t halves[2];

    memcpy(halves, &mask, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Whether anything in the line may separate cells, a tab, a bar, a semicolon, two blanks, a comma with no blank behind it: most lines
 * have nothing of it, and are not looked at sign by sign. */
static int may_have_cells(const char *text, uint32_t start, uint32_t end)
{
    const char *comma = memchr(text + start, ',', end - start);
    uint32_t i = start;

    if (comma && comma + 1 < text + end && !is_blank(comma[1]))
        return 1;
    for (; end - i > sizeof(sixteen); i += sizeof(sixteen)) {
        sixteen here, next;
        memcpy(&here, text + i, sizeof here);
        memcpy(&next, text + i + 1, sizeof next);
        if (any_bit((sixteen)((here == '\t') | (here == '|') | (here == ';') | ((here == ' ') & (next == ' ')))))
            return 1;
    }
    for (; i < end; i++)
        if (text[i] == '\t' || text[i] == '|' || text[i] == ';' ||
            (text[i] == ' ' && i + 1 < end && text[i + 1] == ' '))
            return 1;
    return 0;
}

/* What separates a row's cells: tabs, bars, runs of blanks, commas or semicolons without a blank. */
static void count_cells(const char *text, uint32_t start, uint32_t end, struct line *line)
{
    uint32_t tabs = 0, bars = 0, gaps = 0, commas = 0, semicolons = 0, loose = 0;

    if (!may_have_cells(text, start, end))
        return;
    for (uint32_t i = start; i < end; i++) {
        char next = i + 1 < end ? text[i + 1] : 'x';
        switch (text[i]) {
        case '\t':
            tabs++;
            break;
        case '|':
            bars++;
            break;
        case ',':
            is_blank(next) ? loose++ : commas++;
            break;
        case ';':
            is_blank(next) ? loose++ : semicolons++;
            break;
        case ' ':
            gaps += next == ' ' && i > start && text[i - 1] != ' ' && !strchr(".!?:", text[i - 1]);
            break;
        default:
            break;
        }
    }
    if (tabs > 0)
        *line = (struct line) { LINE_ROW, start, start, 0, '\t', 0 };
    else if (bars > 1)
        *line = (struct line) { LINE_ROW, start, start, 0, '|', 0 };
    else if (semicolons > 1 && loose == 0)
        *line = (struct line) { LINE_ROW, start, start, 0, ';', semicolons };
    else if (commas > 1 && loose <= commas / 4)
        *line = (struct line) { LINE_ROW, start, start, 0, ',', commas };
    else if (gaps > 1)
        *line = (struct line) { LINE_ROW, start, start, 0, ' ', gaps };
}

struct line line_read_label(const char *text, uint32_t start, uint32_t end)
{
    struct line line = { .kind = LINE_TEXT, .shown = start, .speech = start };

    if (end - start > 2 && text[start + 1] == ':' && is_blank(text[start + 2]) &&
        (text[start] == 'Q' || text[start] == 'A')) {
        line.kind = text[start] == 'Q' ? LINE_QUESTION : LINE_ANSWER;
        line.shown = line.speech = skip_blanks(text, start + 2, end);
        return line;
    }
    uint32_t item = start < end ? item_end(text, start, end, &line.shown) : start;
    if (item > start) {
        line.kind = LINE_ITEM;
        line.speech = item;
    }
    return line;
}

struct line line_read(const char *text, uint32_t start, uint32_t end)
{
    struct line line = line_read_label(text, start, end);
    uint32_t limit = end - start > LOOKED_AT ? start + LOOKED_AT : end, speech, name, from;

    if (start == end || line.kind != LINE_TEXT)
        return line;
    if (text[start] == '{' && has_json_level(text, start, limit)) {
        line.kind = LINE_LOG;
        return line;
    }
    struct stamp stamp = stamp_read(text, start, limit);
    name = turn_name(text, stamp.end, limit, &from, &speech);
    if (name > 0 && !is_label(text, from, name) &&
        !(stamp.is_exact && !stamp.is_in_brackets && char_is_lower(text[from])))
        return (struct line) { LINE_TURN, stamp.end, speech, turn_hash(text, from, name), 0, 0 };
    if (has_level(text, stamp.end, limit) || has_address(text, start, limit) || (stamp.end > start && stamp.is_exact)) {
        line.kind = LINE_LOG;
        line.speech = stamp.end;
        return line;
    }
    count_cells(text, start, limit, &line);
    if (line.kind == LINE_TEXT && stamp.end > start) /* "09:30 Coffee": a programme */
        line.kind = LINE_ITEM;
    return line;
}
