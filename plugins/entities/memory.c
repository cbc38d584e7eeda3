/* memory.c: see memory.h. Open addressing with a bound on the probes: a text that was made to collide loses some of its
 * memory, not our time. */
#include "plugins/entities/memory.h"

#include <string.h>

#define PROBES 24 /* at most half full, a table needs more than this for hardly any key */

static unsigned folded(char c)
{
    unsigned u = (unsigned char)c;

    return u - 'A' < 26 ? u | 0x20 : u;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, with a last mix because the low bits choose the slot. */
static uint32_t hash_of(const char *key, uint32_t length)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = 0; i < length; i++)
        h = (h ^ folded(key[i])) * 16777619u;
    return h ^ h >> 15;
}

static int same(const char *a, const char *b, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        if (folded(a[i]) != folded(b[i]))
            return 0;
    return 1;
}

static uint32_t slots_for(uint32_t keys)
{
    uint32_t slots = 16;

    while (slots / 2 < keys && slots < 1u << 30)
        slots *= 2;
    return slots;
}

size_t memory_bytes(uint32_t keys)
{
    return slots_for(keys) * sizeof(struct note);
}

void memory_init(struct memory *memory, void *bytes, uint32_t keys)
{
    memory->notes = bytes;
    memory->mask = slots_for(keys) - 1;
    memset(bytes, 0, memory_bytes(keys));
}

/* The note of that key, or the empty slot for it, or NULL. */
static struct note *place_of(const struct memory *memory, const char *key, uint32_t length, uint32_t hash)
{
    for (uint32_t i = 0; i < PROBES; i++) {
        struct note *note = &memory->notes[(hash + i) & memory->mask];

        if (!note->length || (note->hash == hash && note->length == length && same(note->key, key, length)))
            return note;
    }
    return NULL;
}

struct note *memory_find(const struct memory *memory, const char *key, uint32_t length)
{
    struct note *note = place_of(memory, key, length, hash_of(key, length));

    return note && note->length ? note : NULL;
}

struct note *memory_add(struct memory *memory, const char *key, uint32_t length)
{
    uint32_t hash = hash_of(key, length);
    struct note *note = length ? place_of(memory, key, length, hash) : NULL;

    if (note && !note->length)
        *note = (struct note) { .key = key, .length = length, .hash = hash };
    return note;
}

void memory_learn(struct memory *memory, const char *key, uint32_t length, uint8_t type, uint8_t score)
{
    struct note *note = memory_add(memory, key, length);

    if (!note || note->score >= score)
        return;
    note->type = type;
    note->score = score;
}
