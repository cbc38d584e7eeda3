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
    for (uint32_t c = 0; c < model->head.n_classes; c++) {
        if (strcmp(model->classes[c].code, "und") == 0)
            v->nothing = logits[c] / sum;
        if (logits[c] <= 0 || strcmp(model->classes[c].code, "und") == 0)
            continue;
        note(v, c, logits[c] / sum * share);
        if (strcmp(model->classes[c].code, "en") != 0)
            v->foreign += logits[c] / sum;
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
    /* English has one script; letters that no language here uses may be an ornament. */
    if (first == SCRIPT_LATIN)
        v->foreign = foreign_of(v->foreign, letters[first]);
    else /* "IBM paid 山田太郎" is English */
        v->foreign = first == SCRIPT_OTHER                                                             ? 0
                     : (letters[first] < 6 && letters[first] < all) || letters[SCRIPT_LATIN] * 3 > all ? 0.8f
                                                                                                       : 0.99f;
    int is_likelier = v->best[0].score > v->nothing;
    v->is_sure = v->n > 0 && v->best[0].score >= (letters[first] < 6 ? IDENTIFY_FEW
                                                  : is_likelier      ? IDENTIFY_LIKELIEST
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

static void sum_up(struct tally *sum, const struct tally *tally)
{
    for (uint32_t s = 0; s < SCRIPT_MODELLED; s++) {
        sum->known[s] += tally->known[s];
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            sum->sum[s][k] += tally->sum[s][k];
    }
    for (uint32_t s = 0; s < N_SCRIPTS; s++)
        sum->letters[s] += tally->letters[s];
}

static int is_english(const struct language_model *model, uint32_t class)
{
    return class != UNSURE && strcmp(model->classes[class].code, "en") == 0;
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
    tally_add(&tally, r->model, r->text, start, until);
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
        tally_add(&word, r->model, r->text, at, next);
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
        tally_add(&chunks[i], r->model, r->text, starts[i], starts[i + 1]);
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
    tally_add(&sides[0], r->model, r->text, whole.start, border);
    tally_add(&sides[1], r->model, r->text, border, whole.end);
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
