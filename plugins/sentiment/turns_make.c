/* turns_make.c: the list of turns of phrase (turns_list.c) made ready to be looked for: words get numbers, elements
 * the numbers of their words, and each pattern a key. A program of the build: what it prints is compiled into the
 * plugin, so that processes share it and none makes it.
 *
 *   sentiment-turns FILE.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/turns.h"
#include "plugins/sentiment/word.h"

static const struct {
    const char *name;
    uint16_t class;
} class_names[] = {
    { "<good>", CLASS_GOOD }, { "<bad>", CLASS_BAD },   { "<up>", CLASS_UP },     { "<down>", CLASS_DOWN },
    { "<gain>", CLASS_GAIN }, { "<cost>", CLASS_COST }, { "<not>", CLASS_NOT },   { "<more>", CLASS_MORE },
    { "<less>", CLASS_LESS }, { "<#>", CLASS_NUMBER },  { "<word>", CLASS_WORD }, { "<felt>", CLASS_GOOD | CLASS_BAD },
};

/* What only the making needs. */
struct making {
    struct turns *turns;
    const char *texts[TURNS_MOST_ELEMENTS]; /* of the elements */
    struct turn_set needs[TURNS_MOST_WORDS][2];
    float shares[TURNS_MOST_WORDS]; /* of the words, in thousandths of all tokens, roughly */
};

/* The list is the program's own: what is wrong with it is seen by whoever writes it. */
static void check(bool is_so, const char *what, const char *where)
{
    if (is_so)
        return;
    fprintf(stderr, "sentiment: turns_list.c: %s: %s\n", where, what);
    exit(1);
}

/* ---- Words
 * ------------------------------------------------------------------------------------------------------------- */

static uint64_t hashes[TURNS_MOST_WORDS]; /* of the words, by their numbers */

static uint16_t number_of(struct turns *t, const char *word, uint32_t length)
{
    uint64_t hash = word_hash(word, length, length);
    struct turn_bucket *bucket = &t->buckets[turns_bucket(hash)];

    for (uint32_t at = 0; at < TURNS_BUCKET; at++) {
        if (bucket->numbers[at] == 0) {
            check(t->n_words + 1 < TURNS_MOST_WORDS, "too many words", word);
            bucket->tags[at] = turns_tag(hash);
            bucket->numbers[at] = (uint16_t)++t->n_words; /* 0 is no word of the list */
            hashes[t->n_words] = hash;
            return bucket->numbers[at];
        }
        if (bucket->tags[at] == turns_tag(hash))
            return bucket->numbers[at];
    }
    check(false, "too many words", word);
    return 0;
}

static const char *words_named(const char *name, uint32_t length)
{
    for (const struct turn_words *w = turn_words; w->name; w++)
        if (strlen(w->name) == length && memcmp(w->name, name, length) == 0)
            return w->words;
    check(false, "no such list of words", name);
    return "";
}

/* Each of the words between blanks. */
#define EACH_WORD(word, n, words) \
    for (const char *word = words; (n = (uint32_t)strcspn(word, " ")) > 0; word += n + (word[n] == ' '))

static void mark_words(struct turns *t, const char *words, uint8_t does)
{
    uint32_t n;

    EACH_WORD(word, n, words)
    t->does[number_of(t, word, n)] |= does | TURN_WORD_ASKED;
}

static void mark_list(struct turns *t, const char *name, uint8_t does)
{
    mark_words(t, words_named(name, (uint32_t)strlen(name)), does);
}

/* What ratings are known by, if not by their shape: "zero stars", "3 out of 5", "0% fresh", "grade: B". */
static void mark_ratings(struct turns *t)
{
    mark_words(t, "star stars grade grades mark solid straight / b c d f rated rating score scored scores",
               TURN_WORD_RATES);
    mark_words(t, "out", TURN_WORD_OUT);
    mark_words(t, "0", TURN_WORD_ZERO);
}

/* ---- Elements
 * ---------------------------------------------------------------------------------------------------------- */

static void add_alternatives(struct turns *t, struct turn_element *e, const char *text, uint32_t length, char between);

static void add_alternative(struct turns *t, struct turn_element *e, const char *text, uint32_t length)
{
    if (length > 1 && text[0] == '@') {
        const char *words = words_named(text + 1, length - 1);
        add_alternatives(t, e, words, (uint32_t)strlen(words), ' ');
        return;
    }
    for (size_t i = 0; i < sizeof class_names / sizeof class_names[0]; i++)
        if (strlen(class_names[i].name) == length && memcmp(class_names[i].name, text, length) == 0) {
            e->classes |= class_names[i].class;
            return;
        }
    check(t->n_members < TURNS_MOST_MEMBERS, "too many words in patterns", text);
    t->members[t->n_members++] = number_of(t, text, length);
    e->n++;
}

static void add_alternatives(struct turns *t, struct turn_element *e, const char *text, uint32_t length, char between)
{
    for (uint32_t at = 0, n; at < length; at += n + 1) {
        for (n = 0; at + n < length && text[at + n] != between; n++)
            ;
        if (n > 0)
            add_alternative(t, e, text + at, n);
    }
}

static int by_number(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Elements that are written alike share their words. */
static bool share_words(struct making *m, struct turn_element *e, const char *text, uint32_t length)
{
    struct turns *t = m->turns;

    for (uint32_t i = 0; i + 1 < t->n_elements; i++) {
        const char *other = m->texts[i];
        if (!other || strncmp(other, text, length) != 0 || strchr(" ?", other[length]) == NULL)
            continue;
        e->first = t->elements[i].first;
        e->n = t->elements[i].n;
        e->classes = t->elements[i].classes;
        e->some = t->elements[i].some;
        return true;
    }
    return false;
}

static void add_element(struct making *m, const char *text, uint32_t length)
{
    struct turns *t = m->turns;

    check(t->n_elements < TURNS_MOST_ELEMENTS, "too many elements", text);
    struct turn_element *e = &t->elements[t->n_elements++];
    *e = (struct turn_element) { .first = (uint16_t)t->n_members };
    if (length == 1 && (*text == '^' || *text == '$')) {
        e->anchor = (uint8_t)*text;
        return;
    }
    if (*text == '*' && length == 2) {
        e->gap = (uint8_t)(text[1] - '0');
        return;
    }
    if (*text == '!' && length > 1) {
        e->is_not = true;
        text++;
        length--;
    }
    if (length > 1 && text[length - 1] == '?') {
        e->is_optional = true;
        length--;
    }
    m->texts[t->n_elements - 1] = text;
    if (share_words(m, e, text, length))
        return;
    add_alternatives(t, e, text, length, '|');
    qsort(t->members + e->first, e->n, sizeof *t->members, by_number);
    for (uint32_t i = e->first; i < (uint32_t)e->first + e->n; i++)
        e->some |= 1ull << t->members[i] % 64;
}

static void add_pattern(struct making *m, const struct turn_line *line)
{
    struct turns *t = m->turns;

    check(t->n_patterns < TURNS_MOST_PATTERNS, "too many patterns", line->pattern);
    struct turn_pattern *p = &t->patterns[t->n_patterns++];
    *p = (struct turn_pattern) { .first = (uint16_t)t->n_elements, .value = (int8_t)(line->value * 10) };
    p->does = line->does[0];
    p->covers = line->does[1];
    p->is_fixed = line->does[2] == '!';
    for (const char *at = line->pattern; *at; at += *at == ' ') {
        uint32_t length = (uint32_t)strcspn(at, " ");
        add_element(m, at, length);
        at += length;
        p->n++;
    }
}

/* ---- Keys
 * -------------------------------------------------------------------------------------------------------------- */

static void find_shares(struct making *m)
{
    static const struct {
        const char *words;
        float share;
    } common[] = {
        { "the , . to a of and in is it", 30 },
        { "for with you as but this on that i was : ! be 's", 6 },
        { "an have not n't are at its so from has one all like more about ? his or if my what they there he \" -", 3 },
        { "just do up will than can no good out who we when would their time your too only been get even me does well "
          "most much had now other could work way people them love were great",
          1.4f },
        { "how any over did 'm also best her first see may really after those many because last still should day 're "
          "better made go enough 've such thing use never another bad she our us back every say know 'll take these "
          "might long need down without something right look being want old ever before where always again end nothing "
          "hard fun feel find since easy worth why come used things times",
          0.6f },
    };
    uint32_t n;

    for (uint32_t i = 0; i < TURNS_MOST_WORDS; i++)
        m->shares[i] = 0.02f;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        EACH_WORD(word, n, common[i].words)
    m->shares[turns_number(m->turns, word_hash(word, n, n))] = common[i].share;
}

/* Of how many tokens an element is, roughly, in thousandths. */
static float share_of(const struct making *m, const struct turn_element *e)
{
    float sum = 0;

    for (uint32_t i = 0; i < e->n; i++)
        sum += m->shares[m->turns->members[e->first + i]];
    return sum;
}

/* Whether each token that the element stands for is one of its words, and there is one. */
static bool is_of_words(const struct turn_element *e)
{
    return !e->anchor && !e->gap && !e->is_optional && !e->is_not && e->n > 0 && !e->classes;
}

/* The key is the rarest such element, the more so the fewer places before it there are where the pattern may start. */
static uint32_t choose_key(const struct making *m, struct turn_pattern *p)
{
    const struct turn_element *e = &m->turns->elements[p->first];
    uint32_t least = 0, most = 0, key = p->n;
    float least_cost = 0;

    for (uint32_t i = 0; i < p->n; i++) {
        float cost = share_of(m, &e[i]) * (float)(most - least + 2);
        if (is_of_words(&e[i]) && (key == p->n || cost < least_cost)) {
            least_cost = cost;
            key = i;
            p->least = (uint8_t)least;
            p->most = (uint8_t)most;
        }
        least += !e[i].anchor && !e[i].gap && !e[i].is_optional;
        most += e[i].anchor ? 0 : e[i].gap ? e[i].gap : 1;
    }
    check(most < UINT8_MAX, "too long", m->texts[p->first]);
    return key;
}

#define MOST_SHARE 10.0f /* of words that it is worth while to look for */

static void set_bit(struct turn_set *set, uint32_t pattern)
{
    set->bits[pattern / 64] |= 1ull << pattern % 64;
}

static void need(struct making *m, const struct turn_element *e, int which, uint32_t pattern)
{
    struct turns *t = m->turns;

    for (uint32_t i = e->first; i < (uint32_t)e->first + e->n; i++) {
        set_bit(&m->needs[t->members[i]][which], pattern);
        t->does[t->members[i]] |= TURN_WORD_ASKED;
    }
}

/* What a sentence is asked for before a pattern is tried in it: a word of its key, one of the rarest element beside
 * that, and words of the classes that it has. */
static void choose_needs(struct making *m, uint32_t pattern)
{
    struct turns *t = m->turns;
    const struct turn_pattern *p = &t->patterns[pattern];
    const struct turn_element *second = NULL;

    for (uint32_t i = 0; i < p->n; i++) {
        const struct turn_element *e = &t->elements[p->first + i];
        if (e->anchor || e->gap || e->is_optional || e->is_not)
            continue;
        if (e->n == 0 && e->classes == CLASS_NUMBER)
            set_bit(&t->number, pattern);
        if (e->n == 0 && e->classes == CLASS_GOOD)
            set_bit(&t->good, pattern);
        if (e->n == 0 && e->classes == CLASS_BAD)
            set_bit(&t->bad, pattern);
        if (e->n > 0 && !e->classes && i != p->key && share_of(m, e) < MOST_SHARE &&
            (!second || share_of(m, e) < share_of(m, second)))
            second = e;
    }
    need(m, &t->elements[p->first + p->key], 0, pattern);
    if (second)
        need(m, second, 1, pattern);
    else
        set_bit(&t->always, pattern);
}

/* Words with the same needs have one row; the first is that of words that have none. */
static void share_rows(struct making *m)
{
    struct turns *t = m->turns;

    t->n_rows = 1;
    for (uint32_t word = 1; word <= t->n_words; word++) {
        uint32_t row = 0;
        while (row < t->n_rows && memcmp(t->needs[row], m->needs[word], sizeof *t->needs) != 0)
            row++;
        check(row < TURNS_MOST_ROWS, "too many rows", "all");
        if (row == t->n_rows)
            memcpy(t->needs[t->n_rows++], m->needs[word], sizeof *t->needs);
        t->rows[word] = (uint16_t)row;
    }
}

static void mark_asked(struct turns *t)
{
    for (uint32_t word = 1; word <= t->n_words; word++)
        if (t->does[word] & TURN_WORD_ASKED)
            t->asked[turns_asked_bit(hashes[word]) / 64] |= 1ull << turns_asked_bit(hashes[word]) % 64;
}

static void make(struct making *m)
{
    static const char *const names[] = { "@names", "@no_names", "@before_name", "@joins_name", "@behind_name" };
    struct turns *t = m->turns;

    for (const struct turn_line *line = turn_lines; line->pattern; line++)
        add_pattern(m, line);
    t->name_words = t->n_elements;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        add_element(m, names[i], (uint32_t)strlen(names[i]));
    find_shares(m);
    for (uint32_t i = 0; i < t->n_patterns; i++) {
        struct turn_pattern *p = &t->patterns[i];
        uint32_t key = choose_key(m, p);
        check(key < p->n, "no word that must be there", turn_lines[i].pattern);
        p->key = (uint8_t)key;
        choose_needs(m, i);
    }
    share_rows(m);
    mark_ratings(t);
    mark_list(t, "finance", TURN_WORD_FINANCE | TURN_WORD_FIELD);
    mark_list(t, "finance_most", TURN_WORD_FINANCE | TURN_WORD_MOST | TURN_WORD_FIELD);
    mark_list(t, "support_field", TURN_WORD_SUPPORT | TURN_WORD_FIELD);
    mark_asked(t);
}

/* ---- As a source
 * ------------------------------------------------------------------------------------------------------- */

static void print_set(FILE *out, const struct turn_set *set)
{
    fprintf(out, "{ {");
    for (int i = 0; i < TURNS_SET; i++)
        fprintf(out, " 0x%llxu,", (unsigned long long)set->bits[i]);
    fprintf(out, " } },");
}

static void print_named_set(FILE *out, const char *name, const struct turn_set *set)
{
    fprintf(out, "    .%s = ", name);
    print_set(out, set);
    fprintf(out, "\n");
}

static void print_numbers(FILE *out, const uint16_t *numbers, uint32_t n)
{
    fprintf(out, "{");
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, "%s%u,", i % 32 == 31 ? "\n" : " ", numbers[i]);
    fprintf(out, " },");
}

static void print_words(FILE *out, const struct turns *t)
{
    static const struct turn_bucket empty;

    fprintf(out, "    .buckets = {\n");
    for (uint32_t i = 0; i < TURNS_BUCKETS; i++) {
        if (memcmp(&t->buckets[i], &empty, sizeof empty) == 0)
            continue;
        fprintf(out, "[%u] = { ", i);
        print_numbers(out, t->buckets[i].tags, TURNS_BUCKET);
        print_numbers(out, t->buckets[i].numbers, TURNS_BUCKET);
        fprintf(out, " },\n");
    }
    fprintf(out, "    },\n    .asked = {");
    for (uint32_t i = 0; i < TURNS_ASKED_BITS / 64; i++)
        fprintf(out, "%s0x%llx,", i % 8 ? " " : "\n", (unsigned long long)t->asked[i]);
    fprintf(out, " },\n    .needs = {\n");
    for (uint32_t i = 0; i < t->n_rows; i++) {
        fprintf(out, "{ ");
        print_set(out, &t->needs[i][0]);
        print_set(out, &t->needs[i][1]);
        fprintf(out, " },\n");
    }
    fprintf(out, "    },\n    .rows = ");
    print_numbers(out, t->rows, t->n_words + 1);
    fprintf(out, "\n    .does = {");
    for (uint32_t i = 0; i <= t->n_words; i++)
        fprintf(out, "%s%u,", i % 32 == 31 ? "\n" : " ", t->does[i]);
    fprintf(out, " },\n");
}

static void print_patterns(FILE *out, const struct turns *t)
{
    fprintf(out, "    .members = ");
    print_numbers(out, t->members, t->n_members);
    fprintf(out, "\n    .elements = {\n");
    for (uint32_t i = 0; i < t->n_elements; i++) {
        const struct turn_element *e = &t->elements[i];
        fprintf(out, "{ %u, %u, %u, %u, %d, %d, %u, 0x%llxu },\n", e->first, e->n, e->classes, e->gap, e->is_optional,
                e->is_not, e->anchor, (unsigned long long)e->some);
    }
    fprintf(out, "    },\n    .patterns = {\n");
    for (uint32_t i = 0; i < t->n_patterns; i++) {
        const struct turn_pattern *p = &t->patterns[i];
        fprintf(out, "{ %u, %u, %d, '%c', '%c', %d, %u, %u, %u },\n", p->first, p->n, p->value, p->does, p->covers,
                p->is_fixed, p->key, p->least, p->most);
    }
    fprintf(out, "    },\n");
}

static void print(FILE *out, const struct turns *t)
{
    fprintf(
        out,
        "/* Made by sentiment-turns from plugins/sentiment/turns_list.c. */\n#include \"plugins/sentiment/turns.h\"\n\n"
        "const struct turns turns_made = {\n");
    print_words(out, t);
    print_patterns(out, t);
    print_named_set(out, "always", &t->always);
    print_named_set(out, "good", &t->good);
    print_named_set(out, "bad", &t->bad);
    print_named_set(out, "number", &t->number);
    fprintf(out, "    .n_patterns = %u, .name_words = %u,\n};\n", t->n_patterns, t->name_words);
}

int main(int argc, char **argv)
{
    static struct turns turns;
    static struct making making = { .turns = &turns };
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;

    if (!out) {
        fprintf(stderr, "usage: sentiment-turns FILE.c, in a folder that can be written to\n");
        return 2;
    }
    make(&making);
    print(out, &turns);
    if (fclose(out) == 0)
        return 0;
    perror(argv[1]);
    remove(argv[1]);
    return 1;
}
