/* done.c: see done.h. The parts' form is worker/run.c's. */
#include "daemon/fleet/done.h"

#include "common/err.h"
#include "common/lang.h"
#include "common/mp.h"
#include "common/utf8.h"

/* Plugins' results stand in a map of their own. */
#define PAIR_DEPTH (TD_MAX_RESULT_DEPTH + 1)

enum { RESULTS = 1, DOC = 2, ERRORS = 4 };

/* The bit of a key that a reply may have; 0. */
static unsigned key_bit(const struct td_mp_value *key)
{
    return td_mp_is(key, "results") ? RESULTS : td_mp_is(key, "doc") ? DOC : td_mp_is(key, "errors") ? ERRORS : 0;
}

static int is_map(struct td_mp mp)
{
    struct td_mp_value head;

    return td_mp_read(&mp, &head) == 0 && head.type == TD_MP_MAP;
}

/* In `doc`, which goes on to clients' programs by its own name for it, the language is one. */
static int doc_is_wrong(struct td_mp mp)
{
    struct td_mp_value head, key, value;

    if (td_mp_read(&mp, &head) != 0)
        return 1;
    for (uint32_t i = 0; i < head.length; i++) {
        if (td_mp_read(&mp, &key) != 0)
            return 1;
        if (!td_mp_is(&key, "language")) {
            if (td_mp_skip(&mp) != 0)
                return 1;
        } else if (td_mp_read(&mp, &value) != 0 || value.type != TD_MP_STR ||
                   !td_lang_is_canonical(value.bytes, value.length)) {
            return 1;
        }
    }
    return 0;
}

static const char *check_pairs(struct td_mp mp, uint32_t n)
{
    struct td_mp_value key;
    const char *wrong = NULL;
    unsigned seen = 0;

    for (uint32_t i = 0; i < n && !wrong; i++) {
        unsigned bit = td_mp_read(&mp, &key) == 0 ? key_bit(&key) : 0;
        if (bit == 0 || (seen & bit))
            return "a reply has a key that it can't have";
        seen |= bit;
        if (!is_map(mp))
            return "a part of a reply is no map";
        struct td_mp part = mp;
        wrong = td_mp_walk(&mp, PAIR_DEPTH);
        if (!wrong && bit == DOC && doc_is_wrong(part))
            wrong = "a reply's language is none";
    }
    if (wrong)
        return wrong;
    return mp.at == mp.end ? NULL : "a reply has more parts than it says";
}

/* Plugins' names, and how long they took; and perhaps which spans they were. */
static const char *check_times(struct td_mp mp, int has_spans)
{
    const char *wrong = is_map(mp) ? td_mp_walk(&mp, 1) : "a reply's times are no map";
    struct td_mp_value key;

    if (!wrong && has_spans && (td_mp_read(&mp, &key) != 0 || !td_mp_is(&key, "spans") || !is_map(mp)))
        wrong = "a reply's spans are no map";
    if (!wrong && has_spans)
        wrong = td_mp_walk(&mp, 1);
    if (wrong)
        return wrong;
    return mp.at == mp.end ? NULL : "there are bytes behind a reply";
}

/* What plugins warn of: as many short lines as a reply has room for. */
static const char *check_warnings(const struct td_done *done, struct td_mp mp)
{
    struct td_mp_value list, text;

    if (mp.at == mp.end)
        return done->warnings_beyond > 0 ? "a reply has more warnings than none" : NULL;
    if (td_mp_read(&mp, &list) != 0 || list.type != TD_MP_ARRAY || list.length > TD_MAX_WARNINGS ||
        (done->warnings_beyond > 0 && list.length != TD_MAX_WARNINGS))
        return "a reply's warnings are no array of a few";
    for (uint32_t i = 0; i < list.length; i++)
        if (td_mp_read(&mp, &text) != 0 || text.type != TD_MP_STR || text.length > TD_MAX_WARNING_BYTES ||
            td_utf8_check(text.bytes, text.length, NULL) != text.length)
            return "a warning is no short text";
    return mp.at == mp.end ? NULL : "there are bytes behind the warnings";
}

const char *td_done_check(const struct td_done *done, const unsigned char *body, size_t length)
{
    const unsigned char *warnings = body + (length - done->warnings_bytes);
    const char *wrong = check_warnings(done, (struct td_mp) { warnings, body + length });

    if (wrong)
        return wrong;
    length -= done->warnings_bytes;
    if (done->code != TD_OK)
        return td_utf8_check((const char *)body, length, NULL) == length ? NULL
                                                                         : "an error's words are not valid UTF-8";
    wrong = check_pairs((struct td_mp) { body, body + done->pairs_bytes }, done->n_pairs);
    return wrong ? wrong
                 : check_times((struct td_mp) { body + done->pairs_bytes, body + length },
                               (done->flags & TD_DONE_SPANS) != 0);
}
