/* furniture.c: what is of the page and not of the text (document.h): navigation, bylines, captions, cookie lines, disclaimers, links to other
 * pages; known by how a line starts, by what stands in it, and by where it stands. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/fold.h"

#define SHORT_WORDS 5u   /* a line of so many is no sentence that only starts as lines of the page do */
#define CAPTION_PLACE 8u /* sentences from the head among which a caption may stand */
#define CAPTION_WORDS 26u
#define CAPTION_VERB 14u /* tokens from its start within which its verb stands */
#define LABEL_BYTES 20u
#define CAPTION_BYTES 300u /* a line of more is text, whatever credit stands in it */

/* How lines start that belong to the page. In small letters; "$" at the end: the whole line; "~": sentences start so, too, so that a
 * line of more than SHORT_WORDS words with a mark at its end is none. */
static const char *const page_phrases[] = {
    "post a comment",
    "leave a comment",
    "leave a reply",
    "add a comment",
    "view comments",
    "comments$",
    "comment$",
    "no comments",
    "share this~",
    "share on~",
    "share via~",
    "share$",
    "tweet this",
    "print this",
    "email this",
    "e-mail this",
    "read more",
    "continue reading",
    "click here",
    "click to~",
    "sign up",
    "sign in~",
    "log in~",
    "subscribe to",
    "subscribe$",
    "follow us",
    "like us on",
    "posted by",
    "posted on~",
    "posted in~",
    "filed under",
    "tagged with",
    "tags:",
    "written by~",
    "reported by~",
    "edited by~",
    "editing by",
    "reporting by",
    "photo by",
    "photo:",
    "photograph:",
    "image:",
    "image by",
    "image credit",
    "picture:",
    "video:",
    "watch:",
    "watch the video",
    "copyright \xc2\xa9",
    "copyright (c)",
    "copyright 20",
    "all rights reserved",
    "\xc2\xa9",
    "terms of use",
    "terms of service",
    "privacy policy",
    "cookie policy",
    "we use cookies",
    "this site uses cookies",
    "this website uses cookies",
    "advertisement$",
    "sponsored by",
    "related articles",
    "related stories",
    "related links",
    "related:",
    "see also$",
    "external links$",
    "references$",
    "sources$",
    "source:",
    "back to top",
    "skip to",
    "home$",
    "menu$",
    "search$",
    "contact us~",
    "about us~",
    "next page",
    "previous page",
    "next:~",
    "previous:~",
    "story highlights",
    "editor's note:",
    "editors' note:",
    "editor\xe2\x80\x99s note:",
    "updated:",
    "last updated",
    "published:",
    "last modified",
    "e-mail to a friend",
    "email to a friend",
    "retrieved from",
    "more on this~",
    "more from~",
    "more stories~",
    "more like this~",
    "more:",
    "most read~",
    "most popular~",
    "trending~",
    "recommended~",
    "you may also",
    "you might also like",
    "also read",
    "read also",
    "read next",
    "read:",
    "see also:",
    "see more",
    "see all~",
    "view all~",
    "show more",
    "load more",
    "don't miss~",
    "up next",
    "related~",
    "jump to~",
    "find us on",
    "tweet~",
    "pin it",
    "share~",
    "listen to this",
    "listen:",
    "download our app",
    "download the app",
    "caption:",
    "credit:",
    "credits:",
    "photo credit",
    "photo courtesy",
    "photos by",
    "photos:",
    "image courtesy",
    "images:",
    "courtesy of~",
    "file photo",
    "file picture",
    "pictured:",
    "(photo",
    "[photo",
    "(image",
    "[image",
    "getty images",
    "gallery:",
    "in pictures:",
    "graphic:",
    "infographic:",
    "disclaimer",
    "disclosure:",
    "correction:",
    "clarification:",
    "the views expressed",
    "views expressed",
    "the opinions expressed",
    "opinions expressed",
    "the views in this",
    "the views and opinions",
    "this article was first",
    "this article was originally",
    "this article first appeared",
    "this article originally",
    "this article is republished",
    "this story was first",
    "this story was originally",
    "this story first appeared",
    "this story has been updated",
    "this article has been updated",
    "this is a developing story",
    "this post was first",
    "this post was originally",
    "this piece was first",
    "this piece was originally",
    "this column was first",
    "an earlier version of this",
    "a version of this article",
    "a version of this story",
    "originally published",
    "first published in~",
    "first published on",
    "republished with",
    "reprinted with",
    "signup",
    "get our~",
    "get the latest",
    "get breaking",
    "join our newsletter",
    "join our mailing",
    "join the conversation",
    "subscribe now",
    "subscribe today",
    "already a subscriber",
    "already have an account",
    "create an account~",
    "create a free account",
    "enter your email",
    "your email address",
    "please enable",
    "enable javascript",
    "javascript is",
    "you have read",
    "you have reached your",
    "support our journalism",
    "support independent",
    "become a member~",
    "by continuing",
    "by clicking",
    "by using this",
    "by using our",
    "by subscribing",
    "by signing up",
    "accept all",
    "accept cookies",
    "reject all",
    "manage preferences",
    "manage cookies",
    "cookie settings",
    "our website uses",
    "our site uses",
    "additional reporting",
    "with reporting by",
    "with additional reporting",
    "contributed by~",
    "reporting:",
    "writing by",
    "compiled by~",
    "follow him on",
    "follow her on",
    "follow them on",
    "follow me on",
    "contact the author",
    "have a tip",
    "got a tip",
    "got a story",
    "view in browser",
    "view this email",
    "unsubscribe",
    "you are receiving this",
    "you received this",
    "sent from my",
    "this email and any",
    "this e-mail and any",
    "this message and any",
    "if you are not the intended",
    "please consider the environment",
    "nothing in this article",
    "past performance is",
    "we may earn",
    "terms apply",
    "posted:",
    "date posted",
    "min read",
    "sponsored~",
    "advertisement",
    "ad:",
    "alamy",
    "shutterstock",
    "(c)",
    "from:~", /* a mail's head */
    "to:~",
    "cc:~",
    "bcc:~",
    "date:~",
    "sent:~",
    "subject:~",
    "reply-to:~",
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

static int is_of_page(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    char first = char_to_lower(d->text[span->start]);
    int is_sentence = s->flags & SENTENCE_WHOLE && s->n_words > SHORT_WORDS;

    for (size_t i = 0; i < sizeof page_phrases / sizeof page_phrases[0]; i++)
        if (page_phrases[i][0] == first && starts_with(d->text + span->start, span->end - span->start, page_phrases[i]))
            return !(is_sentence && strchr(page_phrases[i], '~'));
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

    for (uint32_t i = s->first_token; i < s->end_token && separators < 64; i++) {
        const char *at = d->text + d->tokens[i].start;
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
        for (size_t k = 0; k < N_INNER; k++)
            if (numbers[k] == d->content[s->content + i] && (!strchr(inner[k].phrase, '~') || speaks_for_page(s)) &&
                stands_in(d->text + span->start, span->end - span->start, inner[k].phrase))
                return 1;
    return 0;
}

/* Most documents have none of the words, and are not looked at again. */
static void find_inner(struct document *d)
{
    uint64_t keys[N_INNER];
    uint32_t numbers[N_INNER];
    int any = 0;

    for (size_t k = 0; k < N_INNER; k++) {
        keys[k] = key_of(inner[k].word);
        numbers[k] = NO_WORD;
    }
    for (uint32_t i = 0; i < d->n_words; i++)
        for (size_t k = 0; k < N_INNER; k++)
            if (d->words[i].key == keys[k]) {
                numbers[k] = i;
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

    for (size_t i = 0; i < sizeof words / sizeof words[0] && at == 0; i++) {
        uint32_t n = (uint32_t)strlen(words[i]), k = 0;
        while (k < n && k < length && char_to_lower(text[k]) == words[i][k])
            k++;
        at = k == n ? n : 0;
    }
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

/* The sentences of a short line share its lot: the credit behind a caption, "By continuing you accept them." behind "We use cookies." */
static void spread_over_lines(struct document *d)
{
    for (uint32_t i = 0, end; i < d->n_sentences; i = end) {
        uint32_t of_page = 0;
        for (end = i; end < d->n_sentences && (end == i || !(d->sentences[end].flags & SENTENCE_NEW_LINE)); end++)
            of_page += (d->sentences[end].flags & SENTENCE_BOILERPLATE) != 0;
        if (of_page == 0 || of_page == end - i || d->spans[end - 1].end - d->spans[i].start > CAPTION_BYTES)
            continue;
        if ((d->sentences[i].flags & SENTENCE_BOILERPLATE && has_label(d, i)) || 2 * of_page > end - i)
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
    static const char *const words[] = {
        "walk",         "walks",   "stand",    "stands",   "sit",       "sits",          "sitting",  "standing",
        "hold",         "holds",   "holding",  "pose",     "poses",     "posing",        "wave",     "waves",
        "smile",        "smiles",  "arrive",   "arrives",  "leave",     "leaves",        "land",     "lands",
        "patrol",       "patrols", "greet",    "greets",   "celebrate", "celebrates",    "speak",    "speaks",
        "addresses",    "gesture", "gestures", "look",     "looks",     "watch",         "watches",  "wait",
        "waits",        "carry",   "carries",  "protest",  "protests",  "search",        "searches", "line",
        "gather",       "gathers", "appears",  "explains", "listen",    "listens",       "shake",    "shakes",
        "hug",          "hugs",    "embrace",  "embraces", "play",      "plays",         "return",   "returns",
        "bless",        "blesses", "attend",   "attends",  "inspect",   "inspects",      "tries",    "talks",
        "work",         "works",   "rides",    "drives",   "wears",     "raises",        "lifts",    "kisses",
        "runs",         "enters",  "examines", "burn",     "burns",     "rises",         "lie",      "lies",
        "lay",          "mourn",   "mourns",   "light",    "lights",    "pray",          "prays",    "queue",
        "queues",       "collect", "clear",    "clean",    "mobbed",    "congratulated", "pictured", "photograph",
        "photographed", "photo",   "picture",  "seen",
    };
    const struct textd_span *t = &d->tokens[token];

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (t->end - t->start == strlen(words[i]) && memcmp(d->text + t->start, words[i], t->end - t->start) == 0)
            return 1;
    return 0;
}

/* A caption without a label, by form and place: a line of one sentence near the head of a story, of few words, that tells in the present what is
 * to be seen. Only of a story that shows by its dateline or byline that it is one: elsewhere people tell in the present, too. */
static void find_captions(struct document *d)
{
    uint32_t body = 0;
    int is_story = 0;

    for (uint32_t i = 0; i < d->n_sentences && body < CAPTION_PLACE; i++) {
        struct sentence *s = &d->sentences[i];
        int alone = s->flags & SENTENCE_NEW_LINE && (i + 1 == d->n_sentences || s[1].flags & SENTENCE_NEW_LINE);

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
}

void document_find_furniture(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];
        int whole = (s->flags & SENTENCE_WHOLE) != 0;

        if (is_of_page(d, s, span) || is_navigation(d, s) || (!whole && is_byline(d, s, span)) ||
            (s->flags & SENTENCE_NEW_LINE && is_figure(d, span)) || (s->n_links > 0 && s->n_words <= 4 * s->n_links))
            s->flags |= SENTENCE_BOILERPLATE;
    }
    find_inner(d);
    spread_over_lines(d);
    document_find_datelines(d);
    find_captions(d);
}
