/* furniture.c: what is of the page and not of the text (document.h): navigation, bylines, captions, cookie lines, disclaimers, links to other
 * pages; known by how a line starts, by what stands in it, and by where it stands. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/fold.h"

#define SHORT_WORDS 5u   /* a line of so many is no sentence that only starts as lines of the page do */
#define CAPTION_PLACE 8u /* sentences from the head among which a caption may stand */
#define CAPTION_WORDS 26u
#define AUTHOR_PLACE 3u  /* sentences from the end among which it may be told who wrote it */
#define CAPTION_VERB 14u /* tokens from its start within which its verb stands */
#define LABEL_BYTES 20u
#define CAPTION_BYTES 300u /* a line of more is text, whatever credit stands in it */

/* How lines start that belong to the page. In small letters; "$" at the end: the whole line; "~": sentences start so, too, so that a
 * line of more than SHORT_WORDS words with a mark at its end is none. In the order of their first bytes. */
static const char *const page_phrases[] = {
    "(c)",
    "(image",
    "(photo",
    "[image",
    "[photo",
    "a version of this article",
    "a version of this story",
    "about us~",
    "absent:",
    "accept all",
    "accept cookies",
    "ad:",
    "add a comment",
    "additional reporting",
    "advertisement",
    "advertisement$",
    "alamy",
    "all rights reserved",
    "already a subscriber",
    "already have an account",
    "also read",
    "an earlier version of this",
    "apologies:",
    "attendees:",
    "back to top",
    "bcc:~",
    "become a member~",
    "by clicking",
    "by continuing",
    "by signing up",
    "by subscribing",
    "by using our",
    "by using this",
    "caption:",
    "cc:~",
    "clarification:",
    "click here",
    "click to~",
    "comment$",
    "comments$",
    "compiled by~",
    "contact the author",
    "contact us~",
    "continue reading",
    "contributed by~",
    "cookie policy",
    "cookie settings",
    "copyright (c)",
    "copyright 20",
    "copyright \xc2\xa9",
    "correction:",
    "courtesy of~",
    "create a free account",
    "create an account~",
    "credit:",
    "credits:",
    "date posted",
    "date:~",
    "disclaimer",
    "disclosure:",
    "don't miss~",
    "download our app",
    "download the app",
    "e-mail this",
    "e-mail to a friend",
    "edited by~",
    "editing by",
    "editor's note:",
    "editors' note:",
    "editor\xe2\x80\x99s note:",
    "email this",
    "email to a friend",
    "enable javascript",
    "enter your email",
    "external links$",
    "file photo",
    "file picture",
    "filed under",
    "find us on",
    "first published in~",
    "first published on",
    "follow her on",
    "follow him on",
    "follow me on",
    "follow them on",
    "follow us",
    "from:~",
    "gallery:",
    "get breaking",
    "get our~",
    "get the latest",
    "getty images",
    "got a story",
    "got a tip",
    "graphic:",
    "have a tip",
    "home$",
    "if you are not the intended",
    "image by",
    "image courtesy",
    "image credit",
    "image:",
    "images:",
    "in attendance:",
    "in pictures:",
    "infographic:",
    "javascript is",
    "join our mailing",
    "join our newsletter",
    "join the conversation",
    "jump to~",
    "last modified",
    "last updated",
    "leave a comment",
    "leave a reply",
    "like us on",
    "listen to this",
    "listen:",
    "load more",
    "log in here",
    "log in to continue",
    "log in to read",
    "log in~",
    "manage cookies",
    "manage preferences",
    "menu$",
    "min read",
    "more from~",
    "more like this~",
    "more on this~",
    "more stories~",
    "more:",
    "most popular~",
    "most read~",
    "next page",
    "next:~",
    "no comments",
    "nothing in this article",
    "opinions expressed",
    "originally published",
    "our site uses",
    "our standards:",
    "our website uses",
    "past performance is",
    "photo by",
    "photo courtesy",
    "photo credit",
    "photo:",
    "photograph:",
    "photos by",
    "photos:",
    "picture:",
    "pictured:",
    "pin it",
    "please consider the environment",
    "please enable",
    "post a comment",
    "posted by",
    "posted in~",
    "posted on~",
    "posted:",
    "present:",
    "previous page",
    "previous:~",
    "print this",
    "privacy policy",
    "published:",
    "rate this",
    "read also",
    "read more",
    "read next",
    "read:",
    "recommended~",
    "references$",
    "register here",
    "register now",
    "register to read",
    "reject all",
    "related articles",
    "related links",
    "related stories",
    "related:",
    "related~",
    "reply-to:~",
    "reported by~",
    "reporting by",
    "reporting:",
    "reprinted with",
    "republished with",
    "retrieved from",
    "search$",
    "see all~",
    "see also$",
    "see also:",
    "see more",
    "sent from my",
    "sent:~",
    "share on~",
    "share this~",
    "share via~",
    "share$",
    "share~",
    "show more",
    "shutterstock",
    "sign in here",
    "sign in to continue",
    "sign in to read",
    "sign in~",
    "sign up",
    "signup",
    "skip to",
    "source:",
    "sources$",
    "sponsored by",
    "sponsored~",
    "story highlights",
    "subject:~",
    "subscribe now",
    "subscribe to",
    "subscribe today",
    "subscribe$",
    "support independent",
    "support our journalism",
    "tagged with",
    "tags:",
    "terms apply",
    "tell us what",
    "terms of service",
    "terms of use",
    "the opinions expressed",
    "the views and opinions",
    "the views expressed",
    "the views in this",
    "this article first appeared",
    "this article has been updated",
    "this article is republished",
    "this article originally",
    "this article was first",
    "this article was originally",
    "this column was first",
    "this e-mail and any",
    "this email and any",
    "this is a developing story",
    "this message and any",
    "this piece was first",
    "this piece was originally",
    "this post was first",
    "this post was originally",
    "this site uses cookies",
    "this story first appeared",
    "this story has been updated",
    "this story was first",
    "this story was originally",
    "this website uses cookies",
    "to:~",
    "trending~",
    "tweet this",
    "tweet~",
    "unsubscribe",
    "up next",
    "updated:",
    "video:",
    "view all~",
    "view comments",
    "view in browser",
    "view more",
    "view this email",
    "views expressed",
    "was this article helpful",
    "was this helpful",
    "was this page helpful",
    "watch the video",
    "watch:",
    "we may earn",
    "we use cookies",
    "with additional reporting",
    "with reporting by",
    "writing by",
    "written by~",
    "you are receiving this",
    "you have reached your",
    "you have read",
    "you may also",
    "you might also like",
    "you received this",
    "your email address",
    "\xc2\xa9",
};

static int starts_with(const char *text, uint32_t length, const char *phrase)
{
    uint32_t i = 0;

    for (; phrase[i] && phrase[i] != '$' && phrase[i] != '~'; i++)
        if (i == length || char_to_lower(text[i]) != phrase[i])
            return 0;
    if (phrase[i] == '$')
        return i == length;
    return i == length || !(char_is_lower(char_to_lower(text[i])) && char_is_lower(phrase[i - 1]));
}

/* Where the phrases of each first byte start; one more for the end of the last. */
struct phrase_index {
    uint16_t first[257];
};

static void index_phrases(struct phrase_index *index)
{
    size_t at = 0;

    for (uint32_t byte = 0; byte < 257; byte++) {
        while (at < sizeof page_phrases / sizeof page_phrases[0] && (unsigned char)page_phrases[at][0] < byte)
            at++;
        index->first[byte] = (uint16_t)at;
    }
}

/* "More on this story: …" */
static int has_colon_behind(const struct document *d, const struct textd_span *span, const char *phrase)
{
    uint32_t n = span->end - span->start, from = (uint32_t)strcspn(phrase, "~");

    return from < n &&
           memchr(d->text + span->start + from, ':', n - from < LABEL_BYTES ? n - from : LABEL_BYTES) != NULL;
}

static int is_of_page(const struct document *d, const struct phrase_index *index, const struct sentence *s,
                      const struct textd_span *span)
{
    unsigned char first = (unsigned char)char_to_lower(d->text[span->start]);
    char second = span->end - span->start > 1 ? char_to_lower(d->text[span->start + 1])
                                              : '\0'; /* phrases have two bytes at least */
    int is_sentence = s->flags & SENTENCE_WHOLE && s->n_words > SHORT_WORDS;

    for (uint16_t i = index->first[first]; i < index->first[first + 1]; i++)
        if (page_phrases[i][1] == second &&
            starts_with(d->text + span->start, span->end - span->start, page_phrases[i]) &&
            !(is_sentence && strchr(page_phrases[i], '~') && !has_colon_behind(d, span, page_phrases[i])))
            return 1;
    return 0;
}

/* "By Ada Byrne": few words, half of them names at least. */
static int is_byline(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    return s->n_words >= 2 && s->n_words <= 8 && starts_with(d->text + span->start, span->end - span->start, "by ") &&
           s->n_names >= s->n_words / 2;
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

/* What tells a sentence of the page wherever it stands in it, by a word that is rare in others; "~": only if it speaks for the page, or to its
 * reader. */
static const struct {
    const char *word, *phrase;
} inner[] = {
    { "cookie", "use cookies~" },
    { "cookie", "uses cookies~" },
    { "cookie", "use of cookies~" },
    { "cookie", "our cookie" },
    { "cookie", "accept cookies~" },
    { "cookie", "cookie policy~" },
    { "cookie", "cookie settings~" },
    { "cookie", "cookies to~" },
    { "privacy", "our privacy policy" },
    { "privacy", "privacy policy~" },
    { "term", "our terms" },
    { "term", "terms of service~" },
    { "term", "terms and conditions~" },
    { "reserved", "rights reserved" },
    { "getty", "getty images" },
    { "photo", "ap photo" },
    { "photo", "file photo" },
    { "photo", "(photo" },
    { "photo", "photo:" },
    { "credit", "credit:" },
    { "author", "those of the author" },
    { "author", "views of the author" },
    { "author", "author and do not" },
    { "recipient", "intended recipient" },
    { "purpose", "informational purposes" },
    { "purpose", "information purposes only" },
    { "advice", "not financial advice" },
    { "advice", "not constitute" },
    { "report", "contributed to this report" },
    { "article", "contributed to this article" },
    { "reporting", "contributed reporting" },
    { "newsletter", "our newsletter~" },
    { "newsletter", "newsletter for~" },
    { "newsletter", "free newsletter" },
    { "permission", "republished" },
    { "permission", "reprinted with permission" },
    { "affiliate", "affiliate link" },
    { "browser", "your browser~" },
    { "javascript", "enable javascript" },
    { "unsubscribe", "unsubscribe~" },
    { "copyright", "copyright \xc2\xa9" },
};

#define N_INNER (sizeof inner / sizeof inner[0])

static uint64_t key_of(const char *word)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, (uint32_t)strlen(word), folded);

    return fold_key(folded, n);
}

/* Whether the phrase stands in the text, in letters of any case. */
static int stands_in(const char *text, uint32_t length, const char *phrase)
{
    uint32_t n = (uint32_t)strcspn(phrase, "~");

    for (uint32_t at = 0; at + n <= length; at++) {
        uint32_t i = 0;
        while (i < n && char_to_lower(text[at + i]) == phrase[i])
            i++;
        if (i == n)
            return 1;
    }
    return 0;
}

static int speaks_for_page(const struct sentence *s)
{
    return s->n_in_set[SET_FIRST_PERSON] + s->n_in_set[SET_SECOND_PERSON] > 0;
}

static int has_inner(const struct document *d, uint32_t sentence, const uint32_t *numbers)
{
    const struct sentence *s = &d->sentences[sentence];
    const struct textd_span *span = &d->spans[sentence];

    for (uint32_t i = 0; i < s->n_content; i++)
        for (size_t k = 0; d->words[d->content[s->content + i]].set == SET_PAGE && k < N_INNER; k++)
            if (numbers[k] == d->content[s->content + i] && (!strchr(inner[k].phrase, '~') || speaks_for_page(s)) &&
                stands_in(d->text + span->start, span->end - span->start, inner[k].phrase))
                return 1;
    return 0;
}

/* Most documents have none of the words, and are not looked at again. */
static void find_inner(struct document *d)
{
    uint64_t keys[N_INNER], filter[4] = { 0 }; /* filter: a bit for each key, by eight of its bits */
    uint32_t numbers[N_INNER];
    int any = 0;

    for (size_t k = 0; k < N_INNER; k++) {
        keys[k] = key_of(inner[k].word);
        numbers[k] = NO_WORD;
        filter[keys[k] >> 38 & 3] |= 1ull << (keys[k] >> 32 & 63);
    }
    for (uint32_t i = 0; i < d->n_words; i++)
        for (size_t k = 0; filter[d->words[i].key >> 38 & 3] >> (d->words[i].key >> 32 & 63) & 1 && k < N_INNER; k++)
            if (d->words[i].key == keys[k]) {
                numbers[k] = i;
                d->words[i].set = SET_PAGE;
                any = 1;
            }
    for (uint32_t i = 0; any && i < d->n_sentences; i++)
        if (!(d->sentences[i].flags & SENTENCE_BOILERPLATE) && has_inner(d, i, numbers))
            d->sentences[i].flags |= SENTENCE_BOILERPLATE;
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
        at = starts_with(text, length, words[i]) ? (uint32_t)strlen(words[i]) : 0;
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

/* Whose picture it is, behind what it shows. */
static int is_credit(const struct document *d, uint32_t sentence)
{
    static const char *const words[] = { "getty",  "credit",     "photo",    "photograph", "image", "alamy",
                                         "(photo", "file photo", "ap photo", "reuters/",   "afp" };
    const struct textd_span *span = &d->spans[sentence];

    int first = char_to_lower(d->text[span->start]);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i][0] == first && starts_with(d->text + span->start, span->end - span->start, words[i]))
            return 1;
    return 0;
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
        if ((d->sentences[i].flags & SENTENCE_BOILERPLATE && has_label(d, i)) || 2 * of_page > end - i ||
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
            in_sources |= starts_with(d->text + span->start, span->end - span->start, headings[k]);
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

/* "Tom Alder is the transport correspondent of the Herald.": who wrote it, at the end of a story. */
static void find_authors(struct document *d)
{
    static const char *const trades[] = { " correspondent",    " reporter",    " journalist", " columnist",
                                          " is a writer",      " editor of",   " editor at",  " contributor to",
                                          " is the author of", " is an author" };

    for (uint32_t i = d->n_sentences, seen = 0; i > 1 && seen < AUTHOR_PLACE; i--) {
        struct sentence *s = &d->sentences[i - 1];
        const struct textd_span *span = &d->spans[i - 1];
        if (s->flags & (SENTENCE_BOILERPLATE | SENTENCE_HEADING) || s->n_words < SHORT_WORDS)
            continue;
        seen++;
        if (!(s->flags & SENTENCE_NEW_LINE) || !stands_in(d->text + span->start, span->end - span->start, " is "))
            continue;
        for (size_t k = 0; k < sizeof trades / sizeof trades[0]; k++)
            if (stands_in(d->text + span->start, span->end - span->start, trades[k]))
                s->flags |= SENTENCE_BOILERPLATE;
    }
}

void document_find_furniture(struct document *d)
{
    struct phrase_index index;

    index_phrases(&index);
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];
        int whole = (s->flags & SENTENCE_WHOLE) != 0;

        if (is_of_page(d, &index, s, span) || is_navigation(d, s) || (!whole && is_byline(d, s, span)) ||
            (s->flags & SENTENCE_NEW_LINE && is_figure(d, span)) || (s->n_links > 0 && s->n_words <= 4 * s->n_links))
            s->flags |= SENTENCE_BOILERPLATE;
    }
    find_inner(d);
    spread_over_lines(d);
    document_find_datelines(d);
    if (find_captions(d))
        find_authors(d);
}
