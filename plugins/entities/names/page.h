/* page.h: a stretch of a text as the names' features see it: its tokens as words, its sentences, how its words are written
 * elsewhere on the page and what stands next to them there, and what of it is in the lists of names. A line that isn't wrapped is a sentence of its own
 * here, whatever the segmenter says. A text is read page by page, cut between sentences, so that memory does not grow with it; what a page tells of a
 * repeated name ends with the page. */
#ifndef NAMES_PAGE_H
#define NAMES_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "plugins/entities/entity.h"
#include "plugins/entities/names/frequent.h"
#include "plugins/entities/names/lines.h"
#include "plugins/entities/names/word.h"

#define PAGE_MOST_TOKENS 4096u
#define SENTENCE_MOST_TOKENS 512u /* a longer one is read in parts */
#define PAGE_PAD 0u               /* the word that stands beyond a sentence */

/* Bits of page->flags. */
#define MARK_OPENS 1u      /* the first word of a sentence, or behind an opening quote */
#define MARK_GLUED 2u      /* nothing stands between it and the token before */
#define MARK_LINE 4u       /* a line begins with it */
#define MARK_NEVER 8u      /* no part of a name: a link, an address, a handle, a plain word among plain words */
#define MARK_CANDIDATE 16u /* may be a part of a name by how it is written */
#define MARK_FORM 5u       /* the lower of two bits: its word's enum word_form */

/* Of page->traits. */
#define TRAIT_PLAIN 1u  /* no part of a name if it stands among such words */
#define TRAIT_LISTED 2u /* the lists of names know something of it */
#define TRAIT_STARTS 4u /* and by how it is written it may be the first of one */
#define TRAIT_SMALL 8u  /* it begins with a small letter */
#define TRAIT_SEEN 16u  /* and does so where capitals tell something */
#define TRAIT_TOPIC 8u  /* the lowest of 8 bits: the topic that it may tell, 0: none */

/* How a sentence uses capitals. */
enum sentence_case {
    CASE_PLAIN,
    CASE_TITLE, /* Most Words Have One */
    CASE_NONE,  /* they say nothing: all or none of the letters are capitals */
    N_SENTENCE_CASES
};

struct page_sentence {
    uint32_t first, end; /* tokens of the page */
    uint32_t n_numbers;  /* tokens that begin with a digit */
    uint16_t n_forms[N_WORD_FORMS];
    uint8_t use; /* enum sentence_case */
};

/* With more, the weights of a token's features, some 200 of 8 bits, might not fit into sums of 16. */
#define GROUP_NEIGHBOURS 8u

/* Words that differ in case or in digits only, if one of them may be a part of a name. */
#define NO_GROUP UINT32_MAX
struct page_group {
    uint64_t lower;
    uint16_t n_inside;     /* how often with a capital where nothing but a name asks for it */
    uint16_t n_candidates; /* how often it may be a part of a name */
    bool has_small;        /* it stands with a small letter where capitals tell something */
    /* The words that stand next to it at those places, one of each group, the first few. */
    uint8_t n_before, n_behind;
    uint16_t before[GROUP_NEIGHBOURS], behind[GROUP_NEIGHBOURS];
};

/* What is known of a new word is asked for when it is read, and taken when a few more have been: memory answers in the meantime. */
#define PAGE_WAITING 16u
struct page_new_word {
    uint64_t hash;
    uint32_t word;
};

struct page {
    const struct entity_input *input;
    const struct knowledge *knowledge;
    uint32_t first, n; /* tokens of the text */
    uint32_t *words;   /* of each token */
    uint8_t *flags;
    uint16_t *phrases; /* PHRASE_CLASSES times a place, of each token */
    uint32_t *listed;  /* of each token, the longest name of the lists that it is in: LISTED_* bits, 0: none */
    struct page_sentence *sentences;
    uint32_t n_sentences;
    struct name_word *lexicon;                  /* the distinct words; PAGE_PAD is the first */
    const struct frequent *frequent;            /* words that are known beforehand, NULL: none */
    struct page_new_word waiting[PAGE_WAITING]; /* words that were read, and nothing is known of yet */
    uint32_t n_waiting;
    const struct frequent_word **known; /* of each word of the lexicon that is one of them; or NULL */
    struct page_group *groups;
    uint16_t *traits;                   /* of each word, TRAIT_*: what is asked of every token lies together */
    uint32_t *candidates, n_candidates; /* the tokens that are, in order */
    uint32_t n_words, n_groups;
    uint32_t topic;                           /* the cluster of words that stands out most, 0: none */
    uint32_t *word_table, *group_table, mask; /* hash to index + 1 */
    uint32_t room, longest;                   /* tokens; those of the longest sentence */
    struct lines lines;                       /* what was told of the text's lines */
};

/* Memory for the pages of a text. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t page_make(struct page *page, const struct entity_input *input, const struct entity_means *means);

/* Reads the page that starts at sentence `*sentence`, token `*token`, and moves both on to the next. */
void page_read(struct page *page, const struct entity_input *input, const struct knowledge *knowledge,
               uint32_t *sentence, uint32_t *token);

/* Makes the page look as if all its letters were small. */
void page_forget_case(struct page *page);

static inline const struct name_word *page_word(const struct page *page, uint32_t i)
{
    return &page->lexicon[page->words[i]];
}

/* The word `offset` tokens from token `i` of the sentence; the pad beyond its borders. */
static inline uint32_t page_word_near(const struct page *page, const struct page_sentence *s, uint32_t i, int offset)
{
    int64_t at = (int64_t)i + offset;

    return at < s->first || at >= s->end ? PAGE_PAD : page->words[at];
}

static inline uint16_t page_trait(const struct page *page, uint32_t i)
{
    return page->traits[page->words[i]];
}

static inline enum word_form page_form(const struct page *page, uint32_t i)
{
    return (enum word_form)(page->flags[i] >> MARK_FORM & 3);
}

/* Whether the token may be a part of a name by how it is written. */
static inline bool page_is_candidate(const struct page *page, uint32_t i)
{
    return page->flags[i] & MARK_CANDIDATE;
}

/* The token's group, if it is at other places of the page, too, and what stands next to it there may tell what it is; or NULL. */
static inline const struct page_group *page_repeated(const struct page *page, uint32_t i)
{
    if (!page_is_candidate(page, i))
        return NULL;
    const struct page_group *g = &page->groups[page_word(page, i)->group];

    return g->n_candidates > 1 ? g : NULL;
}

/* The groups of kinds that phrases are told apart by; the place of a token in the longest phrase of each takes 2 bits. */
enum phrase_class { PHRASE_PERSON, PHRASE_PLACE, PHRASE_ORG, PHRASE_OTHER, N_PHRASE_CLASSES };
enum phrase_place { PHRASE_NONE, PHRASE_BEGIN, PHRASE_INSIDE, PHRASE_LAST };

/* Of a token in a name that the lists have: its kinds, the token's place, and what else is known. */
#define LISTED_KINDS 0xFFFFu
#define LISTED_PLACE 16u        /* 2 bits: enum name_place */
#define LISTED_PLAIN (1u << 18) /* words that need no capital */
#define LISTED_FAMOUS (1u << 19)
#define LISTED_EXACT (1u << 20)  /* written as the lists have it */
#define LISTED_OTHER (1u << 21)  /* written in another way; neither: the lists don't say */
#define LISTED_WHOLE (1u << 22)  /* no capital stands before or behind it */
#define LISTED_OPENS (1u << 23)  /* a sentence begins with it */
#define LISTED_MARKS 0xFFFC0000u /* all but kinds and place */

#endif
