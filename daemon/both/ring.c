/* ring.c: see ring.h. In the ring stand heads and what they are of, each at a multiple of 16, so that no head is cut in two by the
 * ring's end. */
#include "daemon/both/ring.h"

#include <string.h>

/* `sum` is of where it stands, too: what stood there one time around before is not taken for it. */
struct head {
    uint64_t length, sum;
};

#define K1 UINT64_C(0x9E3779B97F4A7C15)
#define K2 UINT64_C(0xC2B2AE3D27D4EB4F)

static size_t padded(size_t length)
{
    return sizeof(struct head) + ((length + 15) & ~(size_t)15);
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * K1;
    return sum ^ sum >> 29;
}

/* Finds what was written over by mistake; who means to deceive can make it, as all that a worker makes. In two lanes, which the
 * processor takes at once. */
static uint64_t sum_of(uint64_t at, const unsigned char *bytes, size_t length)
{
    uint64_t one = at * K2 + length, two = ~one, words[2];

    for (; length >= sizeof words; bytes += sizeof words, length -= sizeof words) {
        memcpy(words, bytes, sizeof words);
        one = mix(one, words[0]);
        two = mix(two, words[1]);
    }
    words[0] = words[1] = 0;
    memcpy(words, bytes, length);
    return mix(mix(one, words[0]), mix(two, words[1]));
}

/* ---- The worker's ------------------------------------------------------------------------------------------------ */

static void copy_in(struct td_ring *ring, uint64_t at, const void *bytes, size_t length)
{
    size_t start = at % TD_RING_BYTES, first = TD_RING_BYTES - start;

    if (first > length)
        first = length;
    memcpy(ring->bytes + start, bytes, first);
    memcpy(ring->bytes, (const char *)bytes + first, length - first);
}

int td_ring_put(struct td_ring_writer *writer, const void *bytes, size_t length)
{
    const struct head head = { length, sum_of(writer->put, bytes, length) };

    if (length == 0 || length > TD_RING_FRAME ||
        writer->put - atomic_load_explicit(&writer->taken->taken, memory_order_acquire) + padded(length) >
            TD_RING_BYTES)
        return 0;
    copy_in(writer->ring, writer->put, &head, sizeof head);
    copy_in(writer->ring, writer->put + sizeof head, bytes, length);
    writer->put += padded(length);
    atomic_store(&writer->ring->put, writer->put);
    return 1;
}

uint64_t td_ring_must_wake(struct td_ring_writer *writer)
{
    /* `put` was written before; the supervisor writes `times` before it reads `put`. All four in one order (seq_cst): one of the two
     * sees the other's. */
    uint64_t times = atomic_load(&writer->slumber->times);

    if (times % 2 == 0 || times == writer->woken)
        return 0;
    writer->woken = times;
    return times;
}

/* ---- The supervisor's -------------------------------------------------------------------------------------------- */

static void copy_out(const struct td_ring *ring, uint64_t at, void *bytes, size_t length)
{
    size_t start = at % TD_RING_BYTES, first = TD_RING_BYTES - start;

    if (first > length)
        first = length;
    memcpy(bytes, ring->bytes + start, first);
    memcpy((char *)bytes + first, ring->bytes, length - first);
}

int td_ring_look(const struct td_ring_reader *reader, unsigned char *bytes)
{
    uint64_t have = atomic_load_explicit(&reader->ring->put, memory_order_acquire) - reader->at;
    struct head head;

    if (have == 0)
        return 0;
    copy_out(reader->ring, reader->at, &head, sizeof head); /* read once: a plugin may write there meanwhile */
    if (have > TD_RING_BYTES || head.length == 0 || head.length > TD_RING_FRAME || padded(head.length) > have)
        return -1;
    copy_out(reader->ring, reader->at + sizeof head, bytes, head.length);
    return sum_of(reader->at, bytes, head.length) == head.sum ? (int)head.length : -1;
}

void td_ring_take(struct td_ring_reader *reader, size_t length)
{
    reader->at += padded(length);
    atomic_store_explicit(&reader->taken->taken, reader->at, memory_order_release);
}

static uint64_t own(const _Atomic uint64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

void td_slumber_begin(struct td_slumber *slumber)
{
    atomic_store(&slumber->times, own(&slumber->times) + 1); /* td_ring_must_wake has the other half */
}

void td_slumber_end(struct td_slumber *slumber)
{
    if (own(&slumber->times) % 2)
        atomic_store_explicit(&slumber->times, own(&slumber->times) + 1, memory_order_relaxed);
}

void td_ring_begin_read(struct td_ring_taken *taken)
{
    atomic_store(&taken->reads, own(&taken->reads) + 1); /* before what is read is gone */
}

void td_ring_end_read(struct td_ring_taken *taken, size_t received)
{
    atomic_store_explicit(&taken->received, own(&taken->received) + received, memory_order_relaxed);
    atomic_store_explicit(&taken->reads, own(&taken->reads) + 1, memory_order_release);
}
