/* vectors.c: prints what each piece of vector code makes of the same made-up input, a line each. It is compiled for
 * several machines, with their vectors and without, and all of them must print the same. Nothing but the C library is
 * needed. */
#include "common/utf8_units.h"
#include "tests/arm64/digest.h"
/* What is inside is not to be called by others. */
#include "plugins/sentiment/lookup.c" /* NOLINT(bugprone-suspicious-include) */

#include "plugins/segmenter/bits.h"
#include "plugins/segmenter/paragraph.h"

/* Letters, signs and pieces of UTF-8, so that each border between kinds is met. */
static void fill_text(char *text, uint32_t n)
{
    static const unsigned char borders[] = { 0,   ' ', ',', '/',  '0',  '9',  ':',  '@',  'A',  'Z',  '[',  '`',
                                             'a', 'z', '{', 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xEF, 0xF0, 0xF4, 0xFF };

    fill(text, n);
    for (uint32_t i = 0; i < n; i++)
        if (any() % 2)
            text[i] = (char)borders[any() % sizeof borders];
}

static void read_text(void)
{
    static struct byte_bits bits;
    static char text[3 * STRETCH];

    fill_text(text, sizeof text);
    for (uint32_t from = 0; from < sizeof text; from += 1 + (uint32_t)(any() % 1000)) {
        uint32_t length = from + 1 + (uint32_t)(any() % (sizeof text - from)), size;
        bits_read(&bits, text, from, length);
        size = (bits.end - bits.from + 63) / 64 * 8;
        see(bits.words, size);
        see(bits.letters, size);
        see(bits.blanks, size);
        see(bits.commas, size);
    }
    say("bits");
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t at = (uint32_t)(any() % (sizeof text - 300));
        struct td_units units = td_units_count(text + at, any() % 300);
        see_number(units.starts);
        see_number(units.wide);
    }
    say("units");
    for (uint32_t at = 0; at + 32 < sizeof text; at++) {
        char some[16];
        memcpy(some, text + at, sizeof some);
        for (uint32_t i = 0; i < sizeof some; i++)
            some[i] = (char)((unsigned char)some[i] & (any() % 16 == 0 ? 0xFF : 0x7F));
        int are_ascii = 1;
        for (uint32_t i = 0; i < sizeof some; i += TD_UNITS_STEP) /* a step is eight bytes or sixteen */
            are_ascii &= td_units_are_ascii(some + i);
        see_number((uint64_t)are_ascii);
    }
    say("ascii");
}

static void find_flags(void)
{
    uint8_t kinds[100];
    struct paragraph paragraph = { .kinds = kinds };

    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(kinds, sizeof kinds);
        uint32_t first = (uint32_t)(any() % 60), flag = 1u << any() % 8;
        see_number(paragraph_flags(&paragraph, first, flag));
        for (uint32_t i = 0; i < sizeof kinds; i++)
            kinds[i] %= 5;
        uint32_t from = (uint32_t)(any() % 30), n = (uint32_t)(any() % 65);
        see_number(of_kind(kinds + from, n, (uint8_t)(any() % 5)));
    }
    say("kinds");
}

static void find_words(void)
{
    static struct turns turns;
    struct word_bucket bucket;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(&bucket, sizeof bucket);
        for (uint32_t i = 1; i < BUCKET; i++)
            if (any() % 4 == 0)
                bucket.slots[i] = (bucket.slots[0] & ~SLOT_ENTRY) | (bucket.slots[i] & SLOT_ENTRY);
        see_number(words_match(&bucket, bucket.slots[any() % BUCKET] & ~SLOT_ENTRY));
        see_number(words_match(&bucket, words_tag(any())));
    }
    say("words");
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t hash = any();
        struct turn_bucket *turn = &turns.buckets[turns_bucket(hash)];
        fill(turn, sizeof *turn);
        if (any() % 4)
            turn->tags[any() % TURNS_BUCKET] = turns_tag(hash);
        see_number(turns_number(&turns, hash));
    }
    say("turns");
}

int main(void)
{
    if (vectors_of_names() != 0)
        return 1;
    start();
    read_text();
    find_flags();
    find_words();
    return 0;
}
