/* phrases.c: see phrases.h. What changes here changes which sentences the model learns from: train it anew. */
#include "plugins/summarizer/phrases.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"

#define SHORT_WORDS 5u /* a line of so many is no sentence that only starts as lines of the page do */
#define LABEL_BYTES 20u

/* How lines start that belong to the page. In small letters; "$" at the end: the whole line; "~": sentences start so, too, so that a
 * line of more than SHORT_WORDS words with a mark at its end is none. In the order of their bytes, the sign at the end aside. */
static const char *const page_phrases[] = {
    "(c)",
    "(image",
    "(photo",
    "[image",
    "[photo",
    "a version of this article",
    "a version of this story",
    "about the author:",
    "about the writer:",
    "about this article",
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
    "all opinions are",
    "all opinions expressed",
    "all rights reserved",
    "all trademarks",
    "already a subscriber",
    "already have an account",
    "also read",
    "an earlier version of this",
    "any opinions are",
    "any views are",
    "apologies:",
    "attendees:",
    "back to top",
    "bcc:~",
    "be the first to comment",
    "be the first to know",
    "become a member~",
    "by accepting cookies",
    "by accepting you agree",
    "by accepting, you agree",
    "by clicking",
    "by continuing",
    "by joining our",
    "by registering you agree",
    "by registering, you agree",
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
    "comments are closed",
    "comments are off",
    "compiled by~",
    "confidential:",
    "confidentiality notice",
    "contact the author",
    "contact us~",
    "continue reading",
    "contributed by~",
    "cookie policy",
    "cookie settings",
    "cookies help us",
    "copyright (c)",
    "copyright 20",
    "copyright by",
    "copyright \xc2\xa9",
    "correction:",
    "courtesy of~",
    "create a free account",
    "create an account~",
    "credit:",
    "credits:",
    "date posted",
    "date:~",
    "did you enjoy this",
    "did you find this",
    "disclaimer",
    "disclosure:",
    "do not reply to this",
    "do you have a story",
    "do you have a tip",
    "do you have information",
    "don't miss~",
    "donate now~",
    "donate today~",
    "download as pdf",
    "download our app",
    "download the app",
    "download the full~",
    "download the pdf",
    "download this article",
    "download this page",
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
    "enjoyed this article",
    "enjoyed this story",
    "enjoying this",
    "enter your e-mail",
    "enter your email",
    "explore more~",
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
    "for confidential support",
    "for more information, visit",
    "for more news",
    "for more on this",
    "for more stories",
    "forward this email",
    "forward to a friend",
    "from:~",
    "gallery:",
    "get breaking",
    "get our~",
    "get the latest",
    "get unlimited",
    "getty images",
    "got a story",
    "got a tip",
    "graphic:",
    "have a tip",
    "have your say",
    "home$",
    "if this reached you",
    "if you are not the intended",
    "if you enjoyed this article",
    "if you enjoyed this story",
    "if you have received this e-mail",
    "if you have received this email",
    "if you have received this mail",
    "if you have received this message",
    "if you liked this",
    "if you no longer wish",
    "if you would like to unsubscribe",
    "illustration by",
    "illustration:",
    "image by",
    "image courtesy",
    "image credit",
    "image:",
    "images:",
    "in association with~",
    "in attendance:",
    "in case you missed",
    "in partnership with~",
    "in pictures:",
    "infographic:",
    "information on this page",
    "javascript is",
    "join our mailing",
    "join our newsletter",
    "join the conversation",
    "jump to~",
    "keep reading",
    "last modified",
    "last updated",
    "leave a comment",
    "leave a reply",
    "like us on",
    "link copied",
    "listen to this",
    "listen:",
    "load more",
    "log in~",
    "log in here",
    "log in to continue",
    "log in to read",
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
    "newsletter$",
    "newsletter:",
    "next page",
    "next:~",
    "no comments",
    "no part may be",
    "no part of this",
    "not a subscriber",
    "nothing here is legal",
    "nothing in this article",
    "nothing on this site",
    "opinions are my own",
    "opinions expressed",
    "originally published",
    "our privacy",
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
    "pictures by",
    "pictures:",
    "pin it",
    "please consider the environment",
    "please do not reply",
    "please enable",
    "please note that this email",
    "please subscribe",
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
    "produced by~",
    "published:",
    "rate this",
    "read also",
    "read more",
    "read next",
    "read the full article",
    "read the full report",
    "read the full story",
    "read:",
    "reading time",
    "recommended~",
    "references$",
    "register here",
    "register now",
    "register to read",
    "reject all",
    "related~",
    "related articles",
    "related links",
    "related stories",
    "related:",
    "reply-to:~",
    "reported by~",
    "reporting by",
    "reporting:",
    "reprinted by",
    "reprinted from",
    "reprinted with",
    "republish this",
    "republished with",
    "retrieved from",
    "save for later",
    "save this article",
    "search$",
    "see all~",
    "see also$",
    "see also:",
    "see more",
    "see our privacy",
    "send us your",
    "send your tips",
    "sent from my",
    "sent:~",
    "share$",
    "share~",
    "share on~",
    "share the article",
    "share this~",
    "share via~",
    "share your thoughts",
    "show more",
    "shutterstock",
    "sign in~",
    "sign in here",
    "sign in to continue",
    "sign in to read",
    "sign up",
    "signup",
    "skip to",
    "source:",
    "sources$",
    "sponsored~",
    "sponsored by",
    "story by",
    "story continues below",
    "story highlights",
    "subject:~",
    "subscribe$",
    "subscribe for",
    "subscribe now",
    "subscribe to",
    "subscribe today",
    "subscriber only",
    "subscribers can read",
    "support independent",
    "support our journalism",
    "support our reporting",
    "support our work",
    "support quality journalism",
    "tagged with",
    "tags:",
    "tell us what",
    "terms apply",
    "terms of service",
    "terms of use",
    "text by~",
    "text size",
    "thank you for reading",
    "thank you for subscribing",
    "thanks for reading",
    "the author declares",
    "the author has no conflict",
    "the author has no financial",
    "the author has no interest",
    "the author holds no",
    "the author owns no",
    "the author works for",
    "the authors declare",
    "the content of this e-mail",
    "the content of this email",
    "the content of this message",
    "the content of this page",
    "the content of this website",
    "the content on this",
    "the information contained in this e-mail",
    "the information contained in this email",
    "the information contained in this mail",
    "the information contained in this message",
    "the information on this",
    "the information provided",
    "the opinions expressed",
    "the opinions in this",
    "the post appeared first",
    "the post first appeared",
    "the views and opinions",
    "the views expressed",
    "the views in this",
    "the views of the author",
    "this article appeared in",
    "this article contains affiliate",
    "this article first appeared",
    "this article first ran",
    "this article has been amended",
    "this article has been corrected",
    "this article has been updated",
    "this article is for informational",
    "this article is for members",
    "this article is for subscribers",
    "this article is part of",
    "this article is republished",
    "this article originally",
    "this article was amended",
    "this article was corrected",
    "this article was first",
    "this article was originally",
    "this article was produced",
    "this article was translated",
    "this article was updated",
    "this article was written",
    "this column was first",
    "this content is for",
    "this content is not available",
    "this content is only",
    "this e-mail and any",
    "this e-mail may contain",
    "this email and any",
    "this email may contain",
    "this email was sent",
    "this episode was",
    "this is a developing story",
    "this is a translation",
    "this is an automated",
    "this is an automatic",
    "this is an edited version",
    "this is an opinion",
    "this is an updated version",
    "this is not investment",
    "this is not legal",
    "this is not medical",
    "this mail is meant",
    "this mail may contain",
    "this mail was sent",
    "this material is provided",
    "this message and any",
    "this message is intended",
    "this message may contain",
    "this message was sent",
    "this newsletter is for",
    "this page was last",
    "this piece appeared in",
    "this piece was first",
    "this piece was originally",
    "this post contains affiliate",
    "this post may contain",
    "this post was first",
    "this post was originally",
    "this site is protected",
    "this site uses",
    "this site uses cookies",
    "this story appeared in",
    "this story first appeared",
    "this story first ran",
    "this story has been updated",
    "this story is part of",
    "this story was amended",
    "this story was corrected",
    "this story was first",
    "this story was originally",
    "this story was produced",
    "this story was updated",
    "this transcript was",
    "this video is no longer",
    "this video is not available",
    "this website uses cookies",
    "to continue reading",
    "to opt out",
    "to read more",
    "to read on, ",
    "to read the full",
    "to stop receiving",
    "to unsubscribe",
    "to:~",
    "translated by~",
    "translated from",
    "translation by",
    "translation:",
    "trending~",
    "tweet~",
    "tweet this",
    "unlimited access",
    "unsubscribe",
    "up next",
    "updated:",
    "use of this site",
    "use of this website",
    "video:",
    "view all~",
    "view comments",
    "view in browser",
    "view more",
    "view this email",
    "views are mine",
    "views are my own",
    "views expressed",
    "views expressed are",
    "visit our website",
    "want more stories",
    "want to read more",
    "was this article helpful",
    "was this helpful",
    "was this page helpful",
    "watch the video",
    "watch:",
    "we and our partners",
    "we may earn",
    "we respect your privacy",
    "we use cookies",
    "we value your privacy",
    "with additional reporting",
    "with reporting by",
    "words by~",
    "words:",
    "writing by",
    "written by~",
    "you are reading one of",
    "you are receiving this",
    "you are signed up for our",
    "you are subscribed to our",
    "you are subscribed to this",
    "you can unsubscribe",
    "you got this e-mail",
    "you got this email",
    "you got this mail",
    "you got this message",
    "you got this newsletter",
    "you have reached your",
    "you have read",
    "you have received this e-mail",
    "you have received this email",
    "you have received this mail",
    "you have received this message",
    "you may also",
    "you may opt out",
    "you might also like",
    "you must be logged in",
    "you need to be logged in",
    "you need to enable",
    "you receive this e-mail",
    "you receive this email",
    "you receive this mail",
    "you receive this message",
    "you receive this newsletter",
    "you received this",
    "you signed up for our",
    "you signed up for this",
    "your consent applies",
    "your email address",
    "your privacy matters",
    "\xc2\xa9",
    "\xe2\x96\xb6",
};

int phrases_start(const char *text, uint32_t length, const char *phrase)
{
    uint32_t i = 0;

    for (; phrase[i] && phrase[i] != '$' && phrase[i] != '~'; i++)
        if (i == length || char_to_lower(text[i]) != phrase[i])
            return 0;
    if (phrase[i] == '$')
        return i == length;
    return i == length || !(char_is_lower(char_to_lower(text[i])) && char_is_lower(phrase[i - 1]));
}

#define N_PAGE_PHRASES (sizeof page_phrases / sizeof page_phrases[0])

static int is_end(char c)
{
    return c == 0 || c == '$' || c == '~';
}

/* The first of the phrases [low, high), which are alike up to the byte at `depth`, whose byte there is not below `byte`. */
static size_t first_from(size_t low, size_t high, uint32_t depth, unsigned byte)
{
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((unsigned char)page_phrases[middle][depth] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* "More on this story: …" */
static int has_colon_behind(const struct document *d, const struct textd_span *span, const char *phrase)
{
    uint32_t n = span->end - span->start, from = (uint32_t)strcspn(phrase, "~");

    return from < n &&
           memchr(d->text + span->start + from, ':', n - from < LABEL_BYTES ? n - from : LABEL_BYTES) != NULL;
}

/* Byte by byte, the phrases that the text may still start with are fewer; hardly any text has some left behind its fifth. */
int phrases_are_of_page(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    const char *text = d->text + span->start;
    uint32_t length = span->end - span->start;
    int is_sentence = s->flags & SENTENCE_WHOLE && s->n_words > SHORT_WORDS;
    size_t low = 0, high = N_PAGE_PHRASES;

    for (uint32_t depth = 0; low < high; depth++) {
        for (; low < high && is_end(page_phrases[low][depth]); low++)
            if (phrases_start(text, length, page_phrases[low]) &&
                !(is_sentence && page_phrases[low][depth] == '~' && !has_colon_behind(d, span, page_phrases[low])))
                return 1;
        if (depth == length)
            return 0;
        unsigned byte = (unsigned char)char_to_lower(text[depth]);
        low = first_from(low, high, depth, byte);
        high = first_from(low, high, depth, byte + 1);
    }
    return 0;
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
    { "cookie", "cookies help us" },
    { "cookie", "store cookies" },
    { "privacy", "privacy notice~" },
    { "privileged", "privileged information" },
    { "confidential", "confidential and" },
    { "sender", "notify the sender" },
    { "sender", "tell the sender" },
    { "responsible", "responsible for the content" },
    { "purpose", "educational purposes only" },
    { "advice", "is legal advice" },
    { "unlimited", "unlimited access to the" },
    { "edition", "in the print edition" },
    { "warranty", "without any warranty" },
    { "warranty", "without warranty" },
    { "warranty", "no warranty of~" },
    { "advice", "no investment advice" },
    { "advice", "not investment advice" },
    { "advice", "no legal advice" },
    { "advice", "not legal advice" },
    { "advice", "no financial advice" },
    { "advice", "professional medical advice" },
    { "information", "for information only" },
    { "trademark", "property of their" },
    { "trademark", "trademarks of their" },
    { "inbox", "to your inbox" },
    { "journalism", "local journalism~" },
    { "subscriber", "only for subscribers" },
    { "subscriber", "for subscribers only" },
    { "liability", "accepts no liability" },
    { "liability", "accept no liability" },
    { "journalism", "independent journalism~" },
    { "journalism", "our journalism" },
};

#define N_INNER (sizeof inner / sizeof inner[0])

static uint64_t key_of(const char *word)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, (uint32_t)strlen(word), folded);

    return fold_key(folded, n);
}

/* Whether the phrase stands in the text, in letters of any case. */
int phrases_stand_in(const char *text, uint32_t length, const char *phrase)
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
                phrases_stand_in(d->text + span->start, span->end - span->start, inner[k].phrase))
                return 1;
    return 0;
}

/* Most documents have none of the words, and are not looked at again. */
void phrases_find_inner(struct document *d)
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
