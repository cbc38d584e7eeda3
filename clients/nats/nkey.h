/* nkey.h: the public key that belongs to an nkey's seed: libnats wants both, and people have a file with the seed. */
#ifndef NATS_NKEY_H
#define NATS_NKEY_H

#define NKEY_PUBLIC_BYTES 64

/* `seed`: SU…, of a user, 58 characters. -1: it is none. */
int nkey_public(const char *seed, char public[NKEY_PUBLIC_BYTES]);

#endif
