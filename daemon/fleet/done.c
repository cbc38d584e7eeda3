/* done.c: see done.h. The parts' form is worker/run.c's. */
#include "daemon/fleet/done.h"

#include "common/err.h"
#include "common/mp.h"
#include "common/utf8.h"

/* Plugins' results stand in a map of their own. */
#define PAIR_DEPTH (TD_MAX_RESULT_DEPTH + 1)

static const char *const keys[] = { "results", "doc", "errors" };

enum { N_KEYS = sizeof keys / sizeof keys[0] };

/* The bit of a key that a reply may have; 0. */
static unsigned key_bit(const struct td_mp_value *key)
{
    for (unsigned i = 0; i < N_KEYS; i++)
        if (td_mp_is(key, keys[i]))
            return 1u << i;
    return 0;
}

static int is_map(struct td_mp mp)
{
    struct td_mp_value head;

    return td_mp_read(&mp, &head) == 0 && head.type == TD_MP_MAP;
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
        wrong = td_mp_walk(&mp, PAIR_DEPTH);
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

const char *td_done_check(const struct td_done *done, const unsigned char *body, size_t length)
{
    if (done->code != TD_OK)
        return td_utf8_check((const char *)body, length, NULL) == length ? NULL
                                                                         : "an error's words are not valid UTF-8";
    const char *wrong = check_pairs((struct td_mp) { body, body + done->pairs_bytes }, done->n_pairs);
    return wrong ? wrong
                 : check_times((struct td_mp) { body + done->pairs_bytes, body + length },
                               (done->flags & TD_DONE_SPANS) != 0);
}
