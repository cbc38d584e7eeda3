/* values_numbers.h: writers of numbers, ordinals, percentages, measures and money, see values.h. */
#ifndef VALUES_NUMBERS_H
#define VALUES_NUMBERS_H

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "values.h"

/* ---- Whole numbers ------------------------------------------------------------------------------------------------ */

/* As long as people write them: as many with one digit as with nine. */
static uint64_t draw_whole(uint32_t *seed, uint32_t most_digits)
{
    uint64_t value = 1 + draw(seed, 9);

    for (uint32_t digits = draw(seed, most_digits); digits > 0; digits--)
        value = value * 10 + draw(seed, 10);
    return value;
}

/* With `mark` between groups: of three, or, by lakh and crore, of two but for the last. */
static void write_groups(char *out, uint64_t value, const char *mark, bool indian)
{
    char digits[24], *start = out;
    int n = sprintf(digits, "%" PRIu64, value);

    for (int i = 0; i < n; i++) {
        int rest = n - i;
        if (out > start && (indian ? rest == 3 || (rest > 3 && rest % 2 == 1) : rest % 3 == 0))
            out += sprintf(out, "%s", mark);
        *out++ = digits[i];
    }
    *out = '\0';
}

static const char *const small_words[] = { "zero",    "one",     "two",       "three",    "four",
                                           "five",    "six",     "seven",     "eight",    "nine",
                                           "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                           "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens_words[] = { "",      "",      "twenty",  "thirty", "forty",
                                          "fifty", "sixty", "seventy", "eighty", "ninety" };

static char *write_below_thousand(char *out, uint32_t value, bool with_and)
{
    if (value >= 100) {
        out += sprintf(out, "%s hundred", small_words[value / 100]);
        value %= 100;
        out += value ? sprintf(out, with_and ? " and " : " ") : 0;
    }
    if (value >= 20) {
        out += sprintf(out, "%s", tens_words[value / 10]);
        value %= 10;
        out += value ? sprintf(out, "-%s", small_words[value]) : 0;
    } else if (value > 0) {
        out += sprintf(out, "%s", small_words[value]);
    }
    return out;
}

static void write_words(char *out, uint64_t value, bool with_and)
{
    static const struct {
        uint64_t size;
        const char *word;
    } sizes[] = { { 1000000000, "billion" }, { 1000000, "million" }, { 1000, "thousand" } };
    char *start = out;

    for (size_t i = 0; i < COUNT(sizes); i++) {
        if (value < sizes[i].size)
            continue;
        out += out > start ? sprintf(out, " ") : 0;
        out = write_below_thousand(out, (uint32_t)(value / sizes[i].size), with_and);
        out += sprintf(out, " %s", sizes[i].word);
        value %= sizes[i].size;
    }
    if (value > 0) {
        out += out > start ? sprintf(out, value < 100 && with_and ? " and " : " ") : 0;
        write_below_thousand(out, (uint32_t)value, with_and);
    }
}

/* In one of the ways that hold anywhere. */
static void write_whole(uint32_t *seed, char *out, uint64_t value)
{
    static const char *const blanks[] = { "\u00A0", "\u2009", "\u202F" };

    switch (draw(seed, 6)) {
    case 0:
        sprintf(out, "%" PRIu64, value);
        break;
    case 1:
        write_groups(out, value, ",", false);
        break;
    case 2:
        write_groups(out, value, ",", true);
        break;
    case 3:
        write_groups(out, value, toss(seed) ? "'" : "’", false);
        break;
    case 4:
        write_groups(out, value, DRAW_FROM(seed, blanks), false);
        break;
    default:
        write_words(out, value, toss(seed));
    }
}

/* ---- With decimals ------------------------------------------------------------------------------------------------ */

struct decimal {
    uint64_t whole;
    uint32_t digits, places; /* behind the point */
};

static struct decimal draw_decimal(uint32_t *seed, uint32_t most_places)
{
    struct decimal d = { .whole = draw_whole(seed, 6), .places = 1 + draw(seed, most_places) };

    for (uint32_t i = 0; i < d.places; i++)
        d.digits = d.digits * 10 + (i + 1 == d.places ? 1 + draw(seed, 9) : draw(seed, 10));
    return d;
}

static double decimal_value(const struct decimal *d)
{
    char text[48];

    sprintf(text, "%" PRIu64 ".%0*u", d->whole, (int)d->places, d->digits);
    return strtod(text, NULL);
}

/* By a point, or, where something behind tells that it is one number, by a comma with one or two places. */
static void write_decimal(uint32_t *seed, char *out, const struct decimal *d, bool comma)
{
    const char *mark = comma ? (toss(seed) ? "." : "\u00A0") : toss(seed) ? "," : "'";

    if (toss(seed))
        write_groups(out, d->whole, mark, false);
    else
        sprintf(out, "%" PRIu64, d->whole);
    sprintf(out + strlen(out), "%s%0*u", comma ? "," : ".", (int)d->places, d->digits);
}

/* A positive number, and how it is written before a unit or a currency. */
static double write_amount(uint32_t *seed, char *out)
{
    struct decimal d;
    uint64_t value;

    if (toss(seed)) {
        value = draw_whole(seed, 8);
        write_whole(seed, out, value);
        return (double)value;
    }
    d = draw_decimal(seed, 2);
    write_decimal(seed, out, &d, toss(seed));
    return decimal_value(&d);
}

/* The same in digits, for what stands beside signs and suffixes. */
static double write_digits_amount(uint32_t *seed, char *out)
{
    struct decimal d = draw_decimal(seed, 2);

    if (toss(seed)) {
        uint64_t value = draw_whole(seed, 8);
        write_groups(out, value, toss(seed) ? "," : "", false);
        return (double)value;
    }
    write_decimal(seed, out, &d, toss(seed));
    return decimal_value(&d);
}

/* ---- Kinds -------------------------------------------------------------------------------------------------------- */

static void write_cardinal(uint32_t *seed, struct written *w)
{
    uint64_t value = 2 + draw_whole(seed, 9);

    value += value >= 1000 && value < 2200 ? 2000 : 0; /* those may be years */
    write_whole(seed, w->text, value);
    w->number = (double)value;
    w->type = ENTITY_CARDINAL;
}

static void write_signed(uint32_t *seed, struct written *w)
{
    static const char *const signs[] = { "-", "\u2212", "\u2013", "minus ", "negative " };
    uint64_t value = 2 + draw_whole(seed, 9);
    int n = sprintf(w->text, "%s", DRAW_FROM(seed, signs));

    write_groups(w->text + n, value, toss(seed) ? "," : "", false);
    w->number = -(double)value;
    w->type = ENTITY_CARDINAL;
}

static void write_scaled(uint32_t *seed, struct written *w)
{
    static const struct {
        const char *text;
        double size;
    } sizes[] = { { "K", 1e3 },           { "k", 1e3 },
                  { "M", 1e6 },           { "bn", 1e9 },
                  { " million", 1e6 },    { " thousand", 1e3 },
                  { " billion", 1e9 },    { " lakh", 1e5 },
                  { " crore", 1e7 },      { "e6", 1e6 },
                  { "E3", 1e3 },          { " dozen", 12 },
                  { " x 10^6", 1e6 },     { " hundred thousand", 1e5 },
                  { " lakh crore", 1e12 } };
    uint32_t i = draw(seed, (uint32_t)COUNT(sizes)), tenths = 11 + draw(seed, 989);
    int n =
        tenths % 10 ? sprintf(w->text, "%u.%u", tenths / 10, tenths % 10) : sprintf(w->text, "%u", 10 + tenths / 10);

    w->number = tenths % 10 ? tenths * sizes[i].size / 10 : (10 + tenths / 10) * sizes[i].size;
    sprintf(w->text + n, "%s", sizes[i].text);
    w->type = ENTITY_CARDINAL;
}

static void write_part(uint32_t *seed, struct written *w)
{
    static const char *const ones[] = {
        "", "", "", "third", "", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"
    };
    uint32_t below = 5 + draw(seed, 6), above = 2 + draw(seed, below - 2);

    w->type = ENTITY_CARDINAL;
    w->number = (double)above / below;
    switch (draw(seed, 4)) {
    case 0:
        sprintf(w->text, "%s%s%ss", small_words[above], toss(seed) ? "-" : " ", ones[below]);
        break;
    case 1:
        sprintf(w->text, "%s out of %s", small_words[above], small_words[below]);
        break;
    case 2:
        sprintf(w->text, "%u out of %u", above, below);
        break;
    default:
        above = 1 + draw(seed, 98);
        w->number = above + 0.5;
        sprintf(w->text, "%u%s", above, toss(seed) ? "½" : " and a half");
    }
}

static void write_ordinal(uint32_t *seed, struct written *w)
{
    static const char *const ordinals[] = { "",          "first",     "second",      "third",      "fourth",
                                            "fifth",     "sixth",     "seventh",     "eighth",     "ninth",
                                            "tenth",     "eleventh",  "twelfth",     "thirteenth", "fourteenth",
                                            "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth" };
    uint32_t value = 1 + draw(seed, 999), last = value % 100 / 10 == 1 ? 0 : value % 10;
    char *out = w->text;

    w->type = ENTITY_ORDINAL;
    w->number = value;
    if (toss(seed) || value % 10 == 0 ||
        (value > 2 && value < 100 && last == 2)) { /* "a forty-second clip" is something else */
        sprintf(w->text, "%u%s", value, last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
        return;
    }
    if (value >= 100)
        out += sprintf(out, "%s hundred and ", small_words[value / 100]);
    if (value % 100 >= 20)
        sprintf(out, "%s-%s", tens_words[value % 100 / 10], ordinals[value % 10]);
    else
        sprintf(out, "%s", ordinals[value % 100]);
}

static void write_percent(uint32_t *seed, struct written *w)
{
    static const char *const signs[] = { "%", " %", "\u00A0%", " percent", " per cent", " pct" };

    w->number = write_amount(seed, w->text);
    strcat(w->text, DRAW_FROM(seed, signs));
    w->unit = "%";
    w->type = ENTITY_PERCENT;
}

static const struct {
    const char *text, *code;
} measures[] = {
    { "km", "km" },
    { "kilometres", "km" },
    { "miles", "[mi_i]" },
    { "kg", "kg" },
    { "grams", "g" },
    { "litres", "L" },
    { "hectares", "har" },
    { "square km", "km2" },
    { "km/h", "km/h" },
    { "mph", "[mi_i]/h" },
    { "degrees Celsius", "Cel" },
    { "°C", "Cel" },
    { "degrees f", "[degF]" },
    { "GB", "GBy" },
    { "watts", "W" },
    { "cubic metres", "m3" },
    { "inches", "[in_i]" },
    { "tonnes", "t" },
    { "kWh", "kW.h" },
    { "volts", "V" },
};

static void write_measure(uint32_t *seed, struct written *w)
{
    uint32_t i = draw(seed, (uint32_t)COUNT(measures));

    w->number = write_amount(seed, w->text);
    if (strchr("abcdefghijklmnopqrstuvwxyz", w->text[0]) &&
        (strlen(measures[i].text) < 5 || strstr(measures[i].text, "km")))
        i = 1; /* nobody writes "five km" */
    sprintf(w->text + strlen(w->text), " %s", measures[i].text);
    w->unit = measures[i].code;
    w->type = ENTITY_QUANTITY;
}

static void write_measure_range(uint32_t *seed, struct written *w)
{
    static const char *const joints[] = { " to ", "-", "–", " - " };
    uint32_t i = draw(seed, (uint32_t)COUNT(measures)), from = 2 + draw(seed, 900), more = 1 + draw(seed, 99);

    sprintf(w->text, "%u%s%u %s", from, DRAW_FROM(seed, joints), from + more, measures[i].text);
    w->number = from;
    w->to = from + more;
    w->is_range = true;
    w->unit = measures[i].code;
    w->type = ENTITY_QUANTITY;
}

static void write_doubled(uint32_t *seed, struct written *w)
{
    static const char *const ways[] = { "%u'%u\"", "%u′%u″", "%u ft %u in", "%u feet %u inches", "%u ft, %u in" };
    uint32_t feet = 2 + draw(seed, 90), inches = 1 + draw(seed, 11);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    sprintf(w->text, DRAW_FROM(seed, ways), feet, inches);
#pragma GCC diagnostic pop
    w->number = feet * 12 + inches;
    w->unit = "[in_i]";
    w->type = ENTITY_QUANTITY;
}

static const struct {
    const char *text, *code;
} money_signs[] = { { "$", "USD" },    { "€", "EUR" },   { "£", "GBP" },    { "US$", "USD" },
                    { "A$", "AUD" },   { "₹", "INR" },   { "HK$", "HKD" },  { "NZD$", "NZD" },
                    { "EUR ", "EUR" }, { "USD", "USD" }, { "CHF ", "CHF" }, { "Rs ", "INR" } };
static const struct {
    const char *text, *code;
} money_words[] = { { " euros", "EUR" },
                    { " dollars", "USD" },
                    { " US dollars", "USD" },
                    { "€", "EUR" },
                    { " €", "EUR" },
                    { "$", "USD" },
                    { " $", "USD" },
                    { " £", "GBP" },
                    { " zł", "PLN" },
                    { " EUR", "EUR" },
                    { " usd", "USD" },
                    { " pounds sterling", "GBP" },
                    { " Kenyan shillings", "KES" },
                    { " yen", "JPY" } };

static void write_money(uint32_t *seed, struct written *w)
{
    static const struct {
        const char *text;
        double size;
    } sizes[] = { { "", 1 }, { "", 1 }, { "m", 1e6 }, { "bn", 1e9 }, { "k", 1e3 }, { " million", 1e6 }, { "MM", 1e6 } };
    uint32_t i = draw(seed, (uint32_t)COUNT(money_signs)), k = draw(seed, (uint32_t)COUNT(sizes));
    char number[100];
    double value = write_digits_amount(seed, number);

    sprintf(w->text, "%s%s%s", money_signs[i].text, number, sizes[k].text);
    w->number = sizes[k].size > 1 ? round(value * 100) * (sizes[k].size / 100) : value;
    w->unit = money_signs[i].code;
    w->type = ENTITY_MONEY;
}

static void write_money_behind(uint32_t *seed, struct written *w)
{
    uint32_t i = draw(seed, (uint32_t)COUNT(money_words));
    bool is_word = strlen(money_words[i].text) > 5;

    w->number = is_word ? write_amount(seed, w->text) : write_digits_amount(seed, w->text);
    strcat(w->text, money_words[i].text);
    w->unit = money_words[i].code;
    w->type = ENTITY_MONEY;
}

static void write_money_signed(uint32_t *seed, struct written *w)
{
    static const struct {
        const char *before, *behind;
    } ways[] = { { "-$", "" }, { "\u2212$", "" }, { "$-", "" }, { "minus $", "" }, { "$(", ")" }, { "-", " $" } };
    uint32_t i = draw(seed, (uint32_t)COUNT(ways));
    char number[100];

    w->number = -write_digits_amount(seed, number);
    sprintf(w->text, "%s%s%s", ways[i].before, number, ways[i].behind);
    w->unit = "USD";
    w->type = ENTITY_MONEY;
}

static void write_money_range(uint32_t *seed, struct written *w)
{
    static const char *const ways[] = { "$%u to $%u",       "$%u-$%u",   "$%u-%u",
                                        "%u to %u dollars", "%u–%u USD", "$%u to $%u million" };
    uint32_t i = draw(seed, (uint32_t)COUNT(ways)), from = 2 + draw(seed, 900), to = from + 1 + draw(seed, 99);
    double size = i == COUNT(ways) - 1 ? 1e6 : 1;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    sprintf(w->text, ways[i], from, to);
#pragma GCC diagnostic pop
    w->number = from * size;
    w->to = to * size;
    w->is_range = true;
    w->unit = "USD";
    w->type = ENTITY_MONEY;
}

static void write_cents(uint32_t *seed, struct written *w)
{
    uint32_t cents = 2 + draw(seed, 98), dollars = 2 + draw(seed, 500);

    w->unit = "USD";
    w->type = ENTITY_MONEY;
    w->number = (dollars * 100 + cents) / 100.0;
    switch (draw(seed, 3)) {
    case 0:
        sprintf(w->text, "%u¢", cents);
        w->number = cents / 100.0;
        break;
    case 1:
        sprintf(w->text, "%u dollars and %u cents", dollars, cents);
        break;
    default:
        sprintf(w->text, "$%u and %u cents", dollars, cents);
    }
}

static const struct kind number_kinds[] = {
    { "CARDINAL, whole", write_cardinal },
    { "CARDINAL, signed", write_signed },
    { "CARDINAL, scaled", write_scaled },
    { "CARDINAL, parts", write_part },
    { "ORDINAL", write_ordinal },
    { "PERCENT", write_percent },
    { "QUANTITY", write_measure },
    { "QUANTITY, ranges", write_measure_range },
    { "QUANTITY, doubled", write_doubled },
    { "MONEY", write_money },
    { "MONEY, behind", write_money_behind },
    { "MONEY, signed", write_money_signed },
    { "MONEY, ranges", write_money_range },
    { "MONEY, cents", write_cents },
};

#endif
