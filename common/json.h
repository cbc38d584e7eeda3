/* json.h: the words of JSON that everything of ours writes alike: textctl on a terminal, the daemon over HTTP. Each
 * writes into the caller's buffer, without a NUL, and returns how many bytes it wrote. */
#ifndef TD_JSON_H
#define TD_JSON_H

#include <stddef.h>
#include <stdint.h>

/* The most that any of them writes. */
#define TD_JSON_WORD_BYTES 40

/* What stands for a byte that a JSON string can't hold as it is. */
size_t td_json_escape(char out[TD_JSON_WORD_BYTES], unsigned char byte);

/* Non-zero when td_json_escape has to stand for it. */
static inline int td_json_needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f;
}

size_t td_json_integer(char out[TD_JSON_WORD_BYTES], int64_t value);

/* The shortest decimal that reads back as the same number. Plugins' scores are often single precision: such a
 * number, if it has more than 12 digits, is written as the shortest one of that precision: 0.9 and not
 * 0.8999999761581421. What JSON has no word for (infinite, not a number) is null. */
size_t td_json_number(char out[TD_JSON_WORD_BYTES], double value);

#endif
