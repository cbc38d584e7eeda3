/* strand.c: see strand.h. */
#include "daemon/pipe/strand.h"

#define SIGNATURE_BYTES 11u /* and the revision behind it */
#define MORE 1u
#define LONG 2u
#define COMMAND 4u

static uint64_t big_endian(const uint8_t *bytes, unsigned n)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void expect(struct td_strand *s, enum td_strand_state state, uint64_t rest)
{
    s->state = rest > 0 ? state : TD_STRAND_HEAD;
    s->rest = rest;
    s->n_head = 0;
}

/* Who greets otherwise, or not at all, speaks ZMTP 1.0; what has come of it is the head of a part already. */
static void take_signature(struct td_strand *s)
{
    if (s->head[0] != 0xff || (s->n_head == 10 && !(s->head[9] & 1))) {
        s->is_old = 1;
        s->state = TD_STRAND_HEAD;
    } else if (s->n_head == SIGNATURE_BYTES) {
        s->is_old = s->head[10] == 0;
        expect(s, TD_STRAND_GREETING, s->head[10] < 3 ? 1 : 64 - SIGNATURE_BYTES); /* a socket's type */
    }
}

static unsigned head_bytes(const struct td_strand *s)
{
    if (s->is_old)
        return s->head[0] == 0xff ? 10 : 2;
    return s->head[0] & LONG ? 9 : 2;
}

static int take_head(struct td_strand *s, uint64_t most)
{
    unsigned n = head_bytes(s);
    uint64_t length;
    int is_last;

    if (s->n_head < n)
        return 0;
    if (s->is_old) { /* the length counts the flags behind it */
        length = n == 10 ? big_endian(s->head + 1, 8) : s->head[0];
        length -= length > 0;
        is_last = !(s->head[n - 1] & MORE);
    } else {
        length = big_endian(s->head + 1, n - 1);
        is_last = !(s->head[0] & MORE);
    }
    int is_command = !s->is_old && s->head[0] & COMMAND;
    expect(s, TD_STRAND_BODY, length);
    if (is_command)
        return 0;
    s->parts++;
    s->bytes = length < UINT64_MAX - s->bytes ? s->bytes + length : UINT64_MAX;
    if (!is_last)
        return s->parts > TD_STRAND_PARTS || s->bytes > most;
    s->parts = 0;
    s->bytes = 0;
    return 0;
}

int td_strand_take(struct td_strand *s, const void *bytes, size_t length, uint64_t most)
{
    const uint8_t *at = bytes, *end = at + length;

    while (at < end) {
        if (s->state == TD_STRAND_GREETING || s->state == TD_STRAND_BODY) {
            uint64_t n = s->rest < (uint64_t)(end - at) ? s->rest : (uint64_t)(end - at);
            at += n;
            if (s->rest == n)
                expect(s, TD_STRAND_HEAD, 0);
            else
                s->rest -= n;
            continue;
        }
        s->head[s->n_head++] = *at++;
        if (s->state == TD_STRAND_SIGNATURE)
            take_signature(s);
        if (s->state == TD_STRAND_HEAD && s->n_head > 0 && take_head(s, most))
            return 1;
    }
    return 0;
}
