/* json.c: see json.h. */
#include "sdk/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sdk_json_text(const char *bytes, size_t length)
{
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

void sdk_json_number(double value)
{
    char text[40];

    if (!isfinite(value)) {
        printf("null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    printf("%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

/* Maps, and what isn't at the bottom, go over lines; pairs of numbers and the like stay on one. */
static int elements(struct td_mp *mp, const struct td_mp_value *v, int indent)
{
    int is_map = v->type == TD_MP_MAP, goes_over_lines = v->length > 0 && indent < 8;

    putchar(is_map ? '{' : '[');
    for (uint32_t i = 0; i < v->length; i++) {
        printf("%s", i == 0 ? "" : goes_over_lines ? "," : ", ");
        if (goes_over_lines)
            printf("\n%*s", indent + 2, "");
        if (sdk_json_value(mp, indent + 2) != 0)
            return -1;
        if (is_map) {
            printf(": ");
            if (sdk_json_value(mp, indent + 2) != 0)
                return -1;
        }
    }
    if (goes_over_lines)
        printf("\n%*s", indent, "");
    putchar(is_map ? '}' : ']');
    return 0;
}

int sdk_json_value(struct td_mp *mp, int indent)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0)
        return -1;
    if (v.type == TD_MP_ARRAY || v.type == TD_MP_MAP)
        return elements(mp, &v, indent);
    if (v.type == TD_MP_STR)
        sdk_json_text(v.bytes, v.length);
    else if (v.type == TD_MP_FLOAT)
        sdk_json_number(v.number);
    else if (v.type == TD_MP_NIL)
        printf("null");
    else if (v.type == TD_MP_BOOL)
        printf(v.integer ? "true" : "false");
    else
        printf("%lld", (long long)v.integer);
    return 0;
}
