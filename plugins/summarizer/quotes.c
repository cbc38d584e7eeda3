/* quotes.c: which sentences don't stand alone (document.h): those of one quotation, what leans on the sentence before it, and small talk. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"

#define LONGEST_QUOTATION 4u /* sentences that are kept as one */
#define LONGEST_CHAIN 3u     /* sentences of which each leans on the one before */
#define SMALL_TALK_WORDS 7u
#define LONGEST_ENDING 14u /* bytes of ", nonetheless." */
#define TALK_SENTENCES 20u /* of a text that may be talk, and one in how many hangs there */
#define TALK_SHARE 3u

/* ---- Lists, in small letters and in the order of their bytes ------------------------------------------------------------ */

/* Courtesy at the start and the end of mails and talks. */
static const char *const courtesies[] = { "best regards",
                                          "best wishes",
                                          "bye",
                                          "can everybody hear",
                                          "can everyone hear",
                                          "can you hear",
                                          "cheers",
                                          "congratulations",
                                          "dear",
                                          "good afternoon",
                                          "good day",
                                          "good evening",
                                          "good morning",
                                          "good night",
                                          "goodbye",
                                          "happy birthday",
                                          "happy to be",
                                          "have a good",
                                          "have a great",
                                          "have a nice",
                                          "hello",
                                          "hey",
                                          "hi",
                                          "hope all",
                                          "hope this",
                                          "hope you",
                                          "how are you",
                                          "i hope this",
                                          "i hope you are",
                                          "i hope you had",
                                          "kind regards",
                                          "let me know if",
                                          "looking forward",
                                          "loud and clear",
                                          "many thanks",
                                          "nice to",
                                          "no problem",
                                          "regards",
                                          "see you",
                                          "sincerely",
                                          "take care",
                                          "talk soon",
                                          "thank you",
                                          "thanks",
                                          "thx",
                                          "welcome back",
                                          "welcome everyone",
                                          "welcome to",
                                          "yes, loud",
                                          "you are welcome",
                                          "you're welcome",
                                          "yours" };

/* What is said alone. */
static const char *const answers[] = { "agreed", "ah",      "all right", "alright", "anyway", "brb",   "cool",
                                       "deal",   "exactly", "fine",      "good",    "got it", "great", "haha",
                                       "hmm",    "indeed",  "k",         "kk",      "lol",    "mm",    "mmhmm",
                                       "nice",   "no",      "nope",      "np",      "oh",     "ok",    "okay",
                                       "omg",    "perfect", "right",     "same",    "sorry",  "sure",  "ta",
                                       "uh",     "um",      "well",      "wow",     "yeah",   "yep",   "yes" };

/* They start as what leans does, and don't. */
static const char *const pointers_at_nothing[] = {
    "and so on",    "it is raining", "it is time",   "it rained",     "it snowed",    "it's time",
    "or else",      "so far",        "still life",   "such as",       "these days",   "this article",
    "this autumn",  "this book",     "this chapter", "this document", "this guide",   "this is the story",
    "this letter",  "this library",  "this manual",  "this module",   "this month",   "this morning",
    "this note",    "this package",  "this page",    "this paper",    "this release", "this report",
    "this section", "this spring",   "this story",   "this study",    "this summer",  "this thesis",
    "this time",    "this tutorial", "this version", "this week",     "this winter",  "this work",
    "this year"
};

/* Before what points ahead: "it is easy to see that". */
static const char *const empty_subjects[] = { "it appears",   "it has been", "it is",      "it seems", "it takes",
                                              "it turns out", "it was",      "it will be", "it's" };

/* Words that lean on what stands before, neither connectives nor pointers. */
static const char *const leaning[] = { "after that",
                                       "as a consequence",
                                       "as a result",
                                       "because of that",
                                       "because of this",
                                       "besides",
                                       "both of them",
                                       "by contrast",
                                       "by then,",
                                       "consequently",
                                       "conversely",
                                       "despite this",
                                       "especially",
                                       "even so",
                                       "even then",
                                       "for example",
                                       "for instance",
                                       "for that reason",
                                       "for this reason",
                                       "hence",
                                       "in addition",
                                       "in contrast",
                                       "in other words",
                                       "in that case",
                                       "in that way",
                                       "in this case",
                                       "in this way",
                                       "its",
                                       "likewise",
                                       "most of them",
                                       "neither did",
                                       "neither does",
                                       "neither of them",
                                       "nonetheless",
                                       "nor",
                                       "not only that",
                                       "on the other hand",
                                       "one of them",
                                       "similarly",
                                       "since then,",
                                       "some of them",
                                       "the first has",
                                       "the first is",
                                       "the first was",
                                       "the former",
                                       "the latter",
                                       "the same applies",
                                       "the same goes",
                                       "the second has",
                                       "the second is",
                                       "the second was",
                                       "there,",
                                       "too,",
                                       "until then",
                                       "which" };

/* Such words of which the first is one of SET_CONNECTIVE. */
static const char *const connectives[] = { "and",      "but",          "furthermore", "however",   "instead",
                                           "moreover", "nevertheless", "or",          "otherwise", "so",
                                           "then",     "therefore",    "thus",        "yet" };

/* And of SET_POINTER. */
static const char *const pointers[] = { "it", "it's", "its", "such", "that", "that's", "these", "this", "those" };

/* And those of them that are people. */
static const char *const persons[] = { "he", "he's", "her", "him", "his", "she", "she's", "their", "they", "they're" };

/* ---- Sentences that hang ------------------------------------------------------------------------------------------------ */

/* Whether the sentence's text starts with the phrase, of small letters, as words. */
static int starts_with(const char *text, uint32_t length, const char *phrase)
{
    uint32_t i = 0;

    for (; phrase[i]; i++)
        if (i == length || char_to_lower(text[i]) != phrase[i])
            return 0;
    return i == length || !char_is_lower(char_to_lower(text[i]));
}

/* The lists are in order, and few phrases start as the text does: those are found by halves. */
static int starts_with_any(const struct document *d, uint32_t sentence, uint32_t at, const char *const *phrases,
                           size_t n)
{
    char first = at < d->spans[sentence].end ? char_to_lower(d->text[at]) : 0;
    size_t from = 0;

    for (size_t left = n, half; left > 0; left = half) { /* no branch: which half it is can't be foretold */
        size_t is_before = phrases[from + left / 2][0] < first;
        half = left / 2 - (is_before & (left % 2 == 0));
        from += is_before * (left / 2 + 1);
    }
    for (; from < n && phrases[from][0] == first; from++)
        if (starts_with(d->text + at, d->spans[sentence].end - at, phrases[from]))
            return 1;
    return 0;
}

#define STARTS_WITH(d, i, at, list) starts_with_any(d, i, at, list, sizeof(list) / sizeof(list)[0])

/* Where what is said starts: behind the label of its line. */
static uint32_t said_from(const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];

    return s->body_token < s->end_token ? d->tokens[s->body_token].start : d->spans[sentence].start;
}

/* Courtesy at the start and the end of mails and talks. In few words: "Thanks to the new pump, the cellar stays dry" says something. */
static int is_small_talk(const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    uint32_t at = said_from(d, sentence);

    if (s->n_words <= 1 && d->kind == DOCUMENT_CHAT && starts_with(d->text + at, d->spans[sentence].end - at, "+1"))
        return 1;
    if (s->n_words > SMALL_TALK_WORDS || s->n_numbers > 0)
        return 0;
    return STARTS_WITH(d, sentence, at, courtesies) || (s->n_words < 4 && STARTS_WITH(d, sentence, at, answers));
}

/* "This paper shows", "It is easy to see that": a pointer that points at nothing before it. */
static int points_nowhere(const struct document *d, uint32_t sentence, uint32_t at)
{
    const char *text = d->text + at;
    uint32_t length = d->spans[sentence].end - at, words = 0;

    if (STARTS_WITH(d, sentence, at, pointers_at_nothing))
        return 1;
    if (!STARTS_WITH(d, sentence, at, empty_subjects))
        return 0;
    for (uint32_t i = 0; i + 5 < length && words < 7; i++) {
        words += text[i] == ' ';
        if (text[i] == ' ' && (memcmp(text + i, " that ", 6) == 0 || memcmp(text + i, " to ", 4) == 0))
            return 1;
    }
    return 0;
}

/* "And it is as simple as that", "He did", "For example, …", "As a result, …": leans on what stands before. Returns the flags. */
static uint32_t hangs(const struct document *d, uint32_t sentence)
{
    uint32_t at = said_from(d, sentence);

    while (at < d->spans[sentence].end && (d->text[at] == '"' || d->text[at] == '(' || d->text[at] == '\''))
        at++;
    /* What its first word is, is known already. */
    switch (d->sentences[sentence].body_token == d->sentences[sentence].first_token ? d->sentences[sentence].first_set
                                                                                    : SET_POINTER) {
    case SET_CONNECTIVE:
        return STARTS_WITH(d, sentence, at, connectives) && !points_nowhere(d, sentence, at) ? SENTENCE_HANGING : 0;
    case SET_POINTER:
        if (STARTS_WITH(d, sentence, at, persons))
            return SENTENCE_HANGING | SENTENCE_PERSON;
        return STARTS_WITH(d, sentence, at, pointers) && !points_nowhere(d, sentence, at) ? SENTENCE_HANGING : 0;
    default:
        return STARTS_WITH(d, sentence, at, leaning) ? SENTENCE_HANGING : 0;
    }
}

/* "Not everybody agrees, though.": a last word that sets it against what stands before. */
static int ends_leaning(const struct document *d, uint32_t sentence)
{
    static const char *const ends[] = {
        ", though.", ", however.", ", too.", ", either.", ", as well.", ", nonetheless."
    };
    const struct textd_span *span = &d->spans[sentence];
    const char *end = d->text + span->end;
    uint32_t length = span->end - span->start, looked_at = length < LONGEST_ENDING ? length : LONGEST_ENDING;

    if (length == 0 || end[-1] != '.' || !memchr(end - looked_at, ',', looked_at)) /* as in nearly all */
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (length > n && memcmp(end - n, ends[i], n) == 0)
            return 1;
    }
    return 0;
}

static int is_text(const struct sentence *s)
{
    return !(s->flags & (SENTENCE_HEADING | SENTENCE_BOILERPLATE | SENTENCE_SMALL_TALK | SENTENCE_LINE));
}

/* What hangs brings the sentence before it along; where there is none in the same stretch of text, it only loses. Where much hangs, people
 * talk, and everything answers the line before: then it says nothing. */
void document_find_hanging(struct document *d)
{
    uint32_t texts = 0, hanging = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];

        if (is_small_talk(d, i))
            s->flags |= SENTENCE_SMALL_TALK;
        if (!is_text(s) || d->kind == DOCUMENT_CHAT)
            continue;
        s->flags |= (uint16_t)(hangs(d, i) | (ends_leaning(d, i) ? SENTENCE_HANGING : 0u));
        texts++;
        hanging += (s->flags & SENTENCE_HANGING) != 0;
    }
    int is_talk = texts >= TALK_SENTENCES && TALK_SHARE * hanging > texts;
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];

        if (is_talk)
            s->flags &= (uint16_t) ~(SENTENCE_HANGING | SENTENCE_PERSON);
        else if (s->flags & SENTENCE_HANGING && i > 0 && is_text(s - 1) && s[-1].n_words > 0 &&
                 s[-1].flags & SENTENCE_WHOLE && i - s[-1].with_first < LONGEST_CHAIN)
            s->with_first = s[-1].with_first;
    }
}

enum mark { MARK_NONE, MARK_STRAIGHT, MARK_CURLY, MARK_LOW, MARK_ANGLE, MARK_SINGLE };

/* Which quotation mark the token is; *turn: 1 opens, -1 closes, 0 either. */
static enum mark mark_of(const struct document *d, uint32_t token, int *turn)
{
    const struct textd_span *t = &d->tokens[token];
    const char *at = d->text + t->start;
    uint32_t n = t->end - t->start, size;

    *turn = 0;
    if (n == 1 && *at == '"') {
        int before = t->start > 0 && char_kind_at(d->text, char_before(d->text, t->start), &size) != CHAR_BLANK &&
                     !strchr("([", d->text[t->start - 1]);
        int behind = t->end < d->length && char_kind_at(d->text, t->end, &size) != CHAR_BLANK;
        *turn = before == behind ? 0 : behind ? 1 : -1;
        return MARK_STRAIGHT;
    }
    if (n == 3 && memcmp(at, "\xe2\x80", 2) == 0) {
        unsigned char last = (unsigned char)at[2];
        *turn = last == 0x9D || last == 0x99 ? -1 : 1;
        if (last == 0x9E) /* which a curly one closes */
            return MARK_LOW;
        if (last == 0x9C || last == 0x9D)
            return MARK_CURLY;
        if (last == 0x98 || last == 0x99)
            return MARK_SINGLE;
        return MARK_NONE;
    }
    if (n == 2 && at[0] == '\xc2' && (at[1] == '\xab' || at[1] == '\xbb')) {
        *turn = at[1] == '\xab' ? 1 : -1;
        return MARK_ANGLE;
    }
    if (n != 1 || *at != '\'')
        return MARK_NONE;
    /* 'So', but not the boys' or rock 'n' roll: it opens before a letter with nothing joined before it, and closes behind a mark. */
    int joined = t->start > 0 && char_kind_at(d->text, char_before(d->text, t->start), &size) != CHAR_BLANK;
    *turn = !joined ? 1 : strchr(".,!?", d->text[t->start - 1]) ? -1 : 0;
    return *turn ? MARK_SINGLE : MARK_NONE;
}

/* A quotation that is open. */
struct open_quotation {
    enum mark mark;
    uint32_t first; /* the sentence that it starts in */
    int is_carried; /* into a paragraph of which no mark was read yet */
};

static void join(struct document *d, uint32_t first, uint32_t last)
{
    int too_long = last - d->sentences[first].with_first >= LONGEST_QUOTATION;

    if (d->sentences[first].with_last > first) /* it goes on with another quotation */
        first = d->sentences[first].with_first;
    for (uint32_t i = first; i <= last; i++) {
        struct sentence *s = &d->sentences[i];
        s->flags |= too_long ? SENTENCE_HALF : 0u;
        s->with_first = too_long ? i : s->with_first < first ? s->with_first : first;
        s->with_last = too_long ? i : last;
    }
}

static void read_marks(struct document *d, uint32_t sentence, struct open_quotation *open)
{
    const struct sentence *s = &d->sentences[sentence];

    for (uint32_t i = s->first_token; i < s->end_token; i++) {
        int turn;
        if (d->kinds[i] == TEXTD_TOKEN_WORD || d->kinds[i] == TEXTD_TOKEN_NUMBER)
            continue;
        enum mark mark = mark_of(d, i, &turn);
        if (mark == MARK_NONE)
            continue;
        if (mark == MARK_CURLY && open->mark == MARK_LOW) {
            mark = MARK_LOW;
            turn = -1;
        }
        if (open->is_carried && open->mark == mark && turn > 0) {
            open->is_carried = 0; /* the mark that its next paragraph starts with */
            continue;
        }
        if (open->mark == mark && turn > 0 && open->first < sentence)
            open->mark = MARK_NONE; /* nothing has closed that one */
        if (open->mark == MARK_NONE && turn >= 0) {
            int is_inch = mark == MARK_STRAIGHT && i > 0 && d->kinds[i - 1] == TEXTD_TOKEN_NUMBER &&
                          d->tokens[i - 1].end == d->tokens[i].start;
            if (!is_inch)
                *open = (struct open_quotation) { mark, sentence, 0 };
        } else if (open->mark == mark && turn <= 0) {
            if (open->first < sentence)
                join(d, open->first, sentence);
            open->mark = MARK_NONE;
        }
    }
}

/* Most of a speech is within its marks; then they say nothing. */
static void forget_if_most(struct document *d)
{
    uint32_t half = 0, all = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        half += (d->sentences[i].flags & SENTENCE_HALF) != 0;
        all += is_text(&d->sentences[i]);
    }
    for (uint32_t i = 0; 2 * half > all && i < d->n_sentences; i++)
        d->sentences[i].flags &= (uint16_t)~SENTENCE_HALF;
}

void document_find_quotations(struct document *d)
{
    struct open_quotation open = { MARK_NONE, 0, 0 };

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        const struct sentence *s = &d->sentences[i];

        if (open.mark != MARK_NONE && s->flags & SENTENCE_NEW_PARAGRAPH) {
            /* Of a quotation that goes on in the next paragraph each has an opening mark, and only the last one a closing one. A single
             * mark that nothing closes was an apostrophe. */
            open.is_carried = open.mark != MARK_SINGLE && s->flags & SENTENCE_QUOTE_START;
            if (open.first + 1 < i && open.mark != MARK_SINGLE && !open.is_carried)
                join(d, open.first, i - 1);
            open.mark = open.is_carried ? open.mark : MARK_NONE;
        }
        if (s->n_quotes + s->n_singles > 0)
            read_marks(d, i, &open);
    }
    forget_if_most(d);
}
