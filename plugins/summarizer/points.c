/* points.c: see points.h. No open data has summaries of chats or logs as short as they are wanted, so that these are lists of our own; what they
 * say is what minutes are written for: who does what until when, what was decided, how much. */
#include "plugins/summarizer/points.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"

#define MOST_WORDS 2.5f /* that a line's words add, so that a long one doesn't win by its length */
#define NUMBER 0.4f
#define MOST_NUMBERS 0.8f
#define QUESTION 2.0f /* that a question loses */
#define REQUEST 0.6f  /* and one that says something: "the backup is broken, can you run it again?" */
#define SAYS_ENOUGH 0.9f
#define CONTENT 0.08f /* a content word, up to ten */

/* Lines of chats and logs are no prose, so that the learned rank counts little; the long turns of a meeting nearly are. How many words a turn has
 * from which on it counts more, and with which it counts all; chosen on QMSum's training part. */
#define LEARNED_LINES 0.25f
#define LEARNED_TURNS 1.5f
#define TURN_WORDS 8.0f
#define MEETING_WORDS 14.0f

/* Words of one line weigh the same; folded as fold_word does. */
struct word_list {
    float weight;
    const char *words;
};

static const struct word_list chat[] = {
    { 1.2f, "decide decided decision agreed approved deadline conclusion result outcome resolved postponed "
            "cancelled canceled moved "
            "rejected elected voted confirmed" },
    { 0.9f, "will must should need have deliver delivered ship shipped send sent order ordered fix fixed finish "
            "finished report budget cost "
            "launch release start starts stop meeting plan propose recommend because instead until due by assign "
            "assigned responsible "
            "replace replaced restarted broken down failed fails outage full delayed" },
    { 0.5f, "today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday january february march "
            "april june july august "
            "september october november december week month euro dollar percent noon" },
    { 0.4f, "cut drop dropped raise raised book booked chose chosen pick picked switch switched migrate upgrade vote "
            "cause caused expired" },
    { -0.6f, "hey hi hello thank thanks bye lol haha yeah okay um uh mm hmm yes sure sorry guy guys maybe dunno" },
};

static const struct word_list logged[] = {
    { 4.0f, "fatal panic emerg emergency crit critical severe alert crash crashed segfault" },
    { 3.0f, "error err exception traceback" },
    { 1.5f, "warn warning fail failed failure failing refused denied timeout unreachable killed lost" },
    { -0.5f, "debug trace" },
};

static void mark(const struct document *d, float *out, const struct word_list *lists, size_t n)
{
    for (size_t l = 0; l < n; l++)
        for (const char *at = lists[l].words; *at; at += *at == ' ') {
            uint32_t length = (uint32_t)strcspn(at, " ");
            char folded[FOLD_LONGEST];
            uint32_t size = fold_word(at, length, folded);
            uint64_t key = fold_key(folded, size);
            for (uint32_t i = 0; i < d->n_words; i++)
                if (d->words[i].key == key)
                    out[i] = lists[l].weight;
            at += length;
        }
}

static float learned_share(const struct document *d)
{
    uint32_t turns = 0, words = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        turns += (d->sentences[i].flags & SENTENCE_LINE) != 0;
        words += d->sentences[i].n_words;
    }
    float mean = turns > 0 ? (float)words / (float)turns : 0;
    float share = (mean - TURN_WORDS) / (MEETING_WORDS - TURN_WORDS);
    share = d->kind != DOCUMENT_CHAT || share < 0 ? 0 : share > 1 ? 1 : share;
    return LEARNED_LINES + share * (LEARNED_TURNS - LEARNED_LINES);
}

int32_t points_prepare(struct points *points, struct document *d)
{
    points->words = NULL;
    if (d->kind != DOCUMENT_CHAT && d->kind != DOCUMENT_LOG)
        return TEXTD_OK;
    float *words = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *words);
    if (!words)
        return TEXTD_NO_MEMORY;
    memset(words, 0, d->n_words * sizeof *words);
    if (d->kind == DOCUMENT_CHAT)
        mark(d, words, chat, sizeof chat / sizeof chat[0]);
    else
        mark(d, words, logged, sizeof logged / sizeof logged[0]);
    points->words = words;
    points->learned = learned_share(d);
    return TEXTD_OK;
}

static float at_most(float x, float most)
{
    return x < most ? x : most;
}

/* "did you see the match": few put the mark in a chat. */
static int is_question(const struct document *d, const struct sentence *s)
{
    static const char *const asking[] = { "did",   "do",    "does",  "are",    "is",     "was", "were", "can",
                                          "could", "would", "shall", "should", "has",    "who", "what", "when",
                                          "where", "why",   "how",   "which",  "anyone", "any" };
    static const char *const asked[] = { "you",      "we",    "i",    "it",   "the",    "they",    "he",
                                         "she",      "there", "this", "that", "anyone", "anybody", "someone",
                                         "somebody", "'s",    "is",   "are",  "do",     "does",    "did",
                                         "about",    "much",  "many", "long", "else",   "idea",    "news" };

    if (s->flags & SENTENCE_QUESTION)
        return 1;
    return s->body_token + 1 < s->end_token &&
           document_is_word(d, s->body_token, asking, sizeof asking / sizeof asking[0]) &&
           document_is_word(d, s->body_token + 1, asked, sizeof asked / sizeof asked[0]);
}

/* "Let's use the old archive, everybody ok with that?" */
static int is_proposal(const struct document *d, uint32_t token)
{
    const struct textd_span *t = &d->tokens[token];

    return token < d->n_tokens && t->end - t->start == 3 && char_to_lower(d->text[t->start]) == 'l' &&
           memcmp(d->text + t->start + 1, "et", 2) == 0;
}

float points_of(const struct points *points, const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    float words = 0, numbers = 0, content = 0;
    int is_chat = d->kind == DOCUMENT_CHAT;

    if (!points->words)
        return 0;
    for (uint32_t i = is_chat ? s->body_token : s->first_token; i < s->end_token; i++) {
        uint32_t word = d->token_words[i];
        if (word == NO_WORD)
            continue;
        words += points->words[word];
        numbers += d->kinds[i] == TEXTD_TOKEN_NUMBER ? NUMBER : 0;
        content += d->words[word].weight > 0;
    }
    if (!is_chat)
        return at_most(words, 6.0f);
    return at_most(words, MOST_WORDS) + at_most(numbers, MOST_NUMBERS) + CONTENT * at_most(content, 10) -
           (!is_question(d, s) || is_proposal(d, s->body_token) ? 0
            : words < SAYS_ENOUGH                               ? QUESTION
                                                                : REQUEST);
}
