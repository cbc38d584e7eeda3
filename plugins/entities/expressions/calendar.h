/* calendar.h: days, and how a date, a time or a duration is written as a value: ISO 8601-1:2019, with TIMEX3's additions
 * for what it has no form for (README.md). */
#ifndef ENTITIES_CALENDAR_H
#define ENTITIES_CALENDAR_H

#include "plugins/entities/expressions/reader.h"

/* A date as far as it is told. */
struct date {
    int32_t year;        /* 0: not told; negative: before Christ, -1 is 1 BC */
    uint8_t year_digits; /* 0: all four; 3: a decade; 2: a century */
    uint8_t month;       /* 0: not told */
    uint8_t day;         /* 0: not told */
    uint8_t weekday;     /* 1, Monday, to 7; written with a week, or when neither year nor month is told */
    uint8_t week;        /* of the year, by ISO 8601's numbers; 0: not told */
    uint16_t of_year;    /* the day of the year, where it is told so: "2024-133" */
    bool weekend;        /* of the week, or of any */
    char part[3];        /* of the year, in place of a month: "SU", "Q3", "H1" */
    char time[3];        /* of the day: "MO" */
};

/* Days since 1970-01-01 of a date in the Gregorian calendar, and back. */
int32_t calendar_days(int32_t year, uint32_t month, uint32_t day);
struct date calendar_date(int32_t days);

/* 1, Monday, to 7. */
uint32_t calendar_weekday(int32_t days);

/* Whether the month has that day; February has 29 when the year isn't told (0). */
bool calendar_has(int32_t year, uint32_t month, uint32_t day);

/* Whether the year has that week, by ISO 8601's numbers. */
bool calendar_has_week(int32_t year, uint32_t week);

/* The week that a day is in: year and week. */
struct date calendar_week_of(int32_t days);

/* Easter Sunday, in the Gregorian calendar. */
int32_t calendar_easter(int32_t year);

/* The nth such weekday of a month, 0 for the last; false when the month has none. */
bool calendar_nth(int32_t year, uint32_t month, uint32_t weekday, uint32_t nth, int32_t *days);

/* How many days a month has. */
uint32_t calendar_month_days(int32_t year, uint32_t month);

/* A day so many months behind another; the last of the month, where that has no such day. */
int32_t calendar_add_months(int32_t days, int32_t months);

/* Where a value is written to. What doesn't fit is cut. */
struct writer {
    char *text;
    uint32_t n, room;
};

struct writer writer_of(struct match *m);
void write_char(struct writer *w, char c);
void write_string(struct writer *w, const char *text);
void write_digits(struct writer *w, uint32_t value, uint32_t least); /* with zeros up to `least` digits */

void write_date(struct writer *w, const struct date *date);

/* "P3D", "PT2H", "-P1W". `number` has at most six decimals: a half of a year is six months, others stay decimal. */
void write_duration(struct writer *w, double number, enum period period, bool is_negative);
void write_amount_of_time(struct writer *w, double number, enum period period); /* "3D", "T2H" */

void write_unknown_duration(struct writer *w, enum period period); /* "PXD", as TIMEX3 has it: "several days" */

/* Puts what is told only with the reader's reference date into a date: the year nearest to it for a month, the last such
 * weekday, it included. */
void calendar_resolve(const struct reader *r, struct date *date);

#endif
