/* hash.c: see hash.h. */
#include "daemon/net/hash.h"

#include <sodium.h>
#include <string.h>
#include <sys/random.h>

uint32_t td_hash(const void *bytes, size_t length)
{
    static unsigned char key[crypto_shorthash_KEYBYTES];
    static int has_key; /* of all tables: it must not change while one has elements */
    uint32_t hash[crypto_shorthash_BYTES / sizeof(uint32_t)];

    if (!has_key) {
        has_key = 1; /* whatever comes: without randomness the secret is none, but tables still work */
        if (getrandom(key, sizeof key, 0) != sizeof key)
            memset(key, 0, sizeof key);
    }
    crypto_shorthash((unsigned char *)hash, bytes, length, key);
    return hash[0];
}
