/* words.c: numbers the words, and counts what stands in each sentence (document.h). */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/model.h"

/* The longest look-up in a table half full takes about 5 ln n steps for n random hashes, 72 for a million (Pittel 1987,
 * "Linear probing: the probable largest search time grows logarithmically with the number of records"). Only hashes that
 * somebody has chosen to collide need more; those words don't count. */
#define LONGEST_PROBE 128u
#define FEWEST_SLOTS 64u
#define FIRST_SLOTS 1024u /* at most */
#define NUMBER_WEIGHT 0.4f

struct table {
    uint32_t *slots; /* 0: free; else the word's number, from 1 */
    uint32_t mask;
    uint32_t n_room; /* words that document.words has room for */
};

static int make_table(struct document *d, struct table *t, uint32_t n_slots)
{
    struct word *words = d->alloc(d->data, (uint64_t)n_slots / 2 * sizeof *words);

    t->slots = d->alloc(d->data, (uint64_t)n_slots * sizeof *t->slots);
    if (!words || !t->slots)
        return 0;
    memset(t->slots, 0, (uint64_t)n_slots * sizeof *t->slots);
    t->mask = n_slots - 1;
    t->n_room = n_slots / 2;
    if (d->n_words > 0)
        memcpy(words, d->words, d->n_words * sizeof *words);
    d->words = words;
    for (uint32_t i = 0; i < d->n_words; i++) {
        uint32_t at = (uint32_t)(words[i].key >> 32) & t->mask;
        while (t->slots[at] != 0)
            at = (at + 1) & t->mask;
        t->slots[at] = i + 1;
    }
    return 1;
}

/* A new word, which stands at the token first. */
static void add_word(struct document *d, uint32_t token, uint64_t key)
{
    const struct known *known = &d->model->known;
    uint32_t slot = known_slot(known, key), is_known = known->keys[slot] == key,
             length = d->tokens[token].end - d->tokens[token].start;
    float weight = d->kinds[token] == TEXTD_TOKEN_NUMBER ? NUMBER_WEIGHT
                   : length == 1                         ? 0.0f
                                                         : model_word_weight(d->model, key);

    d->words[d->n_words++] = (struct word) { .key = key,
                                             .first = token,
                                             .weight = weight,
                                             .set = is_known && !(weight > 0) ? known->sets[slot] : SET_NONE,
                                             .page = is_known && weight > 0 ? known->pages[slot] : 0,
                                             .cue = model_cue(d->model, cue_of_word(key)) };
    d->has_page_words |= d->words[d->n_words - 1].page != 0;
}

/* The word's number, a new one if it is new; NO_WORD if the table is being attacked. The table has room. */
static uint32_t number_of(struct document *d, struct table *t, uint32_t token)
{
    const struct textd_span *span = &d->tokens[token];
    uint64_t key = fold_at(d->text, d->length, span->start, span->end - span->start);

    for (uint32_t i = 0; i < LONGEST_PROBE; i++) {
        uint32_t *slot = &t->slots[((uint32_t)(key >> 32) + i) & t->mask];

        if (*slot == 0) {
            add_word(d, token, key);
            *slot = d->n_words;
            return d->n_words - 1;
        }
        if (d->words[*slot - 1].key == key)
            return *slot - 1;
    }
    return NO_WORD;
}

/* Whether a word is written as names are, not being the first of its sentence. */
static int is_name(const struct document *d, const struct sentence *s, uint32_t token)
{
    return (token > s->first_token) & char_is_upper(d->text[d->tokens[token].start]) &
           (d->tokens[token].end - d->tokens[token].start > 1);
}

static void count_sign(const struct document *d, struct sentence *s, uint32_t token)
{
    const struct textd_span *span = &d->tokens[token];
    const char *at = d->text + span->start;

    uint32_t n = span->end - span->start;

    s->n_links += d->kinds[token] == TEXTD_TOKEN_LINK;
    switch ((unsigned char)*at) {
    case ',':
        s->n_commas++;
        break;
    case '"':
        s->n_quotes++;
        break;
    case '\'':
        s->n_singles += n == 1;
        break;
    case 0xC2:
        s->n_singles += n == 2 && (at[1] == '\xab' || at[1] == '\xbb');
        break; /* angles */
    case 0xE2: /* U+2018 to U+201E */
        if (n == 3 && at[1] == '\x80') {
            s->n_quotes += at[2] == '\x9c' || at[2] == '\x9d';
            s->n_singles += at[2] == '\x98' || at[2] == '\x99' || at[2] == '\x9e';
        }
        break;
    default:
        break;
    }
    s->n_quotes += *at == '"' || (span->end - span->start == 3 &&
                                  (memcmp(at, "\xe2\x80\x9c", 3) == 0 || memcmp(at, "\xe2\x80\x9d", 3) == 0));
}

/* `before`: the key of the word before; see document_cues. */
static void count_word(const struct document *d, struct sentence *s, uint32_t which, uint32_t token, uint32_t number,
                       uint64_t *before)
{
    struct word *word = &d->words[number];

    if (s->n_words < CUE_WORDS) {
        s->cue += word->cue + model_cue(d->model, cue_of_pair(*before, word->key));
        *before = word->key;
    }
    if (s->n_words == 0)
        s->first_set = word->set;
    s->n_words++;
    s->n_in_set[word->set]++;
    s->n_numbers += d->kinds[token] == TEXTD_TOKEN_NUMBER;
    s->n_names += (uint32_t)((word->weight > 0) & is_name(d, s, token));
    word->count++;
    if (word->last == which + 1)
        return;
    word->last = which + 1;
    word->sentences++;
    if (word->weight > 0) {
        d->content[s->content + s->n_content] = number;
        d->content_weights[s->content + s->n_content++] = word->weight;
    }
}

uint32_t document_cues(const struct document *d, const struct sentence *s, uint32_t cues[2 * CUE_WORDS])
{
    uint64_t before = CUE_START;
    uint32_t n = 0;

    for (uint32_t i = s->first_token; i < s->end_token && n < 2 * CUE_WORDS; i++) {
        if (d->token_words[i] == NO_WORD)
            continue;
        uint64_t key = d->words[d->token_words[i]].key;
        cues[n++] = cue_of_word(key);
        cues[n++] = cue_of_pair(before, key);
        before = key;
    }
    return n;
}

static int32_t read_sentence(struct document *d, struct table *t, uint32_t which, uint32_t token, uint32_t used)
{
    /* Written back at the end: beside so many other writes it would be read again after each. */
    struct sentence s = { .content = used, .first_token = token, .heading = NO_WORD };
    const struct textd_span *tokens = d->tokens;
    const uint8_t *kinds = d->kinds;
    uint32_t n_tokens = d->n_tokens, end = d->spans[which].end, *numbers = d->token_words;
    uint64_t before = CUE_START;

    for (; token < n_tokens && tokens[token].start < end; token++) {
        if (token % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        numbers[token] = NO_WORD;
        if (kinds[token] != TEXTD_TOKEN_WORD && kinds[token] != TEXTD_TOKEN_NUMBER) {
            count_sign(d, &s, token);
            continue;
        }
        if (d->n_words == t->n_room && !make_table(d, t, 2 * (t->mask + 1)))
            return TEXTD_NO_MEMORY;
        uint32_t number = number_of(d, t, token);
        if (number == NO_WORD)
            continue;
        numbers[token] = number;
        count_word(d, &s, which, token, number, &before);
    }
    s.end_token = token;
    d->sentences[which] = s;
    return TEXTD_OK;
}

int document_is_word(const struct document *d, uint32_t token, const char *const *words, size_t n)
{
    const struct textd_span *t = &d->tokens[token];
    char first = char_to_lower(d->text[t->start]); /* by which nearly all are told apart */

    for (size_t i = 0; i < n; i++) {
        uint32_t k = 1;
        if (words[i][0] != first)
            continue;
        while (k < t->end - t->start && words[i][k] && char_to_lower(d->text[t->start + k]) == words[i][k])
            k++;
        if (k == t->end - t->start && !words[i][k])
            return 1;
    }
    return 0;
}

int32_t document_read_words(struct document *d)
{
    struct table t = { 0 };
    uint32_t token = 0, used = 0, n_slots = FEWEST_SLOTS;

    while (n_slots < FIRST_SLOTS && n_slots < 2 * d->n_tokens)
        n_slots *= 2;
    d->n_words = 0;
    d->has_page_words = 0;
    d->sentences = d->alloc(d->data, ((uint64_t)d->n_sentences + 1) * sizeof *d->sentences);
    d->content = d->alloc(d->data, ((uint64_t)d->n_tokens + 1) * sizeof *d->content);
    d->token_words = d->alloc(d->data, ((uint64_t)d->n_tokens + 1) * sizeof *d->token_words);
    d->content_weights = d->alloc(d->data, ((uint64_t)d->n_tokens + 1) * sizeof *d->content_weights);
    if (!d->sentences || !d->content || !d->content_weights || !d->token_words || !make_table(d, &t, n_slots))
        return TEXTD_NO_MEMORY;
    for (uint32_t s = 0; s < d->n_sentences; s++) {
        int32_t rc = read_sentence(d, &t, s, token, used);
        if (rc != TEXTD_OK)
            return rc;
        token = d->sentences[s].end_token;
        used += d->sentences[s].n_content;
    }
    for (; token < d->n_tokens; token++)
        d->token_words[token] = NO_WORD;
    return TEXTD_OK;
}
