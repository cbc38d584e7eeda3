/* fold_test.c: the tables of foldings say what utf8proc says, wherever the two mean the same. */
#include "unit.h"

#include <stdbool.h>

#include <utf8proc.h>

#include "plugins/lib/fold.h"
#include "plugins/lib/unicode/folds.h"

#define LAST 0x10FFFF

static bool is_surrogate(uint32_t point)
{
    return point >= 0xD800 && point <= 0xDFFF;
}

static void need_the_same_unicode(void)
{
    if (strcmp(utf8proc_unicode_version(), FOLDS_UNICODE_VERSION) != 0) {
        print_message("utf8proc is of Unicode %s, the tables are not\n", utf8proc_unicode_version());
        skip();
    }
}

/* utf8proc folds fully, "ß" to "ss". Where that makes several characters, the simple folding is the small letter, except that
 * "İ" has none but in Turkish. */
static void cases_fold_as_utf8proc_folds_them_to_one_character(void **state)
{
    (void)state;
    need_the_same_unicode();
    for (uint32_t point = 0; point <= LAST; point++) {
        utf8proc_int32_t full[8];
        int last = 0;
        uint32_t want;

        if (is_surrogate(point))
            continue;
        if (utf8proc_decompose_char((utf8proc_int32_t)point, full, 8, UTF8PROC_CASEFOLD, &last) == 1)
            want = (uint32_t)full[0];
        else
            want = point == 0x130 ? point : (uint32_t)utf8proc_tolower((utf8proc_int32_t)point);
        if (fold_case(point) != want)
            fail_msg("U+%04X folds to U+%04X, not to U+%04X", point, want, fold_case(point));
    }
}

/* Beyond U+3000 what comes apart is no letter with marks. */
static void marks_fold_to_what_utf8proc_decomposes_to(void **state)
{
    static const struct {
        uint32_t from;
        char to;
    } strokes[] = { { 0xD8, 'O' },  { 0xF8, 'o' },  { 0x110, 'D' }, { 0x111, 'd' }, { 0x126, 'H' }, { 0x127, 'h' },
                    { 0x131, 'i' }, { 0x141, 'L' }, { 0x142, 'l' }, { 0x166, 'T' }, { 0x167, 't' } };

    (void)state;
    need_the_same_unicode();
    for (uint32_t point = 0; point <= LAST; point++) {
        utf8proc_int32_t parts[8] = { (utf8proc_int32_t)point };
        int last = 0;

        if (point < 0x3000)
            utf8proc_decompose_char((utf8proc_int32_t)point, parts, 8, UTF8PROC_DECOMPOSE, &last);
        for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++)
            parts[0] = (uint32_t)parts[0] == strokes[i].from ? strokes[i].to : parts[0];
        if (fold_marks(point) != (uint32_t)parts[0])
            fail_msg("U+%04X without marks is U+%04X, not U+%04X", point, (unsigned)parts[0], fold_marks(point));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_fold_as_utf8proc_folds_them_to_one_character),
        cmocka_unit_test(marks_fold_to_what_utf8proc_decomposes_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
