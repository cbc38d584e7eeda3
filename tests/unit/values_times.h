/* values_times.h: writers of dates, times, durations and what recurs, see values.h. No reference date is given, so that what has no
 * year keeps none. */
#ifndef VALUES_TIMES_H
#define VALUES_TIMES_H

#include <string.h>

#include "plugins/entities/expressions/calendar.h"
#include "values.h"

static const char *const month_names[] = { "January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December" };
static const char *const weekday_names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                             "Friday", "Saturday", "Sunday" };

/* A day between 1900 and 2099. */
static struct date draw_day(uint32_t *seed)
{
    return calendar_date(calendar_days(1900, 1, 1) + (int32_t)draw(seed, 73049));
}

static const char *suffix_of(uint32_t day)
{
    return day % 100 / 10 == 1 ? "th" : day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

/* "May" or "Sept." */
static const char *draw_month(uint32_t *seed, uint32_t month, char *out)
{
    uint32_t length = month == 9 && toss(seed) ? 4 : 3;

    if (month == 5 || draw(seed, 3))
        return month_names[month - 1];
    sprintf(out, "%.*s%s", (int)length, month_names[month - 1], toss(seed) ? "." : "");
    return out;
}

/* ---- Days --------------------------------------------------------------------------------------------------------- */

static void write_iso_day(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed);
    char sign = DRAW_FROM(seed, "--/.");

    w->type = ENTITY_DATE;
    sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
    switch (draw(seed, 4)) {
    case 0:
        strcpy(w->text, w->value);
        break;
    case 1:
        sprintf(w->text, "%04d%c%02u%c%02u", d.year, sign ? sign : '-', d.month, sign ? sign : '-', d.day);
        break;
    case 2:
        sprintf(w->text, "%04d%02u%02u", d.year, d.month, d.day);
        break;
    default:
        sprintf(w->text, "%04d-%.3s-%02u", d.year, month_names[d.month - 1], d.day);
    }
}

static void write_digits_day(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed);

    w->type = ENTITY_DATE;
    sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
    switch (draw(seed, 4)) {
    case 0:
        sprintf(w->text, "%u/%u/%04d", d.month, d.day, d.year);
        break;
    case 1:
        sprintf(w->text, "%02u/%02u/%04d", d.month, d.day, d.year);
        break;
    case 2:
        sprintf(w->text, "%02u.%02u.%04d", d.day, d.month, d.year);
        break;
    default:
        d.year = d.year < 1969 ? d.year + 100 : d.year > 2068 ? d.year - 100 : d.year;
        d.day = d.day > 28 ? 28 : d.day; /* another year may have no leap day */
        sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
        if (toss(seed))
            sprintf(w->text, "%u/%u/%02d", d.month, d.day, d.year % 100);
        else
            sprintf(w->text, "%02u.%02u.%02d", d.day, d.month, d.year % 100);
    }
}

static void write_named_day(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed);
    const char *weekday = weekday_names[calendar_weekday(calendar_days(d.year, d.month, d.day)) - 1];
    char short_name[16];
    const char *month = draw_month(seed, d.month, short_name);

    w->type = ENTITY_DATE;
    sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
    switch (draw(seed, 8)) {
    case 0:
        sprintf(w->text, "%u %s %d", d.day, month, d.year);
        break;
    case 1:
        sprintf(w->text, "%s %u, %d", month, d.day, d.year);
        break;
    case 2:
        sprintf(w->text, "%u%s of %s, %d", d.day, suffix_of(d.day), month_names[d.month - 1], d.year);
        break;
    case 3:
        sprintf(w->text, "%s %u%s %d", month, d.day, suffix_of(d.day), d.year);
        break;
    case 4:
        sprintf(w->text, "%s, %u %s %d", weekday, d.day, month, d.year);
        break;
    case 5:
        sprintf(w->text, "%s, %s %u, %d", weekday, month, d.day, d.year);
        break;
    case 6:
        sprintf(w->text, "%u-%.3s-%d", d.day, month_names[d.month - 1], d.year);
        break;
    default:
        sprintf(w->text, "%s, %s", weekday, w->value);
    }
}

/* Weeks, days of the year, months and quarters. */
static void write_parts(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed), week = calendar_week_of(calendar_days(d.year, d.month, d.day));

    w->type = ENTITY_DATE;
    switch (draw(seed, 8)) {
    case 0:
        sprintf(w->value, "%04d-W%02u", week.year, week.week);
        sprintf(w->text, toss(seed) ? "%04d-W%02u" : "%04dW%02u", week.year, week.week);
        break;
    case 1:
        d.day = (uint8_t)calendar_weekday(calendar_days(d.year, d.month, d.day));
        sprintf(w->value, "%04d-W%02u-%u", week.year, week.week, d.day);
        strcpy(w->text, w->value);
        break;
    case 2:
        sprintf(w->value, "%04d-%03d", d.year, calendar_days(d.year, d.month, d.day) - calendar_days(d.year, 1, 1) + 1);
        strcpy(w->text, w->value);
        break;
    case 3:
        sprintf(w->value, "%04d-Q%u", d.year, (d.month - 1u) / 3 + 1);
        strcpy(w->text, w->value);
        if (toss(seed))
            sprintf(w->text, "Q%u %04d", (d.month - 1u) / 3 + 1, d.year);
        break;
    case 4:
        sprintf(w->value, "%04d-%02u", d.year, d.month);
        sprintf(w->text, "%s %04d", month_names[d.month - 1], d.year);
        break;
    case 5:
        sprintf(w->value, "%04d-%02u", d.year, d.month);
        sprintf(w->text, "%u/%04d", d.month, d.year);
        break;
    case 6:
        sprintf(w->value, "%04d", d.year);
        sprintf(w->text, "fiscal year %04d", d.year);
        break;
    default:
        sprintf(w->value, "%04d/%04d", d.year, d.year + 7);
        sprintf(w->text, toss(seed) ? "%04d to %04d" : "%04d–%04d", d.year, d.year + 7);
    }
}

/* Ranges of days, of which the month or the year is told once. */
static void write_days(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed), to;
    int32_t start = calendar_days(d.year, d.month, d.day);

    w->type = ENTITY_DATE;
    to = calendar_date(start + 40 + (int32_t)draw(seed, 60));
    switch (draw(seed, 3)) {
    case 0:
        d.day = (uint8_t)(1 + draw(seed, 14));
        sprintf(w->text, toss(seed) ? "%u-%u %s %d" : "%u to %u %s %d", d.day, d.day + 14u, month_names[d.month - 1],
                d.year);
        sprintf(w->value, "%04d-%02u-%02u/%04d-%02u-%02u", d.year, d.month, d.day, d.year, d.month, d.day + 14u);
        break;
    case 1:
        sprintf(w->text, "%s %u to %s %u, %d", month_names[d.month - 1], d.day, month_names[to.month - 1], to.day,
                to.year);
        sprintf(w->value, "%04d-%02u-%02u/%04d-%02u-%02u", d.year, d.month, d.day, to.year, to.month, to.day);
        break;
    default:
        sprintf(w->text, "%s–%s %d", month_names[d.month - 1], month_names[to.month - 1], to.year);
        sprintf(w->value, "%04d-%02u/%04d-%02u", d.year, d.month, to.year, to.month);
    }
}

/* ---- Times -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *value;
} zone_names[] = { { "", "" },           { "", "" },           { " UTC", "Z" },
                   { " EST", "-05:00" }, { " CET", "+01:00" }, { " IST", "+05:30" } },
  offsets[] = { { "Z", "Z" }, { "+02:00", "+02:00" }, { "-05:30", "-05:30" }, { " +0100", "+01:00" }, { "", "" } };

static void write_time(uint32_t *seed, struct written *w)
{
    uint32_t hour = draw(seed, 24), minute = draw(seed, 60), second = draw(seed, 60),
             zone = draw(seed, COUNT(zone_names));
    uint32_t twelve = hour % 12 ? hour % 12 : 12;
    const char *half = hour < 12 ? "am" : "pm";

    w->type = ENTITY_TIME;
    sprintf(w->value, "T%02u:%02u%s", hour, minute, zone_names[zone].value);
    switch (draw(seed, 6)) {
    case 0:
        sprintf(w->text, "%02u:%02u%s", hour, minute, zone_names[zone].name);
        break;
    case 1:
        sprintf(w->text, "%u:%02u %s%s", twelve, minute, hour < 12 ? "a.m." : "p.m.", zone_names[zone].name);
        if (zone < 2)
            w->text[strlen(w->text) - 1] = '\0', strcpy(w->text + strlen(w->text) - 3, half);
        break;
    case 2:
        sprintf(w->text, "%u:%02u%s%s", twelve, minute, half, zone_names[zone].name);
        break;
    case 3:
        sprintf(w->text, "%u.%02u%s%s", twelve, minute, half, zone_names[zone].name);
        break;
    case 4:
        sprintf(w->text, "%u %s%s", twelve, half, zone_names[zone].name);
        sprintf(w->value, "T%02u%s", hour, zone_names[zone].value);
        break;
    default:
        sprintf(w->text, "%02u:%02u:%02u%s", hour, minute, second, zone_names[zone].name);
        sprintf(w->value, "T%02u:%02u:%02u%s", hour, minute, second, zone_names[zone].value);
    }
}

static void write_stamp(uint32_t *seed, struct written *w)
{
    struct date d = draw_day(seed);
    uint32_t hour = draw(seed, 24), minute = draw(seed, 60), second = draw(seed, 60), o = draw(seed, COUNT(offsets));
    uint32_t twelve = hour % 12 ? hour % 12 : 12;
    const char *weekday = weekday_names[calendar_weekday(calendar_days(d.year, d.month, d.day)) - 1];
    const char *month = month_names[d.month - 1];

    w->type = ENTITY_TIME;
    sprintf(w->value, "%04d-%02u-%02uT%02u:%02u:%02u%s", d.year, d.month, d.day, hour, minute, second,
            offsets[o].value);
    switch (draw(seed, 8)) {
    case 0:
        sprintf(w->text, "%04d-%02u-%02uT%02u:%02u:%02u%s", d.year, d.month, d.day, hour, minute, second,
                offsets[o].name);
        break;
    case 1:
        sprintf(w->text, "%04d-%02u-%02u %02u:%02u:%02u%s", d.year, d.month, d.day, hour, minute, second,
                offsets[o].name);
        break;
    case 2:
        sprintf(w->text, "%04d%02u%02uT%02u%02u%02u%s", d.year, d.month, d.day, hour, minute, second,
                o == 3 ? "+0100" : offsets[o].name);
        break;
    case 3:
        sprintf(w->text, "%.3s, %02u %.3s %d %02u:%02u:%02u%s", weekday, d.day, month, d.year, hour, minute, second,
                offsets[o].name);
        break;
    case 4:
        sprintf(w->text, "%02u/%.3s/%d:%02u:%02u:%02u%s", d.day, month, d.year, hour, minute, second, offsets[o].name);
        break;
    case 5:
        sprintf(w->text, "%.3s %.3s %u %02u:%02u:%02u %d", weekday, month, d.day, hour, minute, second, d.year);
        w->value[19] = '\0';
        break;
    case 6:
        sprintf(w->text, "%u/%u/%d %u:%02u:%02u %s", d.month, d.day, d.year, twelve, minute, second,
                hour < 12 ? "AM" : "PM");
        w->value[19] = '\0';
        break;
    default:
        sprintf(w->text, "%s %u, %d at %u:%02u %s", month, d.day, d.year, twelve, minute, hour < 12 ? "am" : "pm");
        w->value[16] = '\0';
    }
}

/* "2 to 5pm", "9:15-11:00". */
static void write_times(uint32_t *seed, struct written *w)
{
    uint32_t from = 1 + draw(seed, 10), to = from + 1 + draw(seed, 11 - from), minute = draw(seed, 60),
             pm = draw(seed, 2);

    w->type = ENTITY_TIME;
    switch (draw(seed, 3)) {
    case 0:
        sprintf(w->text, toss(seed) ? "%u to %u%s" : "%u-%u%s", from, to, pm ? "pm" : "am");
        sprintf(w->value, "T%02u/T%02u", from + 12 * pm, to + 12 * pm);
        break;
    case 1:
        sprintf(w->text, "%u:%02u to %u %s", from, minute, to, pm ? "pm" : "am");
        sprintf(w->value, "T%02u:%02u/T%02u", from + 12 * pm, minute, to + 12 * pm);
        break;
    default:
        sprintf(w->text, "%u:%02u-%u:00", from + 12 * pm, minute, to + 12 * pm);
        sprintf(w->value, "T%02u:%02u/T%02u:00", from + 12 * pm, minute, to + 12 * pm);
    }
}

/* ---- How long, and how often -------------------------------------------------------------------------------------- */

static const struct {
    const char *one, *before;
    char unit;
} period_names[] = { { "second", "PT", 'S' }, { "minute", "PT", 'M' }, { "hour", "PT", 'H' }, { "day", "P", 'D' },
                     { "week", "P", 'W' },    { "month", "P", 'M' },   { "year", "P", 'Y' } };

/* Writes so many periods behind what is there. */
static void add_periods(char *value, uint32_t period, uint32_t n)
{
    sprintf(value + strlen(value), "%s%u%c", period_names[period].before, n, period_names[period].unit);
}

static void write_how_long(uint32_t *seed, struct written *w)
{
    static const char *const words[] = { "two",   "three", "four", "five",   "six",   "seven",
                                         "eight", "nine",  "ten",  "eleven", "twelve" };
    uint32_t period = draw(seed, COUNT(period_names)), n = 2 + draw(seed, 11), more = 1 + draw(seed, 59);
    const char *name = period_names[period].one;

    w->type = ENTITY_DURATION;
    add_periods(w->value, period, n);
    switch (draw(seed, 8)) {
    case 6:
        sprintf(w->text, toss(seed) ? "%uh%02um" : "%uh%umin", n, more);
        sprintf(w->value, "PT%uH%uM", n, more);
        break;
    case 7:
        sprintf(w->text, "%ud%uh%um%us", n, more % 24, more, 60 - more);
        sprintf(w->value, "P%uDT%uH%uM%uS", n, more % 24, more, 60 - more);
        break;
    case 0:
        sprintf(w->text, "%u %ss", n, name);
        break;
    case 1:
        sprintf(w->text, "%s %ss", words[n - 2], name);
        break;
    case 2:
        sprintf(w->text, "%u-%s", n, name);
        break;
    case 3:
        sprintf(w->text, "%u hours and %u minutes", n, more + 1);
        sprintf(w->value, "PT%uH%uM", n, more + 1);
        break;
    case 4:
        sprintf(w->text, "%u.%u hours", n, 1 + more % 4);
        sprintf(w->value, "PT%u.%uH", n, 1 + more % 4);
        break;
    default:
        sprintf(w->text, "%u to %u %ss", n, n + more, name);
        strcat(w->value, "/");
        add_periods(w->value, period, n + more);
    }
}

static void write_how_often(uint32_t *seed, struct written *w)
{
    uint32_t day = draw(seed, 7), period = draw(seed, COUNT(period_names)), n = 2 + draw(seed, 30),
             hour = 1 + draw(seed, 11);

    w->type = ENTITY_SET;
    switch (draw(seed, 4)) {
    case 0:
        sprintf(w->text, toss(seed) ? "every %s" : "%ss", weekday_names[day]);
        sprintf(w->value, "XXXX-WXX-%u", day + 1);
        break;
    case 1:
        sprintf(w->text, "every %s at %upm", weekday_names[day], hour);
        sprintf(w->value, "XXXX-WXX-%uT%02u", day + 1, hour + 12);
        break;
    case 2:
        sprintf(w->text, "every %u %ss", n, period_names[period].one);
        add_periods(w->value, period, n);
        break;
    default:
        sprintf(w->text, "each %s", period_names[period].one);
        add_periods(w->value, period, 1);
    }
}

/* "three days ago", "the second Tuesday of May 2019". */
static void write_counted(uint32_t *seed, struct written *w)
{
    static const char *const nths[] = { "last", "first", "second", "third", "fourth" };
    struct date d = draw_day(seed);
    uint32_t weekday = draw(seed, 7), nth = draw(seed, 5), n = 2 + draw(seed, 50), period = 3 + draw(seed, 4);
    int32_t days = 0;

    w->type = ENTITY_DATE;
    switch (draw(seed, 3)) {
    case 0:
        sprintf(w->text, "%u %ss ago", n, period_names[period].one);
        strcpy(w->value, "-");
        add_periods(w->value, period, n);
        break;
    case 1:
        calendar_nth(d.year, d.month, weekday + 1, nth, &days);
        sprintf(w->text, "%s %s of %s %d", nths[nth], weekday_names[weekday], month_names[d.month - 1], d.year);
        d = calendar_date(days);
        sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
        break;
    default:
        sprintf(w->text, "%u days after %u %s %d", n, d.day, month_names[d.month - 1], d.year);
        d = calendar_date(calendar_days(d.year, d.month, d.day) + (int32_t)n);
        sprintf(w->value, "%04d-%02u-%02u", d.year, d.month, d.day);
    }
}

static const struct kind time_kinds[] = {
    { "DATE, ISO 8601", write_iso_day },
    { "DATE in digits", write_digits_day },
    { "DATE with names", write_named_day },
    { "DATE, parts of years", write_parts },
    { "DATE, ranges", write_days },
    { "DATE, counted", write_counted },
    { "TIME", write_time },
    { "TIME, stamps", write_stamp },
    { "TIME, ranges", write_times },
    { "DURATION", write_how_long },
    { "SET", write_how_often },
};

#endif
