/* lang.h: the language that a client names, in the one form that plugins see. People have "en_US", "eng", "EN", "en_US.UTF-8";
 * a plugin gets "en-US" and "en": BCP 47 (RFC 5646) in its canonical case, the language in two letters where ISO 639 has
 * two. */
#ifndef TD_LANG_H
#define TD_LANG_H

#include <stddef.h>

enum td_lang {
    TD_LANG_TAG,    /* a tag */
    TD_LANG_NONE,   /* nothing is said: "", und, mul, zxx, with or without more; the C locale */
    TD_LANG_NO_TAG, /* it is no tag of BCP 47 */
    TD_LANG_NO_CODE /* it is shaped like one, but ISO 639 has no such two letters */
};

/* Reads `length` bytes at `given`. TD_LANG_TAG: writes the canonical form, which is never longer, to `tag` and its length to
 * *tag_length. Else *tag_length is 0; `tag` may have been written to. */
enum td_lang td_lang_canonical(const char *given, size_t length, char *tag, size_t *tag_length);

/* Non-zero for a tag in its canonical form, and for "und": what says which language a text is in, or that it isn't known. At
 * most 64 bytes. */
int td_lang_is_canonical(const char *code, size_t length);

#endif
