/* nkey.c: see nkey.h. An nkey is base32 (RFC 4648, no padding) of a prefix, 32 bytes of Ed25519 and CRC-16/XMODEM of all
 * that, least byte first. A seed's prefix is S in five bits and what the key is for in the next eight. */
#include "clients/nats/nkey.h"

#include <stdint.h>
#include <string.h>

#include <sodium.h>

#define SEED_CHARS 58
#define SEED_BYTES 36   /* prefix 2, seed 32, check 2 */
#define PUBLIC_BYTES 35 /* prefix 1, key 32, check 2 */
#define PREFIX_SEED 0x90u
#define PREFIX_USER 0xA0u

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static uint16_t check_of(const uint8_t *bytes, size_t n)
{
    uint16_t check = 0;

    for (size_t i = 0; i < n; i++) {
        check ^= (uint16_t)(bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            check = (uint16_t)(check & 0x8000 ? check << 1 ^ 0x1021 : check << 1);
    }
    return check;
}

static int decode(const char *text, uint8_t bytes[SEED_BYTES])
{
    uint32_t held = 0;
    size_t n = 0;
    int bits = 0;

    if (strlen(text) != SEED_CHARS)
        return -1;
    for (; *text; text++) {
        const char *letter = strchr(letters, *text);
        if (!letter)
            return -1;
        held = held << 5 | (uint32_t)(letter - letters);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[n++] = (uint8_t)(held >> bits);
        }
    }
    return n == SEED_BYTES ? 0 : -1;
}

static void encode(const uint8_t *bytes, size_t n, char *text)
{
    uint32_t held = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *text++ = letters[held >> (bits - 5) & 31u];
    }
    if (bits > 0)
        *text++ = letters[held << (5 - bits) & 31u];
    *text = 0;
}

int nkey_public(const char *seed, char public[NKEY_PUBLIC_BYTES])
{
    uint8_t bytes[SEED_BYTES], made[PUBLIC_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    int rc = decode(seed, bytes);

    if (rc == 0)
        rc = (bytes[0] & 0xF8u) == PREFIX_SEED && ((bytes[0] & 7u) << 5 | bytes[1] >> 3) == PREFIX_USER &&
                     check_of(bytes, SEED_BYTES - 2) == (bytes[SEED_BYTES - 1] << 8 | bytes[SEED_BYTES - 2])
                 ? 0
                 : -1;
    if (rc == 0) {
        made[0] = PREFIX_USER;
        crypto_sign_seed_keypair(made + 1, secret, bytes + 2);
        uint16_t check = check_of(made, PUBLIC_BYTES - 2);
        made[PUBLIC_BYTES - 2] = (uint8_t)check;
        made[PUBLIC_BYTES - 1] = (uint8_t)(check >> 8);
        encode(made, PUBLIC_BYTES, public);
        sodium_memzero(secret, sizeof secret);
    }
    sodium_memzero(bytes, sizeof bytes);
    return rc;
}
