/* keyphrases.c: see keyphrases.h. Candidates are noun phrases (Hulth 2003, "Improved automatic keyword extraction given more linguistic
 * knowledge"): nouns with the nouns and adjectives before them, and the shorter ones inside. A phrase counts as often as it stands for
 * itself and not in a longer one (C-value, Frantzi et al. 2000, "Automatic recognition of multi-word terms"), by how rare its
 * words are in English, and by how early it stands. */
#include "plugins/summarizer/keyphrases.h"

#include <math.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/parts.h"

#define LONGEST 4u
#define LONGEST_PROBE 64u
#define MOST_SLOTS (1u << 18) /* 13 MiB; what a longer text has more of, the rarest, is not counted */
#define LONGEST_FULL_PROBE 8u /* where there are not enough */
#define TITLE_WEIGHT 0.7f
#define LONGEST_CHUNK 12u /* words of a noun phrase; of a longer one the last */

struct phrase {
    uint64_t key;
    uint32_t first_token, end_token;
    uint32_t n_words, sentence;
    uint32_t count, inside; /* inside: of the longer phrase around it that stands most often */
    uint32_t whole;         /* how often it is all of a noun phrase, or all but adjectives */
    float weight;           /* the mean of its words' */
    int is_name;
};

struct phrases {
    struct phrase *all; /* in the order in which they were found */
    uint32_t n;
    uint32_t *slots; /* 0: free; else the phrase's number, from 1 */
    uint32_t mask, longest_probe;
    uint8_t *tags;  /* of the tokens; see parts.h */
    uint8_t *spoke; /* of the words: whether somebody of that name speaks */
};

/* A noun phrase: where its words stand. */
struct chunk {
    uint32_t tokens[LONGEST_CHUNK], n, sentence;
};

static int is_part(const struct document *d, const struct phrases *p, uint32_t token)
{
    (void)d;
    return p->tags[token] == PART_NOUN || p->tags[token] == PART_ADJECTIVE;
}

static int is_hyphen(const struct document *d, uint32_t token)
{
    const struct textd_span *span = &d->tokens[token];

    return span->end == span->start + 1 && d->text[span->start] == '-';
}

/* "'s", or the apostrophe behind an s. */
static int is_possessive(const struct document *d, uint32_t token)
{
    const struct textd_span *span = &d->tokens[token];
    const char *word = d->text + span->start;
    uint32_t n = span->end - span->start, quote = *word == '\''                                    ? 1
                                                  : n >= 3 && memcmp(word, "\xe2\x80\x99", 3) == 0 ? 3
                                                                                                   : 0;

    return quote && (n == quote ? token > 0 && d->text[d->tokens[token - 1].end - 1] == 's'
                                : n == quote + 1 && word[quote] == 's');
}

static int touches(const struct document *d, uint32_t token)
{
    return d->tokens[token - 1].end == d->tokens[token].start;
}

/* Whether two neighbours are one blank apart, or joined. */
static int is_joined(const struct document *d, uint32_t token)
{
    uint32_t end = d->tokens[token - 1].end, start = d->tokens[token].start;

    return start == end || (start == end + 1 && d->text[end] == ' ');
}

/* Where the word goes on behind the token: the next token of the phrase, past a hyphen or a possessive; `end` if there is none. */
static uint32_t next_part(const struct document *d, const struct phrases *p, uint32_t token, uint32_t end)
{
    uint32_t at = token + 1;

    if (at < end && touches(d, at) && (is_hyphen(d, at) || is_possessive(d, at))) {
        int is_tight = is_hyphen(d, at++);
        if (at < end && is_tight && !touches(d, at))
            return end;
    }
    return at < end && is_part(d, p, at) && is_joined(d, at) ? at : end;
}

static int is_capital(const struct document *d, uint32_t token)
{
    return char_is_upper(d->text[d->tokens[token].start]);
}

/* Whether it can be cut before the i-th word: not inside of what hyphens join. */
static int is_cut(const struct document *d, const struct chunk *c, uint32_t i)
{
    return i == 0 || i == c->n || !is_hyphen(d, c->tokens[i] - 1);
}

/* What hyphens join is one word, whatever its parts are: two-factor, X-ray, built-in, K-200. Of others a single letter is none. */
static void tag_compounds(const struct document *d, uint32_t first, uint32_t end, uint8_t *tags)
{
    for (uint32_t i = first; i < end; i++)
        if (d->tokens[i].end - d->tokens[i].start == 1)
            tags[i] = PARTS_NONE;
    for (uint32_t i = first + 1; i + 1 < end; i++) {
        if (!is_hyphen(d, i) || !touches(d, i) || !touches(d, i + 1) || d->token_words[i - 1] == NO_WORD ||
            d->token_words[i + 1] == NO_WORD || d->kinds[i - 1] != TEXTD_TOKEN_WORD)
            continue;
        tags[i - 1] = tags[i - 1] == PART_NOUN ? PART_NOUN : PART_ADJECTIVE;
        if (tags[i + 1] != PART_NOUN)
            tags[i + 1] = d->kinds[i + 1] == TEXTD_TOKEN_NUMBER ? PART_NOUN : PART_ADJECTIVE;
    }
}

/* The phrase's slot, or the free one that it may have; NULL if there is none. */
static uint32_t *find(const struct phrases *p, uint64_t key)
{
    for (uint32_t i = 0; i < p->longest_probe; i++) {
        uint32_t *slot = &p->slots[((uint32_t)(key >> 32) + i) & p->mask];
        if (*slot == 0 || p->all[*slot - 1].key == key)
            return slot;
    }
    return NULL;
}

static uint64_t key_of(const struct document *d, const uint32_t *tokens, uint32_t n)
{
    uint64_t key = n;

    for (uint32_t i = 0; i < n; i++)
        key = fold_mix(key, d->words[d->token_words[tokens[i]]].key);
    return key ? key : 1;
}

/* Counts the chunk's words from the first-th on. */
static void count(const struct document *d, struct phrases *p, const struct chunk *c, uint32_t first, uint32_t n,
                  int is_whole)
{
    uint64_t key = key_of(d, c->tokens + first, n);
    uint32_t *slot = find(p, key);
    float weight = 0;
    int names = 0, strangers = 0;

    for (uint32_t i = first; i < first + n; i++) {
        const struct word *word = &d->words[d->token_words[c->tokens[i]]];
        weight += word->weight;
        names += is_capital(d, c->tokens[i]);
        strangers += !p->spoke[d->token_words[c->tokens[i]]];
    }
    if (!slot || strangers == 0)
        return;
    if (*slot == 0) {
        p->all[p->n] = (struct phrase) { .key = key,
                                         .first_token = c->tokens[first],
                                         .end_token = c->tokens[first + n - 1] + 1,
                                         .n_words = n,
                                         .sentence = c->sentence,
                                         .weight = weight / (float)n };
        *slot = ++p->n;
    }
    struct phrase *phrase = &p->all[*slot - 1];
    uint32_t begin = d->sentences[c->sentence].body_token;
    phrase->is_name |= names == (int)n && (n > 1 || c->tokens[first] > begin);
    phrase->count++;
    phrase->whole += is_whole;
}

/* "Mayor Ada Quill": a word that English has before a name of two or more that it may not have. */
static int is_title(const struct document *d, const struct chunk *c)
{
    const struct word *first = &d->words[d->token_words[c->tokens[0]]];

    if (c->n < 3 || first->weight > TITLE_WEIGHT)
        return 0;
    for (uint32_t i = 0; i < c->n; i++)
        if (!is_capital(d, c->tokens[i]) || (i > 0 && d->words[d->token_words[c->tokens[i]]].weight <= first->weight))
            return 0;
    return 1;
}

/* Counts a noun phrase and those inside. */
static void count_chunk(const struct document *d, struct phrases *p, struct chunk *c)
{
    uint32_t lead = 0;

    while (c->n > 0 && p->tags[c->tokens[c->n - 1]] != PART_NOUN)
        c->n--;
    while (lead + 1 < c->n && p->tags[c->tokens[lead]] == PART_ADJECTIVE && is_cut(d, c, lead + 1))
        lead++;
    if (c->n > 0 && lead == 0 && is_title(d, c))
        lead = 1;
    for (uint32_t end = 1; end <= c->n; end++) {
        if (p->tags[c->tokens[end - 1]] != PART_NOUN || !is_cut(d, c, end))
            continue;
        for (uint32_t n = 1; n <= LONGEST && n <= end; n++)
            if (is_cut(d, c, end - n))
                count(d, p, c, end - n, n, end == c->n && (end - n == lead || (n == c->n && c->n - lead < 2)));
    }
    c->n = 0;
}

static int is_fit(const struct sentence *s)
{
    return !(s->flags & (SENTENCE_BOILERPLATE | SENTENCE_SMALL_TALK));
}

static void find_speakers(const struct document *d, struct phrases *p)
{
    for (uint32_t s = 0; s < d->n_sentences && d->kind == DOCUMENT_CHAT; s++)
        for (uint32_t i = d->sentences[s].first_token; i < d->sentences[s].body_token; i++)
            if (d->token_words[i] != NO_WORD)
                p->spoke[d->token_words[i]] = 1;
}

static int32_t count_all(struct document *d, struct phrases *p)
{
    uint32_t stop = STOP_EVERY;

    find_speakers(d, p);
    for (uint32_t s = 0; s < d->n_sentences; s++) {
        struct chunk c = { .sentence = s };
        uint32_t end = d->sentences[s].end_token;
        if (end >= stop) {
            if (d->should_stop(d->data))
                return TEXTD_STOPPED;
            stop = end + STOP_EVERY;
        }
        if (!is_fit(&d->sentences[s]))
            continue;
        parts_tag(d, d->sentences[s].body_token, end, p->tags);
        tag_compounds(d, d->sentences[s].body_token, end, p->tags);
        for (uint32_t i = d->sentences[s].body_token; i < end; i++) {
            if (!is_part(d, p, i))
                continue;
            for (uint32_t at = i; at < end; at = next_part(d, p, at, end)) {
                if (c.n == LONGEST_CHUNK) {
                    memmove(c.tokens, c.tokens + 1, (LONGEST_CHUNK - 1) * sizeof *c.tokens);
                    c.n--;
                }
                c.tokens[c.n++] = i = at;
            }
            count_chunk(d, p, &c);
        }
    }
    return TEXTD_OK;
}

/* Takes what stands in a longer phrase off the shorter ones in it. */
static void count_inside(const struct document *d, struct phrases *p)
{
    for (uint32_t at = 0; at < p->n; at++) {
        const struct phrase *longer = &p->all[at];
        uint32_t tokens[LONGEST], n_words = 0;
        if (longer->n_words < 2)
            continue;
        for (uint32_t i = longer->first_token; i < longer->end_token && n_words < LONGEST; i++)
            if (is_part(d, p, i))
                tokens[n_words++] = i;
        for (uint32_t n = 1; n < n_words; n++)
            for (uint32_t first = 0; first + n <= n_words; first++) {
                const uint32_t *slot = find(p, key_of(d, tokens + first, n));
                if (slot && *slot != 0 && p->all[*slot - 1].inside < longer->count)
                    p->all[*slot - 1].inside = longer->count;
            }
    }
}

static float score_of(const struct phrase *p)
{
    static const float length[] = { 0, 0.65f, 1.25f, 1.3f, 1.1f }; /* two words say best what something is about */
    float own = (float)p->count - (p->whole > 0 ? 0.5f : 0.9f) * (float)p->inside;
    float score = log2f(1 + (own > 0.1f ? own : 0.1f)) * (0.5f + p->weight) * length[p->n_words];

    score *= p->whole > 0 ? 1.0f : 0.3f;
    score *= p->is_name && (p->n_words > 1 || p->count > 1 || p->sentence == 0) ? 1.2f : 1.0f;
    return score * (1 + 0.5f / (1 + 0.3f * (float)p->sentence));
}

/* Whether it has all its words in one that was taken, or the other way round. */
static int is_told(const struct document *d, const struct phrase *p, const struct phrase *taken)
{
    uint32_t common = 0;

    for (uint32_t i = p->first_token; i < p->end_token; i++)
        for (uint32_t k = taken->first_token; k < taken->end_token; k++)
            common += d->token_words[i] != NO_WORD && d->words[d->token_words[i]].weight > 0 &&
                      d->token_words[i] == d->token_words[k];
    return common >= p->n_words || common >= taken->n_words;
}

/* A phrase and what it is compared by. */
struct rated {
    float score;
    uint32_t first_token, phrase;
};

/* A heap with its worst at 0; of equals the later one is worse. */
struct best {
    struct rated *all;
    uint32_t n, room;
};

static int is_worse(const struct rated *x, const struct rated *y)
{
    return x->score < y->score || (x->score == y->score && x->first_token > y->first_token);
}

static void swap(struct rated *x, struct rated *y)
{
    struct rated r = *x;

    *x = *y;
    *y = r;
}

static void sink(struct best *b, uint32_t at, uint32_t n)
{
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && is_worse(&b->all[child + 1], &b->all[child]);
        if (!is_worse(&b->all[child], &b->all[at]))
            return;
        swap(&b->all[at], &b->all[child]);
    }
}

static void offer(struct best *b, const struct phrases *p, uint32_t phrase)
{
    struct rated r = { score_of(&p->all[phrase]), p->all[phrase].first_token, phrase };

    if (b->n == b->room) {
        if (!is_worse(&b->all[0], &r))
            return;
        b->all[0] = r;
        sink(b, 0, b->n);
        return;
    }
    b->all[b->n++] = r;
    for (uint32_t i = b->n / 2; b->n == b->room && i > 0; i--)
        sink(b, i - 1, b->n);
}

/* The best first. */
static void sort(struct best *b)
{
    for (uint32_t i = b->n / 2; i > 0; i--)
        sink(b, i - 1, b->n);
    for (uint32_t end = b->n; end > 1; end--) {
        swap(&b->all[0], &b->all[end - 1]);
        sink(b, 0, end - 1);
    }
}

static uint32_t take(const struct document *d, const struct phrases *all, const struct best *b, uint32_t most,
                     struct keyphrase *out)
{
    uint32_t n = 0, taken[100];

    for (uint32_t i = 0; i < b->n && n < most && n < sizeof taken / sizeof taken[0]; i++) {
        int told = 0;
        for (uint32_t k = 0; k < n && !told; k++)
            told = is_told(d, &all->all[b->all[i].phrase], &all->all[b->all[taken[k]].phrase]);
        if (told || b->all[i].score <= 0)
            continue;
        const struct phrase *p = &all->all[b->all[i].phrase];
        taken[n] = i;
        out[n++] = (struct keyphrase) {
            .span = { d->tokens[p->first_token].start, d->tokens[p->end_token - 1].end },
            .count = p->count,
            .score = b->all[i].score / b->all[0].score,
        };
    }
    return n;
}

int32_t keyphrases_find(struct document *d, uint32_t most, struct keyphrase **phrases, uint32_t *n)
{
    struct phrases p = { .mask = 255 };
    struct best best = { .room = 4 * most + 16 };
    uint64_t words = 0;

    for (uint32_t i = 0; i < d->n_tokens; i++)
        words += d->token_words[i] != NO_WORD && d->words[d->token_words[i]].weight > 0;
    while (p.mask < 2 * LONGEST * words && p.mask < MOST_SLOTS - 1)
        p.mask = 2 * p.mask + 1;
    p.longest_probe = p.mask < 2 * LONGEST * words ? LONGEST_FULL_PROBE : LONGEST_PROBE;
    p.all = d->alloc(d->data, ((uint64_t)p.mask + 1) * sizeof *p.all); /* of which a few are touched */
    p.slots = d->alloc(d->data, ((uint64_t)p.mask + 1) * sizeof *p.slots);
    p.tags = d->alloc(d->data, (uint64_t)d->n_tokens + 1);
    p.spoke = d->alloc(d->data, (uint64_t)d->n_words + 1);
    best.all = d->alloc(d->data, (uint64_t)best.room * sizeof *best.all);
    *phrases = d->alloc(d->data, ((uint64_t)most + 1) * sizeof **phrases);
    *n = 0;
    if (!p.all || !p.slots || !p.tags || !p.spoke || !best.all || !*phrases)
        return TEXTD_NO_MEMORY;
    memset(p.slots, 0, ((uint64_t)p.mask + 1) * sizeof *p.slots);
    memset(p.tags, PARTS_NONE, (uint64_t)d->n_tokens + 1);
    memset(p.spoke, 0, (uint64_t)d->n_words + 1);
    int32_t rc = count_all(d, &p);
    if (rc != TEXTD_OK)
        return rc;
    count_inside(d, &p);
    for (uint32_t at = 0; at <= p.mask; at++)
        if (p.slots[at] != 0)
            offer(&best, &p, p.slots[at] - 1);
    sort(&best);
    *n = take(d, &p, &best, most, *phrases);
    return TEXTD_OK;
}
