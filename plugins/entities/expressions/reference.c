/* reference.c: the day, or the time, that "yesterday" and "two hours ago" are told from: "2024-05-12", "2024-05-12T10:30:00+02:00". */
#include "plugins/entities/expressions/calendar.h"
#include "plugins/lib/character.h"

/* Reads so many digits at *at; false when there are fewer. */
static bool read(const char *text, size_t length, size_t *at, uint32_t n, uint32_t most, uint32_t *value)
{
    *value = 0;
    if (n > length - *at)
        return false;
    for (uint32_t k = 0; k < n; k++) {
        if (!char_is_digit(text[*at]))
            return false;
        *value = *value * 10 + (uint32_t)(text[(*at)++] - '0');
    }
    return *value <= most;
}

static bool skip(const char *text, size_t length, size_t *at, char c)
{
    return *at < length && text[*at] == c && ++*at;
}

/* "Z", "+02:00", "-0500", or nothing. */
static bool read_zone(const char *text, size_t length, size_t *at, struct expression_settings *s)
{
    uint32_t hours, minutes;
    char sign = *at < length ? text[*at] : '\0';

    if (!sign)
        return true;
    ++*at;
    s->has_zone = 1;
    s->zone = 0;
    if (sign == 'Z')
        return true;
    if ((sign != '+' && sign != '-') || !read(text, length, at, 2, 14, &hours))
        return false;
    skip(text, length, at, ':');
    if (!read(text, length, at, 2, 59, &minutes))
        return false;
    s->zone = (sign == '-' ? -1 : 1) * (int32_t)(hours * 60 + minutes);
    return true;
}

bool expressions_read_reference(const char *text, size_t length, struct expression_settings *settings)
{
    struct expression_settings s = *settings;
    uint32_t year, month, day, hour, minute, second = 0;
    size_t at = 0;

    if (!read(text, length, &at, 4, 9999, &year) || !skip(text, length, &at, '-') ||
        !read(text, length, &at, 2, 12, &month) || !skip(text, length, &at, '-') ||
        !read(text, length, &at, 2, 31, &day) || year < 1 || !calendar_has((int32_t)year, month, day))
        return false;
    s.today = calendar_days((int32_t)year, month, day);
    s.has_today = 1;
    if (at < length) {
        if (text[at] != 'T' && text[at] != ' ')
            return false;
        at++;
        if (!read(text, length, &at, 2, 23, &hour) || !skip(text, length, &at, ':') ||
            !read(text, length, &at, 2, 59, &minute))
            return false;
        if (skip(text, length, &at, ':') && !read(text, length, &at, 2, 60, &second))
            return false;
        if (skip(text, length, &at, '.')) {
            if (at == length || !char_is_digit(text[at]))
                return false;
            while (at < length && char_is_digit(text[at]))
                at++;
        }
        if (!read_zone(text, length, &at, &s) || at != length)
            return false;
        s.second = (int32_t)(hour * 3600 + minute * 60 + second);
        s.has_second = 1;
    }
    *settings = s;
    return true;
}
