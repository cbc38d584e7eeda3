/* reader.c: see reader.h. */
#include "plugins/sentiment/reader.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"
#include "plugins/sentiment/marks.h"
#include "plugins/sentiment/rules.h"

#define DEGREE_SHARE 0.25f /* of its learned polarity, that a word says more or less behind a degree word */

void sums_add(struct sums *sums, const struct sums *more)
{
    for (int i = 0; i < N_LANES; i++)
        sums->lanes[i] += more->lanes[i];
    sums->tokens += more->tokens;
    sums->said += more->said;
    sums->exclamations += more->exclamations;
    sums->questions += more->questions;
    balance_join(&sums->plain, more->plain);
    for (int i = 0; i < N_PLACES; i++)
        balance_join(&sums->placed[i], more->placed[i]);
    balance_join(&sums->negated_more, more->negated_more);
    balance_join(&sums->asked, more->asked);
    balance_join(&sums->final, more->final);
    balance_join(&sums->rated, more->rated);
    sums->most = more->most > sums->most ? more->most : sums->most;
    sums->least = more->least < sums->least ? more->least : sums->least;
    sums->turned += more->turned;
    sums->spoken_for += more->spoken_for;
    sums->still += more->still;
    sums->named += more->named;
    sums->finance += more->finance;
    sums->support += more->support;
}

/* ---- Learned weights
 * --------------------------------------------------------------------------------------------------- */

static int32_t share_of(uint8_t weight, float share)
{
    return (int32_t)(share * (float)((int)weight - (int)ENTRY_BIAS));
}

static const uint8_t *polarity_of(const struct reader *r, const struct entry *entry, bool is_denied)
{
    return is_denied ? vocabulary_denied(r->vocabulary, entry) : entry->weights;
}

/* Room for `n` entries more. */
static inline void make_room(struct reader *r, uint32_t n)
{
    if (r->weights.n + n > WEIGHTS_MOST)
        weights_flush(&r->weights, r->sums.lanes);
}

/* For whoever asks what was added. */
static void tell_all(const struct reader *r, const struct entry *entry, bool is_denied, float share)
{
    if (r->listen)
        r->listen(r->listen_data, entry, is_denied, share);
    for (int g = 0; r->heard && g < N_GENRES; g++)
        r->heard[r->now - r->heard_from].weights[g] += share_of(polarity_of(r, entry, is_denied)[g], share);
}

static inline void tell(const struct reader *r, const struct entry *entry, bool is_denied, float share)
{
    if (r->listen || r->heard)
        tell_all(r, entry, is_denied, share);
}

/* Takes what was added as it stands for denied. */
static void deny(struct reader *r, const struct entry *entry)
{
    const uint8_t *denied = vocabulary_denied(r->vocabulary, entry);

    for (int g = 0; g < N_GENRES; g++)
        r->sums.lanes[SUM_POLARITY * N_GENRES + g] += denied[g] - entry->weights[g];
}

static void add_weights(struct reader *r, const struct entry *entry, bool is_denied)
{
    make_room(r, 1);
    weights_add(&r->weights, entry);
    if (is_denied)
        deny(r, entry);
    tell(r, entry, is_denied, 1);
}

/* Behind a degree word, and in capitals, a word of feeling says a share more, or less: these multiply (Taboada et
 * al. 2011, "Lexicon-based methods for sentiment analysis", Computational Linguistics 37(2)). Behind "not very" it
 * says less. */
static void add_degree(struct reader *r, const struct entry *entry, bool is_denied)
{
    const uint8_t *weights = polarity_of(r, entry, is_denied);
    float share = r->is_loud ? DEGREE_SHARE : 0;

    if (reader_has_degree(r))
        share += r->degree_role == ROLE_MORE && !is_denied ? DEGREE_SHARE : -DEGREE_SHARE;
    for (int g = 0; g < N_GENRES; g++)
        r->sums.lanes[SUM_POLARITY * N_GENRES + g] += share_of(weights[g], share);
    tell(r, entry, is_denied, share);
}

void reader_stand_in(struct reader *r, enum stand_in stand_in)
{
    if (r->vocabulary->stand_ins[stand_in])
        add_weights(r, r->vocabulary->stand_ins[stand_in], false);
}

/* ---- Tokens
 * ------------------------------------------------------------------------------------------------------------ */

static const struct entry *find_phrase(const struct vocabulary *vocabulary, uint64_t hash)
{
    return vocabulary_may_have(vocabulary, hash) ? vocabulary_find(vocabulary, hash) : NULL;
}

/* Adds the phrases that start at token `i`, of which that of two words is there and has been added; the longest that
 * speaks to the rules is taken for its words. */
static const struct entry *find_phrases(struct reader *r, uint32_t i, uint32_t last, uint32_t *length)
{
    const struct entry *speaker = NULL, *entry = r->batch.pairs[i - r->batch.first];
    uint64_t hash = r->batch.pair_hashes[i - r->batch.first];

    tell(r, entry, reader_is_negated(r), 1);
    for (uint32_t n = 2;; n++) {
        if (r->heard)
            r->heard[i - r->heard_from].length = (uint8_t)n;
        if (entry->flags & ENTRY_SPEAKS) {
            speaker = entry;
            *length = n;
        }
        if (n == PHRASE_MOST || i + n >= last || !(entry->flags & ENTRY_GOES_ON))
            return speaker;
        hash = word_join(hash, lookup_hash_at(r, i + n));
        entry = find_phrase(r->vocabulary, hash);
        if (!entry)
            return speaker;
        add_weights(r, entry, reader_is_negated(r));
    }
}

/* Emoji that stand close together may be one token, and one emoji may be several characters: a heart and a variation
 * selector, a thumb and a skin tone. */
static void read_emoji(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];

    for (uint32_t at = span.start, n; at < span.end; at += n) {
        char_decode(r->text->text, at, &n);
        const struct entry *entry =
            n > 2 ? vocabulary_find(r->vocabulary, word_sign_hash(r->text->text + at, n)) : NULL;
        if (!entry)
            continue;
        add_weights(r, entry, false);
        rules_rate(r, i, entry, 1);
        rules_meet(r, i, entry, 1, true);
    }
}

static void read_sign(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    uint32_t length = span.end - span.start;
    const char *bytes = r->text->text + span.start;
    const struct entry *entry = NULL;
    char plain[WORD_MOST_BYTES];

    r->is_loud = false;
    if (length <= WORD_MOST_BYTES) {
        entry = vocabulary_find(r->vocabulary, lookup_hash_at(r, i));
        uint32_t n = entry ? 0 : lookup_unstretch(bytes, length, 1, plain); /* ":))))" */
        if (n > 0)
            entry = vocabulary_find(r->vocabulary, word_sign_hash(plain, n));
    }
    if (!entry) {
        read_emoji(r, i);
        return;
    }
    add_weights(r, entry, false);
    rules_rate(r, i, entry, 1);
    rules_meet(r, i, entry, 1, true);
}

/* Takes what the token and its pair have added for denied. */
static void deny_token(struct reader *r, uint32_t k)
{
    r->denied |= 1ull << k;
    deny(r, r->batch.found[k]);
    if (r->paired >> k & 1)
        deny(r, r->batch.pairs[k]);
}

/* A word that is not known as it stands. */
static const struct entry *read_shape(struct reader *r, uint32_t i, float *factor)
{
    struct textd_span span = r->text->tokens[i];
    uint32_t length = span.end - span.start;
    const struct entry *entry = NULL;

    if (r->batch.shaped >> (i - r->batch.first) & 1)
        entry = lookup_by_shape(r->vocabulary, r->text->text + span.start, length, factor);
    if (entry)
        add_weights(r, entry, reader_is_negated(r));
    return entry;
}

/* Of a word in the batch, whose weights have been added as it stands. */
static void read_word(struct reader *r, uint32_t i, uint32_t last)
{
    uint32_t k = i - r->batch.first, taken = 1;
    const struct entry *entry = r->batch.found[k], *speaker;
    float factor = 1;

    if (entry == &vocabulary_nothing) {
        entry = read_shape(r, i, &factor);
        if (!entry)
            return;
    } else {
        if (reader_is_negated(r))
            deny_token(r, k);
        tell(r, entry, reader_is_negated(r), 1);
    }
    r->is_loud = rules_stands_out(r, i) && (entry->valence || entry->rated || (entry->flags & ENTRY_GOES_ON));
    if (entry->valence != 0 && (reader_has_degree(r) || r->is_loud))
        add_degree(r, entry, reader_is_negated(r));
    rules_rate(r, i, entry, factor);
    if (r->heard)
        r->heard[i - r->heard_from].places = reader_is_negated(r) ? 1u << PLACE_NEGATED : 0;
    speaker = r->phrases >> k & 1 ? find_phrases(r, i, last, &taken) : NULL;
    if (i < r->hidden)
        return;
    if (speaker)
        r->hidden = i + taken;
    entry = speaker ? speaker : entry;
    if (entry->valence != 0 || (entry->flags & ENTRY_ROLE))
        rules_meet(r, i, entry, factor, false);
}

static void read_link(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    const char *bytes = r->text->text + span.start;
    uint32_t length = span.end - span.start;

    if (bytes[0] != '#' || length < 2 || length > WORD_MOST_BYTES) {
        reader_stand_in(r, bytes[0] == '@' ? STAND_IN_USER : STAND_IN_LINK);
        return;
    }
    const struct entry *entry =
        vocabulary_find(r->vocabulary, word_hash(bytes + 1, length - 1, r->text->length - span.start - 1));
    if (!entry)
        return;
    add_weights(r, entry, false);
    r->is_loud = rules_stands_out(r, i);
    rules_rate(r, i, entry, 1);
    rules_meet(r, i, entry, 1, false);
}

/* Where words are read its weights have been added with theirs. */
static void read_number(struct reader *r)
{
    const struct entry *number = r->vocabulary->stand_ins[STAND_IN_NUMBER];

    if (!r->words)
        reader_stand_in(r, STAND_IN_NUMBER);
    else if (number)
        tell(r, number, false, 1);
}

void reader_open(struct reader *r, const struct vocabulary *vocabulary, const struct token_text *text, bool words)
{
    memset(r, 0, offsetof(struct reader, batch)); /* which is filled in before it is read */
    r->vocabulary = vocabulary;
    r->text = text;
    r->words = words;
    r->is_post = -1;
    r->batch.first = r->batch.end = 0;
}

void reader_start(struct reader *r, uint32_t first)
{
    memset(&r->sums, 0, sizeof r->sums);
    r->weights = (struct weight_sums) { 0 };
    r->start = first;
    r->hidden = first;
    r->degree_at = r->negation_at = 0;
    r->after_contrast = false;
    r->has_small = -1;
    r->denied = 0;
    rules_end_clause(r, false);
}

static void read_token(struct reader *r, uint32_t i, uint32_t last)
{
    r->now = i;
    if (r->heard)
        r->heard[i - r->heard_from] = (struct heard) { 0 };
    switch (r->text->kinds[i]) {
    case TEXTD_TOKEN_SYMBOL:
        read_sign(r, i);
        break;
    case TEXTD_TOKEN_LINK:
        if (r->words)
            read_link(r, i);
        break;
    case TEXTD_TOKEN_NUMBER:
        read_number(r);
        break;
    default: /* what punctuation does to others is known already */
        if (r->words)
            read_word(r, i, last);
    }
}

/* ---- Batches
 * ----------------------------------------------------------------------------------------------------------- */

/* Adds the weights of the batch's words from `k` to `end` and of the pairs they start, as they stand. Returns a bit
 * for each token that takes more. Most of a text is words of no feeling: for those this is all. */
static uint64_t add_words(struct reader *r, uint32_t k, uint32_t end, bool is_cut)
{
    const struct batch *batch = &r->batch;

    make_room(r, 2 * BATCH_MOST);
    weights_add_between(&r->weights, &batch->before[k], &batch->before[is_cut ? end - 1 : end],
                        2 * (is_cut ? end - 1 - k : end - k));
    if (is_cut)
        weights_add(&r->weights, batch->found[end - 1]);
    r->phrases = batch->phrases & r->paired;
    return (batch->telling & bits_between(k, end)) | r->phrases;
}

/* Denies the words from `k` to `end` of the batch that are in a negation's reach; their clause may end before. */
static void deny_words(struct reader *r, uint32_t k, uint32_t end, uint64_t ends)
{
    uint32_t reach = r->negation_end - r->batch.first;

    if (ends & bits_between(0, k))
        return;
    ends &= bits_between(k, end);
    if (ends)
        end = (uint32_t)__builtin_ctzll(ends) + 1;
    for (; k < end && k < reach && r->words; k++)
        if (!(r->batch.numbers >> k & 1))
            deny_token(r, k);
}

/* Of tokens of the batch. */
static void add_fields(struct reader *r, uint64_t which)
{
    for (which &= r->batch.fields; which; which &= which - 1) {
        uint8_t does = r->vocabulary->turns->does[r->batch.turn_words[__builtin_ctzll(which)]];
        r->sums.finance += (float)((does & TURN_WORD_FINANCE) + (does / TURN_WORD_MOST & 1));
        r->sums.support += (float)(does / TURN_WORD_SUPPORT & 1);
    }
}

static void read_fields(struct reader *r, uint32_t first, uint32_t last)
{
    for (uint32_t end; first < last; first = end) {
        lookup_need(r, first);
        end = last < r->batch.end ? last : r->batch.end;
        add_fields(r, bits_between(first - r->batch.first, end - r->batch.first));
    }
}

static void add_calls(struct reader *r, uint64_t which)
{
    if (!which)
        return;
    struct marks marks = marks_read(r->text, r->batch.first, which);
    r->sums.exclamations += (float)marks.exclamations;
    r->sums.questions += (float)marks.questions;
}

/* Reads the tokens from `k` to `end` of the batch, of a stretch that ends at token `last`. */
static void read_batch(struct reader *r, uint32_t k, uint32_t end, uint32_t last)
{
    uint32_t first = r->batch.first;
    uint64_t all = bits_between(k, end), left = r->batch.others & all, ends = r->batch.ends & all;
    bool is_cut = first + end == last; /* the last word's pair ends in another stretch */

    add_calls(r, r->batch.calls & all);
    r->paired = r->batch.paired & (is_cut ? bits_between(k, end - 1) : all);
    add_fields(r, all);
    if (r->words)
        left = (left & ~r->batch.numbers) | add_words(r, k, end, is_cut);
    if (r->heard || r->listen) {
        left = all;
        r->phrases = r->paired;
    }
    for (uint64_t passed; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left);
        if (first + k < r->negation_end)
            deny_words(r, k, at, ends);
        passed = (1ull << at) - 1;
        if (ends & passed) {
            rules_end_clause(r, !(r->batch.stops & ends & passed));
            ends &= ~passed;
        }
        read_token(r, first + at, last);
        k = at + 1;
    }
    if (first + k < r->negation_end)
        deny_words(r, k, end, ends);
    if (ends)
        rules_end_clause(r, !(r->batch.stops & ends));
}

void reader_read(struct reader *r, uint32_t first, uint32_t last)
{
    r->sums.tokens += (float)(last - first);
    r->last = last;
    for (uint32_t end; first < last; first = end) {
        lookup_need(r, first);
        end = last < r->batch.end ? last : r->batch.end;
        read_batch(r, first - r->batch.first, end - r->batch.first, last);
    }
}

static void take_turn(struct reader *r, const struct turn *turn)
{
    float length = (float)(turn->end - turn->first);

    read_fields(r, turn->first, turn->end); /* its words are of fields all the same */
    if (turn->kind == TURN_HIDES || turn->kind == TURN_NAMES) {
        r->sums.named += turn->kind == TURN_NAMES ? length : 0;
        return;
    }
    r->sums.tokens += length;
    if (turn->kind == TURN_STILL) {
        r->sums.still += length;
        return;
    }
    r->sums.spoken_for += length;
    r->sums.turned += turn->value;
    r->sums.said++;
}

/* What was heard in a turn: all that it says, at its first token. */
static void hear_turn(struct reader *r, const struct turn *turn)
{
    for (uint32_t i = turn->first; i < turn->end; i++)
        r->heard[i - r->heard_from] = (struct heard) { 0 };
    struct heard *heard = &r->heard[turn->first - r->heard_from];
    heard->length = (uint8_t)(turn->end - turn->first < 255 ? turn->end - turn->first : 255);
    heard->turned = turn->kind == TURN_SAYS ? turn->value : 0;
    heard->places = 1u << N_PLACES;
}

void reader_read_turned(struct reader *r, uint32_t first, uint32_t last)
{
    for (uint32_t i = 0; i < r->n_turns; i++) {
        const struct turn *turn = &r->turns[i];
        if (turn->end <= first || turn->first >= last)
            continue;
        if (turn->first > first)
            reader_read(r, first, turn->first);
        if (turn->first >= first) /* else part of it was passed over */
            take_turn(r, turn);
        if (turn->first >= first && r->heard)
            hear_turn(r, turn);
        first = turn->end < last ? turn->end : last;
        rules_end_clause(r, true);
    }
    if (first < last)
        reader_read(r, first, last);
}

void reader_find_turns(struct reader *r, uint32_t first, uint32_t last)
{
    r->n_turns = 0;
    if (!r->words || first == last)
        return;
    if (first < r->batch.first || last > r->batch.end)
        lookup_batch(r, first);
    r->n_turns = turns_find(r, first, last, r->turns);
}

/* Takes away what an entry has added to the sums; its polarity as it is denied, or as it stands. */
static void take_away(const struct reader *r, struct sums *sums, const struct entry *entry, bool is_denied)
{
    const uint8_t *polarity = polarity_of(r, entry, is_denied);

    for (int i = 0; i < N_LANES; i++)
        sums->lanes[i] -= (i < N_GENRES ? polarity[i] : entry->weights[i]) - (int)ENTRY_BIAS;
}

/* Words, signs and links that may change what others say, or say something. */
static uint64_t touching(const struct batch *batch)
{
    return batch->telling | (batch->others & ~batch->numbers);
}

bool reader_has_parts(const struct reader *r, uint32_t first, uint32_t last)
{
    const struct batch *batch = &r->batch;

    if (r->n_turns > 0 || r->has_small >= 0 || first < batch->first || last > batch->end)
        return true;
    uint64_t all = bits_between(first - batch->first, last - batch->first), touch = touching(batch) & all;
    return (touch & (touch - 1)) != 0 || (batch->phrases & all) != 0;
}

bool reader_is_touched(const struct reader *r, uint32_t first, uint32_t from, uint32_t to, uint32_t last)
{
    const struct batch *batch = &r->batch;

    /* whether a word is loud depends on where its sentence starts */
    if (r->n_turns > 0 || r->has_small >= 0 || first < batch->first || last > batch->end)
        return true;
    uint64_t around =
        bits_between(first - batch->first, from - batch->first) | bits_between(to - batch->first, last - batch->first);
    uint64_t ending = bits_between((to - from >= PHRASE_MOST ? to - (PHRASE_MOST - 1) : from) - batch->first,
                                   to - batch->first); /* where a phrase may start that ends beyond it */
    return (touching(batch) & around) || (batch->phrases & (around | (to < last ? ending : 0)));
}

struct whole reader_whole(const struct reader *r, uint32_t first, uint32_t last)
{
    const struct batch *batch = &r->batch;

    return (struct whole) { .first = first,
                            .last = last,
                            .is_plain = r->words && r->n_turns == 0 && first >= batch->first && last <= batch->end,
                            .has_small = r->has_small,
                            .denied = r->denied,
                            .sums = r->sums };
}

bool reader_without(struct reader *r, const struct whole *whole, uint32_t first, uint32_t last, struct sums *sums)
{
    const struct batch *batch = &r->batch;

    if (!whole->is_plain)
        return false;
    uint32_t start = whole->first - batch->first, k = first - batch->first, end = last - batch->first;
    uint64_t before = bits_between(k - start >= PHRASE_MOST ? k - (PHRASE_MOST - 1) : start, k);
    if ((batch->telling | batch->others | batch->ends | batch->calls | batch->fields) & bits_between(k, end) ||
        batch->phrases & (before | bits_between(k, end)))
        return false;
    *sums = whole->sums;
    for (uint32_t i = k > start ? k - 1 : k; i < end; i++) {
        bool is_denied = whole->denied >> i & 1;
        if (i >= k)
            take_away(r, sums, batch->found[i], is_denied);
        if ((batch->paired >> i & 1) && batch->first + i + 1 < whole->last)
            take_away(r, sums, batch->pairs[i], is_denied);
    }
    sums->tokens -= (float)(last - first);
    r->has_small = whole->has_small;
    return true;
}

bool reader_may_say(const struct reader *r, uint32_t first, uint32_t last)
{
    const struct batch *batch = &r->batch;

    if (first >= last)
        return false;
    for (uint32_t i = 0; i < r->n_turns; i++)
        if (r->turns[i].kind == TURN_SAYS && r->turns[i].first < last && r->turns[i].end > first)
            return true;
    return first < batch->first || last > batch->end ||
           (batch->saying & bits_between(first - batch->first, last - batch->first)) != 0;
}

void reader_end(struct reader *r)
{
    weights_flush(&r->weights, r->sums.lanes);
    if (r->sums.questions > 0)
        r->sums.asked = r->sums.plain;
}
