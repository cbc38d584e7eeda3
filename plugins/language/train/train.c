/* train.c: see train.h.
 *
 * Features are chosen by how much more often one language has them than all do; their vectors and the languages' weights are learned by stochastic gradient descent with
 * AdaGrad's step sizes (Duchi, Hazan and Singer 2011) on pieces of all lengths cut out of the texts, and then put into bytes. Deterministic: one generator with a fixed
 * seed, IEEE 754's basic operations in a fixed order, and no library's exp. */
#include "plugins/language/train/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/language/identify.h"
#include "plugins/language/train/lines.h"
#include "plugins/lib/train/trainer.h"

#define STEP_VECTORS 0.6f
#define STEP_WEIGHTS 0.1f
#define CHECKS 60000u      /* pieces of texts that are set aside, by which scores are calibrated */
#define ASIDE 20u          /* one text in so many is set aside */
#define COUNT_TEXT 150000u /* bytes of a language's sentences in which features are counted, and of its list of words */
#define COUNT_WORDS 60000u
#define LEAST_COUNT 4u
#define LEAST_BYTES 12000u /* of a language that is learned */
#define LEAST_TEXTS 40u
#define PIECE_MOST 1024u
#define MOST_FOUND 1024u /* languages and scripts, before those that are quotations are left out */

/* ---- The generator: xorshift64* (Vigna 2016) ------------------------------------------------------------------------------ */

static uint64_t state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 2685821657736338717u >> 32) * n >> 32);
}

/* ---- Texts ---------------------------------------------------------------------------------------------------------------- */

enum kind { KIND_TEXT, KIND_WORDS, N_KINDS };

struct text {
    const char *bytes;
    uint32_t length, class;
    enum kind kind;
};

static struct text *texts[N_KINDS]; /* by class, as they stand in the file */
static uint32_t n_texts[N_KINDS];

static struct class
{
    char code[8];
    enum script script;
    uint64_t bytes[N_KINDS];
    uint32_t first[N_KINDS], n[N_KINDS]; /* in texts */
    float share;
} classes[MOST_FOUND];
static uint32_t n_classes, und;

/* Scripts that one language has. */
static const struct {
    const char *code;
    enum script script;
} only[] = {
    { "zh", SCRIPT_HAN },      { "ja", SCRIPT_KANA },     { "ko", SCRIPT_HANGUL },  { "el", SCRIPT_GREEK },
    { "hy", SCRIPT_ARMENIAN }, { "ka", SCRIPT_GEORGIAN }, { "th", SCRIPT_THAI },    { "lo", SCRIPT_LAO },
    { "km", SCRIPT_KHMER },    { "my", SCRIPT_BURMESE },  { "bo", SCRIPT_TIBETAN }, { "si", SCRIPT_SINHALA },
    { "ta", SCRIPT_TAMIL },    { "te", SCRIPT_TELUGU },   { "kn", SCRIPT_KANNADA }, { "ml", SCRIPT_MALAYALAM },
    { "gu", SCRIPT_GUJARATI }, { "pa", SCRIPT_GURMUKHI }, { "or", SCRIPT_ODIA },    { "dv", SCRIPT_THAANA },
};
enum { N_ONLY = sizeof only / sizeof only[0] };

static void ignore(void *data, enum script script, const uint32_t *hashes, uint32_t n, struct memo_word *note)
{
    (void)data, (void)script, (void)hashes, (void)n, (void)note;
}

static enum script script_of_text(const char *bytes, uint32_t length)
{
    struct word_taker taker = { .take = ignore };
    uint32_t best = 0;

    words_walk(&taker, bytes, length, 0, length);
    for (uint32_t i = 1; i < N_SCRIPTS; i++)
        if (taker.letters[i] > taker.letters[best])
            best = i;
    return taker.letters[best] ? (enum script)best : SCRIPT_NONE;
}

static uint32_t class_of(const char *code, enum script script)
{
    for (uint32_t c = 0; c < n_classes; c++)
        if (strcmp(classes[c].code, code) == 0 && classes[c].script == script)
            return c;
    if (n_classes == MOST_FOUND)
        trainer_fail("there are more than %u languages and scripts", MOST_FOUND);
    if (strlen(code) >= sizeof classes[0].code)
        trainer_fail("'%s' is too long for a language", code);
    memcpy(classes[n_classes].code, code, strlen(code));
    classes[n_classes].script = script;
    return n_classes++;
}

/* How common a language is among the texts that will be asked about: a guess in steps. */
static float weight_of(const char *code)
{
    static const struct {
        float weight;
        const char *codes;
    } steps[] = {
        { 10, " en und " },
        { 7, " es " },
        { 6, " de fr it pt nl ru " },
        { 4, " pl cs sv tr " },
        { 2.5f, " ar hi fa uk id vi ro hu da nb fi sr " },
        { 1.5f, " bg hr sk sl lt lv et ca el he ur bn mr ne be mk sw tl ms af kk az sq is bs eu " },
    };
    char word[40];

    snprintf(word, sizeof word, " %.8s ", code);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strstr(steps[i].codes, word))
            return steps[i].weight;
    return strstr(" ast oc ht lb fy ceb jv su ", word) ? 0.4f : 0.7f;
}

static int by_class(const void *a, const void *b)
{
    const struct text *x = a, *y = b;

    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static size_t room[N_KINDS]; /* in texts */

static void take_line(void *data, const struct line *line)
{
    enum script script = script_of_text(line->text, line->length);
    enum kind kind = line->kind[0] == 'w' ? KIND_WORDS : KIND_TEXT;

    (void)data;
    if (script >= SCRIPT_MODELLED || (line->kind[0] == 'n' && script != SCRIPT_LATIN))
        return;
    if (n_texts[kind] == room[kind]) {
        room[kind] = room[kind] ? room[kind] * 2 : 1 << 16;
        texts[kind] = trainer_grow(texts[kind], room[kind] * sizeof *texts[kind]);
    }
    struct text *t = &texts[kind][n_texts[kind]++];
    *t = (struct text) { line->text, line->length, class_of(line->code, script), kind };
    classes[t->class].bytes[kind] += line->length;
}

static void read_texts(char **files, int n)
{
    und = class_of("und", SCRIPT_LATIN);
    for (int i = 0; i < n; i++)
        lines_read(files[i], take_line, NULL);
    for (int kind = 0; kind < N_KINDS; kind++) {
        if (n_texts[kind] > 0)
            qsort(texts[kind], n_texts[kind], sizeof *texts[kind], by_class);
        for (uint32_t i = n_texts[kind]; i-- > 0;) {
            classes[texts[kind][i].class].first[kind] = i;
            classes[texts[kind][i].class].n[kind]++;
        }
    }
}

static int is_learned(const struct class *c)
{
    for (uint32_t i = 0; i < N_ONLY; i++)
        if (strcmp(c->code, only[i].code) == 0)
            return 0; /* what is in other letters there is a quotation, too */
    return c->bytes[KIND_TEXT] + c->bytes[KIND_WORDS] >= LEAST_BYTES &&
           (c->n[KIND_TEXT] >= LEAST_TEXTS || c->n[KIND_WORDS] >= LEAST_TEXTS) &&
           /* a few sentences in other letters are quotations */
           (strcmp(c->code, "en") != 0 || c->script == SCRIPT_LATIN);
}

/* A language's main scripts: the others, with a tenth of the bytes or less, are quotations and names. */
static void leave_out_quotations(void)
{
    uint32_t kept = 0;
    uint32_t place[MOST_FOUND] = { 0 };

    for (uint32_t c = 0; c < n_classes; c++) {
        uint64_t most = 0;
        for (uint32_t o = 0; o < n_classes; o++)
            if (strcmp(classes[o].code, classes[c].code) == 0 && classes[o].bytes[0] + classes[o].bytes[1] > most)
                most = classes[o].bytes[0] + classes[o].bytes[1];
        int is_kept = c == und || (is_learned(&classes[c]) && (classes[c].bytes[0] + classes[c].bytes[1]) * 5 >= most);
        place[c] = is_kept ? kept : UINT32_MAX;
        if (is_kept)
            classes[kept++] = classes[c];
    }
    n_classes = kept;
    if (n_classes < 3)
        trainer_fail("two languages must be told apart, or more, each with %u texts and %u bytes of them: there %s",
                     LEAST_TEXTS, LEAST_BYTES, n_classes < 2 ? "is none" : "is one");
    if (n_classes + N_ONLY > MODEL_MOST_CLASSES)
        trainer_fail("there are %u languages to learn, and a model has room for %u", n_classes,
                     MODEL_MOST_CLASSES - N_ONLY);
    for (int kind = 0; kind < N_KINDS; kind++)
        for (uint32_t i = 0; i < n_texts[kind]; i++)
            texts[kind][i].class = place[texts[kind][i].class];
}

/* ---- Features --------------------------------------------------------------------------------------------------------------- */

struct piece_features {
    uint32_t n[SCRIPT_MODELLED], letters;
    uint32_t hashes[SCRIPT_MODELLED][PIECE_MOST * 5];
};

static void collect(void *data, enum script script, const uint32_t *hashes, uint32_t n, struct memo_word *note)
{
    struct piece_features *f = data;

    (void)note;
    if (f->n[script] + n > PIECE_MOST * 5)
        return;
    memcpy(f->hashes[script] + f->n[script], hashes, n * sizeof *hashes);
    f->n[script] += n;
}

static void walk_piece(struct piece_features *f, const char *bytes, uint32_t length, enum script script)
{
    struct word_taker taker = { .take = collect, .data = f };

    memset(f->n, 0, sizeof f->n);
    words_walk(&taker, bytes, length, 0, length);
    f->letters = taker.letters[script];
}

static uint32_t n_slots = MODEL_MOST_SLOTS;
static uint8_t tags[MODEL_MOST_SLOTS];
static uint32_t owner[MODEL_MOST_SLOTS]; /* the hash that has the slot; 0: none */

struct feature {
    uint32_t hash;
    float score;
};

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static int by_score(const void *a, const void *b)
{
    const struct feature *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Counts features by language, and gives the slots to those that tell most. */
static void choose_features(void)
{
    static struct piece_features f;
    size_t n = 0, capacity = 1 << 20, n_chosen = 0;
    uint64_t *pairs = trainer_alloc(capacity * sizeof *pairs);
    double total[MODEL_MOST_CLASSES] = { 0 };

    for (uint32_t c = 0; c < n_classes; c++)
        for (int kind = 0; kind < N_KINDS; kind++) {
            uint32_t bytes = 0, most = kind == KIND_TEXT ? COUNT_TEXT : COUNT_WORDS;
            /* evenly over all of the language's texts, since they stand there source by source */
            uint64_t step = classes[c].bytes[kind] / most + 1;
            for (uint32_t i = 0; i < classes[c].n[kind] && bytes < most; i += (uint32_t)step) {
                const struct text *t = &texts[kind][classes[c].first[kind] + i];
                uint32_t length = t->length < PIECE_MOST ? t->length : 0;
                walk_piece(&f, t->bytes, length, classes[c].script);
                bytes += length;
                if (n + f.n[classes[c].script] > capacity)
                    pairs = trainer_grow(pairs, (capacity *= 2) * sizeof *pairs);
                for (uint32_t k = 0; k < f.n[classes[c].script]; k++)
                    pairs[n++] = (uint64_t)f.hashes[classes[c].script][k] << 32 | c;
                total[c] += f.n[classes[c].script];
            }
        }
    qsort(pairs, n, sizeof *pairs, by_number);
    struct feature *chosen = trainer_alloc((n / LEAST_COUNT + 1) * sizeof *chosen);
    for (size_t i = 0, end; i < n; i = end) {
        double rates = 0, best = 0;
        uint32_t seen = 0;
        for (end = i; end < n && pairs[end] >> 32 == pairs[i] >> 32; end++)
            ;
        if (end - i < LEAST_COUNT)
            continue;
        for (size_t k = i; k < end; k++)
            rates += 1 / total[(uint32_t)pairs[k]];
        rates /= 30; /* as if thirty languages were equally likely */
        for (size_t k = i; k < end; k += seen) {
            for (seen = 1; k + seen < end && pairs[k + seen] == pairs[k]; seen++)
                ;
            const struct class *c = &classes[(uint32_t)pairs[k]];
            double rate = (double)(seen - 1) / total[(uint32_t)pairs[k]];
            if (rate > rates)
                best += (rate - rates) * sqrt((double)weight_of(c->code)) * (1 - rates / rate);
        }
        chosen[n_chosen++] = (struct feature) { (uint32_t)(pairs[i] >> 32), (float)best };
    }
    free(pairs);
    qsort(chosen, n_chosen, sizeof *chosen, by_score);
    uint32_t used = 0;
    for (size_t i = 0; i < n_chosen; i++) {
        uint32_t slot = model_slot(chosen[i].hash, n_slots);
        if (owner[slot])
            continue;
        owner[slot] = chosen[i].hash | 1;
        tags[slot] = (uint8_t)chosen[i].hash;
        used++;
    }
    free(chosen);
    printf("%zu features, %u have a slot; %u languages by script\n", n_chosen, used, n_classes - 1);
}

/* ---- Learning --------------------------------------------------------------------------------------------------------------- */

static float vectors[MODEL_MOST_SLOTS][MODEL_DIM], vector_squares[MODEL_MOST_SLOTS];
static float weights[MODEL_MOST_CLASSES][MODEL_DIM], weight_squares[MODEL_MOST_CLASSES][MODEL_DIM],
    bias[MODEL_MOST_CLASSES], bias_squares[MODEL_MOST_CLASSES];

/* e to the `x`, of basic operations alone. */
static float power(float x)
{
    if (x < -80)
        return 0;
    if (x > 80)
        x = 80;
    float k = floorf(x * 1.44269504f + 0.5f), r = x - k * 0.693147181f, sum = 1, term = 1;
    for (int i = 1; i < 8; i++)
        sum += term *= r / (float)i;
    union {
        uint32_t bits;
        float number;
    } two = { .bits = (uint32_t)((int)k + 127) << 23 };
    return sum * two.number;
}

/* A piece of `letters` letters or so of a text of the class; from the texts set aside, or from the others. 0 when none was found. */
static uint32_t cut_piece(char *piece, uint32_t class, int is_aside)
{
    const struct class *c = &classes[class];
    /* 6 to 250 letters, short ones as often as long ones */
    float letters = 6 * power((float)random_below(1000) / 1000 * 3.7f);
    enum kind kind = c->n[KIND_TEXT] < 40 ||
                             (c->n[KIND_WORDS] >= 40 && random_below(100) < (c->bytes[KIND_TEXT] < 60000 ? 50u : 15u))
                         ? KIND_WORDS
                         : KIND_TEXT;
    uint32_t per_letter =
        c->script == SCRIPT_LATIN                                                                       ? 1
        : c->script == SCRIPT_DEVANAGARI || c->script == SCRIPT_BENGALI || c->script == SCRIPT_ETHIOPIC ? 3
                                                                                                        : 2;
    uint32_t want = (uint32_t)(letters * 1.15f * (float)per_letter), n = 0, i = random_below(c->n[kind]);
    int is_first = 1;

    for (uint32_t tries = 0; n < want && tries < 60; tries++, i = (i + 1) % c->n[kind]) {
        const struct text *t = &texts[kind][c->first[kind] + i];
        if ((i % ASIDE == 0) != is_aside)
            continue;
        uint32_t start = 0, end;
        if (is_first && t->length > want) {
            start = random_below(t->length - want + 1);
            while (start > 0 && t->bytes[start - 1] != ' ')
                start--;
        }
        is_first = 0;
        end = t->length - start > want - n ? start + want - n : t->length;
        while (end < t->length && t->bytes[end] != ' ')
            end++;
        if (n + (end - start) + 1 > PIECE_MOST)
            break;
        memcpy(piece + n, t->bytes + start, end - start);
        n += end - start;
        piece[n++] = ' ';
    }
    return n;
}

static uint32_t draw_class(void)
{
    float at = (float)random_below(1u << 24) / (float)(1u << 24);
    uint32_t c = 0;

    while (c + 1 < n_classes && (at -= classes[c].share) >= 0)
        c++;
    return c;
}

static int is_candidate(uint32_t c, enum script script)
{
    return c == und || classes[c].script == script;
}

/* The known features' slots; how many. */
static uint32_t find_slots(const struct piece_features *f, enum script script, uint32_t *slots)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n[script]; i++) {
        uint32_t slot = model_slot(f->hashes[script][i], n_slots);
        if (owner[slot] && tags[slot] == (uint8_t)f->hashes[script][i])
            slots[n++] = slot;
    }
    return n;
}

static void learn_piece(const uint32_t *slots, uint32_t n, uint32_t class, enum script script, float step)
{
    float hidden[MODEL_DIM] = { 0 }, back[MODEL_DIM] = { 0 }, p[MODEL_MOST_CLASSES], most = -1e30f, sum = 0,
          factor = 1 / sqrtf((float)n + 1);

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            hidden[k] += vectors[slots[i]][k];
    for (uint32_t k = 0; k < MODEL_DIM; k++)
        hidden[k] *= factor;
    for (uint32_t c = 0; c < n_classes; c++) {
        if (!is_candidate(c, script))
            continue;
        p[c] = bias[c];
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            p[c] += weights[c][k] * hidden[k];
        if (p[c] > most)
            most = p[c];
    }
    for (uint32_t c = 0; c < n_classes; c++)
        if (is_candidate(c, script))
            sum += p[c] = power(p[c] - most);
    for (uint32_t c = 0; c < n_classes; c++) {
        if (!is_candidate(c, script))
            continue;
        float error = p[c] / sum - (c == class);
        bias_squares[c] += error * error;
        bias[c] -= step * STEP_WEIGHTS * error / sqrtf(bias_squares[c] + 1e-3f);
        for (uint32_t k = 0; k < MODEL_DIM; k++) {
            float slope = error * hidden[k];
            back[k] += error * weights[c][k];
            weight_squares[c][k] += slope * slope;
            weights[c][k] -= step * STEP_WEIGHTS * slope / sqrtf(weight_squares[c][k] + 1e-3f);
        }
    }
    float square = 0;
    for (uint32_t k = 0; k < MODEL_DIM; k++) {
        back[k] *= factor;
        square += back[k] * back[k];
    }
    square /= MODEL_DIM;
    for (uint32_t i = 0; i < n; i++) {
        float *vector = vectors[slots[i]], *squares = &vector_squares[slots[i]];
        *squares += square;
        float s = step * STEP_VECTORS / sqrtf(*squares + 1e-4f);
        s = s < 3 ? s : 3;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            vector[k] -= s * 0.2f * back[k];
    }
}

static void learn(uint32_t steps)
{
    static struct piece_features f;
    static uint32_t slots[PIECE_MOST * 5];
    static char piece[PIECE_MOST + 8];
    float all = 0;

    for (uint32_t c = 0; c < n_classes; c++)
        all += classes[c].share = classes[c].n[KIND_TEXT] + classes[c].n[KIND_WORDS] == 0
                                      ? 0
                                      : weight_of(classes[c].code) * (classes[c].script == SCRIPT_LATIN ? 1 : 0.6f);
    for (uint32_t c = 0; c < n_classes; c++) {
        classes[c].share /= all;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            weights[c][k] = ((float)random_below(2001) - 1000) / 1000 * 0.5f;
    }
    for (uint32_t s = 0; s < n_slots; s++)
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            vectors[s][k] = ((float)random_below(2001) - 1000) / 1000 * 0.05f;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t class = draw_class(), length = cut_piece(piece, class, 0), n;
        walk_piece(&f, piece, length, classes[class].script);
        if ((n = find_slots(&f, classes[class].script, slots)) > 0)
            learn_piece(slots, n, class, classes[class].script, 1 - 0.9f * (float)i / (float)steps);
    }
}

/* ---- The model ---------------------------------------------------------------------------------------------------------------- */

/* Puts vectors into bytes. The greatest would make all others coarse, so it is cut off. */
static void *make_model(size_t *length, struct model_content **content)
{
    uint32_t n = n_classes + N_ONLY;
    *length = sizeof(struct model_file_head) + sizeof(struct model_content) + n * sizeof(struct model_class) +
              (size_t)n_slots * (MODEL_DIM + 1);
    char *bytes = trainer_alloc(*length);
    double squares = 0;

    memset(bytes, 0, *length);
    *content = (void *)(bytes + sizeof(struct model_file_head));
    struct model_class *class = (void *)(*content + 1);
    int8_t *small = (int8_t *)(class + n);
    for (uint32_t s = 0; s < n_slots; s++)
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            squares += (double)(vectors[s][k] * vectors[s][k]);
    float scale = (float)sqrt(squares / n_slots / MODEL_DIM) * 5 / 127;
    **content = (struct model_content) { .n_slots = n_slots, .n_classes = n, .scale = scale };
    for (uint32_t i = 0; i < MODEL_LENGTHS; i++)
        (*content)->temperature[i] = 1;
    for (uint32_t c = 0; c < n; c++, class ++) {
        if (c >= n_classes) {
            memcpy(class->code, only[c - n_classes].code, 2);
            class->script = only[c - n_classes].script;
        } else {
            memcpy(class->code, classes[c].code, sizeof class->code);
            class->script = classes[c].script;
            class->bias = bias[c];
            memcpy(class->weights, weights[c], sizeof weights[c]);
        }
    }
    for (uint32_t s = 0; s < n_slots; s++)
        for (uint32_t k = 0; k < MODEL_DIM; k++) {
            float v = floorf(vectors[s][k] / scale + 0.5f);
            *small++ = (int8_t)(v > 127 ? 127 : v < -127 ? -127 : v);
        }
    memcpy(small, tags, n_slots);
    return bytes;
}

/* For each class of length the factor by which the texts set aside become most probable. */
static void calibrate(struct language_model *model, struct model_content *content, uint32_t checks)
{
    enum { TRIED = 24 };
    static double surprise[MODEL_LENGTHS][TRIED];
    static uint32_t right[MODEL_LENGTHS], all[MODEL_LENGTHS];
    static char piece[PIECE_MOST + 8];

    for (uint32_t i = 0; i < checks; i++) {
        uint32_t class = draw_class(), length = cut_piece(piece, class, 1), best = und;
        struct tally tally = { .known = { 0 } };
        float logits[MODEL_MOST_CLASSES];
        tally_add(&tally, model, NULL, piece, length, 0, length);
        enum script script = classes[class].script;
        uint32_t letters = tally.letters[script], at = model_length_class(letters);
        if (letters < 3)
            continue;
        tally_logits(&tally, model, script, logits);
        for (uint32_t c = 0; c < n_classes; c++)
            if (is_candidate(c, script) && logits[c] > logits[best])
                best = c;
        all[at]++;
        right[at] += best == class;
        for (int t = 0; t < TRIED; t++) {
            float factor = 0.2f + 0.06f * (float)t, sum = 0;
            for (uint32_t c = 0; c < n_classes; c++)
                if (is_candidate(c, script))
                    sum += power((logits[c] - logits[best]) * factor);
            surprise[at][t] += log((double)(sum > 0 ? sum : 1)) - (double)((logits[class] - logits[best]) * factor);
        }
    }
    for (uint32_t at = 0; at < MODEL_LENGTHS; at++) {
        int best = 0;
        for (int t = 1; t < TRIED; t++)
            if (surprise[at][t] < surprise[at][best])
                best = t;
        if (all[at] > 0)
            content->temperature[at] = 0.2f + 0.06f * (float)best;
        printf("length %u: %u pieces, %.1f %% right, temperature %.2f\n", at, all[at],
               all[at] ? 100.0 * right[at] / all[at] : 0, (double)content->temperature[at]);
    }
}

int train(const char *file, uint32_t steps, char **files, int n_files)
{
    struct language_model model;
    struct model_content *content;
    size_t length;
    char reason[200];

    read_texts(files, n_files);
    leave_out_quotations();
    choose_features();
    learn(steps);
    void *bytes = make_model(&length, &content);
    model_file_seal(&language_model_kind, bytes, length);
    if (language_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("the model that was learned is wrong: %s", reason);
    calibrate(&model, content, steps < CHECKS ? steps : CHECKS);
    trainer_write(file, &language_model_kind, bytes, length);
    return 0;
}
