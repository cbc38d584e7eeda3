/* score.c: how much a sentence says of what its document is about (summary.h): its words' shares of the document, as in
 * SumBasic (Nenkova and Vanderwende 2005), its nearness to the document's start, as leads of news and reviews go (the
 * position feature of Edmundson 1969), and its length. */
#include <math.h>
#include <string.h>

#include "plugins/summarizer/summary.h"

/* What the position weighs against the words. Half: without it the lead of a news story, the best summary that there is
 * without learning, is lost; with more, nothing but the lead is found. */
#define POSITION_WEIGHT 0.5f

/* The position's weight falls to half within this many sentences. */
#define HALF_LIFE 4.0f

/* What a headline keeps of its score. In a text without any marks all are equal again. */
#define NOT_WHOLE 0.3f

/* Sentences with fewer content words are fragments: bylines, headings, "Yes, but why?". */
#define FEW_WORDS 5u

/* The mean weight of its words, with a pull towards long sentences: the mean alone prefers fragments, the sum long ones. */
static float word_score(const struct words *w, const struct content *content)
{
    float sum = 0;

    for (uint32_t i = 0; i < content->count; i++) {
        uint32_t n = w->counts[w->numbers[content->first + i]];
        sum += n > 1 ? log2f((float)n) : 0.0f; /* a word that stands once holds nothing together */
    }
    return content->count > 0 ? sum / sqrtf((float)content->count + 4.0f) : 0.0f;
}

/* `sentence` counts whole sentences: headings and bylines push nothing down. */
static float position_score(uint32_t sentence)
{
    return HALF_LIFE / (HALF_LIFE + (float)sentence);
}

/* Whether it ends as sentences do: with a mark, perhaps inside quotes or brackets. Headlines and bylines don't. */
static int is_whole(const struct summary_input *in, uint32_t sentence)
{
    uint32_t end = in->sentences[sentence].end, start = in->sentences[sentence].start;

    while (end > start + 3 && strchr("\"')]", in->text[end - 1]))
        end--;
    if (end > start + 3 &&
        (memcmp(in->text + end - 3, "\xe2\x80\x9d", 3) == 0 || memcmp(in->text + end - 3, "\xe2\x80\x99", 3) == 0))
        end -= 3; /* closing quotes, U+201D and U+2019 */
    unsigned char last = (unsigned char)in->text[end - 1];
    return last == '.' || last == '!' || last == '?' || last >= 0x80;
}

static float length_factor(uint32_t n_words)
{
    return n_words >= FEW_WORDS ? 1.0f : 0.2f + 0.8f * (float)n_words / (float)FEW_WORDS;
}

static void divide_by_most(float *scores, uint32_t n)
{
    float most = 0;

    for (uint32_t i = 0; i < n; i++)
        most = scores[i] > most ? scores[i] : most;
    for (uint32_t i = 0; i < n && most > 0; i++)
        scores[i] /= most;
}

void summary_score(const struct summary_input *in, const struct words *w, float *scores)
{
    for (uint32_t s = 0; s < in->n_sentences; s++)
        scores[s] = word_score(w, &w->contents[s]);
    uint32_t n_whole = 0;

    divide_by_most(scores, in->n_sentences);
    for (uint32_t s = 0; s < in->n_sentences; s++) {
        int whole = is_whole(in, s);
        scores[s] = ((1 - POSITION_WEIGHT) * scores[s] + POSITION_WEIGHT * position_score(n_whole)) *
                    length_factor(w->contents[s].count) * (whole ? 1.0f : NOT_WHOLE);
        n_whole += (uint32_t)whole;
    }
    divide_by_most(scores, in->n_sentences);
}
