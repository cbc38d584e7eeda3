/* turns.c: see turns.h. A pattern is matched by trying its elements in order, gaps as short as they will do. */
#include "plugins/sentiment/turns.h"

#include <math.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"
#include "plugins/sentiment/marks.h"
#include "plugins/sentiment/ratings.h"
#include "plugins/sentiment/reader.h"

#define MOST_HITS 48u
#define LONG_SENTENCE 18u /* tokens */
#define REACH_BEFORE 4u   /* of a negation before a turn */

/* A key that a sentence has. */
struct key {
    uint16_t k, row;
};

/* A sentence. Of its tokens is known what was asked for: most are never looked at. */
struct line {
    struct reader *reader;
    const struct turns *turns;
    uint32_t first, last, n; /* n: tokens that are looked at */
    uint32_t n_keys;
    struct turn_set noted[2]; /* of the patterns, which it has a key of, and a second */
    uint8_t does;             /* TURN_WORD_… of any token */
    bool has_good, has_bad, has_number;
    bool has_rating, has_name;
    int8_t is_moved; /* see there; -1: nobody has looked */
    uint16_t words[TURNS_MOST_TOKENS + 1];
    uint16_t classes[TURNS_MOST_TOKENS + 1];
    int8_t valences[TURNS_MOST_TOKENS + 1];
    struct key keys[TURNS_MOST_TOKENS + 1];
};

#define CLASS_UNSEEN 0x8080u /* each byte of an unseen token's classes is 0x80 */
#define UNSEEN_BIT 0x8000u

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

/* "Rust", not "RUST": it may be part of a name. */
static bool is_name_like(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];

    return span.end - span.start > 1 && char_is_upper(text->text[span.start]) &&
           char_is_lower(text->text[span.start + 1]);
}

static void see(struct line *line, uint32_t k)
{
    const struct reader *r = line->reader;
    const struct batch *batch = &r->batch;
    uint32_t i = line->first + k, place = i - batch->first;
    bool is_near = i >= batch->first && i < batch->end;
    uint64_t hash = is_near ? batch->hashes[place] : lookup_hash(r->text, i);
    const struct entry *entry;

    line->words[k] = turns_number(line->turns, hash);
    line->classes[k] = 0;
    line->valences[k] = 0;
    switch (r->text->kinds[i]) {
    case TEXTD_TOKEN_WORD:
        entry = is_near ? batch->found[place] : vocabulary_find(r->vocabulary, hash);
        line->classes[k] = CLASS_WORD;
        if (entry) {
            line->classes[k] |= class_of_entry(entry);
            line->valences[k] = entry->valence;
        }
        break;
    case TEXTD_TOKEN_PUNCT:
        if (r->text->tokens[i].end > r->text->tokens[i].start && ends_clause(r->text, i))
            line->classes[k] = CLASS_END;
        break;
    case TEXTD_TOKEN_NUMBER:
        line->classes[k] = CLASS_NUMBER;
        break;
    default:
        break;
    }
}

static inline uint16_t classes_at(struct line *line, uint32_t k)
{
    if (line->classes[k] & UNSEEN_BIT)
        see(line, k);
    return line->classes[k];
}

/* Whether the text has a handle or a topic, as posts have: people write no mere facts there, and take greetings and
 * wishes for feeling. */
static bool is_post(struct reader *r)
{
    const struct token_text *text = r->text;

    for (uint32_t i = 0; r->is_post < 0 && i < text->n_tokens; i++) {
        const uint8_t *link = memchr(text->kinds + i, TEXTD_TOKEN_LINK, text->n_tokens - i);
        i = link ? (uint32_t)(link - text->kinds) : text->n_tokens;
        if (link && (text->text[text->tokens[i].start] == '@' || text->text[text->tokens[i].start] == '#'))
            r->is_post = 1;
    }
    r->is_post = r->is_post > 0;
    return r->is_post;
}

/* Whether it is in a post, or has an exclamation mark or an emoticon: then it is no mere fact. */
static bool is_moved(struct line *line)
{
    struct reader *r = line->reader;
    const uint8_t *kinds = r->text->kinds;

    if (line->is_moved >= 0)
        return line->is_moved;
    line->is_moved = is_post(r);
    for (uint32_t i = line->first; i < line->last && !line->is_moved; i++)
        if (kinds[i] == TEXTD_TOKEN_PUNCT)
            line->is_moved = marks_read(r->text, i, 1).exclamations > 0;
    for (uint32_t i = line->first; i < line->first + line->n && !line->is_moved; i++)
        if (kinds[i] == TEXTD_TOKEN_SYMBOL) {
            uint64_t hash = lookup_hash_at(r, i);
            const struct entry *entry = hash ? vocabulary_find(r->vocabulary, hash) : NULL;
            line->is_moved = entry && entry->valence != 0;
        }
    return line->is_moved;
}

static bool has_word(const struct turns *t, const struct turn_element *e, uint16_t word)
{
    uint32_t from = e->first, to = from + e->n;

    while (from < to) {
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

static bool fits(struct line *line, const struct turn_element *e, uint32_t k)
{
    if (k >= line->n)
        return false;
    uint16_t classes = classes_at(line, k), word = line->words[k];
    bool is_in = (classes & e->classes) || ((e->some >> word % 64 & 1) && has_word(line->turns, e, word));
    return is_in != e->is_not;
}

static bool is_edge(struct line *line, char anchor, uint32_t k)
{
    if (anchor == '^')
        return k == 0 || (classes_at(line, k - 1) & (CLASS_END | CLASS_CONTRAST)) ||
               !(classes_at(line, k - 1) & (CLASS_WORD | CLASS_NUMBER));
    return k == line->n || (classes_at(line, k) & (CLASS_END | CLASS_CONTRAST)) ||
           !(classes_at(line, k) & (CLASS_WORD | CLASS_NUMBER));
}

/* Where the elements from `e` to `end` end when they start at `k`; 0: they don't. */
static uint32_t match(struct line *line, const struct turn_element *e, const struct turn_element *end, uint32_t k)
{
    for (; e < end; e++) {
        if (e->anchor) {
            if (!is_edge(line, (char)e->anchor, k))
                return 0;
            continue;
        }
        if (e->gap > 0) {
            const struct turn_element *next = e + 1;
            bool is_plain = next < end && !next->anchor && !next->gap && !next->is_optional;
            for (uint32_t n = 0; n <= e->gap && k + n <= line->n; n++) {
                uint32_t to = is_plain && !fits(line, next, k + n) ? 0 : match(line, next, end, k + n);
                if (to > 0)
                    return to;
                if (k + n == line->n || (classes_at(line, k + n) & (CLASS_END | CLASS_CONTRAST | CLASS_NOT)))
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

static bool stops_clause(struct line *line, uint32_t k)
{
    return (classes_at(line, k) & (CLASS_END | CLASS_CONTRAST)) != 0;
}

/* What the words of feeling from `k` to `end` say, a negation aside. */
static float sense_of(struct line *line, uint32_t k, uint32_t end)
{
    int sum = 0;

    for (; k < end; k++) {
        classes_at(line, k);
        sum += line->valences[k];
    }
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
}

static float figure_at(struct line *line, uint32_t k)
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

/* 1 when the last figure but one between `k` and `end` is greater than the last, -1 when it is less: "up 5 % to 63.1
 * from 57.5". */
static float rise_of(struct line *line, uint32_t k, uint32_t end)
{
    float first = -1, last = -1;

    for (; k < end; k++) {
        float figure = classes_at(line, k) & CLASS_NUMBER ? figure_at(line, k) : -1;
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
static uint16_t before(struct line *line, uint32_t k)
{
    uint16_t classes = 0;

    for (uint32_t n = 0; n < REACH_BEFORE && k > n && !stops_clause(line, k - n - 1); n++)
        classes |= classes_at(line, k - n - 1);
    return classes & (CLASS_NOT | CLASS_UNREAL);
}

/* Takes a pattern that stands at [k, end) for a turn, or not. */
static bool take(struct line *line, const struct turn_pattern *p, uint32_t k, uint32_t end, struct turn *turn)
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
    if ((covers == 'c' || covers == 'r' || p->does == '0') && end < line->n && (classes_at(line, end) & CLASS_END))
        end++; /* with the mark behind it */
    if (covers == 's') {
        start = 0;
        end = line->n;
    }
    *turn = (struct turn) { line->first + start, line->first + end, value, TURN_SAYS };
    switch (p->does) {
    case '0':
        turn->kind = TURN_STILL;
        return !is_moved(line);
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

/* ---- Keys
 * -------------------------------------------------------------------------------------------------------------- */

/* Two sets of patterns, in lanes that fit registers; both compilers know how. */
typedef uint64_t two_lanes __attribute__((vector_size(16)));

#define SET_LANES (2 * TURNS_SET / 2)
_Static_assert(sizeof(struct turn_set[2]) == SET_LANES * sizeof(two_lanes), "a row is read in whole lanes");

/* Of tokens of the batch. */
static void note_keys(struct line *line, uint64_t which)
{
    const struct turns *t = line->turns;
    const struct batch *batch = &line->reader->batch;
    two_lanes noted[SET_LANES], needs[SET_LANES];
    uint32_t n_keys = line->n_keys, from = batch->first - line->first;
    uint8_t does = line->does;

    memcpy(noted, line->noted, sizeof noted);
    for (; which; which &= which - 1) {
        uint32_t place = (uint32_t)__builtin_ctzll(which);
        uint16_t word = batch->turn_words[place], row = t->rows[word];
        memcpy(needs, t->needs[row], sizeof needs);
        for (int k = 0; k < SET_LANES; k++)
            noted[k] |= needs[k];
        does |= t->does[word];
        line->keys[n_keys++] = (struct key) { (uint16_t)(from + place), row };
    }
    memcpy(line->noted, noted, sizeof noted);
    line->does = does;
    line->n_keys = n_keys;
}

/* Words of feeling, of which few sentences foretell whether they are there: without branches on them. */
static void note_feelings(struct line *line, uint64_t which)
{
    const struct batch *batch = &line->reader->batch;
    const struct token_text *text = line->reader->text;
    bool has_good = false, has_bad = false, has_name = false;

    for (; which; which &= which - 1) {
        uint32_t place = (uint32_t)__builtin_ctzll(which), at = batch->first + place;
        int8_t valence = batch->found[place]->valence;
        has_good |= valence > 0;
        has_bad |= valence < 0;
        uint32_t with = at + (at == line->first && at + 1 < line->last); /* a sentence starts with a capital anyway */
        has_name |= (valence != 0) & is_name_like(text, with);
    }
    line->has_good |= has_good;
    line->has_bad |= has_bad;
    line->has_name |= has_name;
}

/* What is neither word nor punctuation. */
static void note_others(struct line *line, uint64_t which)
{
    const struct token_text *text = line->reader->text;

    for (; which; which &= which - 1) {
        uint32_t at = line->reader->batch.first + (uint32_t)__builtin_ctzll(which);
        if (text->kinds[at] == TEXTD_TOKEN_NUMBER)
            line->has_number = true;
        if (text->kinds[at] == TEXTD_TOKEN_NUMBER || text->kinds[at] == TEXTD_TOKEN_SYMBOL)
            line->has_rating |= ratings_may_be(text, at);
    }
}

/* Goes over the tokens from `i` to `end`, which are in the batch. */
static void note_batch(struct line *line, uint32_t i, uint32_t end)
{
    const struct batch *batch = &line->reader->batch;
    uint64_t which = bits_between(i - batch->first, end - batch->first);

    if (batch->keys & which)
        note_keys(line, batch->keys & which);
    note_feelings(line, batch->telling & ~batch->others & which);
    note_others(line, batch->others & which);
}

static bool has_token(const struct line *line, const char *word, uint32_t length)
{
    uint64_t hash = word_hash(word, length, length);

    for (uint32_t i = line->first; i < line->first + line->n; i++)
        if (lookup_hash_at(line->reader, i) == hash)
            return true;
    return false;
}

/* "out" is of a rating with an "of" only. */
static bool has_rating_words(const struct line *line)
{
    return (line->does & TURN_WORD_RATES) || ((line->does & TURN_WORD_OUT) && has_token(line, "of", 2)) ||
           ((line->does & TURN_WORD_ZERO) && has_token(line, "%", 1));
}

/* ---- Hits
 * -------------------------------------------------------------------------------------------------------------- */

/* A pattern that stands at [k, end). */
struct hit {
    uint16_t k, end, pattern;
};

struct hits {
    uint32_t n;
    bool is_ready;                       /* the last array */
    struct hit hits[MOST_HITS];          /* by where they start, then in the list's order */
    uint16_t tried[TURNS_MOST_PATTERNS]; /* of each pattern, the tokens before this have been tried */
};

static void add_hit(struct hits *hits, struct hit hit)
{
    uint32_t at = hits->n;

    for (; at > 0; at--) {
        const struct hit *before = &hits->hits[at - 1];
        if (before->k < hit.k || (before->k == hit.k && before->pattern < hit.pattern))
            break;
        hits->hits[at] = *before;
    }
    hits->hits[at] = hit;
    hits->n++;
}

/* Whether what stands around its key may be of the pattern: the element before it, and all behind. */
static bool may_stand(struct line *line, const struct turn_pattern *p, uint32_t k)
{
    const struct turn_element *e = &line->turns->elements[p->first], *key = e + p->key, *before = key - 1;

    if (p->key > 0 && before->anchor && !is_edge(line, (char)before->anchor, k))
        return false;
    if (p->key > 0 && !before->anchor && !before->gap && !before->is_optional && (k == 0 || !fits(line, before, k - 1)))
        return false;
    return match(line, key + 1, e + p->n, k + 1) > 0;
}

/* Tries a pattern from its key at `k` on. */
static void try_pattern(struct line *line, uint32_t pattern, uint32_t k, struct hits *hits)
{
    const struct turn_pattern *p = &line->turns->patterns[pattern];
    const struct turn_element *e = &line->turns->elements[p->first];

    if (k < p->least || !may_stand(line, p, k))
        return;
    if (!hits->is_ready)
        memset(hits->tried, 0, sizeof hits->tried);
    hits->is_ready = true;
    uint32_t from = k > p->most ? k - p->most : 0;
    for (from = from > hits->tried[pattern] ? from : hits->tried[pattern]; from + p->least <= k; from++) {
        uint32_t end = match(line, e, e + p->n, from);
        if (end > from && hits->n < MOST_HITS)
            add_hit(hits, (struct hit) { (uint16_t)from, (uint16_t)end, (uint16_t)pattern });
        hits->tried[pattern] = (uint16_t)(from + 1);
    }
}

/* The patterns of which all is there that was chosen; whether there are some. */
static bool find_wanted(const struct line *line, struct turn_set *wanted)
{
    const struct turns *t = line->turns;
    uint64_t any = 0, no_number = 0 - (uint64_t)!line->has_number, no_good = 0 - (uint64_t)!line->has_good,
             no_bad = 0 - (uint64_t)!line->has_bad;

    for (int i = 0; i < TURNS_SET; i++) {
        uint64_t lacks = (no_number & t->number.bits[i]) | (no_good & t->good.bits[i]) | (no_bad & t->bad.bits[i]);
        wanted->bits[i] = line->noted[0].bits[i] & (line->noted[1].bits[i] | t->always.bits[i]) & ~lacks;
        any |= wanted->bits[i];
    }
    return any != 0;
}

static void find_hits(struct line *line, const struct turn_set *wanted, struct hits *hits)
{
    const struct turns *t = line->turns;

    for (uint32_t i = 0; i < TURNS_SET; i++)
        for (uint64_t left = wanted->bits[i]; left; left &= left - 1)
            for (uint32_t at = 0, bit = (uint32_t)__builtin_ctzll(left); at < line->n_keys; at++)
                if (t->needs[line->keys[at].row][0].bits[i] >> bit & 1)
                    try_pattern(line, 64 * i + bit, line->keys[at].k, hits);
}

/* The first pattern of the list that stands at `k`. */
static bool find_at(struct line *line, const struct hits *hits, uint32_t k, struct turn *turn)
{
    for (uint32_t i = 0; i < hits->n && hits->hits[i].k <= k; i++)
        if (hits->hits[i].k == k &&
            take(line, &line->turns->patterns[hits->hits[i].pattern], k, hits->hits[i].end, turn))
            return true;
    return false;
}

/* ---- Names
 * ------------------------------------------------------------------------------------------------------------- */

/* In a text whose words all start with capitals no name can be told; posts, which have links, write capitals as they
 * like. */
static bool shows_names(const struct line *line)
{
    const struct token_text *text = line->reader->text;
    uint32_t n_small = 0;

    for (uint32_t k = 0; k < line->n; k++) {
        uint32_t i = line->first + k;
        if (text->kinds[i] == TEXTD_TOKEN_LINK)
            return false;
        if (text->kinds[i] == TEXTD_TOKEN_WORD)
            n_small += k == 0 || char_is_lower(text->text[text->tokens[i].start]);
    }
    return n_small * 5 >= line->n * 2;
}

static bool is_capital(const struct line *line, uint32_t k)
{
    const struct token_text *text = line->reader->text;

    return text->kinds[line->first + k] == TEXTD_TOKEN_WORD && is_name_like(text, line->first + k);
}

static bool is_of_names(struct line *line, enum name_words which, uint32_t k)
{
    const struct turn_element *e = &line->turns->elements[line->turns->name_words + which];

    classes_at(line, k);
    return has_word(line->turns, e, line->words[k]);
}

/* Words with capitals in a row. */
struct name {
    uint32_t k, end, n_words;
    bool has_feeling;
};

static struct name name_at(struct line *line, uint32_t k)
{
    struct name name = { .k = k, .end = k };

    while (name.end < line->n) {
        bool is_word = is_capital(line, name.end);
        if (!is_word && !(name.n_words > 0 && name.end + 1 < line->n && is_of_names(line, JOINS_NAME, name.end) &&
                          is_capital(line, name.end + 1)))
            break;
        classes_at(line, name.end);
        name.has_feeling |= line->valences[name.end] != 0;
        name.n_words += is_word;
        name.end++;
    }
    return name;
}

/* "Kill Bill", "the War Memorial Hall", "learned Rust", "in Hope", "Angry Birds was": words in names say nothing.
 * Some write single words with a capital for weight, so of those, and of the first words of a sentence, more is
 * asked. */
static bool find_name(struct line *line, uint32_t k, struct turn *turn)
{
    if (!is_capital(line, k) || (k > 0 && is_capital(line, k - 1)))
        return false;
    struct name name = name_at(line, k);
    bool is_behind = k > 0 && is_of_names(line, BEFORE_NAME, k - 1);
    if (!name.has_feeling || (is_of_names(line, NO_NAMES, k) && !(is_behind && name.n_words > 1) && k > 0))
        return false;
    if (k == 0 && name.n_words < 3 &&
        !(name.n_words == 2 && name.end < line->n && is_of_names(line, BEHIND_NAME, name.end)))
        return false;
    if (k > 0 && name.n_words == 1 && !is_behind && !is_of_names(line, NAMES, k))
        return false;
    if (is_moved(line) || !shows_names(line))
        return false;
    *turn = (struct turn) { line->first + k, line->first + name.end, 0, TURN_NAMES };
    return true;
}

/* ---- A sentence's turns
 * ------------------------------------------------------------------------------------------------ */

static uint32_t find_turns(struct line *line, const struct turn_set *wanted, struct turn found[TURNS_MOST])
{
    struct hits hits;
    uint32_t n = 0, behind = 0;

    memset(line->classes, CLASS_UNSEEN & 0xFF, line->n * sizeof *line->classes);
    line->is_moved = -1;
    hits.n = 0;
    hits.is_ready = false;
    find_hits(line, wanted, &hits);
    if (hits.n == 0 && !line->has_rating && !line->has_name)
        return 0;
    for (uint32_t k = 0; k < line->n && n < TURNS_MOST; k++) {
        struct turn turn;
        if (!find_at(line, &hits, k, &turn) &&
            !(line->has_rating && ratings_find(line->reader->text, line->first, line->last, line->first + k, &turn)) &&
            !(line->has_name && find_name(line, k, &turn)))
            continue;
        turn.first = turn.first > line->first + behind ? turn.first : line->first + behind;
        found[n++] = turn;
        behind = turn.end - line->first;
        k = behind > k ? behind - 1 : k;
    }
    return n;
}

uint32_t turns_find(struct reader *r, uint32_t first, uint32_t last, struct turn found[TURNS_MOST])
{
    struct line line;
    struct turn_set wanted;
    uint32_t most = last - first < TURNS_MOST_TOKENS ? last : first + TURNS_MOST_TOKENS;

    line.reader = r; /* all but the arrays, which are filled in as far as they are read */
    line.turns = r->vocabulary->turns;
    line.first = first;
    line.last = last;
    line.n = most - first;
    line.n_keys = 0;
    line.does = 0;
    line.has_good = line.has_bad = line.has_number = false;
    memset(line.noted, 0, sizeof line.noted);
    line.has_rating = line.has_name = false;
    for (uint32_t i = first, end; i < most; i = end) {
        lookup_need(r, i);
        end = most < r->batch.end ? most : r->batch.end;
        note_batch(&line, i, end);
    }
    line.has_rating |= line.does != 0 && has_rating_words(&line);
    bool has_wanted = find_wanted(&line, &wanted);
    return has_wanted || line.has_rating || line.has_name ? find_turns(&line, &wanted, found) : 0;
}
