/* page.c: see page.h. */
#include "plugins/entities/names/page.h"

#include <string.h>

#include "plugins/entities/names/context.h"
#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/names/labels.h"
#include "plugins/lib/character.h"

/* How many tokens the longest sentence has, as page_read will see them. */
static uint32_t longest_sentence(const struct entity_input *in)
{
    uint32_t longest = 0;

    for (uint32_t i = 0, sentence = 0; i < in->n_tokens; sentence++) {
        uint32_t first = i, end = sentence < in->n_sentences ? in->sentences[sentence].end : UINT32_MAX;
        while (i < in->n_tokens && in->tokens[i].start < end)
            i++;
        longest = i - first > longest ? i - first : longest;
    }
    return longest < SENTENCE_MOST_TOKENS ? longest : SENTENCE_MOST_TOKENS;
}

int32_t page_make(struct page *page, const struct entity_input *input, const struct entity_means *means)
{
    uint32_t room = input->n_tokens < PAGE_MOST_TOKENS ? input->n_tokens : PAGE_MOST_TOKENS, slots = 64;

    while (slots < room * 2)
        slots *= 2;
    memset(page, 0, sizeof *page);
    page->room = room;
    page->longest = longest_sentence(input);
    page->mask = slots - 1;
    page->words = means->alloc(means->context, (room + 1) * sizeof *page->words);
    page->flags = means->alloc(means->context, room + 1);
    page->phrases = means->alloc(means->context, (room + 1) * sizeof *page->phrases);
    page->listed = means->alloc(means->context, (room + 1) * sizeof *page->listed);
    page->sentences = means->alloc(means->context, (room + 1) * sizeof *page->sentences);
    page->lexicon = means->alloc(means->context, (room + 1) * sizeof *page->lexicon);
    page->known = means->alloc(means->context, (room + 1) * sizeof(const struct frequent_word *));
    page->traits = means->alloc(means->context, (room + 1) * sizeof *page->traits);
    page->candidates = means->alloc(means->context, (room + 1) * sizeof *page->candidates);
    page->groups = means->alloc(means->context, (room + 1) * sizeof *page->groups);
    page->word_table = means->alloc(means->context, slots * sizeof *page->word_table);
    page->group_table = means->alloc(means->context, slots * sizeof *page->group_table);
    return page->words && page->flags && page->phrases && page->listed && page->sentences && page->lexicon &&
                   page->known && page->traits && page->candidates && page->groups && page->word_table &&
                   page->group_table
               ? TEXTD_OK
               : TEXTD_NO_MEMORY;
}

/* ---- Words ------------------------------------------------------------------------------------------------------------- */

/* Where the table has the group of these words: 1 + its number, 0: nowhere yet. */
static uint32_t *find_group(const struct page *page, uint64_t lower)
{
    uint32_t at = (uint32_t)(lower >> 32) & page->mask;

    while (page->group_table[at] && page->groups[page->group_table[at] - 1].lower != lower)
        at = (at + 1) & page->mask;
    return &page->group_table[at];
}

static uint32_t group_of(struct page *page, uint64_t lower)
{
    uint32_t *slot = find_group(page, lower);

    if (*slot == 0) {
        page->groups[page->n_groups] = (struct page_group) { .lower = lower };
        *slot = ++page->n_groups;
    }
    return *slot - 1;
}

/* Fills in what is known of the words that wait for it. */
static void know_words(struct page *page)
{
    for (uint32_t i = 0; i < page->n_waiting; i++)
        word_know(&page->lexicon[page->waiting[i].word], page->waiting[i].hash, page->knowledge);
    page->n_waiting = 0;
}

/* Takes the word from those that are known beforehand, or reads it. */
static void read_word(struct page *page, struct name_word *word, uint64_t hash, const char *text, size_t length)
{
    const struct frequent_word *known = page->frequent ? frequent_find_word(page->frequent, hash, text, length) : NULL;

    page->known[page->n_words] = known;
    if (known) {
        *word = known->word;
        return;
    }
    if (page->n_waiting == PAGE_WAITING)
        know_words(page);
    struct page_new_word *new = &page->waiting[page->n_waiting++];
    *new = (struct page_new_word) { word_read(word, text, length), page->n_words };
    word->whole = hash;
    if (page->knowledge)
        knowledge_fetch(page->knowledge, word, new->hash);
}

/* The word of a token, looked at once for all its occurrences. */
static uint32_t word_of(struct page *page, uint64_t hash, const char *text, size_t length)
{
    struct name_word *word = &page->lexicon[page->n_words];
    uint32_t at;

    at = (uint32_t)(hash >> 32) & page->mask;
    for (; page->word_table[at]; at = (at + 1) & page->mask)
        if (page->lexicon[page->word_table[at]].whole == hash)
            return page->word_table[at];
    read_word(page, word, hash, text, length);
    word->group = NO_GROUP;
    page->word_table[at] = page->n_words;
    return page->n_words++;
}

/* Names of hosts may be names of companies; addresses, handles and topics are what the expressions find. */
static bool is_link(const struct page *page, uint32_t token)
{
    const struct textd_span *span = &page->input->tokens[token];
    const char *text = page->input->text + span->start;

    return page->input->kinds[token] == TEXTD_TOKEN_LINK &&
           (*text == '#' || memchr(text, '@', span->end - span->start) || memchr(text, '/', span->end - span->start));
}

static uint8_t flags_of(const struct page *page, uint32_t token, uint32_t sentence_first)
{
    const struct entity_input *in = page->input;
    uint32_t start = in->tokens[token].start, before = token > 0 ? in->tokens[token - 1].end : 0;
    uint8_t flags = token > 0 && before == start ? MARK_GLUED : 0;

    if (start - before == 1) /* nearly always */
        flags = in->text[before] == '\n' ? MARK_LINE : 0;
    else if (start > before && memchr(in->text + before, '\n', start - before))
        flags = MARK_LINE;
    if (token == sentence_first)
        flags |= MARK_OPENS;
    return is_link(page, token) ? flags | MARK_NEVER : flags;
}

/* Behind a mark that opens (a quote, a bracket, a dash, a bullet) a sentence begins again. */
static bool opens_behind(const struct page *page, uint32_t i)
{
    const struct entity_input *in = page->input;
    uint32_t size;

    if (!(page->flags[i - 1] & MARK_OPENS) && page_form(page, i - 1) != FORM_OTHER)
        return false;
    enum character kind = char_kind_at(in->text, in->tokens[page->first + i - 1].start, &size);
    return kind == CHAR_OPEN || kind == CHAR_QUOTE ||
           ((page->flags[i - 1] & MARK_OPENS) && page_form(page, i - 1) == FORM_OTHER);
}

/* The hashes of the words' bytes, from the token on. */
static void hash_tokens(const struct page *page, uint32_t token, uint32_t n, uint64_t *hashes)
{
    const struct entity_input *in = page->input;

    for (uint32_t k = 0; k < n; k++) {
        const struct textd_span *span = &in->tokens[token + k];
        hashes[k] = hash_bytes(in->text + span->start, span->end - span->start);
        if (page->frequent)
            frequent_fetch(page->frequent, hashes[k]);
    }
}

/* What no sentence holds whole is no part of a name. */
static void read_tokens(struct page *page, struct page_sentence *s, uint32_t token, struct textd_span sentence)
{
    const struct entity_input *in = page->input;
    uint32_t first = s->first, end = s->end;
    uint64_t hashes[SENTENCE_MOST_TOKENS]; /* of the whole, where the word's own is of its head */

    hash_tokens(page, token, end - first, hashes);
    for (uint32_t i = first; i < end; i++, token++) {
        const struct textd_span *span = &in->tokens[token];
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): there are as many as tokens */
        page->words[i] = word_of(page, hashes[i - first], in->text + span->start, span->end - span->start);
        const uint8_t form = page_word(page, i)->form & 3u;
        page->flags[i] = (uint8_t)(flags_of(page, token, page->first + s->first) | form << MARK_FORM);
        s->n_forms[form]++;
        if (span->start < sentence.start || span->end > sentence.end)
            page->flags[i] |= MARK_NEVER;
        s->n_numbers += span->end > span->start && char_is_digit(in->text[span->start]);
        if (i > s->first && opens_behind(page, i))
            page->flags[i] |= MARK_OPENS;
    }
}

/* ---- How words are written --------------------------------------------------------------------------------------------- */

/* A sentence without any capital is one without names where its neighbours have capitals, and one that tells nothing where
 * most have none. */
static void judge_cases(struct page *page)
{
    uint32_t n_small = 0;

    for (uint32_t k = 0; k < page->n_sentences; k++) {
        struct page_sentence *s = &page->sentences[k];
        uint32_t lower = s->n_forms[FORM_LOWER], capital = s->n_forms[FORM_CAPITAL], caps = s->n_forms[FORM_CAPS];
        s->use = CASE_PLAIN;
        if (lower == 0 && caps > 0 && caps + capital > 1)
            s->use = CASE_NONE;
        else if (capital + caps > 3 && lower * 2 < capital + caps)
            s->use = caps > 2 * (capital + lower) ? CASE_NONE : CASE_TITLE;
        else if (lower > 0 && capital + caps == 0)
            n_small++;
    }
    if (n_small * 2 < page->n_sentences + (page->n_sentences == 1))
        return;
    for (uint32_t k = 0; k < page->n_sentences; k++)
        if (page->sentences[k].n_forms[FORM_CAPITAL] + page->sentences[k].n_forms[FORM_CAPS] == 0)
            page->sentences[k].use = CASE_NONE;
}

_Static_assert(FORM_CAPITAL == 2 && FORM_CAPS == 3 && MARK_CANDIDATE << 2 == 2u << MARK_FORM,
               "a form's upper bit says that there is a capital");

static void give_group(struct page *page, struct name_word *word)
{
    if (word->group == NO_GROUP)
        word->group = group_of(page, word->lower);
}

static void mark_candidates(struct page *page)
{
    page->n_candidates = 0;
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        bool counts_small = s->use == CASE_NONE;
        for (uint32_t i = s->first; i < s->end; i++) {
            uint32_t is = page->flags[i] >> 2 & MARK_CANDIDATE;
            if (counts_small && page_form(page, i) == FORM_LOWER)
                is = MARK_CANDIDATE;
            page->flags[i] |= (uint8_t)is;
            page->candidates[page->n_candidates] = i;
            page->n_candidates += is / MARK_CANDIDATE;
            if (is)
                give_group(page, &page->lexicon[page->words[i]]);
        }
    }
}

static void count_groups(struct page *page)
{
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        for (uint32_t i = s->first; i < s->end && s->use == CASE_PLAIN; i++) {
            page->traits[page->words[i]] |= TRAIT_SEEN;
            if (page_form(page, i) == FORM_CAPITAL && !(page->flags[i] & MARK_OPENS))
                page->groups[page_word(page, i)->group].n_inside++;
        }
    }
    for (uint32_t i = 0; i < page->n_words; i++) {
        if ((page->traits[i] & (TRAIT_SMALL | TRAIT_SEEN)) != (TRAIT_SMALL | TRAIT_SEEN))
            continue;
        uint32_t number = *find_group(page, page->lexicon[i].lower);
        if (number)
            page->groups[number - 1].has_small = true;
    }
}

/* A word with a small letter that is frequent, or known and in none of the lists, is no part of a name where
 * capitals are used, two words or more away from any. That is most words, and nothing more need be asked about them. */
#define PLAIN_RANK 9u
#define PLAIN_DISTANCE 2u

static bool is_plain(const struct name_word *w)
{
    if (w->form != FORM_LOWER)
        return w->form == FORM_OTHER;
    return w->rank > 0 && !w->is_mixed && (w->rank <= PLAIN_RANK || (w->kinds == 0 && w->phrase == 0));
}

static uint16_t traits_of(const struct name_word *w, uint32_t n_topics)
{
    uint32_t topic = w->rank >= TOPIC_RANK ? w->clusters[TOPIC_CLUSTERING] : 0, traits = is_plain(w) ? TRAIT_PLAIN : 0;

    if (w->phrase)
        traits |= w->form != FORM_LOWER || w->is_mixed ? TRAIT_LISTED | TRAIT_STARTS : TRAIT_LISTED;
    if (w->form == FORM_LOWER)
        traits |= TRAIT_SMALL;
    return (uint16_t)(traits | (topic < n_topics ? topic : 0) << TRAIT_TOPIC);
}

static void find_traits(struct page *page)
{
    uint32_t n_topics = page->knowledge ? page->knowledge->n_topics : 0;

    for (uint32_t i = 0; i < page->n_words; i++)
        page->traits[i] = traits_of(&page->lexicon[i], n_topics);
}

static void mark_plain(struct page *page)
{
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        uint32_t from = s->first; /* the first plain word that is far enough from what stands before it */
        for (uint32_t i = s->first; i <= s->end && s->use != CASE_NONE; i++) {
            if (i < s->end && page_trait(page, i) & TRAIT_PLAIN)
                continue;
            for (uint32_t last = i < s->end ? i : i + PLAIN_DISTANCE; from + PLAIN_DISTANCE < last; from++)
                page->flags[from] |= MARK_NEVER;
            from = i + 1 + PLAIN_DISTANCE;
        }
    }
}

/* ---- Phrases ----------------------------------------------------------------------------------------------------------- */

static const uint32_t class_kinds[N_PHRASE_CLASSES] = {
    [PHRASE_PERSON] = 1u << KIND_PERSON | 1u << KIND_FIRST_NAME | 1u << KIND_SURNAME,
    [PHRASE_PLACE] = 1u << KIND_CITY | 1u << KIND_BIG_CITY | 1u << KIND_COUNTRY | 1u << KIND_REGION,
    [PHRASE_ORG] = 1u << KIND_ORG | 1u << KIND_COMPANY | 1u << KIND_INSTITUTION | 1u << KIND_CLUB,
    [PHRASE_OTHER] = 1u << KIND_WORK | 1u << KIND_EVENT | 1u << KIND_PRODUCT | 1u << KIND_PEOPLE | 1u << KIND_LANGUAGE,
};

static void mark_phrase(struct page *page, uint32_t first, uint32_t end, enum phrase_class class)
{
    if (page->phrases[first] >> 2 * class & 3)
        return; /* a part of one that began before, or of a longer one */
    for (uint32_t i = first; i < end; i++) {
        enum phrase_place place = i == first ? PHRASE_BEGIN : i + 1 < end ? PHRASE_INSIDE : PHRASE_LAST;
        page->phrases[i] = (uint16_t)((page->phrases[i] & ~(3u << 2 * class)) | (uint32_t)place << 2 * class);
    }
}

/* What is known of the phrases that start at a token: the kinds and bits of those of 1, 2, … words. */
struct starts {
    uint32_t known[PHRASE_LONGEST + 1], longest;
    uint64_t writings[PHRASE_LONGEST + 1];
};

static void match_phrases(const struct page *page, const struct page_sentence *s, uint32_t i, struct starts *starts)
{
    uint64_t hash = 0, writing = 0;

    starts->longest = 0;
    for (uint32_t n = 1; n <= PHRASE_LONGEST && i + n <= s->end; n++) {
        const struct name_word *w = page_word(page, i + n - 1);
        hash = knowledge_phrase_add(hash, w);
        writing = knowledge_writing_add(writing, w);
        starts->known[n] = n == 1 ? w->phrase : knowledge_phrase(page->knowledge, hash);
        starts->writings[n] = writing;
        starts->longest = n;
        if (!(starts->known[n] & PHRASE_GOES_ON))
            break;
    }
}

/* Marks the longest phrase of each class that starts at token `i`. */
static void mark_phrases(struct page *page, uint32_t i, const struct starts *starts)
{
    for (uint32_t n = starts->longest; n > 1; n--)
        for (uint32_t class = 0; class < N_PHRASE_CLASSES; class ++)
            if (starts->known[n] & class_kinds[class])
                mark_phrase(page, i, i + n, (enum phrase_class) class);
}

static uint32_t exactness(uint32_t known, uint64_t writing)
{
    if (known & PHRASE_WRITINGS || known >> PHRASE_WRITING == 0)
        return 0;
    return known >> PHRASE_WRITING == knowledge_writing(writing) ? LISTED_EXACT : LISTED_OTHER;
}

/* Behind "The" at the start of a sentence a name is as alone as behind "the". */
static bool is_no_part(const struct page *page, const struct page_sentence *s, int64_t i)
{
    if (i < s->first || i >= s->end)
        return true;
    const struct name_word *w = page_word(page, (uint32_t)i);
    return w->form == FORM_LOWER || w->form == FORM_OTHER ||
           (page->flags[i] & MARK_OPENS && w->rank > 0 && w->rank < TOPIC_RANK);
}

/* Marks the tokens of the longest name that starts at token `i`, if the lists have one, and returns its end. With a small letter it must be written
 * as the lists have it. */
static uint32_t mark_listed(struct page *page, const struct page_sentence *s, uint32_t i, const struct starts *starts)
{
    uint32_t n = starts->longest;

    while (n > 0 && !(starts->known[n] & PHRASE_KINDS))
        n--;
    if (n == 0)
        return i + 1;
    const struct name_word *w = page_word(page, i);
    uint32_t known = starts->known[n], marks = exactness(known, starts->writings[n]);
    if (w->form == FORM_LOWER && s->use != CASE_NONE && marks != LISTED_EXACT)
        return i + 1;
    marks |= (known & PHRASE_KINDS) | (n == 1 ? w->kinds : 0);
    marks |= (known & PHRASE_PLAIN ? LISTED_PLAIN : 0) | (known & PHRASE_FAMOUS ? LISTED_FAMOUS : 0);
    marks |= page->flags[i] & MARK_OPENS ? LISTED_OPENS : 0;
    if (is_no_part(page, s, (int64_t)i - 1) && is_no_part(page, s, (int64_t)i + n))
        marks |= LISTED_WHOLE;
    for (uint32_t k = 0; k < n; k++) {
        enum name_place place = n == 1 ? PLACE_UNIT : k == 0 ? PLACE_BEGIN : k + 1 < n ? PLACE_INSIDE : PLACE_LAST;
        page->listed[i + k] = marks | (uint32_t)place << LISTED_PLACE;
    }
    return i + n;
}

static bool may_start_phrase(const struct page *page, const struct page_sentence *s, uint32_t i)
{
    return page_trait(page, i) & (s->use == CASE_NONE ? TRAIT_LISTED : TRAIT_STARTS);
}

#define FETCHED_AHEAD 6u /* tokens */

/* Has memory fetch what the lists have of the two words that start at token `i`. */
static void fetch_phrase(const struct page *page, const struct page_sentence *s, uint32_t i)
{
    if (i + 1 >= s->end || !may_start_phrase(page, s, i) || !(page_word(page, i)->phrase & PHRASE_GOES_ON))
        return;
    knowledge_fetch_phrase(page->knowledge,
                           knowledge_phrase_add(knowledge_phrase_add(0, page_word(page, i)), page_word(page, i + 1)));
}

static void find_phrases(struct page *page)
{
    memset(page->phrases, 0, page->n * sizeof *page->phrases);
    memset(page->listed, 0, page->n * sizeof *page->listed);
    if (!page->knowledge || page->knowledge->n_phrases == 0)
        return;
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        for (uint32_t i = s->first, from = s->first; i < s->end; i++) {
            struct starts starts;
            fetch_phrase(page, s, i + FETCHED_AHEAD);
            if (!may_start_phrase(page, s, i))
                continue;
            match_phrases(page, s, i, &starts);
            mark_phrases(page, i, &starts);
            if (i >= from)
                from = mark_listed(page, s, i, &starts);
        }
    }
}

/* ---- The page ---------------------------------------------------------------------------------------------------------- */

static void begin(struct page *page, const struct entity_input *input, const struct knowledge *knowledge,
                  uint32_t token)
{
    page->input = input;
    page->knowledge = knowledge;
    page->first = token;
    page->n = page->n_sentences = page->n_groups = 0;
    memset(page->word_table, 0, (page->mask + 1) * sizeof *page->word_table);
    memset(page->group_table, 0, (page->mask + 1) * sizeof *page->group_table);
    memset(&page->lexicon[PAGE_PAD], 0, sizeof *page->lexicon);
    page->known[PAGE_PAD] = NULL;
    page->n_words = PAGE_PAD + 1;
    page->lexicon[PAGE_PAD].exact = page->lexicon[PAGE_PAD].lower = hash_bytes("<>", 2);
    page->lexicon[PAGE_PAD].shape = page->lexicon[PAGE_PAD].long_shape = 1;
}

/* Whether a line or a cell ends for good before the token. */
static bool parts(struct page *page, uint32_t token, uint32_t sentence_end)
{
    const struct entity_input *in = page->input;
    uint32_t from = in->tokens[token - 1].end, to = in->tokens[token].start;

    return from < to && !(to - from == 1 && in->text[from] == ' ') &&
           lines_part(&page->lines, in->text, in->text_length, from, to, sentence_end);
}

void page_read(struct page *page, const struct entity_input *input, const struct knowledge *knowledge,
               uint32_t *sentence, uint32_t *token)
{
    begin(page, input, knowledge, *token);
    while (*token < input->n_tokens) {
        struct textd_span within = { UINT32_MAX, UINT32_MAX };
        if (*sentence < input->n_sentences)
            within = input->sentences[*sentence];
        uint32_t end = *token, most = page->room - page->n;
        while (end < input->n_tokens && end - *token < page->longest && input->tokens[end].start < within.end &&
               (end == *token || !parts(page, end, within.end)))
            end++;
        if (end - *token > most)
            break;
        if (end > *token) {
            struct page_sentence *s = &page->sentences[page->n_sentences++];
            *s = (struct page_sentence) { .first = page->n, .end = page->n + end - *token };
            page->n = s->end;
            read_tokens(page, s, *token, within);
            *token = end;
        }
        if (end == input->n_tokens || input->tokens[end].start >= within.end)
            ++*sentence;
    }
    know_words(page);
    find_traits(page);
    judge_cases(page);
    mark_candidates(page);
    mark_plain(page);
    count_groups(page);
    find_phrases(page);
    context_find(page);
}

void page_forget_case(struct page *page)
{
    for (uint32_t k = 0; k < page->n_sentences; k++)
        page->sentences[k].use = CASE_NONE;
    for (uint32_t i = 0; i < page->n; i++)
        if (!is_link(page, page->first + i))
            page->flags[i] &= (uint8_t)~MARK_NEVER;
    mark_candidates(page);
    find_phrases(page);
    context_find(page);
}
