/* links.c: what is one token though it has signs inside: URLs (RFC 3986), addresses of mail (RFC 5321, those in use), names of
 * hosts and files, "@names" and "#topics". See scan.h. */
#include "plugins/segmenter/scan.h"
#include "plugins/segmenter/known.h"

#define LONGEST_ADDRESS 254u /* bytes; RFC 5321, 4.5.3.1.3 */

/* Takes marks off the end that belong to the sentence, not to the address; a closing bracket that was opened stays. */
static uint32_t trim(const struct scan *s, uint32_t start, uint32_t end)
{
    uint32_t closers = 0; /* more of them than of openers */

    for (uint32_t at = start; at < end; at++)
        closers += (uint32_t)(s->text[at] == ')') - (uint32_t)(s->text[at] == '(');
    while (end > start + 1) {
        char c = s->text[end - 1];
        int is_lone_closer = c == ')' && (int32_t)closers > 0;
        if ((!strchr(".,;:!?'\"]>}*", c) || !c) && !is_lone_closer)
            break;
        closers -= (uint32_t)is_lone_closer;
        end--;
    }
    return end;
}

/* The end of what no blank, no bracket of an address and no punctuation beyond ASCII ends: that belongs to the sentence. */
static uint32_t visible_end(const struct scan *s, uint32_t at)
{
    uint32_t size;

    for (; at < s->length; at += size) {
        enum character kind = kind_at(s, at, &size);
        if (kind == CHAR_BLANK || (size > 1 && kind >= CHAR_PUNCT && kind <= CHAR_QUOTE))
            return at;
        if (s->text[at] == '<' || s->text[at] == '>' || s->text[at] == '"')
            return at;
    }
    return at;
}

/* "http://", "mailto:" and their kin at `at`. */
static int is_scheme(const struct scan *s, uint32_t at, uint32_t end)
{
    static const char *const schemes[] = { "http://", "https://", "ftp://",  "mailto:",
                                           "doi:",    "news:",    "file://", "urn:" };

    if (end - at > 6 || byte_at(s, end) != ':')
        return 0;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (stands_at(s, at, schemes[i])) {
            uint32_t size, behind = at + (uint32_t)strlen(schemes[i]);
            return kind_at(s, behind, &size) != CHAR_BLANK;
        }
    return 0;
}

/* A byte of an address's local part, of those in use. */
static int is_local_byte(char c)
{
    return is_word_byte(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* Whether an "@" stands near enough behind `at` to be an address's. Spares nearly all words a look at their letters. */
static int is_at_near(struct scan *s, uint32_t at)
{
    if (s->next_at < at) {
        const char *found = memchr(s->text + at, '@', s->length - at);
        s->next_at = found ? (uint32_t)(found - s->text) : s->length;
    }
    return s->next_at < s->length && s->next_at - at < LONGEST_ADDRESS;
}

/* The end of an address of mail at `at`, or `at`. Names of hosts without a period count: "Ann@LAB". */
static uint32_t address_end(struct scan *s, uint32_t at)
{
    uint32_t end = at;

    if (at < s->no_address_before || !is_at_near(s, at))
        return at;
    while (end - at < LONGEST_ADDRESS && is_local_byte(byte_at(s, end)))
        end++;
    if (byte_at(s, end) != '@' || end == at || !is_word_byte(byte_at(s, end + 1))) {
        s->no_address_before = end;
        return at;
    }
    end++;
    while (end - at < LONGEST_ADDRESS && (is_local_byte(byte_at(s, end)) && s->text[end] != '%'))
        end++;
    return trim(s, at, end);
}

/* The end of the labels of a host's name, or the parts of a file's, with the last one in [*last, end). */
static uint32_t labels_end(const struct scan *s, uint32_t at, uint32_t *last)
{
    uint32_t end = at, limit = s->length - at < LONGEST_ADDRESS ? s->length : at + LONGEST_ADDRESS;

    *last = at;
    for (;;) {
        while (end < limit && (is_word_byte(s->text[end]) || s->text[end] == '-' || s->text[end] == '_'))
            end++;
        if (end >= limit || s->text[end] != '.' || !is_word_byte(byte_at(s, end + 1)))
            return end;
        *last = ++end;
    }
}

/* "comp.lang.c", "alt.animals.felines": names of the Usenet hierarchies (RFC 1036 and custom). */
static int is_newsgroup(const struct scan *s, uint32_t at, uint32_t end)
{
    static const char *const hierarchies[] = { "alt.", "comp.", "misc.", "news.",      "rec.",
                                               "sci.", "soc.",  "talk.", "humanities." };

    for (size_t i = 0; i < sizeof hierarchies / sizeof hierarchies[0]; i++)
        if (char_is_lower(s->text[at]) && stands_at(s, at, hierarchies[i]))
            return char_is_lower(s->text[end - 1]);
    return 0;
}

/* "example.com", "cra.org/a/b", "notes.txt"; the words of a sentence without a blank behind its period, "end.The", are none. */
static uint32_t name_end(const struct scan *s, uint32_t at, uint8_t *kind)
{
    uint32_t last, end = labels_end(s, at, &last);

    if (last == at)
        return at;
    if (is_newsgroup(s, at, end))
        return end;
    if (known_is_domain(s->text + last, end - last, s->length - last) && !is_letter_at(s, end)) {
        *kind = TEXTD_TOKEN_LINK;
        /* "York.But" and "it.So" would be hosts by their letters; a host's ending is not capitalised by itself. */
        if (char_is_upper(s->text[last]) && char_is_lower(byte_at(s, last + 1)))
            return at;
        return byte_at(s, end) == '/' && is_word_byte(byte_at(s, end + 1)) ? trim(s, at, visible_end(s, end)) : end;
    }
    if (char_is_upper(s->text[last]) && last > at + 2) { /* "notes.txt.Then" */
        uint32_t before = last - 1;
        while (before > at && s->text[before - 1] != '.')
            before--;
        if (before > at && known_is_file_ending(s->text + before, last - 1 - before, s->length - before))
            return last - 1;
    }
    return known_is_file_ending(s->text + last, end - last, s->length - last) ? end : at;
}

uint32_t scan_link(struct scan *s, uint32_t at, uint32_t end, uint8_t *kind)
{
    char c = byte_at(s, end);
    uint32_t found;

    if (c != '.' && c != '@' && c != '_' && c != '-' && c != '+' && c != '%' && c != ':')
        return at;
    if (is_scheme(s, at, end) ||
        (c == '.' && end - at == 3 && stands_at(s, at, "www.") && is_word_byte(byte_at(s, end + 1)))) {
        *kind = TEXTD_TOKEN_LINK;
        return trim(s, at, visible_end(s, end));
    }
    if (c == ':')
        return at;
    if ((found = address_end(s, at)) > at) {
        *kind = TEXTD_TOKEN_LINK;
        return found;
    }
    return c == '.' || c == '_' || c == '-' ? name_end(s, at, kind) : at;
}

uint32_t scan_handle(const struct scan *s, uint32_t at)
{
    uint32_t end = at + 1, size;

    for (;;) {
        enum character kind = kind_at(s, end, &size);
        if (kind != CHAR_LETTER && kind != CHAR_DIGIT && byte_at(s, end) != '_' &&
            !(kind == CHAR_EXTEND && end > at + 1))
            break;
        end += size;
    }
    return end > at + 1 && !char_is_digit(s->text[at + 1]) ? end : at;
}
