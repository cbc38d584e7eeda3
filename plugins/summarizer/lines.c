/* lines.c: see lines.h; and which kind of document the lines make (document.h). A document that is a table, a log, a list or a chat is
 * known by its lines' starts, not by its words, so that it holds in any language. */
#include "plugins/summarizer/lines.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"

#define X(name, word) word,
const char *const document_kinds[N_DOCUMENT_KINDS] = { DOCUMENT_KINDS(X) };
#undef X

#define STAMP_BYTES 48u /* of a line's start that may hold a time */
#define NAME_BYTES 32u
#define NAME_WORDS 3u
#define HEAD_BYTES 64u    /* a line of more is no head of a turn */
#define LOOKED_AT 128u    /* bytes of a line that are looked at */
#define HEADING_BYTES 60u /* a line of more is no heading */
#define FEWEST_LINES 3u   /* of a document that is more than prose */
#define MOST_LINES 4096u  /* of a document that are looked at */
#define SPEAKERS 64u

uint32_t line_end(const char *text, uint32_t at, uint32_t length)
{
    const char *found = at < length ? memchr(text + at, '\n', length - at) : NULL;

    return found ? (uint32_t)(found - text) : length;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static uint32_t skip_blanks(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && is_blank(text[at]))
        at++;
    return at;
}

/* Whether text[at, end) starts with the word, of small letters, and ends with it or goes on with what is no letter. */
static int has_word(const char *text, uint32_t at, uint32_t end, const char *word)
{
    uint32_t i = 0;

    for (; word[i]; i++)
        if (at + i >= end || char_to_lower(text[at + i]) != word[i])
            return 0;
    return at + i == end || !char_is_lower(char_to_lower(text[at + i]));
}

static int is_one_of(const char *text, uint32_t at, uint32_t end, const char *const *words, size_t n)
{
    int first = at < end ? char_to_lower(text[at]) : 0; /* by which nearly all are told apart */

    for (size_t i = 0; i < n; i++)
        if (words[i][0] == first && has_word(text, at, end, words[i]))
            return 1;
    return 0;
}

/* What a line's time is made of. */
struct stamp {
    uint32_t end; /* behind it and its blanks; its start if there is none */
    int is_exact; /* has a date, or seconds */
    int is_in_brackets;
};

/* One word of a time: "2024-03-12T09:02:11Z", "09:02", "12/Mar/2024:09:02:11", "Mar", "12", "AM". Returns its end, or `at` if it is none. */
static uint32_t stamp_word(const char *text, uint32_t at, uint32_t end, uint32_t *clocks, uint32_t *dates)
{
    static const char *const names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
                                         "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
                                         "fri", "sat", "sun", "am",  "pm",  "utc", "gmt" };
    uint32_t i = at, colons = 0, strokes = 0;

    if (at < end && char_is_lower(char_to_lower(text[at])) &&
        is_one_of(text, at, end, names, sizeof names / sizeof names[0])) {
        while (i < end && char_is_lower(char_to_lower(text[i])))
            i++;
        *dates += i - at == 3;
        return i;
    }
    if (i == end || !char_is_digit(text[i]))
        return at;
    for (; i < end &&
           (char_is_digit(text[i]) || (strchr("-/.:+TZ", text[i]) && text[i]) ||
            (i > at && text[i - 1] == '/' && char_is_upper(text[i])) || (strokes > 0 && char_is_lower(text[i])));
         i++) {
        colons += text[i] == ':' && i + 2 < end && char_is_digit(text[i + 1]) && char_is_digit(text[i + 2]);
        strokes += text[i] == '-' || text[i] == '/';
    }
    while (i > at && strchr(":.-/", text[i - 1])) /* of what comes behind */
        i--;
    *clocks += colons;
    *dates += strokes >= 2;
    return i;
}

static struct stamp stamp_read(const char *text, uint32_t start, uint32_t end)
{
    uint32_t clocks = 0, dates = 0, limit = end - start > STAMP_BYTES ? start + STAMP_BYTES : end;
    char close = text[start] == '[' ? ']' : text[start] == '(' ? ')' : 0;
    struct stamp none = { .end = start };
    uint32_t at = start + (close != 0), next, last = at;

    while (at < limit && (next = stamp_word(text, at, limit, &clocks, &dates)) > at) {
        last = at = next;
        while (at < limit && (text[at] == ',' || is_blank(text[at])))
            at++;
        if (at == last) /* what is joined to it is no time */
            break;
    }
    if (clocks == 0 && !(close && dates > 0))
        return none;
    if (close ? last >= end || text[last] != close : last < end && !is_blank(text[last]) && text[last] != ',')
        return none;
    at = skip_blanks(text, close ? last + 1 : at, end);
    if (at + 1 < end && text[at] == '-' && is_blank(text[at + 1]))
        at = skip_blanks(text, at + 1, end);
    return at < end ? (struct stamp) { at, dates > 0 || clocks > 1, close != 0 } : none;
}

static int is_in_name(char c)
{
    return char_is_lower(char_to_lower(c)) || char_is_digit(c) || (unsigned char)c >= 0x80 || (c && strchr("_-.'@", c));
}

/* An em dash or an en dash before `at`. */
static int is_dash(const char *text, uint32_t at)
{
    return at >= 3 && memcmp(text + at - 3, "\xe2\x80", 2) == 0 && (text[at - 1] == '\x94' || text[at - 1] == '\x93');
}

static uint32_t skip_stars(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && text[at] == '*')
        at++;
    return at;
}

/* Whether text[at, end) is a time of day, perhaps with a date, and nothing else: "10:02 AM", "[02.03.25, 18:02]", "Today at 10:02". */
static int is_stamp(const char *text, uint32_t at, uint32_t end)
{
    static const char *const days[] = { "today at ", "yesterday at ", "today ", "yesterday " };
    uint32_t clocks = 0, dates = 0, next;

    if (at < end && (text[at] == '[' || text[at] == '(')) {
        if (text[end - 1] != (text[at] == '[' ? ']' : ')'))
            return 0;
        at++;
        end--;
    }
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        size_t n = strlen(days[i]);
        if (end - at > n && char_to_lower(text[at]) == days[i][0] && memcmp(text + at + 1, days[i] + 1, n - 1) == 0) {
            at += (uint32_t)n;
            break;
        }
    }
    while (at < end && (next = stamp_word(text, at, end, &clocks, &dates)) > at) {
        at = next;
        while (at < end && (text[at] == ',' || is_blank(text[at])))
            at++;
    }
    return at == end && clocks > 0;
}

/* "Anna:", "Project Manager:", "<anna>", "Anna (10:02):", "**Anna:**": where the name ends, and in *speech where what is said starts; 0 if there
 * is none. The name starts at *from. */
static uint32_t name_end(const char *text, uint32_t start, uint32_t end, uint32_t *from, uint32_t *speech)
{
    int in_brackets = text[start] == '<';
    uint32_t at = *from = skip_stars(text, start + (uint32_t)in_brackets, end), words = 1, last;
    uint32_t limit = end - at > NAME_BYTES ? at + NAME_BYTES : end;

    if (at == end || (char_is_digit(text[at]) || !is_in_name(text[at])))
        return 0;
    for (; at < limit && (is_in_name(text[at]) || (text[at] == ' ' && words < NAME_WORDS)); at++)
        words += text[at] == ' ';
    last = at;
    if (at > start && at < end && text[at - 1] == ' ' && (text[at] == '(' || text[at] == '[')) {
        const char *close = memchr(text + at, text[at] == '(' ? ')' : ']', end - at);
        if (!close || !is_stamp(text, at, (uint32_t)(close - text) + 1))
            return 0;
        at = (uint32_t)(close - text) + 1;
        last--;
    }
    if (*from > start + (uint32_t)in_brackets)
        at = skip_stars(text, at, end);
    if (at >= end || text[at] != (in_brackets ? '>' : ':') || text[last - 1] == ' ')
        return 0;
    uint32_t behind = *from > start ? skip_stars(text, at + 1, end) : at + 1, after = skip_blanks(text, behind, end);
    if (after == behind || after == end)
        return 0;
    *speech = after;
    return last;
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

/* What separates a row's cells: tabs, bars, runs of blanks, commas or semicolons without a blank. */
static void count_cells(const char *text, uint32_t start, uint32_t end, struct line *line)
{
    uint32_t tabs = 0, bars = 0, gaps = 0, commas = 0, semicolons = 0, loose = 0, n = end - start;
    const char *comma = memchr(text + start, ',', n);

    /* Most lines have nothing of it, and are not looked at sign by sign. */
    if (!(comma && comma + 1 < text + end && !is_blank(comma[1])) && !memchr(text + start, '\t', n) &&
        !memchr(text + start, '|', n) && !memchr(text + start, ';', n) && !memmem(text + start, n, "  ", 2))
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

static uint32_t hash_name(const char *text, uint32_t start, uint32_t end)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = start; i < end; i++)
        h = (h ^ (unsigned char)char_to_lower(text[i])) * 16777619u;
    return h ? h : 1;
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
    name = name_end(text, stamp.end, limit, &from, &speech);
    if (name > 0 && !is_label(text, from, name) &&
        !(stamp.is_exact && !stamp.is_in_brackets && char_is_lower(text[from])))
        return (struct line) { LINE_TURN, stamp.end, speech, hash_name(text, from, name), 0, 0 };
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

/* A line that is a name and a time, "Ann Moe  10:02 AM", "[10:02 AM] Ann Moe", "Ann Moe, 10:02", and has what was said in the lines behind it. Returns
 * a hash of the name; 0 if it is none. */
static uint32_t head_read(const char *text, uint32_t start, uint32_t end)
{
    uint32_t from = start, last = end, words = 1;

    if (end - start > HEAD_BYTES || end - start < 6 || !memchr(text + start, ':', end - start))
        return 0;
    if (text[start] == '[' || text[start] == '(') {
        const char *close = memchr(text + start, text[start] == '[' ? ']' : ')', end - start);
        if (!close || !is_stamp(text, start, (uint32_t)(close - text) + 1))
            return 0;
        from = skip_blanks(text, (uint32_t)(close - text) + 1, end);
    } else {
        /* The time starts with the first digit, its bracket, or "Today". */
        for (last = start + 1; last < end; last++) {
            int may_start = char_is_digit(text[last]) || strchr("[(TtYy", text[last]) != NULL;
            if (may_start && !is_in_name(text[last - 1]) && is_stamp(text, last, end))
                break;
            if (!is_in_name(text[last]) && !strchr(" ,|", text[last]))
                return 0;
        }
        if (last == end || is_in_name(text[last - 1]))
            return 0;
        while (last > start && (strchr(" ,|", text[last - 1]) || is_dash(text, last)))
            last -= is_dash(text, last) ? 3 : 1;
    }
    if (from >= last || last - from > NAME_BYTES || char_is_digit(text[from]))
        return 0;
    for (uint32_t i = from; i < last; i++) {
        if (text[i] == ' ' && (++words > NAME_WORDS + 1 || !is_in_name(text[i + 1]) || char_is_lower(text[i + 1])))
            return 0;
        if (text[i] != ' ' && !is_in_name(text[i]))
            return 0;
    }
    return hash_name(text, from, last);
}

int line_is_head(const char *text, uint32_t start, uint32_t end)
{
    while (end > start && is_blank(text[end - 1]))
        end--;
    return head_read(text, start, end) != 0;
}

struct tally {
    uint32_t lines[N_LINE_KINDS], bytes[N_LINE_KINDS];
    uint32_t heads, bodies;    /* lines that are a speaker and a time, and those behind the first of them */
    uint32_t stamped;          /* turns that have a time */
    uint32_t headings, shorts; /* lines of few words without a mark at their end */
    uint32_t n, all_bytes;
    struct {
        uint32_t name, turns;
    } speakers[SPEAKERS];
    struct line before; /* the last row, if the line before was one */
    uint32_t before_bytes;
};

static void add_speaker(struct tally *t, uint32_t name)
{
    for (uint32_t i = 0; i < SPEAKERS; i++)
        if (t->speakers[i].name == name || t->speakers[i].name == 0) {
            t->speakers[i].name = name;
            t->speakers[i].turns++;
            return;
        }
}

static int is_open_ended(const char *text, uint32_t end)
{
    return !strchr(".!?\"", text[end - 1]);
}

/* A row that is known by its commas or blanks must have as many as the one before; then both are rows. */
static void add_row(struct tally *t, struct line *line, uint32_t bytes)
{
    if (line->n_separators > 0) {
        if (t->before.separator != line->separator || t->before.n_separators != line->n_separators) {
            t->before = *line;
            t->before_bytes = bytes;
            line->kind = LINE_TEXT;
            return;
        }
        if (t->before_bytes > 0) {
            t->lines[LINE_TEXT]--;
            t->bytes[LINE_TEXT] -= t->before_bytes;
            t->lines[LINE_ROW]++;
            t->bytes[LINE_ROW] += t->before_bytes;
            t->before_bytes = 0;
        }
    }
}

static void add_line(struct tally *t, const char *text, uint32_t start, uint32_t end, int is_indented)
{
    struct line line = line_read(text, start, end);
    uint32_t bytes = end - start, words = 1;

    if (line.kind == LINE_ROW)
        add_row(t, &line, bytes);
    else if (line.kind == LINE_TEXT && is_indented && t->lines[LINE_ITEM] > 0)
        line.kind = LINE_ITEM; /* goes on with the item above */
    uint32_t head = head_read(text, start, end);
    if (line.kind == LINE_TURN || head)
        add_speaker(t, head ? head : line.speaker);
    t->stamped += line.kind == LINE_TURN && line.shown > start;
    t->heads += head != 0;
    t->bodies += !head && t->heads > 0;
    for (uint32_t i = start; i < end && words < 6; i++)
        words += text[i] == ' ';
    if (line.kind == LINE_TEXT && bytes <= HEADING_BYTES && is_open_ended(text, end)) {
        t->headings++;
        t->shorts += words <= 4 && bytes <= 40;
    }
    t->n++;
    t->all_bytes += bytes;
    t->lines[line.kind]++;
    t->bytes[line.kind] += bytes;
}

/* Whether the lines of the kind are most of the text; headings don't count against them while there are fewer. */
static int is_most(const struct tally *t, enum line_kind kind)
{
    uint32_t headings = t->headings < t->lines[kind] ? t->headings : t->lines[kind];

    return t->lines[kind] >= FEWEST_LINES && 10 * t->lines[kind] >= 6 * (t->n - headings) &&
           2 * t->bytes[kind] >= t->all_bytes;
}

/* Names that come again, and more than one of them: not "Name: Ada" and "Age: 7". Where each has a time, they need not. */
static int has_speakers(const struct tally *t)
{
    uint32_t names = 0, again = 0;

    for (uint32_t i = 0; i < SPEAKERS && t->speakers[i].name; i++) {
        names++;
        again += t->speakers[i].turns > 1;
    }
    int is_stamped = t->stamped > 0 && t->stamped == t->lines[LINE_TURN];
    return names > 1 && ((again > 0 && 3 * again >= names) || is_stamped);
}

int32_t document_read_lines(struct document *d)
{
    struct tally t = { 0 };
    uint32_t looked = 0;

    for (uint32_t at = 0, end; at < d->length && looked < MOST_LINES; at = end + 1) {
        end = line_end(d->text, at, d->length);
        uint32_t start = skip_blanks(d->text, at, end), last = end;
        while (last > start && is_blank(d->text[last - 1]))
            last--;
        if (last == start)
            continue;
        if (++looked % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        add_line(&t, d->text, start, last, start > at + 1);
    }
    d->is_lines = 0;
    d->has_heads = t.heads > 1 && t.bodies >= t.heads && 10 * (t.heads + t.bodies) >= 9 * t.n && has_speakers(&t);
    if (d->has_heads || (is_most(&t, LINE_TURN) && has_speakers(&t)))
        d->kind = DOCUMENT_CHAT;
    else if (is_most(&t, LINE_LOG))
        d->kind = DOCUMENT_LOG;
    else if (is_most(&t, LINE_ROW))
        d->kind = DOCUMENT_TABLE;
    else if (is_most(&t, LINE_ITEM))
        d->kind = DOCUMENT_LIST;
    else {
        d->is_lines = t.n > FEWEST_LINES && 10 * t.shorts >= 8 * t.n;
        d->kind = d->is_lines ? DOCUMENT_LIST : DOCUMENT_PROSE;
    }
    return TEXTD_OK;
}
