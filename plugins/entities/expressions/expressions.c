/* expressions.c: see expressions.h. One walk over the tokens. Nearly all of them can't begin an expression, and cost
 * a look at a table of words; where one can begin, each grammar that may begin so is tried, and what reaches furthest is taken, the
 * first of equals. */
#include "plugins/entities/expressions/expressions.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/entities/expressions/addresses.h"
#include "plugins/entities/expressions/guard.h"
#include "plugins/entities/found.h"
#include "plugins/lib/character.h"

#define LONGEST_START 16u /* bytes of a word that an expression may begin with */

/* ---- Where expressions may begin ---------------------------------------------------------------------------------- */

static const uint8_t class_begins[WORD_CLASSES] = {
    [WORD_MONTH] = 1,   [WORD_WEEKDAY] = 1, [WORD_DAY] = 1,         [WORD_CLOCK] = 1,  [WORD_SEASON] = 1,
    [WORD_SHIFT] = 1,   [WORD_SPAN] = 1,    [WORD_EARLY] = 1,       [WORD_DIGIT] = 1,  [WORD_TENS] = 1,
    [WORD_DOZEN] = 1,   [WORD_HALF] = 1,    [WORD_MANY] = 1,        [WORD_FEW] = 1,    [WORD_ORDINAL] = 1,
    [WORD_CODE] = 1,    [WORD_MARK] = 1,    [WORD_HOLIDAY] = 1,     [WORD_A] = 1,      [WORD_ERA] = 1,
    [WORD_QUARTER] = 1, [WORD_NEW] = 1,     [WORD_HOLIDAY_DAY] = 1, [WORD_PARTS] = 1,  [WORD_MINUS] = 1,
    [WORD_POINT] = 1,   [WORD_PERIOD] = 1,  [WORD_EACH] = 1,        [WORD_ADVERB] = 1, [WORD_TIMES] = 1,
    [WORD_MORE] = 1,    [WORD_DECADE] = 1,
};

static bool word_begins(const struct word *word)
{
    return class_begins[word->class] || class_begins[word->other];
}

/* What a token begins with. */
struct start {
    const struct word *word; /* NULL: none of the vocabulary's */
    bool begins;             /* an expression may begin here */
};

/* What may stand right behind a sign that an expression begins with: a digit, a point, a sign of currency. */
static bool sign_goes_on(const char *text, uint32_t at, uint32_t length)
{
    unsigned char c = at < length ? (unsigned char)text[at] : 0;

    return char_is_digit((char)c) || c == '$' || c == '.' || c == '+' || c == '-' || c >= 0xC2;
}

/* A sign that an expression may begin with: of currency, of numbers, the apostrophe of "'90s". Most in a text are
 * others: what is right behind them tells. */
static bool sign_begins(const char *text, struct textd_span token, uint32_t length)
{
    const unsigned char *p = (const unsigned char *)text + token.start;
    uint32_t next = token.start + 1;

    switch (p[0]) {
    case '$':
        return true;
    case '+':
    case '-':
    case '(':
    case '%':
    case '.':
        return sign_goes_on(text, next, length);
    case '\'':
        return next < length && char_is_digit(text[next]);
    case ':':
        return next < length && (text[next] == ':' || char_is_digit(text[next]));
    case 0xC2: /* "£", "¥", "½" */
    case 0xE0: /* the baht's */
    case 0xD6:
    case 0xD8:
    case 0xE1:
    case 0xEF:
        return true;
    case 0xE2:
        if (token.end - token.start < 3)
            return false;
        if (p[1] != 0x80)
            return true;
        if (p[2] >= 0x90 && p[2] <= 0x93) /* dashes */
            return sign_goes_on(text, token.start + 3, length);
        return (p[2] == 0x98 || p[2] == 0x99) && token.start + 3 < length && char_is_digit(text[token.start + 3]);
    default:
        return false;
    }
}

/* Something that isn't of the vocabulary, "US$5", "NT $100", "fe80::1": the signs behind its letters tell. */
static bool prefix_begins(const char *text, uint32_t start, uint32_t at, uint32_t end, uint32_t length)
{
    char c = at < length ? text[at] : '\0', next = at + 1 < length ? text[at + 1] : '\0';

    if (at - start > 4)
        return false;
    if (c == '$' || (c == '\xC2' && next == '\xA3') || (c == ' ' && next == '$' && at == end))
        return true;
    return c == ':' && next != ' ' ? next == ':' || char_is_digit(next) || (next | 0x20) <= 'f'
                                   : char_is_digit(c) && at - start <= 3;
}

/* What a token is that begins with a letter, or with what stands near the text's end. */
static __attribute__((noinline)) struct start look_closely(const struct vocabulary *v, const struct entity_input *in,
                                                           struct textd_span token)
{
    const char *text = in->text;
    char letters[LONGEST_START];
    uint32_t hash = WORD_HASH_START, n = 0, at = token.start;
    struct start s = { .word = NULL };

    if (!char_is_lower(text[at]) && !char_is_upper(text[at])) {
        s.begins = char_is_digit(text[at]) || sign_begins(text, token, in->text_length);
        return s;
    }

    for (; at < token.end; at++) {
        char c = text[at];
        if (char_is_upper(c))
            c = (char)(c | 0x20);
        else if (!char_is_lower(c) && (c != '.' || at == token.start))
            break;
        if (c == '.')
            continue;
        if (n == LONGEST_START)
            return s;
        hash = WORD_HASH_STEP(hash, c);
        letters[n++] = c;
    }
    s.word = vocabulary_find(v, hash, letters, n);
    s.begins = (s.word && word_begins(s.word)) || prefix_begins(text, token.start, at, token.end, in->text_length);
    return s;
}

/* A sign between whose letters and an amount there is nothing, or a blank: "US$5", "NT $100", "fe80::1". */
static bool sign_is_behind(const char *text, uint32_t at)
{
    return text[at] == ' ' ? text[at + 1] == '$' : text[at] == '$' || text[at] == ':' || text[at] == '\xC2';
}

/* What the token is. Most words are settled by their first eight letters: they are only letters, none of the vocabulary begins so or
 * one is just that, and the sign behind a short one makes it no prefix. Within the walk, which asks it of each token. */
static inline __attribute__((always_inline)) struct start
look_at(const struct vocabulary *v, const struct entity_input *in, struct textd_span token)
{
    static const struct start nothing = { NULL, false };
    uint32_t bytes = token.end - token.start, slot;
    const char *text = in->text + token.start;
    uint64_t letters, others, spread;

    if (in->text_length - token.start < 9 || bytes == 0)
        return bytes ? look_closely(v, in, token) : nothing;
    letters = letters_load(text);
    others = letters_first(letters_others(letters), bytes);
    if (others) {
        if (!(others & 0x80)) /* the first is a letter */
            return look_closely(v, in, token);
        return (struct start) { NULL, char_is_digit(text[0]) || sign_begins(in->text, token, in->text_length) };
    }
    if (bytes <= 4 && sign_is_behind(in->text, token.end))
        return look_closely(v, in, token);
    letters = letters_first(letters, bytes);
    spread = vocabulary_spread(letters);
    if (!vocabulary_may_have(v, spread) || (slot = vocabulary_slot(v, letters, spread)) == VOCABULARY_SLOTS)
        return nothing;
    if (bytes > 8 || !v->whole[slot])
        return look_closely(v, in, token);
    return (struct start) { v->whole[slot], word_begins(v->whole[slot]) };
}

static struct start start_of(const struct vocabulary *v, const struct entity_input *in, uint32_t i)
{
    return look_at(v, in, in->tokens[i]);
}

static bool may_start(const struct start *s)
{
    return s->begins || (s->word && s->word->class == WORD_PERIOD);
}

/* The first token from `i` on at which something may begin, or the caller's questions are to be asked; *before is the word before it. */
static uint32_t next_start(const struct vocabulary *v, const struct entity_input *in, uint32_t i, uint32_t end,
                           const struct word **before, struct start *start)
{
    uint32_t most = end - i < ENTITY_STOP_INTERVAL ? end : i + ENTITY_STOP_INTERVAL;
    const struct word *last = *before;
    struct start s = { NULL, false };

    for (; i < most; i++) {
        s = look_at(v, in, in->tokens[i]);
        if (may_start(&s))
            break;
        last = s.word;
    }
    *before = last;
    *start = s;
    return i;
}

/* Words that begin an expression only if the next goes on with it, and are too common to try: "a", "this". */
static const uint8_t class_goes_on[WORD_CLASSES] = {
    [WORD_A] = 1,     [WORD_SHIFT] = 1, [WORD_SPAN] = 1,        [WORD_EARLY] = 1, [WORD_NEW] = 1,
    [WORD_HALF] = 1,  [WORD_FEW] = 1,   [WORD_MINUS] = 1,       [WORD_POINT] = 1, [WORD_PERIOD] = 1,
    [WORD_TIMES] = 1, [WORD_MORE] = 1,  [WORD_HOLIDAY_DAY] = 1,
};

/* Words that only tell something about what is behind them. */
static const uint8_t class_only_tells[WORD_CLASSES] = {
    [WORD_LABEL] = 1, [WORD_PAY] = 1, [WORD_BETWEEN] = 1, [WORD_WHEN] = 1, [WORD_CALL] = 1, [WORD_VERSION] = 1,
};

/* A vocabulary's word, digits, or a hyphen behind token `i`. */
static bool goes_on(const struct vocabulary *v, const struct entity_input *in, uint32_t i, uint32_t end)
{
    const struct word *word;
    char c;

    if (i + 1 >= end || in->tokens[i + 1].start == in->tokens[i + 1].end)
        return false;
    c = in->text[in->tokens[i + 1].start];
    if (c == '-' || c == '$' || char_is_digit(c))
        return true;
    word = start_of(v, in, i + 1).word;
    return word && !class_only_tells[word->class];
}

/* Digits, or a sign of currency, behind token `i`, a code in small letters: "usd 5", "mxn$ 5". */
static bool number_goes_on(const struct entity_input *in, uint32_t i, uint32_t end)
{
    char c;

    if (i + 1 >= end || in->tokens[i + 1].start == in->tokens[i + 1].end)
        return false;
    c = in->text[in->tokens[i + 1].start];
    return char_is_digit(c) || c == '$' || c == '-' || c == '\xC2' || c == '\xE2';
}

/* A period behind token `i`: "all week", of which the first is the lek's code, too. */
static bool period_is_next(const struct vocabulary *v, const struct entity_input *in, uint32_t i, uint32_t end)
{
    const struct word *word;

    if (i + 1 >= end || in->tokens[i + 1].start == in->tokens[i + 1].end)
        return false;
    word = start_of(v, in, i + 1).word;
    return word && word->class == WORD_PERIOD;
}

/* "day after", "week 13": of all words, the periods are the most common, and alone they are no expression. */
static bool period_goes_on(const struct vocabulary *v, const struct entity_input *in, uint32_t i, uint32_t end)
{
    const struct word *word;

    if (i + 1 >= end || in->tokens[i + 1].start == in->tokens[i + 1].end)
        return false;
    if (char_is_digit(in->text[in->tokens[i + 1].start]))
        return true;
    word = start_of(v, in, i + 1).word;
    return word && (word->class == WORD_WHEN || word->class == WORD_AGO || word->class == WORD_SHIFT);
}

/* A token with a hyphen in it: "mid-March", "half-hour". */
static bool is_compound(const struct entity_input *in, uint32_t i)
{
    return memchr(in->text + in->tokens[i].start, '-', in->tokens[i].end - in->tokens[i].start) != NULL;
}

/* ---- Which it is -------------------------------------------------------------------------------------------------- */

/* The best so far, and the token behind it; and behind the longest that is a part of something which no grammar
 * could read. */
struct best {
    struct match match;
    uint32_t behind, part_behind;
    bool part_is_amount;
};

static void compete(struct reader *r, struct best *best, const struct match *m, uint32_t behind)
{
    const struct textd_span *tokens = r->input->tokens;

    if (!behind)
        return;
    if (!guard_is_whole(r, m, tokens[r->token].start, tokens[behind - 1].end)) {
        if (behind >= best->part_behind) {
            best->part_behind = behind;
            best->part_is_amount = guard_is_amount(m->type) && !is_dash(r, 0);
        }
    } else if (behind > best->behind || (behind == best->behind && m->score > best->match.score + 20)) {
        best->match = *m;
        best->behind = behind;
    }
}

/* Where the longest is a part of something, a shorter one with digits is a part of the same: "12" of "12,5 kmh2". */
static void drop_parts(const struct reader *r, struct best *best)
{
    const struct textd_span *tokens = r->input->tokens;

    if (best->part_behind > best->behind && best->behind &&
        guard_has_digits(r->input->text, tokens[r->token].start, tokens[best->behind - 1].end))
        best->behind = 0;
}

static void try_bytes(struct reader *r, struct best *best)
{
    static bool (*const grammars[])(struct reader *, struct match *, uint32_t *) = { match_phone, match_iban,
                                                                                     match_identifier };

    for (size_t i = 0; i < sizeof grammars / sizeof grammars[0]; i++) {
        struct match m = { .behind = 0 };
        uint32_t end;

        if (grammars[i](r, &m, &end)) {
            uint32_t behind = token_behind(r, end);

            if (!behind && end < r->input->text_length && r->input->text[end] == '.') {
                behind = token_behind(r, end + 1);
                m.cut = 1;
            }
            compete(r, best, &m, behind);
        }
    }
}

static void try_lexemes(struct reader *r, struct best *best)
{
    static const struct {
        bool (*match)(struct reader *, struct match *);
        uint32_t begins; /* any of these */
    } grammars[] = { { match_recurrence, BEGINS_SET },
                     { match_moment, BEGINS_MOMENT },
                     { match_duration, BEGINS_SPAN },
                     { match_money, BEGINS_MONEY },
                     { match_amount, BEGINS_AMOUNT } };
    uint32_t begins = begins_at(r, 0) | begins_amount(r);

    for (size_t i = 0; i < sizeof grammars / sizeof grammars[0]; i++) {
        struct match m;

        if (!(begins & grammars[i].begins))
            continue;
        memset(&m, 0, sizeof m);
        if (grammars[i].match(r, &m) && lexeme(r, m.behind - 1)->flags & LEXEME_CLOSES)
            compete(r, best, &m, token_behind(r, lexeme(r, m.behind - 1)->end));
    }
}

static bool may_be_bytes(const struct entity_input *in, uint32_t start, const struct word *word)
{
    char c = in->text[start];

    if (char_is_lower((char)(c | 0x20))) /* "gb" is a word, "GB82…" is none; "kt" is one, "x.kt:5" a line of a file */
        return !word || (start + 2 < in->text_length && char_is_digit(in->text[start + 2])) ||
               (start > 0 && in->text[start - 1] && strchr("./-_\\", in->text[start - 1]));
    return char_is_digit(c) || c == '+' || c == '(' || c == '-';
}

/* ---- What was found ----------------------------------------------------------------------------------------------- */

struct finder {
    const struct entity_input *input;
    struct found found;
    uint32_t polled;
    struct reader reader;
    struct address_scan scan;
    struct address address; /* the next that hasn't been taken; it starts behind the text when there are no more */
};

static void *take(struct finder *f, size_t bytes)
{
    return f->found.means->alloc(f->found.means->context, bytes);
}

static void next_address(struct finder *f)
{
    if (!addresses_next(&f->scan, &f->address))
        f->address = (struct address) { .start = UINT32_MAX, .end = UINT32_MAX };
}

static int32_t add_address(struct finder *f)
{
    const struct address *a = &f->address;
    const char *text = f->input->text + a->from;
    uint32_t length = a->to - a->from;
    struct entity_value *value;
    struct entity *e;

    if (a->type == ENTITY_NONE)
        return TEXTD_OK;
    if (!(e = found_add(&f->found)))
        return TEXTD_NO_MEMORY;
    e->span = (struct textd_span) { a->from, a->to };
    e->type = a->type;
    e->score = e->name_score = 0.95f;
    if (a->type == ENTITY_EMAIL || a->type == ENTITY_URL)
        return TEXTD_OK;
    if (a->type == ENTITY_IP) {
        text = a->ip;
        length = (uint32_t)strlen(a->ip);
    } else { /* less its sign */
        text++;
        length--;
    }
    if (!(value = take(f, sizeof *value + length))) /* the text stands behind it */
        return TEXTD_NO_MEMORY;
    memcpy(value + 1, text, length);
    *value = (struct entity_value) { .form = VALUE_TEXT, .text = (const char *)(value + 1), .text_length = length };
    e->value = value;
    return TEXTD_OK;
}

static int32_t add_match(struct finder *f, uint32_t i, const struct best *best)
{
    const struct match *m = &best->match;
    size_t length = strlen(m->text);
    struct entity *e;
    struct entity_value *value;

    if (m->type == ENTITY_NONE)
        return TEXTD_OK;
    if (!(e = found_add(&f->found)))
        return TEXTD_NO_MEMORY;
    e->span = (struct textd_span) { f->input->tokens[i].start, f->input->tokens[best->behind - 1].end - m->cut };
    e->type = m->type;
    e->yields = m->yields;
    e->score = e->name_score = (float)m->score / 100;
    if (m->form == VALUE_NONE)
        return TEXTD_OK;
    if (!(value = take(f, sizeof *value + length))) /* the text stands behind it */
        return TEXTD_NO_MEMORY;
    memcpy(value + 1, m->text, length);
    *value = (struct entity_value) { .number = m->number,
                                     .to = m->to,
                                     .text = (const char *)(value + 1),
                                     .text_length = (uint32_t)length,
                                     .form = m->form,
                                     .is_range = m->is_range };
    e->value = value;
    return TEXTD_OK;
}

/* ---- The walk ----------------------------------------------------------------------------------------------------- */

/* Tries the grammars from token `i` on. The token behind what they find; `i` when they find nothing. */
static int32_t read_at(struct finder *f, uint32_t i, const struct word *before, const struct word *word,
                       uint32_t *behind)
{
    struct reader *r = &f->reader;
    struct best best = { .behind = 0 };

    reader_start(r, i, before);
    if (may_be_bytes(f->input, f->input->tokens[i].start, word))
        try_bytes(r, &best);
    try_lexemes(r, &best);
    drop_parts(r, &best);
    *behind = best.behind ? best.behind : i;
    if (!best.behind) {
        /* what is within an amount that can't be read is none: "263 369" of "6.5 263 369" */
        *behind = best.part_is_amount ? best.part_behind : i;
        return TEXTD_OK;
    }
    r->said_end = f->input->tokens[best.behind - 1].end;
    return add_match(f, i, &best);
}

/* The first of tokens [i, end) that reaches into the next address: no other expression goes beyond it. */
static uint32_t find_wall(const struct finder *f, uint32_t i, uint32_t end)
{
    const struct textd_span *tokens = f->input->tokens;

    if (i >= end || tokens[end - 1].end <= f->address.start)
        return end;
    while (tokens[i].end <= f->address.start)
        i++;
    return i;
}

/* Takes the address that token `i` reaches into. The first token that starts behind it. */
static int32_t take_address(struct finder *f, uint32_t *i, uint32_t end)
{
    int32_t rc = add_address(f);

    while (*i < end && f->input->tokens[*i].start < f->address.end)
        ++*i;
    f->reader.said_end = f->address.end;
    next_address(f);
    return rc;
}

/* So many tokens more have been looked at. */
static int32_t poll(struct finder *f, uint32_t tokens)
{
    f->polled += tokens;
    if (f->polled < ENTITY_STOP_INTERVAL)
        return TEXTD_OK;
    f->polled = 0;
    return f->found.means->should_stop(f->found.means->context) ? TEXTD_STOPPED : TEXTD_OK;
}

/* Tokens [first, end) of a sentence. */
static int32_t walk(struct finder *f, uint32_t first, uint32_t end)
{
    const struct entity_input *in = f->input;
    const struct vocabulary *v = f->reader.vocabulary;
    const struct word *before = NULL;
    uint32_t i = first, wall;
    int32_t rc = TEXTD_OK;

    while (i < end && in->tokens[i].start < f->reader.said_end) /* an address reaches over the sentence's border */
        i++;
    wall = find_wall(f, i, end);
    f->reader.first_token = first;
    f->reader.end_token = wall;
    while (i < end && rc == TEXTD_OK) {
        struct start s = { NULL, false };
        uint32_t next = next_start(v, in, i, wall, &before, &s), behind = next + 1;

        if ((rc = poll(f, behind - i)) != TEXTD_OK)
            break;
        i = next;
        if (i == end)
            break;
        if (i == wall) {
            rc = take_address(f, &i, end);
            f->reader.end_token = wall = find_wall(f, i, end);
            before = NULL;
            continue;
        }
        if (!may_start(&s)) /* only the caller was to be asked */
            continue;
        if (s.word && s.word->class == WORD_CODE && char_is_lower(in->text[in->tokens[i].start]))
            s.begins = number_goes_on(in, i, wall) || period_is_next(v, in, i, wall);
        else if (s.word && s.word->class == WORD_PERIOD && !class_begins[s.word->other])
            s.begins = is_compound(in, i) || period_goes_on(v, in, i, wall);
        else if (s.word && class_goes_on[s.word->class] &&
                 !(class_begins[s.word->other] && !class_goes_on[s.word->other]))
            s.begins = is_compound(in, i) || goes_on(v, in, i, wall);
        if (s.begins) {
            rc = read_at(f, i, before, s.word, &behind);
            if (behind > i)
                s.word = NULL;
            else
                behind = i + 1;
        }
        before = s.word;
        i = behind;
    }
    return rc;
}

struct vocabulary *expressions_new(void)
{
    struct vocabulary *v = malloc(sizeof *v);

    if (v)
        vocabulary_make(v);
    return v;
}

int32_t expressions_find(const struct vocabulary *vocabulary, const struct expression_settings *settings,
                         const struct entity_input *input, const struct entity_means *means, struct entity **found,
                         uint32_t *n_found)
{
    struct finder f = { .input = input, .found = { .means = means } };
    uint32_t token = 0, first;
    int32_t rc = TEXTD_OK;

    f.reader.input = input;
    f.reader.vocabulary = vocabulary;
    f.reader.settings = settings;
    f.scan = (struct address_scan) { .text = input->text, .length = input->text_length };
    next_address(&f);
    for (uint32_t n = 0; n < input->n_sentences && rc == TEXTD_OK; n++) {
        found_sentence(input, n, &first, &token);
        rc = walk(&f, first, token);
    }
    return rc == TEXTD_OK ? found_finish(&f.found, found, n_found) : rc;
}
