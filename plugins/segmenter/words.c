/* words.c: see words.h. Short lists, searched linearly by length and first letter: they are asked only at periods and
 * apostrophes. */
#include "plugins/segmenter/words.h"

#include <stddef.h>
#include <string.h>

#include "plugins/segmenter/character.h"

/* Lists are one string, words between blanks, lower case: easy to extend, and compact. */
static const char titles[] = " mr mrs ms mx dr prof sr st gen sen rep gov lt col sgt capt cpt cmdr adm maj rev hon "
                             "pres fr supt insp amb msgr br "
                             "messrs mme mlle vs ft mt op cf fig figs nos vol vols pp ed eds trans approx ca ";

static const char others[] =
    " inc corp co ltd plc llc bros jr etc al est dept univ assn ave blvd rd hwy sq bldg apt ste jan feb mar apr jun "
    "jul "
    "aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun tel ext no ibid viz resp incl min max sec hr "
    "hrs yr yrs ph.d m.d b.a m.a b.sc m.sc a.m p.m i.e e.g ala ariz ark calif colo conn del fla ga ind kan ky la md "
    "mass mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo ";

static const char starters[] =
    " the a an he she it they we i you this that these those there here in on at by for from with when while after "
    "before "
    "if as but and or so yet then now his her its their our my your what who why how where which although though "
    "because "
    "since however meanwhile moreover also some many most several all both each every no not one two three another "
    "other "
    "such still even just only once until unless under over during last next today yesterday according mr mrs ms dr ";

static const char suffixes[] = " com org net edu gov mil int info biz io co uk us de fr eu ca au jp cn in it es nl ch "
                               "se no ru br tv me ly app dev "
                               "txt pdf doc xls ppt htm html php jpg png gif zip exe csv xml json yaml ";

#define LONGEST 12u

/* Whether `list` has the word, whatever its case. */
static int has_word(const char *list, const char *word, uint32_t length)
{
    char key[LONGEST + 3];

    if (length == 0 || length > LONGEST)
        return 0;
    key[0] = ' ';
    for (uint32_t i = 0; i < length; i++)
        key[i + 1] = to_lower(word[i]);
    key[length + 1] = ' ';
    key[length + 2] = 0;
    return memchr(key + 1, ' ', length) == NULL && memchr(key + 1, 0, length) == NULL && strstr(list, key) != NULL;
}

/* "U.S", "a.m", "J": single letters with periods between them. */
static int is_letters_with_periods(const char *word, uint32_t length)
{
    if (length < 3 || length % 2 == 0)
        return 0;
    for (uint32_t i = 0; i < length; i++)
        if (i % 2 ? word[i] != '.' : !is_upper(word[i]) && !is_lower(word[i]))
            return 0;
    return 1;
}

enum abbreviation word_abbreviation(const char *word, uint32_t length)
{
    if (length == 1 && is_upper(word[0]) && word[0] != 'I')
        return ABBREVIATION_TITLE; /* an initial: "J. Smith" */
    if (has_word(titles, word, length))
        return ABBREVIATION_TITLE;
    if (is_letters_with_periods(word, length))
        return ABBREVIATION_OTHER;
    /* "No." and "Sun." are words too: only capitalised, and months and days never in lower case. */
    if (has_word(others, word, length))
        return is_upper(word[0]) ||
                       has_word(" etc al e.g i.e a.m p.m inc co ltd corp est ext viz resp incl hrs yrs ", word, length)
                   ? ABBREVIATION_OTHER
                   : ABBREVIATION_NONE;
    return ABBREVIATION_NONE;
}

int word_starts_sentences(const char *word, uint32_t length)
{
    return length > 0 && is_upper(word[0]) && has_word(starters, word, length);
}

int word_is_suffix(const char *word, uint32_t length)
{
    return has_word(suffixes, word, length);
}

/* The length of the apostrophe that ends at `end`, "'" or U+2019; 0 when there is none. */
static uint32_t apostrophe_before(const char *word, uint32_t end)
{
    if (end >= 1 && word[end - 1] == '\'')
        return 1;
    return end >= 3 && memcmp(word + end - 3, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

static int ends_with(const char *word, uint32_t length, const char *end)
{
    uint32_t n = (uint32_t)strlen(end);

    if (length < n)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        if (to_lower(word[length - n + i]) != end[i])
            return 0;
    return 1;
}

/* Whether an apostrophe, or the last byte of U+2019, stands where one before a clitic does. Nearly all words are done with
 * here. */
static int may_have_apostrophe(const char *word, uint32_t length)
{
    for (uint32_t back = 2; back <= 3 && back < length; back++)
        if (word[length - back] == '\'' || word[length - back] == '\x99')
            return 1;
    return 0;
}

/* Where "n't", "'s" and the like start, or `length`. */
static uint32_t clitic_after_apostrophe(const char *word, uint32_t length)
{
    static const char *const clitics[] = { "s", "m", "d", "re", "ve", "ll" };
    uint32_t mark;

    if (ends_with(word, length, "t") && (mark = apostrophe_before(word, length - 1)) > 0) {
        uint32_t n = length - 1 - mark; /* "n't": the n goes with it */
        return n > 1 && to_lower(word[n - 1]) == 'n' ? n - 1 : length;
    }
    for (size_t i = 0; i < sizeof clitics / sizeof clitics[0]; i++) {
        uint32_t n = (uint32_t)strlen(clitics[i]);
        if (!ends_with(word, length, clitics[i]))
            continue;
        mark = apostrophe_before(word, length - n);
        if (mark > 0 && length - n - mark > 0)
            return length - n - mark;
    }
    return length;
}

uint32_t word_clitic(const char *word, uint32_t length)
{
    static const struct {
        const char *word;
        uint32_t length, at;
    } fused[] = { { "cannot", 6, 3 }, { "gonna", 5, 3 }, { "gotta", 5, 3 }, { "wanna", 5, 3 } };

    if (may_have_apostrophe(word, length))
        return clitic_after_apostrophe(word, length);
    for (size_t i = 0; i < sizeof fused / sizeof fused[0]; i++)
        if (length == fused[i].length && ends_with(word, length, fused[i].word))
            return fused[i].at;
    return length;
}
