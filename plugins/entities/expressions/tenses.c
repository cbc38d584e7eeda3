/* tenses.c: whether a sentence looks ahead or back, told by the verb nearest to a date. "On Friday" is the last one in "they left on
 * Friday", and the next in "they will leave on Friday". */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

#define FARTHEST 16u /* tokens to either side */
#define SHORT 5u     /* tokens of a sentence that has no verb: "See you Friday", "Meeting on Friday" */

static const char *const ahead[] = { "will",     "'ll",    "shall",   "won't",  "gonna",   "let's", "lets",   "due",
                                     "expires",  "must",   "should",  "plans",  "see",     "ends",  "starts", "begins",
                                     "opens",    "closes", "arrives", "leaves", "returns", "going", "remind", "please",
                                     "deadline", "meet",   "leave",   "arrive", "depart",  "fly",   "return", "wo" };
static const char *const back[] = { "was",  "were",  "had",   "did",   "said",  "went",  "came", "took",   "made",
                                    "got",  "saw",   "told",  "left",  "met",   "won",   "lost", "fell",   "rose",
                                    "grew", "began", "broke", "held",  "wrote", "found", "gave", "became", "led",
                                    "sent", "built", "hit",   "beat",  "ran",   "done",  "been", "sold",   "bought",
                                    "says", "say",   "spent", "knew",  "kept",  "died",  "shot", "paid",   "spoke",
                                    "drew", "stood", "slept", "threw", "sank",  "struck" };

static bool is_one_of(const char *token, uint32_t length, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((words[i][0] == (token[0] | 0x20) || words[i][0] == token[0]) && strlen(words[i]) == length &&
            strncasecmp(words[i], token, length) == 0)
            return true;
    return false;
}

/* "rained", "moved". */
static bool ends_in_ed(const char *token, uint32_t length)
{
    return length >= 5 && token[length - 1] == 'd' && token[length - 2] == 'e' && token[length - 3] != 'e' &&
           char_is_lower(token[0]);
}

static int looks(const struct entity_input *in, uint32_t i)
{
    const char *token = in->text + in->tokens[i].start;
    uint32_t length = in->tokens[i].end - in->tokens[i].start;

    if (length < 2)
        return 0;
    if (is_one_of(token, length, ahead, sizeof ahead / sizeof ahead[0]))
        return 1;
    if (length > 3 && memcmp(token + length - 3, "'ll", 3) == 0)
        return 1;
    if (is_one_of(token, length, back, sizeof back / sizeof back[0]) || ends_in_ed(token, length))
        return -1;
    return 0;
}

int sentence_looks(struct reader *r)
{
    const struct entity_input *in = r->input;
    uint32_t at = r->token;
    int how;

    if (is_before(r, 1, "is") || is_before(r, 1, "are") ||
        (is_before(r, 1, "on") && (is_before(r, 2, "is") || is_before(r, 2, "are"))))
        return 1;
    /* the verb before it governs a date, if there is one */
    for (uint32_t away = 1; away <= FARTHEST && at >= r->first_token + away; away++)
        if ((how = looks(in, at - away)) != 0)
            return how;
    for (uint32_t away = 1; away <= FARTHEST && at + away < r->end_token; away++)
        if ((how = looks(in, at + away)) != 0)
            return how;
    return r->end_token - r->first_token <= SHORT ? 1 : 0;
}
