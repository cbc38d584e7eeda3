/* slot.c: see slot.h. A line is {"id":…,"text":"…"}; `id` is any string or number, given back as it came, and may be
 * missing; other keys are left alone. */
#include "clients/cli/annotate/slot.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/annotate/line.h"
#include "common/utf8.h"

void slot_fail(struct slot *slot, const char *code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(slot->message, sizeof slot->message, format, args);
    va_end(args);
    slot->code = code;
    slot->state = SLOT_DONE;
}

static size_t skip_blanks(const char *line, size_t length, size_t at)
{
    while (at < length && strchr(" \t\r\n", line[at]) && line[at])
        at++;
    return at;
}

/* Steps over these characters, and blanks before and behind each. 0: something else stands there. */
static size_t skip(const char *line, size_t length, size_t at, const char *wanted)
{
    at = skip_blanks(line, length, at);
    for (; *wanted; wanted++) {
        if (at >= length || line[at] != *wanted)
            return 0;
        at++;
    }
    return skip_blanks(line, length, at);
}

/* The id of a line that is no JSON, often because it was cut off: the value of its first key, if that is "id" and the
 * value is whole. As an object like the one that the line should have been; NULL when there is none. */
static json_t *save_id(const char *line, size_t length)
{
    json_error_t error;
    size_t at = skip(line, length, 0, "{");

    at = at ? skip(line, length, at, "\"id\"") : 0;
    at = at ? skip(line, length, at, ":") : 0;
    if (!at)
        return NULL;
    json_t *id = json_loadb(line + at, length - at, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &error);
    if (!id)
        return NULL;
    at = skip_blanks(line, length, at + (size_t)error.position); /* which is where the value ends */
    if (at < length && (line[at] == ',' || line[at] == '}'))     /* else a number may go on */
        return json_pack("{s:o}", "id", id);
    json_decref(id);
    return NULL;
}

void slot_read(struct slot *slot, const char *line, size_t length, uint64_t number, uint64_t document_bytes)
{
    json_error_t error;

    *slot = (struct slot) { .state = SLOT_TO_SEND, .line = number };
    slot->object = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (!slot->object) {
        slot_fail(slot, "BAD_LINE", "line %llu is no JSON: %s (byte %d)", (unsigned long long)number, error.text,
                  error.position);
        if (json_error_code(&error) != json_error_duplicate_key) /* which of two ids would it be? */
            slot->object = save_id(line, length);
        return;
    }
    json_t *text = json_object_get(slot->object, "text"), *id = json_object_get(slot->object, "id");
    if (!json_is_object(slot->object))
        slot_fail(slot, "BAD_LINE", "line %llu is no object; write {\"id\":1,\"text\":\"...\"}",
                  (unsigned long long)number);
    else if (!json_is_string(text))
        slot_fail(slot, "BAD_LINE", "line %llu has no string 'text'", (unsigned long long)number);
    else if (id && !json_is_string(id) && !json_is_number(id) && !json_is_null(id))
        slot_fail(slot, "BAD_LINE", "line %llu: 'id' must be a string or a number", (unsigned long long)number);
    else if (json_string_length(text) > document_bytes)
        slot_fail(slot, "TOO_LARGE", "the text has %zu bytes; this server takes up to %llu", json_string_length(text),
                  (unsigned long long)document_bytes);
    else
        slot->text = text;
}

size_t slot_bytes(const struct slot *slot)
{
    return slot->text ? json_string_length(slot->text) : 0;
}

static int is_good_id(const json_t *id)
{
    return json_is_string(id) || json_is_number(id);
}

/* The id leads back to the document; without one, and for what went wrong, the line's number does. */
void slot_print(const struct slot *slot, int is_numbered, FILE *out)
{
    json_t *id = json_object_get(slot->object, "id");

    fputs("{\"id\":", out);
    if (is_good_id(id))
        json_dumpf(id, out, JSON_ENCODE_ANY | JSON_COMPACT);
    else
        fputs("null", out);
    if (!is_numbered && (!is_good_id(id) || slot->code || textd_reply_error(slot->reply)))
        fprintf(out, ",\"line\":%llu", (unsigned long long)slot->line);
    if (slot->code)
        line_error_rest(out, slot->code, slot->message);
    else
        line_reply_rest(out, slot->reply);
}

/* Its own name for the document: the id, or the number of the line. To be freed. */
static char *name_of(const struct slot *slot, size_t *length)
{
    json_t *id = json_object_get(slot->object, "id");
    char *name = NULL;

    if (json_is_string(id)) {
        *length = json_string_length(id);
        name = malloc(*length + 1);
        return name ? memcpy(name, json_string_value(id), *length + 1) : NULL;
    }
    if (is_good_id(id))
        name = json_dumps(id, JSON_ENCODE_ANY | JSON_COMPACT);
    else if (asprintf(&name, "%llu", (unsigned long long)slot->line) < 0)
        name = NULL;
    *length = name ? strlen(name) : 0;
    return name;
}

int slot_put(const struct slot *slot, struct output *output)
{
    const struct textd_reply_error *error = slot->reply ? textd_reply_error(slot->reply) : NULL;
    struct item item = { .reply = slot->reply, .code = slot->code, .message = slot->message };
    char *name = name_of(slot, &item.name_length);

    item.name = name ? name : "";
    if (slot->text)
        item.document = (struct document) { (char *)json_string_value(slot->text), json_string_length(slot->text) };
    if (error || slot->code)
        cli_complain("line %llu (%.*s): %s: %s", (unsigned long long)slot->line,
                     td_utf8_quoted(item.name, item.name_length), item.name, error ? error->code : slot->code,
                     error ? error->message : slot->message);
    int rc = output->form->document(output, &item);
    free(name);
    return rc;
}

void slot_clear(struct slot *slot)
{
    json_decref(slot->object);
    textd_reply_free(slot->reply);
    *slot = (struct slot) { .state = SLOT_FREE };
}
