/* moments.c: dates and times, from all that can tell one: a day and a time of it, two ends of a range; and how they are written.
 * ISO 8601-1:2019 where it has a form, EDTF's sets (ISO 8601-2:2019) for days that are told one by one, TIMEX3 for the rest. What no
 * calendar has, "30 February", is read, and nothing is said of it: no part of it is a date either. */
#include "plugins/entities/expressions/when.h"

typedef bool reading(struct reader *r, uint32_t i, struct when *w);

static bool single_holiday(struct reader *r, uint32_t i, struct when *w)
{
    return holiday_at(r, i, 0, w);
}

bool when_at(struct reader *r, uint32_t i, struct when *w)
{
    static const struct {
        reading *read;
        uint32_t begins;
    } readings[] = { { date_at, BEGINS_DATE },          { stamp_at, BEGINS_DIGITS },
                     { part_of_year_at, BEGINS_PART },  { counted_at, BEGINS_COUNTED },
                     { relative_at, BEGINS_RELATIVE },  { year_at, BEGINS_YEAR },
                     { single_holiday, BEGINS_HOLIDAY } };
    uint32_t begins = begins_at(r, i);
    struct when one;

    memset(w, 0, sizeof *w);
    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++)
        if (begins & readings[k].begins && readings[k].read(r, i, &one) &&
            (one.behind > w->behind || (one.behind == w->behind && one.score > w->score + 20)))
            *w = one;
    return w->behind != 0;
}

/* ---- What it means ------------------------------------------------------------------------------------------------ */

static bool is_real(const struct date *date)
{
    if (date->day > 31 || date->month > 12)
        return false;
    return !date->day || !date->month || calendar_has(date->year > 0 ? date->year : 0, date->month, date->day);
}

static bool are_real(const struct when *w)
{
    struct date date = w->date;

    for (uint32_t k = 0; k < w->n_days; k++) {
        date.day = w->days[k];
        if (!is_real(&date))
            return false;
    }
    return is_real(&w->date) && (!w->is_range || is_real(&w->to));
}

/* Puts the years into both ends of a range so that the first is no later than the second. */
static void resolve_range(struct reader *r, struct when *w)
{
    struct date *from = &w->date, *to = &w->to;
    bool is_turned = from->month > to->month || (from->month == to->month && from->day > to->day);

    if (!from->month || !to->month || (from->year && to->year))
        return;
    if (to->year) {
        from->year = to->year - is_turned;
    } else {
        calendar_resolve(r, from);
        to->year = from->year ? from->year + is_turned : 0;
    }
}

static bool is_after(const struct date *a, const struct date *b)
{
    if (a->year != b->year)
        return a->year > b->year;
    if (a->part[0] || b->part[0])
        return a->part[0] == b->part[0] && a->part[1] > b->part[1];
    return a->month > b->month || (a->month == b->month && a->month && a->day > b->day);
}

static void write_moment(const struct reader *r, struct writer *w, const struct date *date, const struct clock *clock)
{
    struct date day = *date;

    if (clock)
        day.time[0] = '\0';
    write_date(w, &day);
    if (clock)
        write_clock(r, w, clock);
}

static void write_days(struct writer *w, const struct when *when)
{
    struct date date = when->date;

    write_char(w, '{');
    write_date(w, &date);
    for (uint32_t k = 0; k < when->n_days; k++) {
        date.day = when->days[k];
        write_char(w, ',');
        write_date(w, &date);
    }
    write_char(w, '}');
}

static bool is_told(const struct date *date)
{
    return date->year || date->month || date->day || date->part[0] || date->weekday || date->weekend;
}

/* "Friday from 21:00 to 2:00" ends on Saturday. False where no day tells which is the next. */
static bool end_day(struct when *w)
{
    int32_t from = w->clock.hour * 60 + w->clock.minute, to = w->clock_to.hour * 60 + w->clock_to.minute, days;

    w->to = w->date;
    if (to >= from)
        return true;
    if (!when_is_day(w, &days))
        return false;
    w->to = calendar_date(days + 1);
    return true;
}

static void write_value(struct reader *r, struct match *m, struct when *w)
{
    struct writer out;

    if (w->form == WHEN_UNTOLD)
        return;
    out = writer_of(m);
    if (w->form == WHEN_OFFSET) {
        write_span(&out, &w->offset, w->is_back);
        if (w->date.time[0]) {
            write_char(&out, 'T');
            write_string(&out, w->date.time);
        }
        return;
    }
    if (!is_told(&w->date)) {
        if (w->has_clock)
            write_clock(r, &out, &w->clock);
        if (w->has_clock_to) {
            write_char(&out, '/');
            write_clock(r, &out, &w->clock_to);
        }
        if (!w->has_clock)
            m->form = VALUE_NONE;
        return;
    }
    if (w->n_days) {
        write_days(&out, w);
        return;
    }
    if (w->has_clock_to && !w->is_range && !end_day(w)) {
        m->form = VALUE_NONE;
        return;
    }
    write_moment(r, &out, &w->date, w->has_clock ? &w->clock : NULL);
    if (w->is_range || w->has_clock_to) {
        write_char(&out, '/');
        write_moment(r, &out, &w->to, w->has_clock_to ? &w->clock_to : NULL);
    }
}

/* ---- Ranges ------------------------------------------------------------------------------------------------------- */

enum grain { GRAIN_NONE, GRAIN_YEAR, GRAIN_PART, GRAIN_MONTH, GRAIN_DAY, GRAIN_WEEKDAY };

static enum grain grain_of(const struct when *w)
{
    const struct date *d = &w->date;

    if (w->form != WHEN_DATE || w->is_range || w->n_days || w->has_clock || d->time[0] || d->week || d->weekend)
        return GRAIN_NONE;
    if (d->part[0])
        return GRAIN_PART;
    if (w->is_alone)
        return GRAIN_WEEKDAY;
    if (d->day)
        return d->month ? GRAIN_DAY : GRAIN_NONE;
    if (d->month)
        return GRAIN_MONTH;
    return d->year && d->year_digits != 2 ? GRAIN_YEAR : GRAIN_NONE;
}

/* "Monday to Friday": the Friday behind that Monday, where "from" says that these are days and no habit. */
static void weekday_range(struct reader *r, struct when *w, uint32_t from, uint32_t to)
{
    int32_t days;

    if (!r->settings->has_today || !when_is_day(w, &days) || !(is_before(r, 1, "from") || is_before(r, 1, "between"))) {
        memset(&w->date, 0, sizeof w->date);
        w->date.weekday = (uint8_t)from;
        w->to = (struct date) { .weekday = (uint8_t)to };
        return;
    }
    w->to = calendar_date(days + (int32_t)((to + 7 - from) % 7));
}

/* "2024-05-12", "5/12/24", "12.05.2024" at the reader's token. */
static bool is_in_digits(struct reader *r)
{
    const struct lexeme *next = lexeme(r, 1);

    return lexeme(r, 0)->kind == LEXEME_NUMBER && next->flags & LEXEME_GLUED && lexeme(r, 2)->kind == LEXEME_NUMBER;
}

/* Whether "to" makes one range of the two. Dates that are whole at both ends are two, as people mark them; where the year or the
 * month is told once, only both together tell it. */
static bool is_one_range(struct reader *r, const struct when *a, const struct when *b, bool dash, bool and)
{
    enum grain grain = grain_of(a);

    if (grain == GRAIN_NONE || grain != grain_of(b) || (grain == GRAIN_PART && !a->date.year && !b->date.year))
        return false;
    if (dash && a->date.year && b->date.year && (grain == GRAIN_DAY || grain == GRAIN_MONTH) && !is_in_digits(r))
        return false;
    if (dash || grain == GRAIN_WEEKDAY)
        return !and || grain == GRAIN_WEEKDAY;
    if (grain == GRAIN_YEAR)
        return !and&&a->date.year > 0 && a->date.year < b->date.year && a->date.year_digits == b->date.year_digits &&
               lexeme(r, 0)->kind == LEXEME_NUMBER && (a->date.year_digits || b->date.year >= 1000);
    if (a->date.year || !b->date.year)
        return false;
    return !and || is_before(r, 1, "between");
}

static void add_end(struct reader *r, struct when *w)
{
    uint32_t i = w->behind;
    struct when end;
    bool dash = is_dash(r, i) || (is_sign(r, i, '/') && is_glued(r, i) && is_glued(r, i + 1)), and = is_class(r, i,
                                                                                                              WORD_AND);
    uint32_t from = (uint32_t)value_of(r, 0, WORD_WEEKDAY), to;

    if (!dash && !is_class(r, i, WORD_TO) && !(and&&is_before(r, 1, "between")))
        return;
    if (!when_at(r, i + 1, &end) || !is_one_range(r, w, &end, dash, and))
        return;
    if (grain_of(w) == GRAIN_WEEKDAY) {
        if (!is_class(r, 0, WORD_WEEKDAY) || !is_class(r, i + 1, WORD_WEEKDAY))
            return;
        to = (uint32_t)value_of(r, i + 1, WORD_WEEKDAY);
        weekday_range(r, w, from, to);
    } else {
        if (dash && w->date.year && !end.date.year && grain_of(w) != GRAIN_YEAR)
            end.date.year = w->date.year;
        if (w->date.year && end.date.year && is_after(&w->date, &end.date))
            return;
        w->to = end.date;
    }
    w->is_range = true;
    w->behind = end.behind;
    w->score = w->score > end.score ? w->score : end.score;
    if (grain_of(w) != GRAIN_WEEKDAY && w->score < LIKELY)
        w->score = LIKELY;
}

/* ---- A day and a time of it --------------------------------------------------------------------------------------- */

/* "at", "@", "around", "from" between a date and its time. */
static uint32_t skip_at(struct reader *r, uint32_t i)
{
    if (is_word(r, i, "at") || is_sign(r, i, '@') || is_word(r, i, "around") || is_word(r, i, "about") ||
        is_word(r, i, "from"))
        return i + 1;
    return i;
}

static bool may_have_time(const struct when *w)
{
    return w->form == WHEN_DATE && !w->is_range && !w->n_days && !w->has_clock && !w->date.year_digits &&
           !w->date.part[0] && (w->date.day || (w->date.weekday && (w->date.week || !w->date.year)) || w->date.of_year);
}

/* "May 12, 2024 at 10:30", "Friday 5pm", "2024-05-12T10:30Z", "tomorrow morning at 7", "12/Mar/2024:10:00:00 +0100",
 * "Oct 26 15:50:06 2016". */
static void add_time(struct reader *r, struct when *w)
{
    struct when time = { .behind = 0 };
    uint32_t i = w->behind, at = skip_at(r, i), year_at;
    bool is_stamp = at == i && is_glued(r, i);

    if (!may_have_time(w) || (is_stamp && !is_word(r, i, "T") && !is_sign(r, i, ':') && !is_sign(r, i, '_')))
        return;
    if (is_stamp && !is_word(r, i, "T"))
        at++;
    if (w->date.time[0] ? clock_at(r, at, w->date.time, &time.clock) : clocks_at(r, at, &time)) {
        w->clock = time.clock;
        w->clock_to = time.clock_to;
        w->has_clock = true;
        w->has_clock_to = time.has_clock_to;
        w->behind = time.has_clock_to ? time.behind : time.clock.behind;
    } else {
        return;
    }
    w->score = SURE;
    year_at = w->behind;
    if (!w->date.year && w->date.month && w->clock.second >= 0 && is_year(r, year_at)) { /* as asctime writes it */
        w->date.year = (int32_t)lexeme(r, year_at)->mantissa;
        w->behind = year_at + 1;
    }
}

/* "9 am to 5 pm Monday| to Friday" */
static bool is_first_of_several(struct reader *r, const struct when *w)
{
    uint32_t i = w->behind;

    return w->is_alone &&
           (is_class(r, i, WORD_TO) || is_dash(r, i) || is_class(r, i, WORD_AND) || is_sign(r, i, ',') ||
            is_sign(r, i, '&')) &&
           is_class(r, i + 1, WORD_WEEKDAY);
}

/* "10:30 am on Monday", "5pm tomorrow", "noon on 5 May", "8 tonight". */
static bool time_first(struct reader *r, struct when *w)
{
    struct when time = { .behind = 0 }, day;
    uint32_t at;

    if (clocks_at(r, 0, &time)) {
        at = is_class(r, time.behind, WORD_ON) ? time.behind + 1 : time.behind;
        at = is_class(r, at, WORD_THE) && at > time.behind ? at + 1 : at;
        *w = time;
        if (r->settings->apart || !when_at(r, at, &day) || is_first_of_several(r, &day) || day.score < LIKELY ||
            !may_have_time(&day))
            return true;
        if (day.date.time[0] && !time.has_clock_to) {
            if (!clock_at(r, 0, day.date.time, &day.clock) || day.clock.behind != time.behind)
                return true;
        } else {
            day.clock = time.clock;
        }
        day.clock_to = time.clock_to;
        day.has_clock = true;
        day.has_clock_to = time.has_clock_to;
        *w = day;
        w->score = SURE;
        return true;
    }
    if (r->settings->apart || (!is_integer(r, 0) && !is_class(r, 0, WORD_DIGIT)))
        return false;
    at = is_class(r, 1, WORD_OCLOCK) ? 2 : 1; /* "8 tonight", "7 tomorrow morning" */
    if (!when_at(r, at, &day) || !day.date.time[0] || !may_have_time(&day) ||
        !clock_at(r, 0, day.date.time, &day.clock))
        return false;
    if (day.clock.behind != 1 || !(is_before(r, 1, "at") || is_before(r, 1, "by") || is_before(r, 1, "until")))
        return false;
    *w = day;
    w->has_clock = true;
    w->score = SURE;
    return true;
}

/* "an hour before noon", "30 minutes after 5pm": a time of day. */
static bool time_counted(struct reader *r, struct when *w)
{
    struct span span;
    struct clock clock;
    int32_t minutes = 0;
    bool back;
    uint32_t at;

    if (!span_at(r, 0, &span) || !span.is_known || span.is_inexact)
        return false;
    at = span.behind;
    back = is_word(r, at, "before");
    if ((!back && !is_word(r, at, "after") && !is_word(r, at, "past")) || !clock_at(r, at + 1, "", &clock))
        return false;
    for (uint32_t k = 0; k < span.n; k++) {
        double n = span.number[k] * (span.period[k] == HOUR ? 60 : 1);

        if ((span.period[k] != HOUR && span.period[k] != MINUTE) || n > 1440 || n != (double)(int32_t)n)
            return false;
        minutes += (int32_t)n;
    }
    minutes = clock.hour * 60 + (clock.minute > 0 ? clock.minute : 0) + (back ? -minutes : minutes);
    memset(w, 0, sizeof *w);
    if (minutes < 0 || minutes >= 1440)
        w->form = WHEN_UNTOLD; /* of another day */
    clock.hour = minutes / 60;
    clock.minute = minutes % 60;
    w->clock = clock;
    w->has_clock = true;
    w->behind = clock.behind;
    w->score = SURE;
    return true;
}

/* ------------------------------------------------------------------------------------------------------------------- */

static bool is_time(const struct when *w)
{
    return w->has_clock || w->date.time[0] ||
           ((w->form == WHEN_OFFSET || w->form == WHEN_UNTOLD) && w->offset.n &&
            w->offset.period[w->offset.n - 1] < DAY);
}

static bool say(struct reader *r, struct match *m, struct when *w)
{
    m->behind = w->behind;
    m->score = w->score;
    m->type = is_time(w) ? ENTITY_TIME : ENTITY_DATE;
    if (!are_real(w)) {
        m->type = ENTITY_NONE;
        return true;
    }
    if (w->form == WHEN_DATE) {
        if (w->is_range && !w->date.weekday)
            resolve_range(r, w);
        else
            calendar_resolve(r, &w->date);
        if (!are_real(w)) {
            m->type = ENTITY_NONE;
            return true;
        }
        if (w->is_range && w->date.year && w->to.year && is_after(&w->date, &w->to))
            w->form = WHEN_UNTOLD;
    }
    write_value(r, m, w);
    return true;
}

/* "112 May 2024", "31 February 2024" from the month on: a number before it that is no day is a part of it nevertheless. */
static bool has_number_before(struct reader *r, const struct when *w)
{
    const struct entity_input *in = r->input;
    struct textd_span token;

    if (!is_class(r, 0, WORD_MONTH) || w->date.day || r->token == r->first_token)
        return false;
    token = in->tokens[r->token - 1];
    return in->kinds[r->token - 1] == TEXTD_TOKEN_NUMBER && token.end - token.start != 4;
}

/* "12 May 20245": a number that nothing else claims stands where the year would. */
static bool has_number_behind(struct reader *r, const struct when *w)
{
    uint32_t i = w->behind, at = is_sign(r, i, ',') ? i + 1 : i;
    const struct lexeme *l = lexeme(r, at);

    if (!w->date.month || w->date.year || w->has_clock || !is_integer(r, at) || is_glued(r, at) ||
        !goes_on_plainly(r, at + 1) || (is_glued(r, at + 1) && !(l->flags & LEXEME_CLOSES)))
        return false;
    return at == i || l->end - l->start == 5;
}

bool match_moment(struct reader *r, struct match *m)
{
    struct when w, time;
    uint32_t begins = begins_at(r, 0);

    if (when_at(r, 0, &w)) {
        add_end(r, &w);
        if (!r->settings->apart || is_glued(r, w.behind) || lexeme(r, 0)->kind == LEXEME_NUMBER)
            add_time(r, &w);
    }
    if (((begins & BEGINS_SPAN && time_counted(r, &time)) || (begins & BEGINS_CLOCK && time_first(r, &time))) &&
        time.behind > w.behind)
        w = time;
    if (w.behind && (has_number_before(r, &w) || has_number_behind(r, &w)))
        w.form = WHEN_UNTOLD;
    return w.behind && say(r, m, &w);
}
