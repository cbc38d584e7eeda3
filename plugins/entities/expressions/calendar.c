/* calendar.c: see calendar.h. The arithmetic of days is that of Howard Hinnant, chrono-Compatible Low-Level Date Algorithms (2013):
 * years begin in March, so that the leap day is the last, and 400 of them are an era. */
#include "plugins/entities/expressions/calendar.h"

#include <stdlib.h>

#define DAYS_OF_ERA 146097

int32_t calendar_days(int32_t year, uint32_t month, uint32_t day)
{
    int32_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400;
    uint32_t of_era = (uint32_t)(y - era * 400), of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    uint32_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

    return era * DAYS_OF_ERA + (int32_t)days - 719468;
}

struct date calendar_date(int32_t days)
{
    int32_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA;
    uint32_t of_era = (uint32_t)(shifted - era * DAYS_OF_ERA);
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    struct date date = { .day = (uint8_t)(of_year - (153 * month + 2) / 5 + 1) };

    date.month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    date.year = (int32_t)year + era * 400 + (date.month <= 2);
    return date;
}

uint32_t calendar_weekday(int32_t days)
{
    return (uint32_t)(((days + 3) % 7 + 7) % 7) + 1; /* day 0 was a Thursday */
}

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool calendar_has(int32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    return month != 2 || day < 29 || year == 0 || is_leap(year);
}

bool calendar_has_week(int32_t year, uint32_t week)
{
    uint32_t first = calendar_weekday(calendar_days(year, 1, 1));

    return week >= 1 && (week <= 52 || (week == 53 && (first == 4 || (first == 3 && is_leap(year)))));
}

uint32_t calendar_month_days(int32_t year, uint32_t month)
{
    uint32_t day = 31;

    while (!calendar_has(year, month, day))
        day--;
    return day;
}

struct date calendar_week_of(int32_t days)
{
    /* the week's Thursday tells the year */
    int32_t thursday = days - (int32_t)calendar_weekday(days) + 4;
    struct date date = { .year = calendar_date(thursday).year };

    date.week = (uint8_t)((thursday - calendar_days(date.year, 1, 1)) / 7 + 1);
    return date;
}

/* The algorithm that a correspondent sent to Nature 13 (1876), 487; in the form of Jean Meeus, Astronomical Algorithms, 1991. */
int32_t calendar_easter(int32_t year)
{
    int32_t a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3,
            h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7,
            m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;

    return calendar_days(year, (uint32_t)n / 31, (uint32_t)n % 31 + 1);
}

bool calendar_nth(int32_t year, uint32_t month, uint32_t weekday, uint32_t nth, int32_t *days)
{
    int32_t first = calendar_days(year, month, 1), last = first + (int32_t)calendar_month_days(year, month) - 1;

    if (nth == 0)
        *days = last - (int32_t)((calendar_weekday(last) + 7 - weekday) % 7);
    else
        *days = first + (int32_t)((weekday + 7 - calendar_weekday(first)) % 7) + 7 * (int32_t)(nth - 1);
    return *days <= last;
}

int32_t calendar_add_months(int32_t days, int32_t months)
{
    struct date date = calendar_date(days);
    int32_t at = date.year * 12 + date.month - 1 + months, year = at >= 0 ? at / 12 : (at - 11) / 12;
    uint32_t month = (uint32_t)(at - year * 12) + 1, most = calendar_month_days(year, month);

    return calendar_days(year, month, date.day < most ? date.day : most);
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

struct writer writer_of(struct match *m)
{
    m->form = VALUE_TEXT;
    return (struct writer) { m->text, (uint32_t)strlen(m->text), sizeof m->text - 1 };
}

void write_char(struct writer *w, char c)
{
    if (w->n < w->room)
        w->text[w->n++] = c;
    w->text[w->n] = '\0';
}

void write_string(struct writer *w, const char *text)
{
    while (*text)
        write_char(w, *text++);
}

void write_digits(struct writer *w, uint32_t value, uint32_t least)
{
    char digits[10];
    uint32_t n = 0;

    for (; value || n < least; value /= 10)
        digits[n++] = (char)('0' + value % 10);
    while (n)
        write_char(w, digits[--n]);
}

static void write_year(struct writer *w, int32_t year, uint32_t digits)
{
    if (!year) {
        write_string(w, "XXXX");
    } else if (year > 0 && digits) {
        write_digits(w, (uint32_t)year / (digits == 3 ? 10 : 100), digits);
    } else if (year > 0) {
        write_digits(w, (uint32_t)year, 4);
    } else { /* ISO 8601 has a year 0, which is 1 BC */
        write_char(w, year == -1 ? '0' : '-');
        write_digits(w, (uint32_t)(-year - 1), year == -1 ? 3 : 4);
    }
}

void write_date(struct writer *w, const struct date *date)
{
    write_year(w, date->year, date->year_digits);
    if (date->part[0]) {
        write_char(w, '-');
        write_string(w, date->part);
    } else if (date->week) {
        write_string(w, "-W");
        write_digits(w, date->week, 2);
        if (date->weekday) {
            write_char(w, '-');
            write_digits(w, date->weekday, 1);
        }
    } else if (date->of_year) {
        write_char(w, '-');
        write_digits(w, date->of_year, 3);
    } else if (date->month) {
        write_char(w, '-');
        write_digits(w, date->month, 2);
        if (date->day) {
            write_char(w, '-');
            write_digits(w, date->day, 2);
        }
    } else if (date->day) {
        write_string(w, "-XX-");
        write_digits(w, date->day, 2);
    } else if (date->weekday) {
        write_string(w, "-WXX-");
        write_digits(w, date->weekday, 1);
    } else if (date->weekend) {
        write_string(w, "-WXX");
    }
    if (date->weekend)
        write_string(w, "-WE");
    if (date->time[0]) {
        write_char(w, 'T');
        write_string(w, date->time);
    }
}

/* What a period is counted in: of which unit, and how many of it. */
static const struct {
    char unit;
    bool of_time;
    uint16_t count, half; /* `half` of the next smaller unit are half of one; 0: a decimal */
    char smaller;
} periods[PERIODS] = {
    [SECOND] = { 'S', true, 1, 0, 0 },   [MINUTE] = { 'M', true, 1, 30, 'S' },  [HOUR] = { 'H', true, 1, 30, 'M' },
    [DAY] = { 'D', false, 1, 0, 0 },     [WEEK] = { 'W', false, 1, 0, 0 },      [FORTNIGHT] = { 'W', false, 2, 0, 0 },
    [MONTH] = { 'M', false, 1, 0, 0 },   [QUARTER] = { 'M', false, 3, 0, 0 },   [YEAR] = { 'Y', false, 1, 6, 'M' },
    [DECADE] = { 'Y', false, 10, 0, 0 }, [CENTURY] = { 'Y', false, 100, 0, 0 }, [WEEKEND] = { 'D', false, 2, 0, 0 },
};

void write_amount_of_time(struct writer *w, double number, enum period period)
{
    double count = number * periods[period].count;
    uint64_t whole = (uint64_t)count, rest = (uint64_t)((count - (double)whole) * 1e6 + 0.5);

    if (rest == 1000000) {
        whole++;
        rest = 0;
    }
    if (periods[period].of_time)
        write_char(w, 'T');
    if (rest == 500000 && periods[period].half) {
        if (whole) {
            write_digits(w, (uint32_t)whole, 1);
            write_char(w, periods[period].unit);
        }
        write_digits(w, periods[period].half, 1);
        write_char(w, periods[period].smaller);
        return;
    }
    write_digits(w, (uint32_t)whole, 1);
    if (rest) {
        uint32_t digits = 6;

        for (; rest % 10 == 0; rest /= 10)
            digits--;
        write_char(w, '.');
        write_digits(w, (uint32_t)rest, digits);
    }
    write_char(w, periods[period].unit);
}

void write_duration(struct writer *w, double number, enum period period, bool is_negative)
{
    if (is_negative)
        write_char(w, '-');
    write_char(w, 'P');
    write_amount_of_time(w, number, period);
}

void write_unknown_duration(struct writer *w, enum period period)
{
    write_string(w, periods[period].of_time ? "PTX" : "PX");
    write_char(w, periods[period].unit);
}

/* ---- Resolving ---------------------------------------------------------------------------------------------------- */

/* Of last year, this and the next the one in which the day is nearest; one in which it has the weekday that is told, if any. */
static int32_t nearest_year(int32_t today, const struct date *date)
{
    int32_t year = calendar_date(today).year, best = 0, best_away = INT32_MAX;
    uint32_t day = date->day ? date->day : 15;

    for (int32_t y = year - 1; y <= year + 1; y++) {
        int32_t days, away;

        if (!calendar_has(y, date->month, day))
            continue;
        days = calendar_days(y, date->month, day);
        away = abs(days - today);
        if (date->weekday && date->day && calendar_weekday(days) != date->weekday)
            away += 1000; /* farther than any that has it */
        if (away < best_away) {
            best = y;
            best_away = away;
        }
    }
    return best;
}

/* The nearest month in which a day of the month is on the weekday that is told: "Thursday the 14th". */
static void resolve_day(int32_t today, struct date *date)
{
    for (int32_t n = 0; n < 24; n++) {
        int32_t days = calendar_add_months(today - (int32_t)calendar_date(today).day + 1, n % 2 ? n / 2 + 1 : -(n / 2));
        struct date month = calendar_date(days);

        if (calendar_has(month.year, month.month, date->day) &&
            (!date->weekday || calendar_weekday(days + date->day - 1) == date->weekday)) {
            date->year = month.year;
            date->month = month.month;
            return;
        }
    }
}

void calendar_resolve(const struct reader *r, struct date *date)
{
    int32_t today = r->settings->today;

    if (!r->settings->has_today || date->year)
        return;
    if (date->month)
        date->year = nearest_year(today, date);
    else if (date->day)
        resolve_day(today, date);
}
