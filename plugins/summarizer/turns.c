/* turns.c: see turns.h. Times and names are known by their form alone. */
#include "plugins/summarizer/turns.h"

#include <string.h>

#include "plugins/summarizer/line_text.h"

#define STAMP_BYTES 48u /* of a line's start that may hold a time */
#define NAME_BYTES 32u
#define NAME_WORDS 3u
#define HEAD_BYTES 64u /* a line of more is no head of a turn */

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

struct stamp stamp_read(const char *text, uint32_t start, uint32_t end)
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

uint32_t turn_name(const char *text, uint32_t start, uint32_t end, uint32_t *from, uint32_t *speech)
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

uint32_t turn_hash(const char *text, uint32_t start, uint32_t end)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = start; i < end; i++)
        h = (h ^ (unsigned char)char_to_lower(text[i])) * 16777619u;
    return h ? h : 1;
}

uint32_t turn_head(const char *text, uint32_t start, uint32_t end)
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
    return turn_hash(text, from, last);
}

int turn_is_head(const char *text, uint32_t start, uint32_t end)
{
    while (end > start && is_blank(text[end - 1]))
        end--;
    return turn_head(text, start, end) != 0;
}
