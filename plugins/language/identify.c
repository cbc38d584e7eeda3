/* identify.c: see identify.h. A text is cut into sentences, each is judged, and neighbours of one language become a part. In a long text a look at the beginning of
 * each block of a kilobyte must do, as long as the looks agree; where they don't, the blocks on both sides are read sentence by sentence. */
#include "plugins/language/identify.h"

#include <math.h>
#include <string.h>
#include <textd/plugin.h>
#if defined(__SSE2__) /* every x86-64 has it */
#include <emmintrin.h>
#endif

#define LONG_TEXT 8192u  /* bytes; shorter ones are read whole */
#define BLOCK 1024u      /* of a long text */
#define LOOK 112u        /* bytes of a block that are read */
#define PIECE_LEAST 32u  /* bytes of a sentence; a shorter one goes with the next */
#define TURN_LETTERS 18u /* that a piece needs to change the language */
#define TURN_SCORE 0.9f
#define MANY 8u /* pieces: when none of so many is sure, all of them are not */

/* ---- Verdicts ---------------------------------------------------------------------------------------------------------- */

/* Sums of one word: no word has so many features that they overflow. */
typedef int8_t byte_lanes __attribute__((vector_size(8)));
_Static_assert(WORD_MOST_FEATURES * 128 <= INT16_MAX && MODEL_DIM == 16, "a word's sums fit their two lots of lanes");

struct taking {
    struct tally *tally;
    const struct language_model *model;
    struct noted noted;
};

static inline void add_word(struct tally *tally, enum script script, const word_lanes sums[2], uint32_t known)
{
    int32_t *sum = tally->sum[script];

    for (uint32_t k = 0; k < MODEL_DIM / 2; k++) {
        sum[k] += sums[0][k];
        sum[k + MODEL_DIM / 2] += sums[1][k];
    }
    tally->known[script] += known;
}

/* Adds the vectors of those features that the model has; returns how many. Which ones can't be foretold, and where they are in a
 * mebibyte is anywhere: so all are asked for, tag and vector, before the first is looked at, and none is left out by a branch. */
static uint32_t add_features(word_lanes sums[2], const struct language_model *model, const uint32_t *hashes, uint32_t n)
{
    uint32_t known = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = model_slot(hashes[i], model->head.n_slots);
        __builtin_prefetch(model->tags + slot);
        __builtin_prefetch(model->vectors + (size_t)slot * MODEL_DIM);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = model_slot(hashes[i], model->head.n_slots), is_known = model->tags[slot] == (uint8_t)hashes[i];
        const int8_t *vector = model->vectors + (size_t)slot * MODEL_DIM;
        int16_t all = (int16_t)(0 - is_known);
        byte_lanes low, high;
        memcpy(&low, vector, sizeof low);
        memcpy(&high, vector + sizeof low, sizeof high);
        sums[0] += __builtin_convertvector(low, word_lanes) & all;
        sums[1] += __builtin_convertvector(high, word_lanes) & all;
        known += is_known;
    }
    return known;
}

static void take(void *data, enum script script, const uint32_t *hashes, uint32_t n, struct memo_word *note)
{
    const struct taking *t = data;
    word_lanes sums[2] = { 0 };
    uint32_t known = add_features(sums, t->model, hashes, n - 1);

    if (note) {
        memcpy(note->sum, &sums[0], sizeof sums[0]);
        memcpy(note->sum + MODEL_DIM / 2, &sums[1], sizeof sums[1]);
        note->known = known;
    }
    known += add_features(sums, t->model, hashes + n - 1, 1);
    add_word(t->tally, script, sums, known);
}

static void take_noted(void *data)
{
    struct taking *t = data;

    add_word(t->tally, SCRIPT_LATIN, t->noted.sums, t->noted.known);
}

void tally_add(struct tally *tally, const struct language_model *model, struct word_memo *memo, const char *text,
               uint32_t length, uint32_t start, uint32_t end)
{
    struct taking t = { .tally = tally,
                        .model = model,
                        .noted = { .turns = model->turns, .is_turn_known = model->is_turn_known } };
    struct word_taker taker = { .take = take, .take_noted = take_noted, .data = &t, .memo = memo, .noted = &t.noted };

    words_walk(&taker, text, length, start, end);
    for (uint32_t i = 0; i < N_SCRIPTS; i++)
        tally->letters[i] += taker.letters[i];
}

/* ---- What the languages make of it ------------------------------------------------------------------------------------- */

typedef float quad __attribute__((vector_size(16)));
typedef int32_t quad_mask __attribute__((vector_size(16)));
typedef float oct __attribute__((vector_size(32)));
typedef int32_t oct_mask __attribute__((vector_size(32)));
enum { STEP = 8 }; /* columns of an oct, and of two quads */
_Static_assert(MODEL_COLUMNS_ROOM % STEP == 0, "rows end where a step ends");

static inline quad load(const float *four)
{
    quad q;

    memcpy(&q, four, sizeof q);
    return q;
}

/* The logits of `n` columns from `first` on, times `temperature`; the largest. */
static inline __attribute__((always_inline)) float reckon_columns(const struct language_model *model, uint32_t first,
                                                                  uint32_t n, const float values[MODEL_DIM],
                                                                  float temperature, float *logits)
{
    oct most_of = { -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY };
    float most = -INFINITY;

    for (uint32_t i = 0; i < n; i += STEP) {
        const float *weights = &model->weights[0][first + i];
        oct sum, w;
        memcpy(&sum, model->biases + first + i, sizeof sum);
        for (uint32_t k = 0; k < MODEL_DIM; k++, weights += MODEL_COLUMNS_ROOM) {
            memcpy(&w, weights, sizeof w);
            sum += w * values[k];
        }
        sum *= temperature;
        memcpy(logits + i, &sum, sizeof sum);
        if (n - i < STEP) { /* the rest are another script's */
            for (; i < n; i++)
                most = logits[i] > most ? logits[i] : most;
            break;
        }
        oct_mask is_more = sum > most_of;
        most_of = (oct)(((oct_mask)sum & is_more) | ((oct_mask)most_of & ~is_more));
    }
    for (uint32_t k = 0; k < STEP; k++)
        most = most_of[k] > most ? most_of[k] : most;
    return most;
}

static float reckon_plainly(const struct language_model *model, uint32_t first, uint32_t n,
                            const float values[MODEL_DIM], float temperature, float *logits)
{
    return reckon_columns(model, first, n, values, temperature, logits);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static float reckon_wide(const struct language_model *model, uint32_t first, uint32_t n,
                                                         const float values[MODEL_DIM], float temperature,
                                                         float *logits)
{
    return reckon_columns(model, first, n, values, temperature, logits);
}
#define HAS_WIDE __builtin_cpu_supports("avx2")
#else
#define reckon_wide reckon_plainly
#define HAS_WIDE 0
#endif

/* The logits of a script's columns, times `temperature`; the largest. */
static float reckon(const struct tally *tally, const struct language_model *model, enum script script,
                    float temperature, float logits[MODEL_COLUMNS_ROOM])
{
    uint32_t first = model->first[script], n = model->first[script + 1] - first;
    float factor = model->head.scale / sqrtf((float)tally->known[script] + 1), values[MODEL_DIM];

    for (uint32_t k = 0; k < MODEL_DIM; k++)
        values[k] = (float)tally->sum[script][k] * factor;
    return (HAS_WIDE ? reckon_wide : reckon_plainly)(model, first, n, values, temperature, logits);
}

void tally_logits(const struct tally *tally, const struct language_model *model, enum script script, float *logits)
{
    uint32_t first = model->first[script], n = model->first[script + 1] - first;
    float columns[MODEL_COLUMNS_ROOM];

    reckon(tally, model, script, 1, columns);
    for (uint32_t i = 0; i < n; i++)
        logits[model->class_of[first + i]] = columns[i];
}

static void note(struct verdict *v, uint32_t class, float score)
{
    uint32_t at = v->n;

    while (at > 0 && v->best[at - 1].score < score)
        at--;
    if (at == IDENTIFY_CANDIDATES)
        return;
    if (v->n < IDENTIFY_CANDIDATES)
        v->n++;
    memmove(&v->best[at + 1], &v->best[at], (v->n - 1 - at) * sizeof v->best[0]);
    v->best[at] = (struct candidate) { class, score };
}

/* A bit for each lane. */
static inline uint32_t bits_of(quad_mask mask)
{
#if defined(__SSE2__)
    return (uint32_t)_mm_movemask_ps((__m128)mask);
#else
    return (mask[0] & 1u) | (mask[1] & 2u) | (mask[2] & 4u) | (mask[3] & 8u);
#endif
}

#define NEGLIGIBLE (-20) /* logits below the largest: e to that is less than a float's last place beside 1 */

/* The columns, of `n`, that are not. */
static uint32_t find_likely(const float logits[MODEL_COLUMNS_ROOM], uint32_t n, float most,
                            uint8_t likely[MODEL_COLUMNS_ROOM])
{
    uint32_t n_likely = 0;

    for (uint32_t i = 0; i < n; i += STEP) {
        quad_mask low = load(logits + i) - most > NEGLIGIBLE, high = load(logits + i + STEP / 2) - most > NEGLIGIBLE;
        uint32_t here = bits_of(low) | bits_of(high) << STEP / 2;
        for (here &= n - i < STEP ? (1u << (n - i)) - 1 : (1u << STEP) - 1; here; here &= here - 1)
            likely[n_likely++] = (uint8_t)(i + (uint32_t)__builtin_ctz(here));
    }
    return n_likely;
}

#define UNSAID 0.0004f /* so improbable a candidate isn't told to anybody */

/* Languages of one script: a softmax over the logits. `share` is how much of the text is in the script. */
static void judge_by_model(const struct tally *tally, const struct language_model *model, enum script script,
                           float share, struct verdict *v)
{
    const uint8_t *classes = model->class_of + model->first[script];
    uint32_t n = model->first[script + 1] - model->first[script];
    float logits[MODEL_COLUMNS_ROOM], sum = 0;
    float most =
        reckon(tally, model, script, model->head.temperature[model_length_class(tally->letters[script])], logits);
    uint8_t likely[MODEL_COLUMNS_ROOM];
    uint32_t n_likely = find_likely(logits, n, most, likely);

    for (uint32_t i = 0; i < n_likely; i++)
        sum += logits[likely[i]] = expf(logits[likely[i]] - most);
    for (uint32_t i = 0; i < n_likely; i++) {
        uint32_t c = classes[likely[i]];
        float score = logits[likely[i]] / sum;
        if (c == model->und) {
            v->nothing = score;
            continue;
        }
        v->foreign += model->is_english[c] ? 0 : score;
        if (score > UNSAID || v->n == 0)
            note(v, c, score * share);
    }
}

/* A script that one language has. Few letters may be a sign, or a name. */
static void judge_by_script(const struct language_model *model, enum script script, float score, struct verdict *v)
{
    for (uint32_t c = 0; c < model->head.n_classes; c++)
        if (model->classes[c].script == (uint32_t)script)
            note(v, c, score);
}

/* In few letters a name looks like any language, and most short texts that are asked about are English: the odds that it isn't are so
 * many times smaller. Measured: it keeps English that is taken for another language below one in a thousand. */
static float odds_of_length(uint32_t letters)
{
    return letters <= 10 ? 10 : letters <= 16 ? 2.8f : letters <= 44 ? 2 : 1;
}

static float foreign_of(float share, uint32_t letters)
{
    float other = (1 - share) * odds_of_length(letters);

    return share + other > 0 ? share / (share + other) : 0;
}

/* How much of a text is in which script. */
struct weights {
    uint32_t first; /* the script that most is written in */
    uint32_t letters, latin, all;
};

static struct weights weigh_scripts(const struct tally *tally)
{
    struct weights w = { .first = SCRIPT_LATIN };
    uint32_t letters[N_SCRIPTS], others = 0;

    for (uint32_t i = SCRIPT_LATIN + 1; i < N_SCRIPTS; i++)
        others |= tally->letters[i];
    if (others == 0) { /* as in most */
        w.letters = w.latin = w.all = tally->letters[SCRIPT_LATIN];
        return w;
    }
    memcpy(letters, tally->letters, sizeof letters);
    /* Kanji count as Japanese where kana stand among them. */
    if (letters[SCRIPT_KANA] * 8 >= letters[SCRIPT_HAN]) {
        letters[SCRIPT_KANA] += letters[SCRIPT_KANA] ? letters[SCRIPT_HAN] : 0;
        letters[SCRIPT_HAN] = tally->letters[SCRIPT_KANA] ? 0 : letters[SCRIPT_HAN];
    }
    /* A character of these says as much as two letters or three. */
    letters[SCRIPT_HAN] *= 3;
    letters[SCRIPT_KANA] *= 2;
    letters[SCRIPT_HANGUL] *= 2;
    for (uint32_t i = 0; i < N_SCRIPTS; i++) {
        w.all += letters[i];
        if (letters[i] > letters[w.first])
            w.first = i;
    }
    w.letters = letters[w.first];
    w.latin = letters[SCRIPT_LATIN];
    return w;
}

void tally_judge(const struct tally *tally, const struct language_model *model, struct verdict *v)
{
    struct weights w = weigh_scripts(tally);
    uint32_t first = w.first;

    memset(v, 0, sizeof *v);
    v->letters = w.letters;
    if (w.all == 0 || w.letters < 2)
        return;
    float share = (float)w.letters / (float)w.all;
    share = share > 0.8f ? 1 : share / 0.8f;
    if (first < SCRIPT_MODELLED)
        judge_by_model(tally, model, (enum script)first, share, v);
    else
        judge_by_script(model, (enum script)first, share * (w.letters < 6 ? 0.8f : 0.99f), v);
    /* English has one script; letters that no language here uses may be an ornament. */
    if (first == SCRIPT_LATIN)
        v->foreign = foreign_of(v->foreign, w.letters);
    else /* "IBM paid 山田太郎" is English */
        v->foreign = first == SCRIPT_OTHER                                         ? 0
                     : (w.letters < 6 && w.letters < w.all) || w.latin * 3 > w.all ? 0.8f
                                                                                   : 0.99f;
    int is_likelier = v->best[0].score > v->nothing;
    v->is_sure = v->n > 0 && v->best[0].score >= (w.letters < 6 ? IDENTIFY_FEW
                                                  : is_likelier ? IDENTIFY_LIKELIEST
                                                                : IDENTIFY_UNSURE);
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------------ */

struct piece {
    uint32_t start, end, letters, class; /* class: UNSURE when it could be anything */
    uint32_t guess; /* its likeliest class when it surely isn't English, whatever else; else UNSURE */
    float score, foreign;
};

struct reading {
    struct identified *out;
    const struct language_model *model;
    const char *text;
    uint32_t length;
    struct piece *pieces;
    uint32_t n, capacity;
    struct tally whole;
};

static void read_words(const struct reading *r, struct tally *tally, uint32_t start, uint32_t end)
{
    tally_add(tally, r->model, r->out->memo, r->text, r->length, start, end);
}

static int is_continuation(const struct reading *r, uint32_t at)
{
    return at < r->length && ((unsigned char)r->text[at] & 0xC0) == 0x80;
}

/* Bytes with which the end of a sentence begins. */
enum { END_LINE = 1, END_SIGN, END_WIDE };
static const uint8_t ends[256] = { ['\n'] = END_LINE, ['.'] = END_SIGN,  ['!'] = END_SIGN, ['?'] = END_SIGN,
                                   [0xE0] = END_WIDE, [0xE3] = END_WIDE, [0xEF] = END_WIDE };

/* Bytes before the first of those, or before `limit`. */
static inline uint32_t skip_within(const unsigned char *from, const unsigned char *limit)
{
    const unsigned char *at = from;

#if defined(__SSE2__)
    for (; limit - at >= 16; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i found =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(x, _mm_set1_epi8('.'))),
                         _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('!')), _mm_cmpeq_epi8(x, _mm_set1_epi8('?'))));
        __m128i wide = _mm_or_si128(
            _mm_cmpeq_epi8(x, _mm_set1_epi8('\xE0')),
            _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\xE3')), _mm_cmpeq_epi8(x, _mm_set1_epi8('\xEF'))));
        int bits = _mm_movemask_epi8(_mm_or_si128(found, wide));
        if (bits)
            return (uint32_t)(at - from) + (uint32_t)__builtin_ctz((unsigned)bits);
    }
#endif
    while (at < limit && !ends[*at])
        at++;
    return (uint32_t)(at - from);
}

/* Behind the blank that ends a sentence behind the sign at `at`, or behind a bracket or quote that is behind it; 0 when
 * none does. */
static uint32_t end_behind_sign(const unsigned char *t, uint32_t at, uint32_t from, uint32_t limit)
{
    if (++at < limit && (t[at] == '"' || t[at] == ')' || t[at] == '\''))
        at++;
    return at >= from && at < limit && t[at] == ' ' ? at + 1 : 0;
}

/* The end of the sentence at `start`, `least` bytes away or more, `most` at most: behind its sign and the blank, or a
 * line's end. */
static uint32_t find_end(const struct reading *r, uint32_t start, uint32_t least, uint32_t most)
{
    const unsigned char *t = (const unsigned char *)r->text;
    uint32_t from = start + least, limit = r->length - start > most ? start + most : r->length, end;

    for (uint32_t at = least > 2 ? from - 2 : start;; at++) {
        at += skip_within(t + at, t + limit);
        if (at >= limit)
            break;
        switch (ends[t[at]]) {
        case END_SIGN:
            if ((end = end_behind_sign(t, at, from, limit)) != 0)
                return end;
            break;
        case END_LINE:
            if (at >= from)
                return at + 1;
            break;
        default:
            if (at >= from && at + 3 <= r->length &&
                (memcmp(t + at, "\xE3\x80\x82", 3) == 0 || memcmp(t + at, "\xE0\xA5\xA4", 3) == 0 ||
                 memcmp(t + at, "\xEF\xBC\x81", 3) == 0 || memcmp(t + at, "\xEF\xBC\x9F", 3) == 0))
                return at + 3; /* 。 । ！ ？ */
        }
    }
    if (limit == r->length)
        return limit;
    for (end = limit; end > from && t[end - 1] != ' '; end--)
        ;
    if (end == from) /* no blank */
        end = limit;
    while (is_continuation(r, end))
        end++;
    return end;
}

static void sum_up(struct tally *sum, const struct tally *tally)
{
    for (uint32_t s = 0; s < SCRIPT_MODELLED; s++) {
        sum->known[s] += tally->known[s];
        for (uint32_t k = 0; tally->known[s] > 0 && k < MODEL_DIM; k++)
            sum->sum[s][k] += tally->sum[s][k];
    }
    for (uint32_t s = 0; s < N_SCRIPTS; s++)
        sum->letters[s] += tally->letters[s];
}

static int is_english(const struct language_model *model, uint32_t class)
{
    return class != UNSURE && model->is_english[class];
}

static struct piece make_piece(const struct verdict *v, uint32_t start, uint32_t end)
{
    struct piece p = { .start = start, .end = end, .letters = v->letters, .class = UNSURE, .guess = UNSURE };

    if (v->n > 0 && v->letters >= TURN_LETTERS) {
        p.score = v->best[0].score;
        p.foreign = v->foreign;
        p.class = v->is_sure && p.score >= TURN_SCORE ? v->best[0].class : UNSURE;
        p.guess = p.foreign >= TURN_SCORE ? v->best[0].class : UNSURE;
    }
    return p;
}

static int32_t make_room(struct reading *r)
{
    uint32_t capacity = r->capacity * 2;

    if (r->n < r->capacity)
        return TEXTD_OK;
    struct piece *more = r->out->alloc(r->out->data, capacity * sizeof *more);
    if (!more)
        return TEXTD_NO_MEMORY;
    memcpy(more, r->pieces, r->n * sizeof *more);
    r->pieces = more;
    r->capacity = capacity;
    return TEXTD_OK;
}

/* Judges text[start, until) for a piece that ends at `end`. */
static int32_t add_piece(struct reading *r, uint32_t start, uint32_t until, uint32_t end)
{
    struct tally tally;
    struct verdict v;

    if (make_room(r) != TEXTD_OK)
        return TEXTD_NO_MEMORY;
    memset(&tally, 0, sizeof tally);
    read_words(r, &tally, start, until);
    tally_judge(&tally, r->model, &v);
    sum_up(&r->whole, &tally);
    r->pieces[r->n++] = make_piece(&v, start, end);
    return r->out->should_stop(r->out->data) ? TEXTD_STOPPED : TEXTD_OK;
}

/* Makes pieces of [start, border) and [border, end), which two sums are of, when one of them is surely English and the other surely isn't. How
 * sure the less sure one is; 0 when they are no such two. */
static float judge_sides(const struct reading *r, const struct tally sides[2], const uint32_t borders[3],
                         struct piece pieces[2])
{
    for (int side = 0; side < 2; side++) {
        struct verdict v;
        tally_judge(&sides[side], r->model, &v);
        pieces[side] = make_piece(&v, borders[side], borders[side + 1]);
    }
    int english = is_english(r->model, pieces[1].class), other = !english;
    if (!is_english(r->model, pieces[english].class) || pieces[other].guess == UNSURE)
        return 0;
    return fminf(pieces[english].score, pieces[other].foreign);
}

static uint32_t end_of_word(const struct reading *r, uint32_t at, uint32_t end)
{
    while (at < end && (r->text[at - 1] != ' ' || r->text[at] == ' '))
        at++;
    return at;
}

/* How much more English a word is than of the other class; summed up over words. */
static float lean(const struct language_model *model, const struct tally *word, uint32_t english, uint32_t other)
{
    const struct model_class *a = &model->classes[english], *b = &model->classes[other];
    float sum = 0;

    if (a->script != b->script)
        return (float)word->letters[a->script] - (float)word->letters[b->script];
    for (uint32_t k = 0; k < MODEL_DIM; k++)
        sum += (a->weights[k] - b->weights[k]) * (float)word->sum[a->script][k];
    return sum;
}

/* The border between words at which most of what is before it leans to one side, and most of what is behind to the other. */
static uint32_t find_border(const struct reading *r, const struct piece pieces[2])
{
    int is_english_first = is_english(r->model, pieces[0].class);
    uint32_t english = pieces[!is_english_first].class, other = pieces[is_english_first].guess;
    uint32_t start = pieces[0].start, end = pieces[1].end, best = pieces[1].start;
    float sum = 0, most = -INFINITY;

    for (uint32_t at = start, next; at < end; at = next) {
        struct tally word;
        memset(&word, 0, sizeof word);
        next = end_of_word(r, at + 1, end);
        read_words(r, &word, at, next);
        float more = lean(r->model, &word, english, other);
        sum += is_english_first ? more : -more;
        if (sum > most && next < end) {
            most = sum;
            best = next;
        }
    }
    return best;
}

#define CHUNKS 4
#define SPLIT_HINT 0.001f /* what is surely English isn't looked at again: it would take more time than all the rest */
#define SPLIT_SCORE 0.98f /* of both sides: titles of songs are no English half */

/* The last piece, which may be foreign, is perhaps English from or up to somewhere in its middle: then it becomes two. */
static int32_t split_piece(struct reading *r)
{
    struct piece whole = r->pieces[r->n - 1], pieces[2], best[2];
    struct tally chunks[CHUNKS], sides[2];
    uint32_t starts[CHUNKS + 1] = { whole.start };
    float most = 0;

    memset(chunks, 0, sizeof chunks);
    for (uint32_t i = 0; i < CHUNKS; i++) {
        uint32_t from = whole.start + (whole.end - whole.start) * (i + 1) / CHUNKS;
        starts[i + 1] = from <= starts[i] ? starts[i] : end_of_word(r, from, whole.end);
        read_words(r, &chunks[i], starts[i], starts[i + 1]);
    }
    for (uint32_t cut = 1; cut < CHUNKS; cut++) {
        memset(sides, 0, sizeof sides);
        for (uint32_t i = 0; i < CHUNKS; i++)
            sum_up(&sides[i >= cut], &chunks[i]);
        float score = judge_sides(r, sides, (const uint32_t[]) { whole.start, starts[cut], whole.end }, pieces);
        if (score <= most)
            continue;
        most = score;
        memcpy(best, pieces, sizeof best);
    }
    if (most < SPLIT_SCORE)
        return TEXTD_OK;
    uint32_t border = find_border(r, best);
    memset(sides, 0, sizeof sides);
    read_words(r, &sides[0], whole.start, border);
    read_words(r, &sides[1], border, whole.end);
    if (judge_sides(r, sides, (const uint32_t[]) { whole.start, border, whole.end }, pieces) >= TURN_SCORE)
        memcpy(best, pieces, sizeof best);
    r->n--;
    for (int side = 0; side < 2; side++) {
        if (make_room(r) != TEXTD_OK)
            return TEXTD_NO_MEMORY;
        r->pieces[r->n++] = best[side];
    }
    return TEXTD_OK;
}

static int32_t read_sentences(struct reading *r, uint32_t start, uint32_t end)
{
    int32_t rc = TEXTD_OK;

    while (start < end && rc == TEXTD_OK) {
        uint32_t stop = find_end(r, start, 1, 400);
        while (stop < end && stop - start < PIECE_LEAST)
            stop = find_end(r, stop, 1, 400);
        if (stop > end || end - stop < PIECE_LEAST)
            stop = end;
        rc = add_piece(r, start, stop, stop);
        if (rc == TEXTD_OK && r->pieces[r->n - 1].foreign > SPLIT_HINT &&
            r->pieces[r->n - 1].letters >= 2 * TURN_LETTERS)
            rc = split_piece(r);
        start = stop;
    }
    return rc;
}

/* A long text: a look at each block; where the language isn't that of the block before, both are read. */
static int32_t read_blocks(struct reading *r)
{
    uint32_t start = 0, before = 0, last = UNSURE; /* `before` is the block before this one; `last` its language */
    int has_before = 0;
    int32_t rc = TEXTD_OK;

    for (uint32_t end; start < r->length && rc == TEXTD_OK; start = end) {
        end = r->length - start <= BLOCK + LOOK ? r->length : find_end(r, start, BLOCK, 512);
        uint32_t until = end - start > LOOK ? start + LOOK : end;
        while (until < end && (unsigned char)r->text[until] > ' ' && until - start < 2 * LOOK)
            until++;
        while (until < end && is_continuation(r, until))
            until++;
        if ((rc = add_piece(r, start, until, end)) != TEXTD_OK)
            return rc;
        uint32_t class = r->pieces[r->n - 1].class;
        if (class == last || class == UNSURE) {
            has_before = 1;
            before = start;
            continue;
        }
        int was_first = last == UNSURE;
        last = class;
        if (was_first)
            continue;
        r->n--; /* and the one before */
        if (has_before && r->n > 0 && r->pieces[r->n - 1].start == before)
            r->n--;
        else
            before = start;
        rc = read_sentences(r, before, end);
        has_before = 0;
    }
    return rc;
}

/* ---- Parts ------------------------------------------------------------------------------------------------------------- */

/* Letters by language over the pieces that are sure. */
struct shares {
    uint64_t letters[MODEL_MOST_CLASSES], all;
};

/* Pieces that are unsure go with the one before, at the beginning with the first that is sure. */
static void make_parts(struct identified *out, const struct reading *r)
{
    uint32_t class = UNSURE;
    double sum = 0, foreign = 0, letters = 0;

    for (uint32_t i = 0; i < r->n && class == UNSURE; i++)
        class = r->pieces[i].class;
    out->parts[0] = (struct part) { .start = 0, .class = class };
    out->n_parts = 1;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct piece *p = &r->pieces[i];
        struct part *part = &out->parts[out->n_parts - 1];
        if (p->class != UNSURE && p->class != class) {
            part->score = (float)(sum / letters);
            part->foreign = (float)(foreign / letters);
            class = p->class;
            *++part = (struct part) { .start = p->start, .class = class };
            out->n_parts++;
            sum = foreign = letters = 0;
        }
        if (p->class != UNSURE) {
            sum += (double)p->score * p->letters;
            foreign += (double)p->foreign * p->letters;
            letters += p->letters;
        }
        part->end = p->end;
    }
    out->parts[out->n_parts - 1].score = letters > 0 ? (float)(sum / letters) : 0;
    out->parts[out->n_parts - 1].foreign = letters > 0 ? (float)(foreign / letters) : 0;
}

/* Beside English, neighbours needn't be told apart to see that a piece is foreign: the likeliest of them will do. */
static void guess_beside_english(const struct reading *r)
{
    int has_english = 0;

    for (uint32_t i = 0; i < r->n; i++)
        has_english |= is_english(r->model, r->pieces[i].class);
    for (uint32_t i = 0; i < r->n && has_english; i++)
        if (r->pieces[i].class == UNSURE)
            r->pieces[i].class = r->pieces[i].guess;
}

int32_t identify(struct identified *out, const struct language_model *model, const char *text, uint32_t length)
{
    struct reading r = { .out = out, .model = model, .text = text, .length = length, .capacity = 64 };
    struct shares shares = { .all = 0 };
    uint32_t first = 0, n_languages = 0;
    int32_t rc;

    out->n_parts = 0;
    out->main = UNSURE;
    out->main_score = 0;
    memset(&out->whole, 0, sizeof out->whole);
    if (length == 0)
        return TEXTD_OK;
    if (!(r.pieces = out->alloc(out->data, r.capacity * sizeof *r.pieces)))
        return TEXTD_NO_MEMORY;
    rc = length < LONG_TEXT ? read_sentences(&r, 0, length) : read_blocks(&r);
    if (rc != TEXTD_OK)
        return rc;
    if (!(out->parts = out->alloc(out->data, r.n * sizeof *out->parts)))
        return TEXTD_NO_MEMORY;
    tally_judge(&r.whole, model, &out->whole);
    guess_beside_english(&r);
    for (uint32_t i = 0; i < r.n; i++) {
        const struct piece *p = &r.pieces[i];
        if (p->class == UNSURE)
            continue;
        n_languages += shares.letters[p->class] == 0;
        shares.letters[p->class] += p->letters;
        shares.all += p->letters;
        if (shares.letters[p->class] > shares.letters[first])
            first = p->class;
    }
    if (n_languages > 1) {
        make_parts(out, &r);
        /* The longest must be clearly the main one. */
        if (shares.letters[first] * 100 >= shares.all * 55) {
            out->main = first;
            out->main_score = (float)((double)shares.letters[first] / (double)shares.all);
        }
        /* What the parts say counts for the whole, too. */
        out->whole.n = 0;
        for (uint32_t c = 0; c < model->head.n_classes; c++)
            if (shares.letters[c])
                note(&out->whole, c, (float)((double)shares.letters[c] / (double)shares.all));
        return TEXTD_OK;
    }
    /* One word a thousand times says no more than once, and the sum over all pieces takes it for a thousand. */
    if (r.n >= MANY && shares.all == 0) {
        out->whole.is_sure = 0;
        out->whole.foreign = 0;
    }
    if (out->whole.is_sure) {
        out->main = out->whole.best[0].class;
        out->main_score = out->whole.best[0].score;
    }
    out->parts[0] = (struct part) {
        .start = 0, .end = length, .class = out->main, .score = out->main_score, .foreign = out->whole.foreign
    };
    out->n_parts = 1;
    return TEXTD_OK;
}
