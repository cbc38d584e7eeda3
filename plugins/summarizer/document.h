/* document.h: a document as the summarizer sees it: its words numbered, its sentences with what is counted in them. Pure: no
 * host, so that tests and the trainer can make one. All memory comes from `alloc` and dies with the document; all work is
 * linear in the tokens, whatever they are. */
#ifndef SUMMARIZER_DOCUMENT_H
#define SUMMARIZER_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include <textd/plugin.h>

struct summary_model;

#define STOP_EVERY 4096u /* tokens, or sentences, between two looks at should_stop */
#define NO_WORD UINT32_MAX

/* Sets of function words that say something of the sentence that they stand in. */
enum word_set {
    SET_NONE,
    SET_FIRST_PERSON,  /* I, my, we, … */
    SET_SECOND_PERSON, /* you, your, … */
    SET_POINTER,       /* he, it, this, …: what they point at stands elsewhere */
    SET_CONNECTIVE,    /* but, however, …: lean on what stood before */
};

/* A distinct word. Case is folded for ASCII and the plural's s is off; words are told apart by 64 bits of hash. */
struct word {
    uint64_t key;
    uint32_t first;     /* the token where it stands first */
    uint32_t count;     /* of its occurrences */
    uint32_t sentences; /* in which it stands */
    uint32_t last;      /* the last of them, from 1 */
    float weight;       /* how much it says: 0 for function words, 1 for words that are rare in English */
    uint8_t set;        /* enum word_set, of a function word */
    uint8_t page;       /* of a content word that sentences of the page have, cookies, newsletter: see known.h */
    int8_t cue;         /* what the model says of it as a cue */
};
_Static_assert(sizeof(struct word) == 32, "two of them fit a line of the processor's cache");

/* What a sentence is besides its words. */
#define SENTENCE_WHOLE 0x01u       /* ends as sentences do, with a mark */
#define SENTENCE_HEADING 0x02u     /* a line of its own without such a mark, and with something below it */
#define SENTENCE_BOILERPLATE 0x04u /* navigation, byline, link line, "Post a Comment": of the page, not of the text */
#define SENTENCE_QUOTE_START 0x08u
#define SENTENCE_QUESTION 0x10u
#define SENTENCE_EXCLAMATION 0x20u
#define SENTENCE_DATELINE 0x40u  /* "PARIS, France (AP) -- …" */
#define SENTENCE_LIST_ITEM 0x80u /* starts with a bullet or an item's number */
#define SENTENCE_LOWER 0x100u    /* starts with a small letter */
#define SENTENCE_NEW_LINE 0x200u
#define SENTENCE_NEW_PARAGRAPH 0x400u
#define SENTENCE_SMALL_TALK \
    0x800u                    /* "Good morning, everyone", "Thanks and bye!"; a question that the next line answers */
#define SENTENCE_LINE 0x1000u /* stands as a line of its own: an item, a turn, a line of a log or of a table */
#define SENTENCE_HANGING 0x2000u /* "And it is as simple as that": leans on what stands before it */
#define SENTENCE_PERSON 0x8000u  /* hangs on a name alone: "He was born in 1903" */
#define SENTENCE_HALF 0x4000u    /* of a quotation that is too long to be kept whole */

/* What a document is, by its lines; the names are what a client is told. */
#define DOCUMENT_KINDS(X) X(PROSE, "prose") X(TABLE, "table") X(LOG, "log") X(LIST, "list") X(CHAT, "chat")
#define X(name, word) DOCUMENT_##name,
enum document_kind { DOCUMENT_KINDS(X) N_DOCUMENT_KINDS };
#undef X
extern const char *const document_kinds[N_DOCUMENT_KINDS];

struct sentence {
    uint32_t content, n_content;     /* distinct words with a weight: a slice of document.content */
    uint32_t first_token, end_token; /* [first, end) */
    uint32_t n_words;                /* words and numbers */
    uint32_t n_names, n_numbers, n_commas, n_quotes, n_links;
    uint32_t n_singles;   /* single quotes and apostrophes that are tokens */
    uint32_t n_in_set[5]; /* by enum word_set */
    uint8_t first_set;    /* of its first word */
    uint16_t flags;
    uint32_t paragraph, in_paragraph; /* the paragraph's number, and the sentence's in it, both from 0 */
    uint32_t heading;                 /* the nearest heading above it, as a sentence's number; NO_WORD for none */
    uint32_t shown;                   /* the byte from which on it is shown: behind a dateline, a bullet, a time */
    uint32_t body_token;              /* the first token behind the label of its line: a time, a speaker */
    uint32_t with_first, with_last; /* the sentences that stand with it or not at all: its quotation, its antecedent */
    uint32_t body;                  /* sentences before it that are neither heading nor boilerplate */
    int32_t cue;                    /* what the model's cue words add up to */
    float norm;                     /* length of its vector of words */
    float centrality;               /* 1 is the document's mean */
    float degree;                   /* mean cosine with the others */
    float near;                     /* cosine with the sentence before it */
};

struct document {
    const char *text;
    uint32_t length;
    const struct textd_span *spans; /* of the sentences */
    uint32_t n_sentences;
    const struct textd_span *tokens;
    const uint8_t *kinds; /* TEXTD_TOKEN_* */
    uint32_t n_tokens;
    const struct summary_model *model;
    void *(*alloc)(void *data, uint64_t bytes);
    int (*should_stop)(void *data);
    void *data;

    /* filled in */
    struct word *words;
    uint32_t n_words;
    int has_page_words;
    uint32_t *token_words;  /* the word of each token; NO_WORD for what is none */
    uint32_t *content;      /* words of sentences */
    float *content_weights; /* and their weights, side by side: they are gone through more often than all else */
    struct sentence *sentences;
    uint32_t n_paragraphs;
    enum document_kind kind;
    int has_heads; /* of a chat: who speaks, and when, is a line for itself */
    int is_lines;  /* each line is for itself, without a sign that says so: a shopping list */
    float
        cohesion; /* how much more a sentence shares with the next one than with any: below 1.2 or so order means little */
    float degree; /* the mean of the sentences' */
};

/* The steps, in this order: TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t document_read_lines(struct document *d);      /* kind.c: which kind of document it is */
int32_t document_split(struct document *d);           /* split.c: cuts what is too long to be a sentence */
int32_t document_read_words(struct document *d);      /* words.c: words, sentences and their counts */
int32_t document_read_layout(struct document *d);     /* layout.c: flags, paragraphs, headings */
int32_t document_weigh_sentences(struct document *d); /* graph.c: norm, centrality, degree, cohesion */

/* Parts of the layout, once it has the lines. Flags the first sentences' datelines; lines of the page and captions (furniture.c); small talk
 * and what hangs in the air; and joins the sentences of a quotation (quotes.c). */
void document_find_datelines(struct document *d);
void document_find_furniture(struct document *d);
void document_find_sources(struct document *d);
void document_find_hanging(struct document *d);
void document_find_quotations(struct document *d);

/* Whether the token is one of the words, which are in small letters. */
int document_is_word(const struct document *d, uint32_t token, const char *const *words, size_t n);

/* Where the text behind a dateline starts, "PARIS, France (AP) -- "; `start` if there is none. */
uint32_t dateline_end(const char *text, uint32_t start, uint32_t end);

/* Where the text behind a list's bullet starts; `start` if there is none. */
uint32_t layout_bullet_end(const char *text, uint32_t start, uint32_t end);

#define CUE_WORDS 48u /* of a sentence that are looked at for cues */

/* What the model is asked about as cues: each word of the sentence, and each pair of neighbours; for the trainer, who learns what
 * they add up to. Returns how many. */
uint32_t document_cues(const struct document *d, const struct sentence *s, uint32_t cues[2 * CUE_WORDS]);

#endif
