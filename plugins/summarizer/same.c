/* same.c: see same.h. Words are brought to a stem, and words that mean the same in reports to one concept, by a list of our own; more would need a
 * model of meaning. */
#include "plugins/summarizer/same.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"

#define STEM_BYTES 24u
#define FEWEST_CONCEPTS 2u /* of a claim that may be made in other words */

/* Words of one line mean the same, by their stems (stem_of). */
static const char *const synonyms[] = {
    "firm compan busines corporat enterpris",
    "job post position role",
    "staff employe worker workforc personnel",
    "cut reduc eliminat slash trim shed lower axe",
    "dismis fir sack",
    "kill die dead death decead fatal perish",
    "hurt injur wound",
    "buy bought acquir purchas takeover",
    "sell sold sal",
    "start begin began begun launch commenc open",
    "end finish conclud complet clos shut",
    "say said tell told announc stat declar report",
    "ris rose risen increas grow grew grown climb jump gain surg",
    "fall fell fallen drop declin decreas slid slip sank plung",
    "chief head bos leader ceo",
    "approv accept adopt pass endors back",
    "reject refus turn den oppos",
    "child children kid",
    "big larg hug great giant",
    "small littl tiny",
    "quick fast rapid swift speed",
    "hous home dwell",
    "car vehicl automobil",
    "polic officer cop",
    "fix repair mend restor",
    "break broke broken damag fail failur",
    "build built construct erect",
    "cost pric expens fee",
    "pay paid spend spent",
    "mak made produc manufactur",
    "show shown demonstrat indicat reveal",
    "find found discover",
    "need requir must",
    "help assist aid support",
    "win won victor beat defeat",
    "plan intend propos schedul",
    "delay postpon defer",
    "cancel scrap abandon",
    "arrest detain custod",
    "fire blaz flam",
    "storm hurrican typhoon cyclon",
    "doctor physician medic",
    "drug medicin",
    "law bill legislat act",
    "film movi",
    "pupil student",
    "school colleg",
    "road street highway",
    "town cit municipal",
    "meet met met gather",
    "agre deal accord pact",
    "year annual",
    "month monthl",
    "week weekl",
    "dai daili",
    "money fund financ cash",
    "excell superb outstand brilliant great amaz",
    "bad poor terribl awful",
    "easi simpl effortles",
    "hard difficult tough",
};

static const char *const number_words[] = { "zero",     "one",      "two",      "three",   "four",    "five",
                                            "six",      "seven",    "eight",    "nine",    "ten",     "eleven",
                                            "twelve",   "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
                                            "eighteen", "nineteen", "twenty" };

/* The ending that inflects or derives off, where enough of the word stays: "approved", "approval", "approving" are one. */
static uint32_t stem_of(char *word, uint32_t n)
{
    static const char *const endings[] = { "ations", "ation", "ement", "ments", "ment", "ings", "ing",
                                           "ions",   "ion",   "als",   "al",    "ers",  "edly", "ed",
                                           "es",     "ly",    "er",    "e",     "s",    "i" };

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        uint32_t k = (uint32_t)strlen(endings[i]);
        if (n >= k + 3 && memcmp(word + n - k, endings[i], k) == 0) {
            n -= k;
            break;
        }
    }
    if (n > 3 && word[n - 1] == word[n - 2] && word[n - 1] != 's' && word[n - 1] != 'l') /* "dropped" */
        n--;
    if (n > 3 && word[n - 1] == 'e')
        n--;
    word[n] = 0;
    return n;
}

static uint32_t hash_of(const char *word, uint32_t n)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619u;
    return h | 1u << 31; /* apart from lines of the list and numbers */
}

static uint32_t in_list(const char *list, const char *word, uint32_t n)
{
    for (const char *at = list; *at; at += *at == ' ') {
        uint32_t k = (uint32_t)strcspn(at, " ");
        if (k == n && memcmp(at, word, n) == 0)
            return 1;
        at += k;
    }
    return 0;
}

/* The concept of a word; *number: it counts. */
static uint32_t concept_of(const char *text, uint32_t n, int *number)
{
    char word[STEM_BYTES + 1];

    n = n < STEM_BYTES ? n : STEM_BYTES;
    for (uint32_t i = 0; i < n; i++)
        word[i] = char_to_lower(text[i]);
    word[n] = 0;
    *number = char_is_digit(word[0]);
    for (uint32_t i = 0; i < sizeof number_words / sizeof number_words[0] && !*number; i++)
        if (strcmp(word, number_words[i]) == 0) {
            *number = 1;
            n = 0;
            if (i > 9)
                word[n++] = (char)('0' + i / 10);
            word[n++] = (char)('0' + i % 10);
        }
    if (*number)
        return hash_of(word, n) & ~1u;
    n = stem_of(word, n);
    for (uint32_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
        if (in_list(synonyms[i], word, n))
            return i + 1;
    return hash_of(word, n) | 1u;
}

static int is_negation(const char *text, uint32_t n)
{
    static const char *const words[] = {
        "not", "no", "never", "n't", "without", "nobody", "none", "neither", "cannot"
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t k = 0;
        while (k < n && words[i][k] && char_to_lower(text[k]) == words[i][k])
            k++;
        if (k == n && !words[i][k])
            return 1;
    }
    return n > 3 && memcmp(text + n - 3, "n't", 3) == 0;
}

static void add_concept(struct claim *claim, uint32_t concept, float weight)
{
    for (uint32_t i = 0; i < claim->n; i++)
        if (claim->concepts[i] == concept)
            return;
    if (claim->n < SAME_CONCEPTS) {
        claim->concepts[claim->n] = concept;
        claim->weights[claim->n++] = weight;
    }
}

/* How much a number counts; a word counts by how rare it is. */
#define NUMBER_COUNTS 0.5f

void claim_read(const struct document *d, uint32_t sentence, struct claim *claim)
{
    const struct sentence *s = &d->sentences[sentence];

    claim->n = 0;
    claim->is_negated = 0;
    claim->words = 1;
    for (uint32_t i = s->body_token; i < s->end_token; i++) {
        const struct textd_span *t = &d->tokens[i];
        uint32_t number = d->token_words[i], n = t->end - t->start;
        int counts;
        if (number == NO_WORD)
            continue;
        claim->words = fold_mix(claim->words, d->words[number].key);
        if (is_negation(d->text + t->start, n))
            claim->is_negated = !claim->is_negated;
        uint32_t concept = concept_of(d->text + t->start, n, &counts);
        if (counts)
            add_concept(claim, concept, -NUMBER_COUNTS);
        else if (d->words[number].weight > 0)
            add_concept(claim, concept, d->words[number].weight);
    }
}

static int has_concept(const struct claim *c, uint32_t concept)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->concepts[i] == concept)
            return 1;
    return 0;
}

int claim_is_same(const struct claim *a, const struct claim *b, float rest)
{
    const struct claim *less = a->n < b->n ? a : b, *more = less == a ? b : a;
    float all = 0, common = 0;
    int numbers_apart = 0;

    if (a->words == b->words)
        return 1;
    if (less->n < FEWEST_CONCEPTS || a->is_negated != b->is_negated)
        return 0;
    for (uint32_t i = 0; i < less->n; i++) {
        int is_number = less->weights[i] < 0;
        float w = is_number ? -less->weights[i] : less->weights[i];
        int there = has_concept(more, less->concepts[i]);
        all += w;
        common += there ? w : 0;
        numbers_apart |= is_number && !there;
    }
    return !numbers_apart && common >= all * (1 - rest);
}
