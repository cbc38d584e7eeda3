/* identify.c: see identify.h. A text is cut into sentences, each is judged, and neighbours of one language become a part. In a long text a look at the beginning of
 * each block of a kilobyte must do, as long as the looks agree; where they don't, the blocks on both sides are read sentence by sentence. */
#include "plugins/language/identify.h"

#include <math.h>
#include <string.h>
#include <textd/plugin.h>

#define LONG_TEXT 8192u  /* bytes; shorter ones are read whole */
#define BLOCK 1024u      /* of a long text */
#define LOOK 112u        /* bytes of a block that are read */
#define PIECE_LEAST 32u  /* bytes of a sentence; a shorter one goes with the next */
#define TURN_LETTERS 18u /* that a piece needs to change the language */
#define TURN_SCORE 0.9f
#define MANY 8u /* pieces: when none of so many is sure, all of them are not */

/* ---- Verdicts ---------------------------------------------------------------------------------------------------------- */

struct taking {
    struct tally *tally;
    const struct language_model *model;
};

static void take(void *data, enum script script, const uint32_t *hashes, uint32_t n)
{
    const struct taking *t = data;
    const struct language_model *model = t->model;
    int32_t *sum = t->tally->sum[script];
    uint32_t known = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = model_slot(hashes[i], model->head.n_slots);
        if (model->tags[slot] != (uint8_t)hashes[i])
            continue;
        const int8_t *vector = model->vectors + (size_t)slot * MODEL_DIM;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            sum[k] += vector[k];
        known++;
    }
    t->tally->known[script] += known;
}

void tally_add(struct tally *tally, const struct language_model *model, const char *text, uint32_t start, uint32_t end)
{
    struct taking t = { .tally = tally, .model = model };
    struct word_taker taker = { .take = take, .data = &t };

    words_walk(&taker, text, start, end);
    for (uint32_t i = 0; i < N_SCRIPTS; i++)
        tally->letters[i] += taker.letters[i];
}

void tally_logits(const struct tally *tally, const struct language_model *model, enum script script, float *logits)
{
    float factor = model->head.scale / sqrtf((float)tally->known[script] + 1);

    for (uint32_t c = 0; c < model->head.n_classes; c++) {
        const struct model_class *class = &model->classes[c];
        float sum = class->bias;
        if (class->script != (uint32_t)script && strcmp(class->code, "und") != 0)
            continue;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            sum += class->weights[k] * ((float)tally->sum[script][k] * factor);
        logits[c] = sum;
    }
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

/* Languages of one script: a softmax over the logits. `share` is how much of the text is in the script. */
static void judge_by_model(const struct tally *tally, const struct language_model *model, enum script script,
                           float share, struct verdict *v)
{
    float logits[MODEL_MOST_CLASSES] = { 0 }, most = -INFINITY, sum = 0;
    float temperature = model->head.temperature[model_length_class(tally->letters[script])];

    tally_logits(tally, model, script, logits);
    for (uint32_t c = 0; c < model->head.n_classes; c++) {
        int is_und = strcmp(model->classes[c].code, "und") == 0;
        if (model->classes[c].script != (uint32_t)script && !is_und) {
            logits[c] = -INFINITY;
            continue;
        }
        logits[c] *= temperature;
        if (logits[c] > most)
            most = logits[c];
    }
    for (uint32_t c = 0; c < model->head.n_classes; c++)
        sum += logits[c] = expf(logits[c] - most);
    for (uint32_t c = 0; c < model->head.n_classes; c++)
        if (logits[c] > 0 && strcmp(model->classes[c].code, "und") != 0)
            note(v, c, logits[c] / sum * share);
}

/* A script that one language has. Few letters may be a sign, or a name. */
static void judge_by_script(const struct language_model *model, enum script script, float score, struct verdict *v)
{
    for (uint32_t c = 0; c < model->head.n_classes; c++)
        if (model->classes[c].script == (uint32_t)script)
            note(v, c, score);
}

void tally_judge(const struct tally *tally, const struct language_model *model, struct verdict *v)
{
    uint32_t letters[N_SCRIPTS], all = 0, first = 0;

    memset(v, 0, sizeof *v);
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
        all += letters[i];
        if (letters[i] > letters[first])
            first = i;
    }
    v->letters = letters[first];
    if (all == 0 || letters[first] < 2)
        return;
    float share = (float)letters[first] / (float)all;
    share = share > 0.8f ? 1 : share / 0.8f;
    if (first < SCRIPT_MODELLED)
        judge_by_model(tally, model, (enum script)first, share, v);
    else
        judge_by_script(model, (enum script)first, share * (letters[first] < 6 ? 0.8f : 0.99f), v);
    v->is_sure = v->n > 0 && v->best[0].score >= IDENTIFY_UNSURE;
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------------ */

struct piece {
    uint32_t start, end, letters, class; /* class: UNSURE when it could be anything */
    float score;
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

static int is_continuation(const struct reading *r, uint32_t at)
{
    return at < r->length && ((unsigned char)r->text[at] & 0xC0) == 0x80;
}

/* The end of the sentence at `start`, `most` bytes away at most: behind its sign and the blank, or a line's end. */
static uint32_t find_end(const struct reading *r, uint32_t start, uint32_t least, uint32_t most)
{
    const unsigned char *t = (const unsigned char *)r->text;
    uint32_t at = start + least, limit = r->length - start > most ? start + most : r->length, blank = 0;

    for (; at < limit; at++) {
        if (t[at] == '\n')
            return at + 1;
        if (t[at] == ' ') {
            unsigned char before = t[at - 1];
            blank = at + 1;
            if (at > start + 1 && (before == '"' || before == ')' || before == '\''))
                before = t[at - 2];
            if (before == '.' || before == '!' || before == '?')
                return at + 1;
        }
        if (t[at] >= 0xE0 && at + 3 <= r->length &&
            (memcmp(t + at, "\xE3\x80\x82", 3) == 0 || memcmp(t + at, "\xE0\xA5\xA4", 3) == 0 ||
             memcmp(t + at, "\xEF\xBC\x81", 3) == 0 || memcmp(t + at, "\xEF\xBC\x9F", 3) == 0))
            return at + 3; /* 。 । ！ ？ */
    }
    if (limit == r->length)
        return limit;
    for (at = blank ? blank : limit; is_continuation(r, at); at++)
        ;
    return at;
}

/* Judges text[start, until) for a piece that ends at `end`. */
static int32_t add_piece(struct reading *r, uint32_t start, uint32_t until, uint32_t end)
{
    struct tally tally;
    struct verdict v;

    if (r->n == r->capacity) {
        uint32_t capacity = r->capacity * 2;
        struct piece *more = r->out->alloc(r->out->data, capacity * sizeof *more);
        if (!more)
            return TEXTD_NO_MEMORY;
        memcpy(more, r->pieces, r->n * sizeof *more);
        r->pieces = more;
        r->capacity = capacity;
    }
    memset(&tally, 0, sizeof tally);
    tally_add(&tally, r->model, r->text, start, until);
    tally_judge(&tally, r->model, &v);
    for (uint32_t s = 0; s < SCRIPT_MODELLED; s++) {
        r->whole.known[s] += tally.known[s];
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            r->whole.sum[s][k] += tally.sum[s][k];
    }
    for (uint32_t s = 0; s < N_SCRIPTS; s++)
        r->whole.letters[s] += tally.letters[s];
    struct piece *p = &r->pieces[r->n++];
    *p = (struct piece) { .start = start, .end = end, .letters = v.letters, .class = UNSURE };
    if (v.is_sure && v.letters >= TURN_LETTERS && v.best[0].score >= TURN_SCORE) {
        p->class = v.best[0].class;
        p->score = v.best[0].score;
    }
    return r->out->should_stop(r->out->data) ? TEXTD_STOPPED : TEXTD_OK;
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
    double sum = 0, letters = 0;

    for (uint32_t i = 0; i < r->n && class == UNSURE; i++)
        class = r->pieces[i].class;
    out->parts[0] = (struct part) { .start = 0, .class = class };
    out->n_parts = 1;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct piece *p = &r->pieces[i];
        struct part *part = &out->parts[out->n_parts - 1];
        if (p->class != UNSURE && p->class != class) {
            part->score = (float)(sum / letters);
            class = p->class;
            *++part = (struct part) { .start = p->start, .class = class };
            out->n_parts++;
            sum = letters = 0;
        }
        if (p->class != UNSURE) {
            sum += (double)p->score * p->letters;
            letters += p->letters;
        }
        part->end = p->end;
    }
    out->parts[out->n_parts - 1].score = letters > 0 ? (float)(sum / letters) : 0;
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
    if (r.n >= MANY && shares.all == 0)
        out->whole.is_sure = 0;
    if (out->whole.is_sure) {
        out->main = out->whole.best[0].class;
        out->main_score = out->whole.best[0].score;
    }
    out->parts[0] = (struct part) { .start = 0, .end = length, .class = out->main, .score = out->main_score };
    out->n_parts = 1;
    return TEXTD_OK;
}
