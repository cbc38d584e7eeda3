/* turns.c: see turns.h. A pattern is matched by trying its elements in order, gaps as short as they will do. */
#include "plugins/sentiment/turns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"
#include "plugins/sentiment/ratings.h"
#include "plugins/sentiment/reader.h"

#define MOST_HITS 48u
#define LONG_SENTENCE 18u /* tokens */
#define REACH_BEFORE 4u   /* of a negation before a turn */

enum class {
    CLASS_GOOD = 1,
    CLASS_BAD = 2,
    CLASS_UP = 4,
    CLASS_DOWN = 8,
    CLASS_GAIN = 16,
    CLASS_COST = 32,
    CLASS_NOT = 64,
    CLASS_MORE = 128,
    CLASS_NUMBER = 256,
    CLASS_WORD = 512,
    CLASS_END = 1024, /* a mark that ends a clause */
    CLASS_CONTRAST = 2048,
    CLASS_UNREAL = 4096,
    CLASS_LESS = 8192,
    CLASS_CAPITAL = 16384, /* as names are written */
};

static const struct {
    const char *name;
    uint32_t class;
} class_names[] = {
    { "<good>", CLASS_GOOD }, { "<bad>", CLASS_BAD },   { "<up>", CLASS_UP },     { "<down>", CLASS_DOWN },
    { "<gain>", CLASS_GAIN }, { "<cost>", CLASS_COST }, { "<not>", CLASS_NOT },   { "<more>", CLASS_MORE },
    { "<less>", CLASS_LESS }, { "<#>", CLASS_NUMBER },  { "<word>", CLASS_WORD }, { "<felt>", CLASS_GOOD | CLASS_BAD },
};

/* ---- The list ---------------------------------------------------------------------------------------------------------- */

static uint32_t slot_of(const struct turns *t, uint64_t hash)
{
    uint32_t at = (uint32_t)(hash >> 40) % (2 * TURNS_MOST_WORDS);

    while (t->hashes[at] != 0 && t->hashes[at] != hash)
        at = (at + 1) % (2 * TURNS_MOST_WORDS);
    return at;
}

/* The list is the program's own: what is wrong with it is seen by whoever writes it. */
static void check(bool is_so, const char *what, const char *where)
{
    if (is_so)
        return;
    fprintf(stderr, "sentiment: turns_list.c: %s: %s\n", where, what);
    abort();
}

static uint16_t number_of(struct turns *t, const char *word, uint32_t length)
{
    uint64_t hash = word_hash(word, length, length);
    uint32_t at = slot_of(t, hash);

    if (t->hashes[at] == 0) {
        check(t->n_words + 1 < TURNS_MOST_WORDS, "too many words", word);
        t->hashes[at] = hash;
        t->numbers[at] = (uint16_t)++t->n_words; /* 0 is no word of the list */
    }
    return t->numbers[at];
}

static const char *words_named(const char *name, uint32_t length)
{
    for (const struct turn_words *w = turn_words; w->name; w++)
        if (strlen(w->name) == length && memcmp(w->name, name, length) == 0)
            return w->words;
    check(false, "no such list of words", name);
    return "";
}

static void add_alternatives(struct turns *t, struct turn_element *e, const char *text, uint32_t length, char between);

static void add_alternative(struct turns *t, struct turn_element *e, const char *text, uint32_t length)
{
    if (length > 1 && text[0] == '@') {
        const char *words = words_named(text + 1, length - 1);
        add_alternatives(t, e, words, (uint32_t)strlen(words), ' ');
        return;
    }
    for (size_t i = 0; i < sizeof class_names / sizeof class_names[0]; i++)
        if (strlen(class_names[i].name) == length && memcmp(class_names[i].name, text, length) == 0) {
            e->classes |= class_names[i].class;
            return;
        }
    check(t->n_members < TURNS_MOST_MEMBERS, "too many words in patterns", text);
    t->members[t->n_members++] = number_of(t, text, length);
    e->n++;
}

static void add_alternatives(struct turns *t, struct turn_element *e, const char *text, uint32_t length, char between)
{
    for (uint32_t at = 0, n; at < length; at += n + 1) {
        for (n = 0; at + n < length && text[at + n] != between; n++)
            ;
        if (n > 0)
            add_alternative(t, e, text + at, n);
    }
}

static int by_number(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static bool has_word(const struct turns *t, const struct turn_element *e, uint16_t word)
{
    uint32_t from = e->first, to = from + e->n;

    while (word != 0 && from < to) {
        uint32_t middle = (from + to) / 2;
        if (t->members[middle] == word)
            return true;
        if (t->members[middle] < word)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

/* How common words are, roughly, in thousandths of all. */
static float how_common(const struct turns *t, const struct turn_element *e)
{
    static const struct {
        const char *words;
        float share;
    } common[] = {
        { "the , . to a of and in is", 30 },
        { "it for that i on this with was as \" you not at be from but have are his has they an by he we my so all ! "
          "or",
          8 },
        { "more about one who its like n't if no their what just out there her your than when will can up or some "
          "would do had "
          "me been were how get or our only good time very which any even him too - : ( ) ? most over into first much "
          "them us she were "
          "than could new because after other did being where off then make made love 's 'm 're 've 'd 'll does don't "
          "best better never ",
          2 },
        { "well really back people know see think go still way work great by also day every should here nothing "
          "without am down before again "
          "want need use used last take two through same another always little old own",
          0.8f },
    };
    float sum = 0.02f * (float)e->n;

    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        for (const char *word = common[i].words; *word; word += *word == ' ') {
            uint32_t length = (uint32_t)strcspn(word, " "), at = slot_of(t, word_hash(word, length, length));
            if (t->hashes[at] && has_word(t, e, t->numbers[at]))
                sum += common[i].share;
            word += length;
        }
    return sum;
}

static void set_bit(struct turn_set *set, uint32_t pattern)
{
    set->bits[pattern / 64] |= 1ull << pattern % 64;
}

/* The element that a pattern's first token is of. */
static const struct turn_element *head_of(const struct turns *t, uint32_t pattern)
{
    const struct turn_element *e = &t->elements[t->patterns[pattern].first];

    return e->anchor ? e + 1 : e;
}

static void need(struct turns *t, const struct turn_element *e, int which, uint32_t pattern)
{
    for (uint32_t k = 0; k < e->n; k++)
        set_bit(&t->needs[t->members[e->first + k]][which], pattern);
}

/* Chooses the two elements of a pattern that are rarest. */
static void choose(struct turns *t, uint32_t pattern)
{
    const struct turn_pattern *p = &t->patterns[pattern];
    const struct turn_element *first = NULL, *second = NULL;
    float first_share = 0, second_share = 0;

    for (uint32_t i = p->first; i < (uint32_t)p->first + p->n; i++) {
        const struct turn_element *e = &t->elements[i];
        if (e->anchor || e->gap || e->is_optional || e->is_not)
            continue;
        if (e->classes == CLASS_NUMBER && e->n == 0)
            set_bit(&t->number, pattern);
        if (e->classes == CLASS_GOOD && e->n == 0)
            set_bit(&t->good, pattern);
        if (e->classes == CLASS_BAD && e->n == 0)
            set_bit(&t->bad, pattern);
        if (e->classes)
            continue;
        float share = how_common(t, e);
        if (!first || share < first_share) {
            second = first;
            second_share = first_share;
            first = e;
            first_share = share;
        } else if (!second || share < second_share) {
            second = e;
            second_share = share;
        }
    }
    for (uint32_t k = 0; k < head_of(t, pattern)->n; k++)
        set_bit(&t->heads[t->members[head_of(t, pattern)->first + k]], pattern);
    check(first != NULL, "no word that must be there", turn_lines[pattern].pattern);
    need(t, first, 0, pattern);
    if (second)
        need(t, second, 1, pattern);
    else
        set_bit(&t->always, pattern);
}

#define RATING_BITS (64u * TURNS_SET - 1) /* shared with a pattern, which is tried in vain */

/* What ratings are known by, if not by their shape: "zero stars", "3 out of 5", "0% fresh", "grade: B". */
static void need_ratings(struct turns *t)
{
    static const char *const alone[] = { "star", "stars", "grade", "grades", "mark", "solid", "straight", "/", "f" };
    static const char *const both[][2] = { { "out", "of" }, { "0", "%" } };

    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
        for (int which = 0; which < 2; which++)
            set_bit(&t->needs[number_of(t, alone[i], (uint32_t)strlen(alone[i]))][which], RATING_BITS - 1);
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++)
        for (int which = 0; which < 2; which++)
            set_bit(&t->needs[number_of(t, both[i][which], (uint32_t)strlen(both[i][which]))][which],
                    RATING_BITS - (uint32_t)i * 2);
    set_bit(&t->ratings, RATING_BITS);
    set_bit(&t->ratings, RATING_BITS - 1);
    set_bit(&t->ratings, RATING_BITS - 2);
}

static void add_field(struct turns *t, const char *list, uint8_t field)
{
    uint32_t n;

    for (const char *word = words_named(list, (uint32_t)strlen(list)); *word; word += n + (word[n] == ' ')) {
        n = (uint32_t)strcspn(word, " ");
        t->fields[number_of(t, word, n)] |= field;
    }
}

static void add_keys(struct turns *t)
{
    static const struct turn_set none;

    for (uint32_t at = 0; at < 2 * TURNS_MOST_WORDS; at++) {
        uint16_t word = t->numbers[at];
        if (t->hashes[at])
            t->words[turns_key_bit(t->hashes[at]) / 64] |= 1ull << turns_key_bit(t->hashes[at]) % 64;
        if (t->hashes[at] && (t->fields[word] || memcmp(&t->needs[word][0], &none, sizeof none) != 0 ||
                              memcmp(&t->needs[word][1], &none, sizeof none) != 0))
            t->keys[turns_key_bit(t->hashes[at]) / 64] |= 1ull << turns_key_bit(t->hashes[at]) % 64;
    }
}

uint8_t turns_note(const struct turns *t, uint64_t hash, struct turn_set noted[2])
{
    uint32_t at = slot_of(t, hash);
    const struct turn_set *first = &t->needs[t->numbers[at]][0], *second = &t->needs[t->numbers[at]][1];

    for (int i = 0; i < TURNS_SET; i++) { /* an empty slot has the number of no word, which needs nothing */
        noted[0].bits[i] |= first->bits[i];
        noted[1].bits[i] |= second->bits[i];
    }
    return t->fields[t->numbers[at]];
}

bool turns_wanted(const struct turns *t, const struct turn_set noted[2], bool has_number, bool has_good, bool has_bad,
                  struct turn_set *wanted)
{
    uint64_t any = 0;

    for (int i = 0; i < TURNS_SET; i++) {
        uint64_t lacks =
            (has_number ? 0 : t->number.bits[i]) | (has_good ? 0 : t->good.bits[i]) | (has_bad ? 0 : t->bad.bits[i]);
        wanted->bits[i] = noted[0].bits[i] & (noted[1].bits[i] | t->always.bits[i]) & ~lacks;
        any |= wanted->bits[i];
    }
    return any != 0;
}

static void add_element(struct turns *t, const char *text, uint32_t length)
{
    check(t->n_elements < TURNS_MOST_ELEMENTS, "too many elements", text);
    struct turn_element *e = &t->elements[t->n_elements++];

    *e = (struct turn_element) { .first = (uint16_t)t->n_members };
    if (length == 1 && (*text == '^' || *text == '$')) {
        e->anchor = (uint8_t)*text;
        return;
    }
    if (*text == '*' && length == 2) {
        e->gap = (uint8_t)(text[1] - '0');
        return;
    }
    if (*text == '!' && length > 1) {
        e->is_not = true;
        text++;
        length--;
    }
    if (length > 1 && text[length - 1] == '?') {
        e->is_optional = true;
        length--;
    }
    add_alternatives(t, e, text, length, '|');
    qsort(t->members + e->first, e->n, sizeof *t->members, by_number);
}

static void add_pattern(struct turns *t, const struct turn_line *line)
{
    struct turn_pattern *p = &t->patterns[t->n_patterns++];

    check(t->n_patterns < TURNS_MOST_PATTERNS, "too many patterns", line->pattern);
    *p = (struct turn_pattern) { .first = (uint16_t)t->n_elements, .value = (int8_t)(line->value * 10) };
    p->does = line->does[0];
    p->covers = line->does[1];
    p->is_fixed = line->does[2] == '!';
    for (const char *at = line->pattern; *at; at += *at == ' ') {
        uint32_t length = (uint32_t)strcspn(at, " ");
        add_element(t, at, length);
        at += length;
        p->n++;
    }
}

const struct turns *turns_list(void)
{
    static struct turns list;

    if (list.n_patterns == 0) {
        for (const struct turn_line *line = turn_lines; line->pattern; line++)
            add_pattern(&list, line);
        list.name_words = list.n_elements;
        add_element(&list, "@names", (uint32_t)strlen("@names"));
        add_element(&list, "@no_names", (uint32_t)strlen("@no_names"));
        need_ratings(&list);
        for (uint32_t i = 0; i < list.n_patterns; i++)
            choose(&list, i);
        add_field(&list, "finance", FIELD_WORD_FINANCE);
        add_field(&list, "finance_most", FIELD_WORD_FINANCE | FIELD_WORD_MOST);
        add_field(&list, "support_field", FIELD_WORD_SUPPORT);
        add_keys(&list);
    }
    return &list;
}

/* ---- A sentence -------------------------------------------------------------------------------------------------------- */

struct line {
    struct reader *reader;
    const struct turns *turns;
    struct turn_set wanted;
    bool has_link;              /* posts write capitals as they like */
    bool is_moved;              /* it has an exclamation mark or an emoticon: then it is no mere fact */
    uint32_t first, n, n_small; /* n_small: words that start with a small letter */
    uint16_t words[TURNS_MOST_TOKENS + 1];
    uint16_t classes[TURNS_MOST_TOKENS + 1];
    int8_t valences[TURNS_MOST_TOKENS + 1];
};

static uint16_t class_of_entry(const struct entry *entry)
{
    static const uint16_t of_roles[N_ROLES] = {
        [ROLE_NEGATION] = CLASS_NOT,  [ROLE_MORE] = CLASS_MORE,         [ROLE_LESS] = CLASS_LESS,
        [ROLE_UNREAL] = CLASS_UNREAL, [ROLE_CONTRAST] = CLASS_CONTRAST, [ROLE_UP] = CLASS_UP,
        [ROLE_DOWN] = CLASS_DOWN,     [ROLE_GAIN] = CLASS_GAIN,         [ROLE_COST] = CLASS_COST,
    };
    uint32_t role = entry->flags & ENTRY_ROLE;

    return (uint16_t)((role < N_ROLES ? of_roles[role] : 0) | (entry->valence >= 20 ? CLASS_GOOD : 0) |
                      (entry->valence <= -20 ? CLASS_BAD : 0));
}

static bool ends_clause(const struct token_text *text, uint32_t i)
{
    char c = text->text[text->tokens[i].start];
    uint32_t length = text->tokens[i].end - text->tokens[i].start;

    return c == ',' || c == '.' || c == ';' || c == ':' || c == '!' || c == '?' || c == '(' || c == ')' ||
           (c == '-' && length > 1) || ((unsigned char)c == 0xE2 && length == 3);
}

/* "Rust", not "RUST". */
static bool is_name_like(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];

    return span.end - span.start > 1 && char_is_upper(text->text[span.start]) &&
           char_is_lower(text->text[span.start + 1]);
}

static uint16_t number_at(const struct turns *t, uint64_t hash)
{
    uint32_t bit = turns_key_bit(hash);

    if (!(t->words[bit / 64] >> bit % 64 & 1))
        return 0;
    uint32_t at = slot_of(t, hash);
    return hash && t->hashes[at] == hash ? t->numbers[at] : 0;
}

static void see(struct line *line, uint32_t k)
{
    struct reader *r = line->reader;
    uint32_t i = line->first + k;
    uint8_t kind = r->text->kinds[i];
    bool is_near = i >= r->batch.first && i < r->batch.end;
    uint64_t hash = is_near ? r->batch.hashes[i - r->batch.first] : lookup_hash(r->text, i);

    line->words[k] = number_at(line->turns, hash);
    line->classes[k] = 0;
    line->valences[k] = 0;
    if (kind == TEXTD_TOKEN_PUNCT)
        line->classes[k] = r->text->tokens[i].end > r->text->tokens[i].start && ends_clause(r->text, i) ? CLASS_END : 0;
    else if (kind == TEXTD_TOKEN_LINK)
        line->has_link = true;
    else if (kind == TEXTD_TOKEN_SYMBOL && hash) {
        const struct entry *entry = vocabulary_find(r->vocabulary, hash);
        line->is_moved |= entry && entry->valence != 0;
    } else if (kind == TEXTD_TOKEN_NUMBER)
        line->classes[k] = CLASS_NUMBER;
    else if (kind == TEXTD_TOKEN_WORD) {
        const struct entry *entry = is_near ? r->batch.found[i - r->batch.first] : vocabulary_find(r->vocabulary, hash);
        line->classes[k] = (uint16_t)(CLASS_WORD | (entry ? class_of_entry(entry) : 0));
        line->valences[k] = entry ? entry->valence : 0;
        if (is_name_like(r->text, i))
            line->classes[k] |= CLASS_CAPITAL;
        line->n_small += k == 0 || char_is_lower(r->text->text[r->text->tokens[i].start]);
    }
}

static bool fits(const struct line *line, const struct turn_element *e, uint32_t k)
{
    if (k >= line->n)
        return false;
    bool is_in = (line->classes[k] & e->classes) || has_word(line->turns, e, line->words[k]);
    return is_in != e->is_not;
}

static bool is_edge(const struct line *line, char anchor, uint32_t k)
{
    if (anchor == '^')
        return k == 0 || (line->classes[k - 1] & (CLASS_END | CLASS_CONTRAST)) ||
               !(line->classes[k - 1] & (CLASS_WORD | CLASS_NUMBER));
    return k == line->n || (line->classes[k] & (CLASS_END | CLASS_CONTRAST)) ||
           !(line->classes[k] & (CLASS_WORD | CLASS_NUMBER));
}

/* Where the elements from `e` to `end` end when they start at `k`; 0: they don't. */
static uint32_t match(const struct line *line, const struct turn_element *e, const struct turn_element *end, uint32_t k)
{
    for (; e < end; e++) {
        if (e->anchor) {
            if (!is_edge(line, (char)e->anchor, k))
                return 0;
            continue;
        }
        if (e->gap > 0) {
            for (uint32_t n = 0; n <= e->gap && k + n <= line->n; n++) {
                uint32_t to = match(line, e + 1, end, k + n);
                if (to > 0)
                    return to;
                if (k + n == line->n || (line->classes[k + n] & (CLASS_END | CLASS_CONTRAST | CLASS_NOT)))
                    return 0;
            }
            return 0;
        }
        if (e->is_optional) {
            uint32_t to = fits(line, e, k) ? match(line, e + 1, end, k + 1) : 0;
            if (to > 0)
                return to;
            continue;
        }
        if (!fits(line, e, k))
            return 0;
        k++;
    }
    return k;
}

static bool stops_clause(const struct line *line, uint32_t k)
{
    return (line->classes[k] & (CLASS_END | CLASS_CONTRAST)) != 0;
}

/* What the words of feeling from `k` to `end` say, a negation aside. */
static float sense_of(const struct line *line, uint32_t k, uint32_t end)
{
    int sum = 0;

    for (; k < end; k++)
        sum += line->valences[k];
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
}

static float figure_at(const struct line *line, uint32_t k)
{
    const struct token_text *text = line->reader->text;
    struct textd_span span = text->tokens[line->first + k];
    float value = 0, unit = 0;

    for (uint32_t at = span.start; at < span.end && at - span.start < 12; at++) {
        char c = text->text[at];
        if (c >= '0' && c <= '9') {
            value = value * 10 + (float)(c - '0');
            unit *= 10;
        } else if (c == '.') {
            unit = 1;
        } else if (c != ',') {
            return -1;
        }
    }
    return unit > 0 ? value / unit : value;
}

/* "2009" is no amount. */
static bool is_year(float figure)
{
    return figure >= 1950 && figure <= 2100 && figure == floorf(figure);
}

/* 1 when the last figure but one between `k` and `end` is greater than the last, -1 when it is less: "up 5 % to 63.1 from 57.5". */
static float rise_of(const struct line *line, uint32_t k, uint32_t end)
{
    float first = -1, last = -1;

    for (; k < end; k++) {
        float figure = line->classes[k] & CLASS_NUMBER ? figure_at(line, k) : -1;
        if (figure < 0 || is_year(figure))
            continue;
        first = last;
        last = figure;
    }
    if (first < 0)
        return 0;
    return first > last ? 1 : first < last ? -1 : 0;
}

/* A negation before a turn, or something that makes it a wish. */
static uint16_t before(const struct line *line, uint32_t k)
{
    uint16_t classes = 0;

    for (uint32_t n = 0; n < REACH_BEFORE && k > n && !stops_clause(line, k - n - 1); n++)
        classes |= line->classes[k - n - 1];
    return classes & (CLASS_NOT | CLASS_UNREAL);
}

/* Takes a pattern that stands at [k, end) for a turn, or not. */
static bool take(const struct line *line, const struct turn_pattern *p, uint32_t k, uint32_t end, struct turn *turn)
{
    float value = (float)p->value / 10;
    uint32_t start = k;
    char covers = p->covers == 's' && line->n > LONG_SENTENCE ? 'c' : p->covers; /* of much else it may know nothing */

    if (covers == 'c' || covers == 'r')
        while (end < line->n && !stops_clause(line, end))
            end++;
    if (covers == 'c')
        while (start > 0 && !stops_clause(line, start - 1))
            start--;
    if ((covers == 'c' || covers == 'r' || p->does == '0') && end < line->n && (line->classes[end] & CLASS_END))
        end++; /* with the mark behind it */
    if (covers == 's') {
        start = 0;
        end = line->n;
    }
    *turn = (struct turn) { line->first + start, line->first + end, value, TURN_SAYS };
    switch (p->does) {
    case '0':
        turn->kind = TURN_STILL;
        return !line->is_moved;
    case 'h':
        turn->kind = TURN_HIDES;
        return true;
    case 'f':
        turn->value = value * rise_of(line, k, end);
        return turn->value != 0;
    case 'e': /* as its words say, or the other way round */
        turn->value = value * sense_of(line, start, end);
        return turn->value != 0;
    default:
        break;
    }
    if (!p->is_fixed) {
        uint16_t says = before(line, k);
        if (says & CLASS_UNREAL)
            return false;
        if (says & CLASS_NOT)
            turn->value *= -0.8f;
    }
    return true;
}

/* A pattern that stands at [k, end). */
struct hit {
    uint16_t k, end, pattern;
};

/* Where one pattern stands. */
static uint32_t hits_of(const struct line *line, uint32_t pattern, struct hit *hits, uint32_t room)
{
    const struct turns *t = line->turns;
    const struct turn_element *e = t->elements + t->patterns[pattern].first, *end = e + t->patterns[pattern].n;
    const struct turn_element *head = head_of(t, pattern);
    uint32_t n = 0, from = pattern / 64, bit = pattern % 64;
    bool is_plain = !head->is_optional && !head->is_not;

    for (uint32_t k = 0; k < line->n && n < room; k++) {
        if (is_plain && !(t->heads[line->words[k]].bits[from] >> bit & 1) && !(line->classes[k] & head->classes))
            continue;
        uint32_t to = match(line, e, end, k);
        if (to > k)
            hits[n++] = (struct hit) { (uint16_t)k, (uint16_t)to, (uint16_t)pattern };
    }
    return n;
}

static uint32_t find_hits(const struct line *line, struct hit hits[MOST_HITS])
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < TURNS_SET; i++)
        for (uint64_t bits = line->wanted.bits[i]; bits; bits &= bits - 1) {
            uint32_t pattern = 64 * i + (uint32_t)__builtin_ctzll(bits);
            if (pattern < line->turns->n_patterns)
                n += hits_of(line, pattern, hits + n, MOST_HITS - n);
        }
    return n;
}

/* The first pattern of the list that stands at `k`; hits are in the list's order. */
static bool find_at(const struct line *line, const struct hit *hits, uint32_t n, uint32_t k, struct turn *turn)
{
    for (uint32_t i = 0; i < n; i++)
        if (hits[i].k == k && take(line, &line->turns->patterns[hits[i].pattern], k, hits[i].end, turn))
            return true;
    return false;
}

/* "Kill Bill", "the War Memorial Hall", "learned Rust": words in names say nothing. In a text whose words all start with capitals no name can
 * be told. */
static bool find_name(const struct line *line, uint32_t k, struct turn *turn)
{
    uint32_t end = k;
    bool has_feeling = false;

    if (line->n_small * 5 < line->n * 2 || line->is_moved || line->has_link || !(line->classes[k] & CLASS_CAPITAL) ||
        (k > 0 && (line->classes[k - 1] & CLASS_CAPITAL)))
        return false;
    for (; end < line->n && (line->classes[end] & CLASS_CAPITAL); end++)
        has_feeling |= line->valences[end] != 0;
    if (!has_feeling || (k == 0 && end < 3) ||
        has_word(line->turns, &line->turns->elements[line->turns->name_words + 1], line->words[k]))
        return false;
    if (end - k == 1 && !has_word(line->turns, &line->turns->elements[line->turns->name_words], line->words[k]))
        return false;
    *turn = (struct turn) { line->first + k, line->first + end, 0, TURN_HIDES };
    return true;
}

uint32_t turns_find(struct reader *r, uint32_t first, uint32_t last, struct turn found[TURNS_MOST])
{
    const struct turns *t = r->vocabulary->turns;
    struct line line;
    bool has_patterns =
        turns_wanted(t, r->noted, r->has_number, r->sums.plain.praise > 0, r->sums.plain.blame < 0, &line.wanted);
    bool has_rating = r->has_rating;
    uint32_t n = 0, n_hits, behind = 0;
    struct hit hits[MOST_HITS];

    for (int i = 0; i < TURNS_SET; i++)
        has_rating |= (line.wanted.bits[i] & t->ratings.bits[i]) != 0;
    if (!has_patterns && !has_rating && !r->has_name)
        return 0;
    line.reader = r; /* all but the arrays, which are filled in as far as they are read */
    line.turns = t;
    line.first = first;
    line.n_small = 0;
    line.has_link = false;
    line.is_moved = r->sums.exclamations > 0;
    line.n = last - first < TURNS_MOST_TOKENS ? last - first : TURNS_MOST_TOKENS;
    for (uint32_t k = 0; k < line.n; k++)
        see(&line, k);
    n_hits = has_patterns ? find_hits(&line, hits) : 0;
    if (n_hits == 0 && !has_rating && !r->has_name)
        return 0;
    for (uint32_t k = 0; k < line.n && n < TURNS_MOST; k++) {
        struct turn turn;
        if (!find_at(&line, hits, n_hits, k, &turn) &&
            !(has_rating && ratings_find(r->text, first, last, first + k, &turn)) &&
            !(r->has_name && find_name(&line, k, &turn)))
            continue;
        turn.first = turn.first > first + behind ? turn.first : first + behind;
        found[n++] = turn;
        behind = turn.end - first;
        k = behind > k ? behind - 1 : k;
    }
    return n;
}
