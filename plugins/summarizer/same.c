/* same.c: see same.h. Words are brought to a stem, and words that mean the same in reports to one concept, by a list of our own; more would need a
 * model of meaning. */
#include "plugins/summarizer/same.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"

#define STEM_BYTES 24u
#define FEWEST_CONCEPTS 2u /* of a claim that may be made in other words */

/* Words of one number mean the same; by their stems (stem_of), in the order of strcmp. */
static const struct synonym {
    const char stem[13];
    uint8_t concept;
} synonyms[] = {
    { "abandon", 38 },    { "accept", 16 },    { "accord", 51 },   { "acquir", 8 },     { "act", 44 },
    { "adopt", 16 },      { "agr", 51 },       { "aid", 34 },      { "allow", 64 },     { "amaz", 54 },
    { "announc", 12 },    { "annu", 52 },      { "approv", 16 },   { "arrest", 39 },    { "assist", 34 },
    { "author", 62 },     { "automobil", 23 }, { "awful", 55 },    { "axe", 4 },        { "axed", 4 },
    { "back", 16 },       { "bad", 55 },       { "ban", 63 },      { "beat", 35 },      { "began", 10 },
    { "begin", 10 },      { "begun", 10 },     { "big", 19 },      { "bill", 44 },      { "blaz", 40 },
    { "bos", 15 },        { "bought", 8 },     { "break", 26 },    { "brilliant", 54 }, { "brok", 26 },
    { "broken", 26 },     { "build", 27 },     { "built", 27 },    { "busines", 1 },    { "business", 1 },
    { "buy", 8 },         { "cancel", 38 },    { "cancell", 38 },  { "car", 23 },       { "cash", 53 },
    { "ceo", 15 },        { "chief", 15 },     { "child", 18 },    { "children", 18 },  { "choos", 65 },
    { "chos", 65 },       { "chosen", 65 },    { "cit", 49 },      { "climb", 13 },     { "clos", 11 },
    { "colleg", 47 },     { "commenc", 10 },   { "compan", 1 },    { "complet", 11 },   { "conclud", 11 },
    { "construct", 27 },  { "cop", 24 },       { "corpor", 1 },    { "cost", 28 },      { "custod", 39 },
    { "cut", 4 },         { "cyclon", 41 },    { "damag", 26 },    { "dead", 6 },       { "deal", 51 },
    { "death", 6 },       { "deceas", 6 },     { "declar", 12 },   { "declin", 14 },    { "decreas", 14 },
    { "def", 37 },        { "defeat", 35 },    { "defer", 37 },    { "dela", 37 },      { "delay", 37 },
    { "demonstrat", 31 }, { "den", 17 },       { "deni", 17 },     { "destro", 66 },    { "destroy", 66 },
    { "detain", 39 },     { "die", 6 },        { "died", 6 },      { "difficult", 57 }, { "discov", 32 },
    { "discover", 32 },   { "dismis", 5 },     { "dismiss", 5 },   { "doctor", 42 },    { "drop", 14 },
    { "drug", 43 },       { "earthquak", 69 }, { "eas", 56 },      { "effortles", 56 }, { "elect", 60 },
    { "eliminat", 4 },    { "employ", 3 },     { "end", 11 },      { "endors", 16 },    { "enterpris", 1 },
    { "erect", 27 },      { "excellent", 54 }, { "expens", 28 },   { "fail", 26 },      { "failur", 26 },
    { "fall", 14 },       { "fallen", 14 },    { "fast", 21 },     { "fat", 6 },        { "fee", 28 },
    { "fell", 14 },       { "film", 45 },      { "financ", 53 },   { "find", 32 },      { "finish", 11 },
    { "fir", 5 },         { "firm", 1 },       { "fix", 25 },      { "flam", 40 },      { "forbid", 63 },
    { "forbidden", 63 },  { "found", 32 },     { "fund", 53 },     { "gain", 13 },      { "gath", 50 },
    { "gather", 50 },     { "giant", 19 },     { "great", 19 },    { "grew", 13 },      { "grow", 13 },
    { "grown", 13 },      { "growth", 13 },    { "hard", 57 },     { "head", 15 },      { "help", 34 },
    { "highwa", 48 },     { "hom", 22 },       { "hous", 22 },     { "hug", 19 },       { "hurrican", 41 },
    { "hurt", 7 },        { "increas", 13 },   { "indicat", 31 },  { "injur", 7 },      { "intend", 36 },
    { "job", 2 },         { "jump", 13 },      { "kid", 18 },      { "kill", 6 },       { "larg", 19 },
    { "launch", 10 },     { "law", 44 },       { "lead", 15 },     { "legisl", 44 },    { "littl", 20 },
    { "low", 4 },         { "lower", 4 },      { "mad", 30 },      { "mak", 30 },       { "manufactur", 30 },
    { "medic", 42 },      { "medicin", 43 },   { "meet", 50 },     { "mend", 25 },      { "met", 50 },
    { "mon", 53 },        { "mov", 45 },       { "movi", 45 },     { "municip", 49 },   { "near", 68 },
    { "nearb", 68 },      { "need", 33 },      { "offic", 24 },    { "open", 10 },      { "oppos", 17 },
    { "outstand", 54 },   { "pact", 51 },      { "paid", 29 },     { "pas", 16 },       { "pass", 16 },
    { "pay", 29 },        { "peopl", 67 },     { "perish", 6 },    { "permit", 64 },    { "person", 67 },
    { "personnel", 3 },   { "physician", 42 }, { "pick", 65 },     { "plan", 36 },      { "plung", 14 },
    { "polic", 24 },      { "poor", 55 },      { "posit", 2 },     { "post", 2 },       { "postpon", 37 },
    { "pric", 28 },       { "produc", 30 },    { "prohibit", 63 }, { "propos", 36 },    { "pupil", 46 },
    { "purchas", 8 },     { "quak", 69 },      { "quick", 21 },    { "quit", 59 },      { "rapid", 21 },
    { "reduc", 4 },       { "refus", 17 },     { "reject", 17 },   { "repair", 25 },    { "report", 12 },
    { "requir", 33 },     { "resident", 67 },  { "resign", 59 },   { "restor", 25 },    { "rev", 31 },
    { "reveal", 31 },     { "ris", 13 },       { "risen", 13 },    { "road", 48 },      { "rol", 2 },
    { "ros", 13 },        { "ruin", 66 },      { "sack", 5 },      { "said", 12 },      { "sal", 9 },
    { "sank", 14 },       { "say", 12 },       { "schedul", 36 },  { "school", 47 },    { "scrap", 38 },
    { "select", 65 },     { "sell", 9 },       { "shed", 4 },      { "show", 31 },      { "shown", 31 },
    { "shut", 11 },       { "simpl", 56 },     { "slash", 4 },     { "slid", 14 },      { "slip", 14 },
    { "small", 20 },      { "sold", 9 },       { "speed", 21 },    { "spend", 29 },     { "spent", 29 },
    { "staf", 3 },        { "start", 10 },     { "stat", 12 },     { "step", 59 },      { "storm", 41 },
    { "street", 48 },     { "student", 46 },   { "superb", 54 },   { "support", 34 },   { "surg", 13 },
    { "swift", 21 },      { "takeov", 8 },     { "taught", 61 },   { "teach", 61 },     { "tell", 12 },
    { "terribl", 55 },    { "tin", 20 },       { "told", 12 },     { "tough", 57 },     { "town", 49 },
    { "trim", 4 },        { "typhoon", 41 },   { "vehicl", 23 },   { "victor", 35 },    { "vot", 60 },
    { "win", 35 },        { "won", 35 },       { "work", 3 },      { "workforc", 3 },   { "wound", 7 },
    { "writ", 62 },       { "year", 52 },
};

/* In the order of strcmp. */
static const struct synonym number_words[] = {
    { "eight", 8 },     { "eighteen", 18 }, { "eleven", 11 },   { "fifteen", 15 },  { "five", 5 },  { "four", 4 },
    { "fourteen", 14 }, { "nine", 9 },      { "nineteen", 19 }, { "one", 1 },       { "seven", 7 }, { "seventeen", 17 },
    { "six", 6 },       { "sixteen", 16 },  { "ten", 10 },      { "thirteen", 13 }, { "three", 3 }, { "twelve", 12 },
    { "twenty", 20 },   { "two", 2 },       { "zero", 0 },
};

/* Words that tell two claims apart as numbers do: the north bridge is not the south bridge. In the order of strcmp. */
static const struct synonym telling[] = {
    { "april", 1 },   { "august", 1 },   { "boy", 1 },      { "boys", 1 },      { "december", 1 },  { "east", 1 },
    { "eastern", 1 }, { "february", 1 }, { "female", 1 },   { "friday", 1 },    { "girl", 1 },      { "girls", 1 },
    { "january", 1 }, { "july", 1 },     { "june", 1 },     { "left", 1 },      { "lower", 1 },     { "male", 1 },
    { "march", 1 },   { "men", 1 },      { "monday", 1 },   { "north", 1 },     { "northern", 1 },  { "november", 1 },
    { "october", 1 }, { "right", 1 },    { "saturday", 1 }, { "september", 1 }, { "south", 1 },     { "southern", 1 },
    { "sunday", 1 },  { "thursday", 1 }, { "tuesday", 1 },  { "upper", 1 },     { "wednesday", 1 }, { "west", 1 },
    { "western", 1 }, { "women", 1 },
};

static const struct synonym *look_up(const struct synonym *all, size_t n, const char *word)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(word, all[middle].stem);
        if (order == 0)
            return &all[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

#define LOOK_UP(list, word) look_up(list, sizeof(list) / sizeof(list)[0], word)

/* The ending that inflects or derives off, where enough of the word stays: "approved", "approval", "approving" are one. */
static uint32_t stem_of(char *word, uint32_t n)
{
    static const char *const endings[] = {
        "ations", "ation", "ement", "ments", "ment", "ings", "ing", "ions", "ion", "als", "al",
        "ers",    "edly",  "ed",    "ies",   "es",   "ly",   "er",  "e",    "s",   "y",   "i",
    };

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

/* The concept of a word; *number: it counts, or tells apart as one that does. */
static uint32_t concept_of(const char *text, uint32_t n, int *number)
{
    char word[STEM_BYTES + 1];

    n = n < STEM_BYTES ? n : STEM_BYTES;
    for (uint32_t i = 0; i < n; i++)
        word[i] = char_to_lower(text[i]);
    word[n] = 0;
    *number = char_is_digit(word[0]);
    const struct synonym *found = *number ? NULL : LOOK_UP(number_words, word);
    if (found) {
        *number = 1;
        n = 0;
        if (found->concept > 9)
            word[n++] = (char)('0' + found->concept / 10);
        word[n++] = (char)('0' + found->concept % 10);
    }
    if (*number)
        return hash_of(word, n) & ~1u;
    if (LOOK_UP(telling, word)) {
        *number = 1;
        return hash_of(word, n) | 1u;
    }
    n = stem_of(word, n);
    found = LOOK_UP(synonyms, word);
    return found ? found->concept : hash_of(word, n) | 1u;
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

uint64_t claim_words(const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    uint64_t words = 1;

    for (uint32_t i = s->body_token; i < s->end_token; i++)
        if (d->token_words[i] != NO_WORD)
            words = fold_mix(words, d->words[d->token_words[i]].key);
    return words ? words : 1;
}

/* How much a number counts; a word counts by how rare it is. */
#define NUMBER_COUNTS 0.5f

void claim_read(const struct document *d, uint32_t sentence, struct claim *claim)
{
    const struct sentence *s = &d->sentences[sentence];

    claim->n = 0;
    claim->is_negated = 0;
    for (uint32_t i = s->body_token; i < s->end_token; i++) {
        const struct textd_span *t = &d->tokens[i];
        uint32_t number = d->token_words[i], n = t->end - t->start;
        int counts;
        if (number == NO_WORD)
            continue;
        if (d->words[number].weight <= 0 && is_negation(d->text + t->start, n))
            claim->is_negated = !claim->is_negated;
        if (d->words[number].weight <= 0 && d->kinds[i] == TEXTD_TOKEN_WORD && d->words[number].set != SET_NONE)
            continue;
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
