/* layout.c: what a sentence is on the page (document.h): a heading, a paragraph's start, boilerplate. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"

#define SHORT_WORDS 5u    /* a line of fewer, without a mark at its end, is a fragment */
#define HEADING_WORDS 14u /* a line of more is no heading */

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
    "photo:~",
    "photograph:~",
    "image:~",
    "image by",
    "image credit",
    "picture:~",
    "video:~",
    "watch:~",
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
    "related:~",
    "see also$",
    "external links$",
    "references$",
    "sources$",
    "source:~",
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
    "updated:~",
    "last updated",
    "published:~",
    "last modified",
    "e-mail to a friend",
    "email to a friend",
    "retrieved from",
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

/* Whether it ends as sentences do: with a mark, perhaps inside quotes or brackets. */
static uint32_t closing_flags(const struct document *d, const struct sentence *s)
{
    uint32_t flags = 0;

    for (uint32_t i = s->end_token; i > s->first_token && s->end_token - i < 4; i--) {
        const struct textd_span *t = &d->tokens[i - 1];
        uint32_t size;
        enum character kind = char_kind_at(d->text, t->start, &size);
        char c = d->text[t->start], last = d->text[t->end - 1];

        if (kind == CHAR_TERM || (last == '.' && d->kinds[i - 1] != TEXTD_TOKEN_LINK)) {
            flags |= SENTENCE_WHOLE;
            flags |= c == '?' ? SENTENCE_QUESTION : c == '!' ? SENTENCE_EXCLAMATION : 0u;
            break;
        }
        if (kind != CHAR_CLOSE && kind != CHAR_QUOTE)
            break;
    }
    return flags;
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

uint32_t layout_bullet_end(const char *text, uint32_t start, uint32_t end)
{
    uint32_t at = start;

    if (text[at] == '-' || text[at] == '*')
        at++;
    else if (end - at > 3 && memcmp(text + at, "\xe2\x80\xa2", 3) == 0) /* U+2022 */
        at += 3;
    if (at == start || at == end || text[at] != ' ')
        return start;
    while (at < end && text[at] == ' ')
        at++;
    return at < end ? at : start;
}

static uint32_t opening_flags(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    uint32_t size, flags = 0;
    uint8_t class = char_class_at(d->text, span->start, &size);
    enum character kind = (enum character)(class & CHAR_KIND_MASK);

    flags |= kind == CHAR_QUOTE || kind == CHAR_OPEN ? SENTENCE_QUOTE_START : 0u;
    flags |= class & CHAR_LOWER ? SENTENCE_LOWER : 0u;
    if ((d->text[span->start] == '-' || d->text[span->start] == '*' ||
         (span->end - span->start > 3 && memcmp(d->text + span->start, "\xe2\x80\xa2", 3) == 0)) ||
        (s->end_token > s->first_token && d->kinds[s->first_token] == TEXTD_TOKEN_NUMBER &&
         d->text[d->tokens[s->first_token].end - 1] == '.'))
        flags |= SENTENCE_LIST_ITEM;
    return flags;
}

/* Line ends between two sentences: 0, 1, or 2 for an empty line. */
static uint32_t gap_lines(const struct document *d, uint32_t from, uint32_t to)
{
    uint32_t lines = 0;

    for (uint32_t i = from; i < to && lines < 2; i++)
        lines += d->text[i] == '\n';
    return lines;
}

/* Whether paragraphs are told by empty lines, as in mail and Markdown; else each line is one. */
static int has_empty_lines(const struct document *d)
{
    uint32_t lines = 0, empty = 0;

    for (uint32_t i = 1; i < d->n_sentences; i++) {
        uint32_t n = gap_lines(d, d->spans[i - 1].end, d->spans[i].start);
        lines += n == 1;
        empty += n == 2;
    }
    return empty * 4 >= lines;
}

static void read_lines(struct document *d)
{
    uint32_t least = has_empty_lines(d) ? 2 : 1, paragraph = 0, in = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        uint32_t n = i > 0 ? gap_lines(d, d->spans[i - 1].end, d->spans[i].start) : 2;

        if (n >= least && i > 0) {
            paragraph++;
            in = 0;
        }
        s->flags |= (n > 0 ? SENTENCE_NEW_LINE : 0u) | (n >= least ? SENTENCE_NEW_PARAGRAPH : 0u);
        s->paragraph = paragraph;
        s->in_paragraph = in++;
    }
    d->n_paragraphs = d->n_sentences > 0 ? paragraph + 1 : 0;
}

/* Where hardly any longer sentence ends with a mark, as in transcripts and notes, a missing one says nothing. */
static int has_marks(const struct document *d)
{
    uint32_t whole = 0, all = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++)
        if (d->sentences[i].n_words >= 2 * SHORT_WORDS) {
            all++;
            whole += d->sentences[i].flags & SENTENCE_WHOLE;
        }
    return 2 * whole >= all;
}

/* What a mail quotes of the one that it answers, lines with ">", somebody has said before; so it counts as of the page. */
static void find_quoted(struct document *d)
{
    int quoted = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        const struct textd_span *span = &d->spans[i];
        const char *text = d->text + span->start, *end = d->text + span->end;

        if (d->sentences[i].flags & SENTENCE_NEW_LINE)
            quoted = *text == '>';
        while (!quoted && (text = memchr(text, '\n', (size_t)(end - text))))
            quoted = ++text < end && *text == '>';
        d->sentences[i].flags |= quoted ? SENTENCE_BOILERPLATE : 0u;
    }
}

static int ends_line(const struct document *d, uint32_t i)
{
    return i + 1 == d->n_sentences || d->sentences[i + 1].flags & SENTENCE_NEW_LINE;
}

/* The lines of a list of sources look like sentences, "2. Larsen, H. (1961)." among others; only the heading tells them. The
 * next heading ends it, as it does in a table of contents. */
static void find_sources(struct document *d)
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

static void find_headings(struct document *d, int marks)
{
    uint32_t heading = NO_WORD;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        int whole = s->flags & SENTENCE_WHOLE;

        if (!marks && s->n_words >= SHORT_WORDS)
            s->flags |= SENTENCE_WHOLE;
        s->heading = heading;
        if (s->flags & SENTENCE_BOILERPLATE || whole || s->n_words == 0 || s->n_words > HEADING_WORDS || !marks)
            continue;
        if (s->flags & SENTENCE_NEW_LINE && ends_line(d, i) && i + 1 < d->n_sentences) {
            s->flags |= SENTENCE_HEADING;
            heading = i;
        }
    }
}

int32_t document_read_layout(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];

        if (i % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        s->flags = (uint16_t)(closing_flags(d, s) | opening_flags(d, s, span));
        if (is_of_page(d, s, span) || is_navigation(d, s) || (!(s->flags & SENTENCE_WHOLE) && is_byline(d, s, span)) ||
            (s->n_links > 0 && s->n_words <= 4 * s->n_links))
            s->flags |= SENTENCE_BOILERPLATE;
    }
    read_lines(d);
    document_find_datelines(d);
    find_quoted(d);
    int marks = has_marks(d);
    find_headings(d, marks);
    if (marks) /* else there are no headings, and nothing would end the list */
        find_sources(d);
    return TEXTD_OK;
}
