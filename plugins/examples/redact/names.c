/* names.c: names, which other plugins find, and the same words elsewhere in the text. SPDX-License-Identifier:
 * Apache-2.0
 *
 * Whoever reads "PERSON_1 called. Smith was angry." knows whom: a name that was found once is looked for in all of the
 * text. So is everything else that was found. What is compared is words, whatever stands between them; one word by
 * itself must have the same capitals: "Will Young" makes each "Young" one, and no "young". */
#include <sodium.h>
#include <stdio.h>

#include <textd/warn.h>

#include "scan.h"

static void warn(const struct work *work, const char *text)
{
    const struct textd_warn *warnings = work->host->extension(TEXTD_WARN);

    if (warnings)
        warnings->warn(work->doc, text, strlen(text));
}

static int is_type(struct textd_text type, const char *name)
{
    return type.length == strlen(name) && memcmp(type.bytes, name, type.length) == 0;
}

/* Whether most of the text is in another language, so that entities/1 has no names of it; what the client says goes
 * first. */
static int is_foreign(const struct work *work)
{
    struct textd_doc *doc = work->doc;
    struct textd_layer layer = { .size = sizeof layer };
    uint64_t foreign = 0;

    if (doc->lang_length)
        return !(doc->lang_length >= 2 && memcmp(doc->lang, "en", 2) == 0 &&
                 (doc->lang_length == 2 || doc->lang[2] == '-'));
    if (work->host->layer_get(doc, TEXTD_LANGUAGE, &layer) != TEXTD_OK)
        return 0;
    const float *scores = work->host->column_get(doc, TEXTD_LANGUAGE, "foreign", TEXTD_F32);
    for (uint32_t i = 0; scores && i < layer.count; i++)
        if (scores[i] >= 0.9f)
            foreign += layer.spans[i].end - layer.spans[i].start;
    return foreign > 0;
}

/* A date right behind "born" and the like. */
static int is_birth_date(const struct work *work, struct textd_span span)
{
    const struct view *view = &work->view;
    uint32_t low = view_index(view, span.start), words = 0;

    for (uint32_t i = low, from; words < 3; words++) {
        while (i > 0 && low - i < 24 && !is_word(view->c[i - 1]))
            i--;
        for (from = i; from > 0 && i - from < 20 && is_word(view->c[from - 1]);)
            from--;
        if (from == i)
            return 0;
        if (cues_of(work->tables, view, from, i) & CUES(BIRTH))
            return 1;
        i = from;
    }
    return 0;
}

/* "IBAN", "Medicare": a word that says what the number behind it is, and no firm; and addresses of networks, which we
 * look for more carefully: 127.0.0.1 is nobody's. */
static int is_ours_to_tell(const struct work *work, struct textd_text type, struct textd_span span)
{
    const struct view *view = &work->view;
    uint32_t from = view_index(view, span.start), to = from;

    if (is_type(type, "IP"))
        return 1;
    while (is_word(view->c[to]))
        to++;
    return view->at[to] == span.end && !is_type(type, "PERSON") && cues_of(work->tables, view, from, to) != 0;
}

void names_add(struct work *work)
{
    const struct textd_host *host = work->host;
    struct textd_doc *doc = work->doc;
    struct textd_layer layer = { .size = sizeof layer };

    host->layer_get(doc, TEXTD_ENTITIES, &layer); /* declared as needed, so it is there */
    if (is_foreign(work))
        warn(work,
             "of what is not in English only numbers, addresses and secrets were looked for: names stay readable");
    const struct textd_text *types = host->column_get(doc, TEXTD_ENTITIES, "type", TEXTD_TEXT);
    const float *scores = host->column_get(doc, TEXTD_ENTITIES, "name_score", TEXTD_F32);
    const uint32_t *refs = host->column_get(doc, TEXTD_ENTITIES, "ref", TEXTD_U32);
    for (uint32_t i = 0; types && i < layer.count; i++) {
        struct textd_span span = layer.spans[i];
        if (is_ours_to_tell(work, types[i], span))
            continue;
        int is_born = is_type(types[i], "DATE") && is_birth_date(work, span);
        work_add_bytes(work, (struct find) { span.start, span.end, is_born ? type_name(TYPE_BIRTH_DATE) : types[i],
                                             scores ? (double)scores[i] : 1, refs ? refs[i] : NO_REF, 0 });
    }
}

/* ---- the same words elsewhere ------------------------------------------------------------------------------------ */

#define MOST_WORDS 8u
#define LEAST_LENGTH 3u /* of a word that is looked for by itself, in letters and digits */

/* Words of the text, by where they stand in the view. */
struct word {
    uint32_t from, to;
};

struct entry {
    uint64_t hash;
    uint32_t word, n; /* the first of the text's words that it is made of, and how many */
    uint32_t find;
};

struct spread {
    struct work *work;
    struct word *words;
    uint32_t n_words;
    struct entry *table;
    uint32_t mask;
    uint32_t longest;     /* of words of an entry */
    uint8_t begins[4096]; /* by a cheap look at its first word: whether an entry may begin so; most words stop here */
};

static uint8_t *begin_of(struct spread *s, uint32_t word)
{
    const uint8_t *c = s->work->view.c;
    uint32_t from = s->words[word].from, to = s->words[word].to;
    uint32_t look =
        to_lower(c[from]) * 131u + to_lower(c[from + (to - from) / 2]) * 31u + to_lower(c[to - 1]) * 7u + (to - from);

    return &s->begins[look % sizeof s->begins];
}

static uint64_t hash_words(const struct spread *s, uint32_t word, uint32_t n)
{
    const uint8_t *c = s->work->view.c;
    uint8_t bytes[256];
    uint64_t hash;
    size_t used = 0;

    for (uint32_t i = word; i < word + n; i++) {
        for (uint32_t k = s->words[i].from; k < s->words[i].to && used < sizeof bytes - 1; k++)
            bytes[used++] = n == 1 ? c[k] : to_lower(c[k]);
        bytes[used++] = ' ';
        if (used >= sizeof bytes - 1)
            break;
    }
    crypto_shorthash((uint8_t *)&hash, bytes, used, s->work->tables->shorthash_key);
    return hash;
}

static uint32_t bytes_of(const struct spread *s, struct word word)
{
    return s->work->view.at[word.to] - s->work->view.at[word.from];
}

/* Byte for byte, as letters of other scripts are all one in the view; words of several have their ASCII in any case. */
static int are_same_words(const struct spread *s, uint32_t a, uint32_t b, uint32_t n)
{
    const struct view *view = &s->work->view;
    const char *text = s->work->doc->text;

    for (uint32_t i = 0; i < n; i++) {
        struct word one = s->words[a + i], two = s->words[b + i];
        if (one.to - one.from != two.to - two.from)
            return 0;
        for (uint32_t k = 0; k < one.to - one.from; k++) {
            uint8_t x = view->c[one.from + k], y = view->c[two.from + k];
            if (n == 1 ? x != y : to_lower(x) != to_lower(y))
                return 0;
            if (x < 0x80)
                continue;
            uint32_t from_x = view->at[one.from + k], from_y = view->at[two.from + k];
            uint32_t size = view->at[one.from + k + 1] - from_x;
            if (size != view->at[two.from + k + 1] - from_y || memcmp(text + from_x, text + from_y, size) != 0)
                return 0;
        }
    }
    return 1;
}

static void spread_add(struct spread *s, uint32_t word, uint32_t n, uint32_t find)
{
    uint64_t hash = hash_words(s, word, n);
    uint32_t slot = (uint32_t)hash & s->mask;

    for (; s->table[slot].n; slot = (slot + 1) & s->mask)
        if (s->table[slot].hash == hash && s->table[slot].n == n && are_same_words(s, s->table[slot].word, word, n))
            return; /* the first says which name it is */
    s->table[slot] = (struct entry) { hash, word, n, find };
    *begin_of(s, word) = 1;
    if (n > s->longest)
        s->longest = n;
}

/* Given names and surnames that are words of every day, and what stands in names without being one. */
static int is_common(const uint8_t *c, struct word word)
{
    static const char *const words[] = {
        "The",  "And",  "Mr",    "Mrs",   "Ms",    "Dr",    "Prof",      "Sir", "Dame",  "Lord",  "Lady", "Miss",
        "Van",  "Von",  "Der",   "Den",   "Del",   "Della", "Dos",       "Las", "Los",   "Bin",   "Ibn",  "Jr",
        "Sr",   "St",   "Saint", "King",  "Queen", "Pope",  "President", "May", "Will",  "Mark",  "Bill", "Grace",
        "Hope", "Joy",  "Faith", "Rose",  "April", "June",  "August",    "Art", "Bob",   "Guy",   "Drew", "Grant",
        "Case", "Page", "Long",  "Young", "Short", "Best",  "Good",      "New", "North", "South", "West", "East"
    };
    uint32_t length = word.to - word.from;

    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && memcmp(c + word.from, words[i], length) == 0)
            return 1;
    return 0;
}

/* The first word that ends behind `byte`. */
static uint32_t first_word(const struct spread *s, uint32_t byte)
{
    uint32_t low = 0, high = s->n_words;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->work->view.at[s->words[middle].to] <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_find(struct spread *s, uint32_t index)
{
    const struct find find = s->work->finds[index];
    const uint8_t *c = s->work->view.c;
    uint32_t word = first_word(s, find.start), n = 0, length = 0;

    while (word + n < s->n_words && s->work->view.at[s->words[word + n].from] < find.end && n <= MOST_WORDS) {
        length += bytes_of(s, s->words[word + n]);
        n++;
    }
    if (n == 0 || n > MOST_WORDS || length < LEAST_LENGTH || (n == 1 && is_digit(c[s->words[word].from]) && length < 6))
        return;
    spread_add(s, word, n, index);
    if (n == 1 || !is_type(find.type, "PERSON"))
        return;
    for (uint32_t i = word; i < word + n; i++)
        if ((is_upper(c[s->words[i].from]) || c[s->words[i].from] == VIEW_LETTER) &&
            bytes_of(s, s->words[i]) >= LEAST_LENGTH && !is_common(c, s->words[i]))
            spread_add(s, i, 1, index);
}

/* NULL: memory is at its end. */
static struct word *list_words(struct work *work, uint32_t *n)
{
    const uint8_t *c = work->view.c;

    *n = 0;
    for (uint32_t i = 0; i < work->view.n; i++)
        *n += (uint32_t)(is_word(c[i]) && !(i > 0 && is_word(c[i - 1])));
    struct word *words = work_alloc(work, (*n + 1ull) * sizeof *words);
    uint32_t k = 0;
    for (uint32_t i = 0; words && i < work->view.n; i++) {
        if (!is_word(c[i]))
            continue;
        words[k].from = i;
        while (is_word(c[i]))
            i++;
        words[k++].to = i;
    }
    return words;
}

static const struct entry *look_up(const struct spread *s, uint32_t word, uint32_t n)
{
    uint64_t hash = hash_words(s, word, n);

    for (uint32_t slot = (uint32_t)hash & s->mask; s->table[slot].n; slot = (slot + 1) & s->mask)
        if (s->table[slot].hash == hash && s->table[slot].n == n && are_same_words(s, s->table[slot].word, word, n))
            return &s->table[slot];
    return NULL;
}

void names_spread(struct work *work)
{
    struct spread s = { .work = work };
    uint32_t n_finds = work->n_finds, slots = 64, entries = 0;

    if (n_finds == 0)
        return;
    s.words = list_words(work, &s.n_words);
    for (uint32_t i = 0; i < n_finds; i++)
        entries += is_type(work->finds[i].type, "PERSON") ? 1 + MOST_WORDS : 1;
    while (slots < 2 * entries)
        slots *= 2;
    s.table = work_alloc(work, (uint64_t)slots * sizeof *s.table);
    if (!s.words || !s.table)
        return;
    memset(s.table, 0, (size_t)slots * sizeof *s.table);
    s.mask = slots - 1;
    for (uint32_t i = 0; i < n_finds; i++)
        note_find(&s, i);
    for (uint32_t i = 0; i < s.n_words && work->rc == TEXTD_OK; i++) {
        if ((i & 0x3FFF) == 0x3FFF && work->host->should_stop(work->doc))
            work->rc = TEXTD_STOPPED;
        if (!*begin_of(&s, i))
            continue;
        uint32_t most = s.n_words - i < s.longest ? s.n_words - i : s.longest;
        for (uint32_t n = most; n > 0; n--) {
            const struct entry *entry = look_up(&s, i, n);
            if (!entry)
                continue;
            struct find find = work->finds[entry->find];
            find.start = work->view.at[s.words[i].from];
            find.end = work->view.at[s.words[i + n - 1].to];
            work_add_bytes(work, find);
            break;
        }
    }
}
