/* options.c: see options.h. */
#include "plugins/entities/options.h"

#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/entity.h"
#include "plugins/lib/language.h"

static const char *const date_orders[] = { "auto", "mdy", "dmy", NULL };
static const char *const next_weekdays[] = { "coming", "next_week", NULL };
static const char *const date_times[] = { "joined", "apart", NULL };
static const char *const forms[] = { "list", "columns", NULL };
static const char *const decimals[] = { "auto", "point", "comma", NULL };

const struct textd_option entity_options[OPTION_COUNT] = {
    [OPTION_TYPES] = TEXTD_OPTION_TEXT("types", "", NULL, TEXTD_PER_REQUEST,
                                       "Types to return, between commas: PERSON,ORG; empty for all"),
    [OPTION_MIN_SCORE] = TEXTD_OPTION_FLOAT("min_score", ENTITY_MIN_SCORE, 0, 1, TEXTD_PER_REQUEST,
                                            "Entities with a lower name_score are left out"),
    [OPTION_REFERENCE_DATE] = TEXTD_OPTION_TEXT("reference_date", "", NULL, TEXTD_PER_REQUEST,
                                                "The day, or the time, that 'yesterday' is told from, 2024-05-12 or "
                                                "2024-05-12T10:30:00+02:00; empty for none"),
    [OPTION_DATE_ORDER] =
        TEXTD_OPTION_TEXT("date_order", "auto", date_orders, TEXTD_PER_REQUEST,
                          "Which comes first in dates like 5/12/24, the month or the day; auto: as the "
                          "text's other dates or its language have it, else the month"),
    [OPTION_NEXT_WEEKDAY] = TEXTD_OPTION_TEXT("next_weekday", "coming", next_weekdays, TEXTD_PER_REQUEST,
                                              "'next Friday' is the first that comes, or that of next week"),
    [OPTION_DATE_TIMES] = TEXTD_OPTION_TEXT("date_times", "joined", date_times, TEXTD_PER_REQUEST,
                                            "'tomorrow at 5pm' is one time, or a date and a time apart"),
    [OPTION_DECIMAL] = TEXTD_OPTION_TEXT("decimal", "auto", decimals, TEXTD_PER_REQUEST,
                                         "What stands before decimals: by each text (auto), always a point or a comma"),
    [OPTION_DICTIONARIES] = TEXTD_OPTION_TEXT("dictionaries", "", NULL, 0,
                                              "Lists of names in the plugin's folder, between commas: products.tsv"),
    [OPTION_LANGUAGES] = LANGUAGE_OPTION,
    [OPTION_FORM] = TEXTD_OPTION_TEXT(
        "form", "list", forms, TEXTD_PER_REQUEST,
        "The result has a map for each entity, or an array for each of their fields, which is a third as large"),
};

bool options_next(const char **at, const char *end, const char **part, uint32_t *length)
{
    while (*at < end) {
        const char *start = *at, *comma = memchr(start, ',', (size_t)(end - start)), *stop = comma ? comma : end;

        *at = comma ? comma + 1 : end;
        while (start < stop && *start == ' ')
            start++;
        while (stop > start && stop[-1] == ' ')
            stop--;
        *part = start;
        *length = (uint32_t)(stop - start);
        if (stop > start)
            return true;
    }
    return false;
}

/* "the plugin has … and its dictionaries have …", as far as there is room. */
static void list_types(const struct entity_types *types, char *out, size_t size)
{
    size_t used = 0;

    for (uint32_t type = 1; type < 256 && used < size; type++) {
        const char *name = entity_types_name(types, (uint8_t)type);
        int n = name ? snprintf(out + used, size - used, " %s", name) : 0;
        used += n > 0 ? (size_t)n : 0;
    }
}

static int32_t read_types(const struct textd_value *value, const struct entity_types *types,
                          struct entity_wishes *wishes, char *reason, size_t reason_size)
{
    const char *at = value->text, *end = at + value->length, *part;
    uint32_t length;
    bool any = false;

    memset(wishes->types, 0, sizeof wishes->types);
    while (options_next(&at, end, &part, &length)) {
        uint8_t type = entity_types_find(types, part, length);
        if (type == ENTITY_NONE) {
            int n = snprintf(reason, reason_size,
                             "entities.types has no type '%.*s'; there are:", td_utf8_quoted(part, length), part);
            list_types(types, reason + n, reason_size - (size_t)n);
            return TEXTD_FAILED;
        }
        wishes->types[type / 32] |= 1u << type % 32;
        any = true;
    }
    if (!any)
        memset(wishes->types, 0xFF, sizeof wishes->types);
    return TEXTD_OK;
}

static int32_t read_reference(const struct textd_value *value, struct expression_settings *settings, char *reason,
                              size_t reason_size)
{
    if (value->length == 0)
        return TEXTD_OK;
    if (expressions_read_reference(value->text, value->length, settings))
        return TEXTD_OK;
    snprintf(reason, reason_size,
             "entities.reference_date is '%.*s'; it must be a day, such as 2024-05-12, or a time, such as "
             "2024-05-12T10:30:00+02:00, or empty",
             td_utf8_quoted(value->text, value->length), value->text);
    return TEXTD_FAILED;
}

int32_t options_read(const struct textd_value *values, const struct entity_types *types, struct entity_wishes *wishes,
                     char *reason, size_t reason_size)
{
    int32_t rc = read_types(&values[OPTION_TYPES], types, wishes, reason, reason_size);

    wishes->min_score = values[OPTION_MIN_SCORE].number;
    wishes->in_columns = values[OPTION_FORM].text[0] == 'c';
    wishes->settings = (struct expression_settings) {
        .day_first = values[OPTION_DATE_ORDER].text[0] == 'd',
        .next_week = values[OPTION_NEXT_WEEKDAY].text[0] == 'n',
        .apart = values[OPTION_DATE_TIMES].text[0] == 'a',
        .decimal = values[OPTION_DECIMAL].text[0] == 'a'   ? DECIMAL_AUTO
                   : values[OPTION_DECIMAL].text[0] == 'p' ? DECIMAL_POINT
                                                           : DECIMAL_COMMA,
    };
    return rc == TEXTD_OK ? read_reference(&values[OPTION_REFERENCE_DATE], &wishes->settings, reason, reason_size) : rc;
}

/* Only English has months first, and only in the United States. */
static bool lang_has_days_first(const char *lang, uint32_t length)
{
    if (length < 2 || (length == 2 && memcmp(lang, "en", 2) == 0))
        return false;
    return !(length >= 5 && memcmp(lang, "en-US", 5) == 0);
}

void options_look_at(const struct textd_value *values, const struct textd_doc *doc, struct entity_wishes *wishes)
{
    int order;

    if (values[OPTION_DATE_ORDER].text[0] != 'a')
        return;
    order = expressions_date_order(doc->text, doc->text_length);
    wishes->settings.day_first = order ? order > 0 : lang_has_days_first(doc->lang, doc->lang_length);
}

bool options_language_has_comma(const char *language, uint32_t length)
{
    /* by Unicode's CLDR: the languages, and the countries that differ from them */
    static const char languages[] =
        " de fr es it pt nl pl ru uk tr sv da nb nn no fi cs sk hu ro bg hr sr bs sl el id vi ca gl eu "
        "et lv lt is be kk az ka hy mk sq af ";
    static const char points[] =
        " de-CH de-LI it-CH es-MX es-US es-PR es-GT es-HN es-NI es-SV es-PA es-DO es-PE es-CU ";
    char name[8] = " ";
    uint32_t n = 0;

    while (n < length && n < 3 && language[n] != '-')
        n++;
    if (n != 2 || (length > 2 && language[2] != '-'))
        return false;
    memcpy(name + 1, language, 2);
    memcpy(name + 3, " ", 2);
    if (!strstr(languages, name))
        return false;
    if (length != 5)
        return true;
    memcpy(name + 1, language, 5);
    memcpy(name + 6, " ", 2);
    return !strstr(points, name);
}
