/* json_in.c: any bytes as a request in JSON. What is taken is MessagePack that the supervisor reads, and says the
 * same as what Jansson reads; what is refused is refused in words, and what is kept of it is a map that can be read
 * for an id. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/mp.h"
#include "common/utf8.h"
#include "daemon/http/json_in.h"
#include "daemon/http/json_out.h"
#include "daemon/net/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEPTH 16

/* The whole map as JSON again. */
static char *as_json(const struct td_buf *map, size_t *length)
{
    size_t most = 8 * map->length + 64 * TD_MAX_REQUEST_NODES, n;
    char *text = malloc(most);
    struct td_json_out out;

    *length = 0;
    td_json_out_start(&out, map->bytes, map->length);
    while ((n = td_json_out_read(&out, text + *length, most - *length)) > 0)
        *length += n;
    assert(*length < most);
    return text;
}

/* Equal, but that a long float may have been written with a single precision's digits. */
static int is_equal(const json_t *got, const json_t *want)
{
    const char *key;
    json_t *value;

    if (json_typeof(got) != json_typeof(want))
        return 0;
    if (json_is_real(got))
        return json_real_value(got) == json_real_value(want) ||
               (double)(float)json_real_value(got) == json_real_value(want);
    if (json_is_array(got)) {
        size_t n = json_array_size(got);
        int is = n == json_array_size(want);
        for (size_t i = 0; is && i < n; i++)
            is = is_equal(json_array_get(got, i), json_array_get(want, i));
        return is;
    }
    if (!json_is_object(got))
        return json_equal(got, want);
    if (json_object_size(got) != json_object_size(want))
        return 0;
    json_object_foreach((json_t *)want, key,
                        value) if (!json_object_get(got, key) || !is_equal(json_object_get(got, key), value)) return 0;
    return 1;
}

static void check_same(const struct td_buf *map, const json_t *want)
{
    json_error_t error;
    size_t length;
    char *text = as_json(map, &length);
    json_t *got = json_loadb(text, length, JSON_ALLOW_NUL, &error);

    assert(got && is_equal(got, want));
    json_decref(got);
    free(text);
}

/* Every str but the text is UTF-8 when the input is. What is kept of one that is refused is only echoed: an id may
 * have a key twice. */
static void check_map(const struct td_buf *map, int is_refused)
{
    const struct td_mp_limits limits = { .depth = DEPTH,
                                         .nodes = TD_MAX_REQUEST_NODES,
                                         .unchecked_key = "text",
                                         .echoed_key = "meta",
                                         .any_keys = is_refused };
    size_t where;

    assert(td_mp_check(map->bytes, map->length, &limits, &where) == NULL);
}

/* What is a limit of ours, and none of JSON's. */
static int is_limit(const char *words)
{
    return strstr(words, "too many values") || strstr(words, "nested deeper") || strstr(words, "more than 64 keys") ||
           strstr(words, "must be a JSON object");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct td_buf map = { 0 };
    struct td_err err = { 0 };
    json_error_t error;
    char *copy = malloc(size + 1); /* exactly as long as it may be read */

    if (size > 0)
        memcpy(copy, data, size);
    copy[size] = 0;
    int rc = td_json_in(&map, copy, size, DEPTH, 1, &err);
    assert(rc == TD_OK || (rc == (int)err.code && err.text[0]));
    int is_utf8 = td_utf8_check(copy, size, NULL) == size;
    if (is_utf8)
        check_map(&map, rc != TD_OK);
    json_t *want = json_loadb(copy, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    if (want && rc == TD_OK)
        check_same(&map, want);
    else
        assert(!want || is_limit(err.text) || memchr(copy, 0, size)); /* Jansson passes over a NUL behind a number */
    /* Jansson takes no byte order mark, no integers of 64 bits without a sign, no NUL in a key; and looks into meta. */
    if (!want && rc == TD_OK && is_utf8 && size > 0 && copy[0] != '\xEF')
        assert(strstr(error.text, "too big") || json_error_code(&error) == json_error_null_byte_in_key ||
               json_error_code(&error) == json_error_duplicate_key);
    json_decref(want);
    td_buf_free(&map);
    free(copy);
    return 0;
}
