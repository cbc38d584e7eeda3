/* furniture.c: what is of the page and not of the text (document.h): navigation, bylines, captions, cookie lines, disclaimers, links to other
 * pages; known by how a line starts, by what stands in it, and by where it stands. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/phrases.h"

#define SHORT_WORDS 5u   /* a line of so many is no sentence that only starts as lines of the page do */
#define CAPTION_PLACE 8u /* sentences from the head among which a caption may stand */
#define CAPTION_WORDS 26u
#define AUTHOR_PLACE 3u /* sentences from the end among which it may be told who wrote it */
#define AGENCY_WORDS 6u
#define CAPTION_VERB 14u /* tokens from its start within which its verb stands */
#define LABEL_BYTES 20u
#define CAPTION_BYTES 300u /* a line of more is text, whatever credit stands in it */

/* "By Ada Byrne": few words, half of them names at least. */
static int is_byline(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    return s->n_words >= 2 && s->n_words <= 8 && phrases_start(d->text + span->start, span->end - span->start, "by ") &&
           s->n_names >= s->n_words / 2;
}

/* Whether anything separates words as in "Home | News | Sport"; most texts have nothing that does. */
static int has_separators(const struct document *d)
{
    return memchr(d->text, '|', d->length) || memchr(d->text, '>', d->length) ||
           memchr(d->text, 0xbb, d->length); /* the last byte of U+00BB */
}

/* "Home | News | Sport": as many separators as words between them. */
static int is_navigation(const struct document *d, const struct sentence *s)
{
    uint32_t separators = 0;

    if (s->n_words + 2 > s->end_token - s->first_token) /* as few signs as that */
        return 0;
    for (uint32_t i = s->first_token; i < s->end_token && separators < 64; i++) {
        const char *at = d->text + d->tokens[i].start;
        if (d->kinds[i] == TEXTD_TOKEN_WORD)
            continue;
        separators +=
            *at == '|' || *at == '>' || (d->tokens[i].end - d->tokens[i].start == 2 && memcmp(at, "\xc2\xbb", 2) == 0);
    }
    return separators >= 2 && s->n_words <= 5 * separators;
}

/* "Figure 3: …", "Table 1. …" */
static int is_figure(const struct document *d, const struct textd_span *span)
{
    static const char *const words[] = { "figure ", "fig. ", "fig ", "table ", "chart ", "photo ", "image " };
    const char *text = d->text + span->start;
    uint32_t length = span->end - span->start, at = 0;

    if (!strchr("fFtTcCpPiI", text[0]) || !text[0])
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0] && at == 0; i++)
        at = phrases_start(text, length, words[i]) ? (uint32_t)strlen(words[i]) : 0;
    uint32_t digits = at;
    while (digits < length && at > 0 && char_is_digit(text[digits]))
        digits++;
    return digits > at && digits < length && (text[digits] == ':' || text[digits] == '.');
}

/* "Photo: …", "Disclaimer: …" */
static int has_label(const struct document *d, uint32_t sentence)
{
    const struct textd_span *span = &d->spans[sentence];
    uint32_t n = span->end - span->start;

    return memchr(d->text + span->start, ':', n < LABEL_BYTES ? n : LABEL_BYTES) != NULL;
}

/* "(Tom Aas/Halvik Post)", "Tom Aas / Reuters": nothing but names, and a stroke between them. */
static int is_name_of_agency(const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    const struct textd_span *span = &d->spans[sentence];
    int strokes = 0;

    if (s->n_words < 2 || s->n_words > AGENCY_WORDS || !memchr(d->text + span->start, '/', span->end - span->start))
        return 0;
    for (uint32_t i = s->first_token; i < s->end_token; i++) {
        char c = d->text[d->tokens[i].start];
        strokes += c == '/';
        if (d->token_words[i] != NO_WORD ? !char_is_upper(c) : !strchr("/().", c))
            return 0;
    }
    return strokes == 1;
}

/* Whose picture it is, behind what it shows. */
static int is_credit(const struct document *d, uint32_t sentence)
{
    static const char *const words[] = { "getty",  "credit",     "photo",    "photograph", "image", "alamy",
                                         "(photo", "file photo", "ap photo", "reuters/",   "afp" };
    const struct textd_span *span = &d->spans[sentence];

    int first = char_to_lower(d->text[span->start]);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i][0] == first && phrases_start(d->text + span->start, span->end - span->start, words[i]))
            return 1;
    return is_name_of_agency(d, sentence);
}

/* The sentences of a short line share its lot: the credit behind a caption, "By continuing you accept them." behind "We use cookies." */
static void spread_over_lines(struct document *d)
{
    for (uint32_t i = 0, end; i < d->n_sentences; i = end) {
        uint32_t of_page = 0;
        for (end = i; end < d->n_sentences && (end == i || !(d->sentences[end].flags & SENTENCE_NEW_LINE)); end++)
            of_page += (d->sentences[end].flags & SENTENCE_BOILERPLATE) != 0;
        if (of_page == 0 || of_page == end - i || d->spans[end - 1].end - d->spans[i].start > CAPTION_BYTES)
            continue;
        int asks = d->sentences[i].flags & SENTENCE_QUESTION; /* "Enjoying this story? Become a member." */
        if ((d->sentences[i].flags & SENTENCE_BOILERPLATE && (asks || has_label(d, i))) || 2 * of_page > end - i ||
            (d->sentences[end - 1].flags & SENTENCE_BOILERPLATE && is_credit(d, end - 1)))
            for (uint32_t k = i; k < end; k++)
                d->sentences[k].flags |= SENTENCE_BOILERPLATE;
    }
}

/* The lines of a list of sources look like sentences, "2. Larsen, H. (1961)." among others; only the heading tells them. The
 * next heading ends it, as it does in a table of contents. */
void document_find_sources(struct document *d)
{
    static const char *const headings[] = { "references$",   "external links$",  "see also$",
                                            "bibliography$", "further reading$", "works cited$" };
    int in_sources = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];

        in_sources = in_sources && !(s->flags & SENTENCE_HEADING);
        for (size_t k = 0; k < sizeof headings / sizeof headings[0] && s->flags & SENTENCE_NEW_LINE; k++)
            in_sources |= phrases_start(d->text + span->start, span->end - span->start, headings[k]);
        s->flags |= in_sources ? SENTENCE_BOILERPLATE : 0u;
    }
}

/* What a picture shows is told in the present, where the story is told in the past. */
static int is_verb_here(const struct document *d, uint32_t token)
{
    uint32_t before = d->token_words[token - 1];

    return before == NO_WORD || d->words[before].weight > 0 || d->text[d->tokens[token].end - 1] == 'd' ||
           (d->tokens[token].end - d->tokens[token].start > 4 &&
            memcmp(d->text + d->tokens[token].start, "phot", 4) == 0);
}

static int is_picture_word(const struct document *d, uint32_t token)
{
    /* In the order of strcmp. */
    static const char words[][14] = {
        "addresses", "appears",       "arrive",  "arrives",    "attend",       "attends",    "bless",    "blesses",
        "burn",      "burns",         "carries", "carry",      "celebrate",    "celebrates", "clean",    "clear",
        "collect",   "congratulated", "drives",  "embrace",    "embraces",     "enters",     "examines", "explains",
        "gather",    "gathers",       "gesture", "gestures",   "greet",        "greets",     "hold",     "holding",
        "holds",     "hug",           "hugs",    "inspect",    "inspects",     "kisses",     "land",     "lands",
        "lay",       "leave",         "leaves",  "lie",        "lies",         "lifts",      "light",    "lights",
        "line",      "listen",        "listens", "look",       "looks",        "mobbed",     "mourn",    "mourns",
        "patrol",    "patrols",       "photo",   "photograph", "photographed", "picture",    "pictured", "play",
        "plays",     "pose",          "poses",   "posing",     "pray",         "prays",      "protest",  "protests",
        "queue",     "queues",        "raises",  "return",     "returns",      "rides",      "rises",    "runs",
        "search",    "searches",      "seen",    "shake",      "shakes",       "sit",        "sits",     "sitting",
        "smile",     "smiles",        "speak",   "speaks",     "stand",        "standing",   "stands",   "talks",
        "tries",     "wait",          "waits",   "walk",       "walks",        "watch",      "watches",  "wave",
        "waves",     "wears",         "work",    "works",
    };
    const struct textd_span *t = &d->tokens[token];
    uint32_t n = t->end - t->start;
    size_t low = 0, high = sizeof words / sizeof words[0];
    char word[14] = { 0 };

    if (n < 3 || n >= sizeof word || !char_is_lower(d->text[t->start]) || d->token_words[token] == NO_WORD)
        return 0;
    memcpy(word, d->text + t->start, n);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(word, words[middle]);
        if (order == 0)
            return 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

/* Whether its line has nothing behind it but, perhaps, whose picture it is. */
static int ends_line_or_credit(const struct document *d, uint32_t i)
{
    if (i + 1 < d->n_sentences && !(d->sentences[i + 1].flags & (SENTENCE_NEW_LINE | SENTENCE_WHOLE)))
        i++;
    return i + 1 == d->n_sentences || d->sentences[i + 1].flags & SENTENCE_NEW_LINE;
}

/* A caption without a label, by form and place: a line of one sentence near the head of a story, of few words, that tells in the present what is
 * to be seen. Only of a story that shows by its dateline or byline that it is one: elsewhere people tell in the present, too. */
static int find_captions(struct document *d)
{
    uint32_t body = 0;
    int is_story = 0;

    for (uint32_t i = 0; i < d->n_sentences && body < CAPTION_PLACE; i++) {
        struct sentence *s = &d->sentences[i];
        int alone = s->flags & SENTENCE_NEW_LINE && ends_line_or_credit(d, i);

        is_story |=
            (s->flags & SENTENCE_DATELINE) || (s->flags & SENTENCE_BOILERPLATE && is_byline(d, s, &d->spans[i]));
        if (s->flags & SENTENCE_BOILERPLATE)
            continue;
        if (is_story && alone && body > 0 && !(s->flags & SENTENCE_DATELINE) && s->flags & SENTENCE_WHOLE &&
            s->n_words <= CAPTION_WORDS && s->n_quotes == 0 && s->first_set == SET_NONE)
            for (uint32_t k = s->first_token + 1; k < s->end_token && k < s->first_token + CAPTION_VERB; k++)
                if (is_picture_word(d, k) && is_verb_here(d, k)) {
                    s->flags |= SENTENCE_BOILERPLATE;
                    break;
                }
        body += !(s->flags & (SENTENCE_BOILERPLATE | SENTENCE_HEADING));
    }
    return is_story;
}

/* Whether the text has said nothing else of whom the sentence starts with. */
static int is_stranger(const struct document *d, const struct sentence *s)
{
    for (uint32_t i = s->first_token; i < s->end_token && i < s->first_token + 2; i++)
        if (d->token_words[i] == NO_WORD || !char_is_upper(d->text[d->tokens[i].start]) ||
            d->words[d->token_words[i]].sentences > 2) /* here, and in a byline */
            return 0;
    return 1;
}

static int has_any(const struct document *d, const struct textd_span *span, const char *const *phrases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (phrases_stand_in(d->text + span->start, span->end - span->start, phrases[i]))
            return 1;
    return 0;
}

/* "Tom Alder is the transport correspondent of the Herald.": who wrote it, at the end of a story, or as a paragraph at the end or the start of
 * any text that is not about him. */
static void find_authors(struct document *d, int is_story)
{
    static const char *const trades[] = { " correspondent",    " reporter",     " journalist",     " columnist",
                                          " is a writer",      " editor of",    " editor at",      " contributor to",
                                          " is the author of", " is an author", " is a freelance", " staff writer",
                                          " covers ",          " writes about " };
    static const char *const papers[] = { " for the ", " at the ", " of the ", " freelance ", " based in " };

    for (uint32_t i = d->n_sentences, seen = 0; i > 0; i--) {
        struct sentence *s = &d->sentences[i - 1];
        const struct textd_span *span = &d->spans[i - 1];
        if (i > AUTHOR_PLACE && seen >= AUTHOR_PLACE) {
            i = AUTHOR_PLACE + 1;
            continue;
        }
        if (s->flags & (SENTENCE_BOILERPLATE | SENTENCE_HEADING) || s->n_words < SHORT_WORDS)
            continue;
        seen++;
        if (!(s->flags & SENTENCE_NEW_LINE))
            continue;
        int alone = d->n_sentences > AUTHOR_PLACE && s->flags & SENTENCE_NEW_PARAGRAPH &&
                    (i == d->n_sentences || d->sentences[i].flags & SENTENCE_NEW_PARAGRAPH) && is_stranger(d, s) &&
                    has_any(d, span, papers, sizeof papers / sizeof papers[0]);
        int is_told = is_story && i > 1 && seen <= AUTHOR_PLACE &&
                      phrases_stand_in(d->text + span->start, span->end - span->start, " is ");
        if ((alone || is_told) && has_any(d, span, trades, sizeof trades / sizeof trades[0]))
            s->flags |= SENTENCE_BOILERPLATE;
    }
}

void document_find_furniture(struct document *d)
{
    int may_navigate = has_separators(d);

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];
        int whole = (s->flags & SENTENCE_WHOLE) != 0;

        if (phrases_are_of_page(d, s, span) || (may_navigate && is_navigation(d, s)) ||
            (!whole && is_byline(d, s, span)) || (s->flags & SENTENCE_NEW_LINE && is_figure(d, span)) ||
            is_name_of_agency(d, i) || (s->n_links > 0 && s->n_words <= 4 * s->n_links))
            s->flags |= SENTENCE_BOILERPLATE;
    }
    phrases_find_inner(d);
    spread_over_lines(d);
    document_find_datelines(d);
    find_authors(d, find_captions(d));
}
