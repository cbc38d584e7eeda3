/* token_text.h: a text with its tokens, as the layer "tokens/1" has them. */
#ifndef SENTIMENT_TOKEN_TEXT_H
#define SENTIMENT_TOKEN_TEXT_H

#include "textd/plugin.h"

struct token_text {
    const char *text;
    uint32_t length;
    uint32_t n_tokens;
    const struct textd_span *tokens;
    const uint8_t *kinds; /* a TEXTD_TOKEN_* for each */
};

#endif
