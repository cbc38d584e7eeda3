/* values_test.c: never silently wrong, by property. For any value, written in any of the ways that are supported,
 * reading gives it back; with any digit put before or behind it, no value is said that ignores the digit.
 * TEXTD_VALUES=100000 draws so many of each kind in place of a few, and tells how many were read; the seed is
 * TEXTD_VALUES_SEED, or 1. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "plugins/entities/expressions/expressions.h"
#include "plugins/lib/character.h"
#include "plugins/segmenter/tokens.h"
#include "values.h"
#include "values_numbers.h"
#include "values_times.h"

#define ARENA_BYTES (1u << 22)
#define FEW 1500

static struct vocabulary *vocabulary;
static char *arena;
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > ARENA_BYTES - used)
        return NULL;
    used += bytes;
    return arena + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    return take(context, bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static const struct entity_means means = { take, go_on, NULL };

/* What is found in a text of one sentence. */
static uint32_t find(const char *text, const struct entity **found)
{
    static const struct expression_settings settings = { .day_first = 0 };
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    uint32_t length = (uint32_t)strlen(text), n;
    const struct textd_span sentence = { 0, length };
    struct entity *list;

    used = 0;
    assert_int_equal(segment_tokens(&s, text, length), TEXTD_OK);
    for (uint32_t i = 0; i < s.n_tokens; i++)
        s.kinds[i] &= TOKEN_KIND;
    const struct entity_input in = { text, s.tokens, s.kinds, &sentence, length, s.n_tokens, 1 };
    assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &list, &n), TEXTD_OK);
    *found = list;
    return n;
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-13 * fabs(b);
}

static bool is_right(const struct entity *e, const struct written *w)
{
    const struct entity_value *v = e->value;
    const char *text = w->value[0] ? w->value : w->unit ? w->unit : "";

    if (e->type != w->type || !v || v->text_length != strlen(text) || memcmp(v->text, text, v->text_length) != 0)
        return false;
    if (w->value[0])
        return v->form == VALUE_TEXT;
    return v->form == VALUE_NUMBER && is_close(v->number, w->number) && v->is_range == w->is_range &&
           (!w->is_range || is_close(v->to, w->to));
}

static void show(const char *why, const char *kind, const char *text, const struct entity *found, uint32_t n)
{
    char got[1000] = "nothing";

    for (uint32_t i = 0; i < n && i < 4; i++) {
        const struct entity_value *v = found[i].value;
        snprintf(i ? got + strlen(got) : got, sizeof got / 2, "%s%s [%.*s] %.15g..%.15g %.*s", i ? "; " : "",
                 entity_type_name(found[i].type), (int)(found[i].span.end - found[i].span.start),
                 text + found[i].span.start, v ? v->number : 0, v ? v->to : 0, v ? (int)v->text_length : 0,
                 v ? v->text : "");
    }
    fail_msg("%s %s: %s\n  gives %s", kind, why, text, got);
}

static const char *const frames[][2] = {
    { "It was ", " then." },     { "", "" }, { "They said ", ", and left." }, { "Take (", ") of it." },
    { "Here: ", "; so be it." },
};

static uint32_t how_many(void)
{
    const char *n = getenv("TEXTD_VALUES");

    return n ? (uint32_t)strtoul(n, NULL, 10) : FEW;
}

static uint32_t first_seed(void)
{
    const char *n = getenv("TEXTD_VALUES_SEED");

    return n ? (uint32_t)strtoul(n, NULL, 10) : 1;
}

/* ---- Each value is read as it was written --------------------------------------------------------------------------- */

static void reads_back(const struct kind *kind, uint32_t *seed)
{
    const char *const *frame = DRAW_FROM(seed, frames);
    struct written w = { .type = 0 };
    const struct entity *found;
    char text[400];
    uint32_t n, start;

    kind->write(seed, &w);
    sprintf(text, "%s%s%s", frame[0], w.text, frame[1]);
    start = (uint32_t)strlen(frame[0]);
    n = find(text, &found);
    for (uint32_t i = 0; i < n; i++)
        if (found[i].span.start == start && found[i].span.end == start + strlen(w.text) && is_right(&found[i], &w))
            return;
    show("isn't read back", kind->name, text, found, n);
}

/* ---- No value ignores a digit beside it ----------------------------------------------------------------------------- */

/* What is put beside the expression: a digit, or one behind a separator where the expression has digits there. */
static const char *const intruders[] = { "7", "7", "7", "7,", "7.", "7:", "7'" };

static bool is_digit_at(const char *text, size_t at)
{
    return char_is_digit(text[at]);
}

/* The intruder is [at, at + length), right before or behind the expression. What has the expression's edge there
 * must have the intruder, too, and another value than the expression. */
static void nobody_ignores(const struct kind *kind, const struct written *w, const char *text, uint32_t at,
                           uint32_t length)
{
    const struct entity *found;
    uint32_t n = find(text, &found), whole = (uint32_t)strlen(w->text) + length;

    for (uint32_t i = 0; i < n; i++) {
        struct textd_span span = found[i].span;
        bool touches = span.end == at || span.start == at + length;

        if (found[i].value && (touches || (span.end - span.start >= whole && is_right(&found[i], w))))
            show("has its digit ignored", kind->name, text, found, n);
    }
}

static void keeps_digits(const struct kind *kind, uint32_t *seed)
{
    const char *const *frame = DRAW_FROM(seed, frames), *intruder = DRAW_FROM(seed, intruders);
    struct written w = { .type = 0 };
    char text[400];
    uint32_t size, start, intruder_length;
    char digit[2] = { (char)('1' + draw(seed, 9)), '\0' };

    kind->write(seed, &w);
    size = (uint32_t)strlen(w.text);
    start = (uint32_t)strlen(frame[0]);
    if (!char_is_lower(w.text[0]) && !char_is_upper(w.text[0])) {
        intruder_length = is_digit_at(w.text, 0) ? (uint32_t)strlen(intruder) : 1;
        sprintf(text, "%s%s%s%s%s", frame[0], digit, intruder_length > 1 ? intruder + 1 : "", w.text, frame[1]);
        nobody_ignores(kind, &w, text, start, intruder_length);
    }
    intruder_length = is_digit_at(w.text, size - 1) ? (uint32_t)strlen(intruder) : 1;
    sprintf(text, "%s%s%s%s%s", frame[0], w.text, intruder_length > 1 ? intruder + 1 : "", digit, frame[1]);
    nobody_ignores(kind, &w, text, start + size, intruder_length);
}

/* ------------------------------------------------------------------------------------------------------------------- */

static void for_each_kind(void (*check)(const struct kind *kind, uint32_t *seed), const char *what)
{
    const struct {
        const struct kind *kinds;
        size_t n;
    } lists[] = { { number_kinds, COUNT(number_kinds) }, { time_kinds, COUNT(time_kinds) } };
    uint32_t n = how_many(), seed = first_seed();

    for (size_t k = 0; k < COUNT(lists); k++)
        for (size_t i = 0; i < lists[k].n; i++) {
            for (uint32_t round = 0; round < n; round++)
                check(&lists[k].kinds[i], &seed);
            if (n > FEW)
                print_message("%s: %u %s\n", lists[k].kinds[i].name, n, what);
        }
}

static void any_value_is_read_as_it_was_written(void **state)
{
    (void)state;
    for_each_kind(reads_back, "read back");
}

static void no_value_ignores_a_digit_beside_it(void **state)
{
    (void)state;
    for_each_kind(keeps_digits, "with a digit before and behind, none wrong");
}

static int setup(void **state)
{
    (void)state;
    arena = malloc(ARENA_BYTES);
    vocabulary = expressions_new();
    return arena && vocabulary ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(arena);
    free(vocabulary);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_value_is_read_as_it_was_written),
        cmocka_unit_test(no_value_ignores_a_digit_beside_it),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
