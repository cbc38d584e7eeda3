/* character.c: see character.h. */
#include "plugins/lib/character.h"

#include "plugins/lib/unicode/tables.h"

#define BLOCK (sizeof blocks[0])

uint8_t char_class(uint32_t code_point)
{
    return blocks[block_of[code_point / BLOCK]][code_point % BLOCK];
}

#define B CHAR_BLANK
#define U (CHAR_LETTER | CHAR_UPPER)
#define L (CHAR_LETTER | CHAR_LOWER)
#define D CHAR_DIGIT
#define P CHAR_PUNCT
#define T CHAR_TERM
#define O CHAR_OPEN
#define C CHAR_CLOSE
#define Q CHAR_QUOTE
#define S CHAR_SYMBOL
#define W CHAR_WIDE
#define W16 W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W

/* Kept apart from the tables, so that ASCII costs one look and no arithmetic; a test compares the two. */
const uint8_t char_byte_class[256] = {
    S,   S,   S,   S,   S,   S,   S,   S,   S, B, B, B, B, B, S, S, /* tab to carriage return are White_Space */
    S,   S,   S,   S,   S,   S,   S,   S,   S, S, S, S, S, S, S, S, /**/
    B,   T,   Q,   P,   S,   P,   P,   Q,   O, C, P, S, P, P, T, P, /*  !"#$%&'()*+,-./ */
    D,   D,   D,   D,   D,   D,   D,   D,   D, D, P, P, S, S, S, T, /* 0123456789:;<=>? */
    P,   U,   U,   U,   U,   U,   U,   U,   U, U, U, U, U, U, U, U, /* @ABCDEFGHIJKLMNO */
    U,   U,   U,   U,   U,   U,   U,   U,   U, U, U, O, P, C, S, P, /* PQRSTUVWXYZ[\]^_ */
    Q,   L,   L,   L,   L,   L,   L,   L,   L, L, L, L, L, L, L, L, /* `abcdefghijklmno */
    L,   L,   L,   L,   L,   L,   L,   L,   L, L, L, O, S, C, S, S, /* pqrstuvwxyz{|}~ */
    W16, W16, W16, W16, W16, W16, W16, W16,
};
