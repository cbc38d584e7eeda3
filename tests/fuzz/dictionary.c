/* dictionary.c: any bytes are a list of names or are refused with a reason, and its names are found in any text: the list is what
 * stands before the first NUL, the text what stands behind it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/segmenter/tokens.h"
#include "tests/fuzz/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *copy_exactly(const uint8_t *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1); /* so that a read behind its end is seen */

    memcpy(copy, bytes, size);
    return copy;
}

static struct entity_types types;

static void find(const struct dictionary *d, const char *text, uint32_t length)
{
    static const struct entity_means means = { take, go_on, NULL };
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    struct entity *found;
    uint32_t n, end = 0;

    used = 0;
    if (segment_tokens(&s, text, length) != TEXTD_OK)
        return;
    const struct textd_span sentence = { 0, length };
    const struct entity_input in = { text, s.tokens, s.kinds, &sentence, length, s.n_tokens, 1 };
    assert(dictionary_find(d, &in, &means, &found, &n) == TEXTD_OK);
    for (uint32_t i = 0; i < n; i++) {
        assert(found[i].span.start >= end && found[i].span.start < found[i].span.end && found[i].span.end <= length);
        assert(entity_types_name(&types, found[i].type));
        assert(td_utf8_check(found[i].id, found[i].id_length, NULL) == found[i].id_length);
        end = found[i].span.end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t list_length = nul ? (size_t)(nul - data) : size, text_length = nul ? size - list_length - 1 : 0;
    char *list = copy_exactly(data, list_length), *text = copy_exactly(nul ? nul + 1 : data, text_length);
    const struct dictionary_list lists[] = { { "fuzz.tsv", list, list_length } };
    char reason[300] = "";
    types = (struct entity_types) { 0 };
    struct dictionary *d = dictionary_new(lists, 1, &types, reason, sizeof reason);

    if (d)
        find(d, text, (uint32_t)td_utf8_check(text, text_length, NULL));
    else
        assert(reason[0]);
    dictionary_free(d);
    free(list);
    free(text);
    return 0;
}
