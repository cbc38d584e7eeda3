/* word.c: see word.h. */
#include "plugins/sentiment/word.h"

uint64_t word_sign_hash(const char *bytes, uint32_t length)
{
    uint64_t hash = 0x5369676Eull + length;

    for (; length > 8; bytes += 8, length -= 8)
        hash = word_mix(hash, word_lower(word_load(bytes, 8)));
    return word_mix(hash, word_lower(word_load(bytes, length))) * 0xD6E8FEB86659FD93ull;
}

uint32_t word_fold(const char *bytes, uint32_t length, char *out)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < length && n < WORD_MOST_BYTES; i++)
        if (length - i >= 3 && memcmp(bytes + i, "\xE2\x80\x99", 3) == 0) {
            out[n++] = '\'';
            i += 2;
        } else {
            out[n++] = bytes[i];
        }
    return n;
}
