/* lines.c: see lines.h. */
#include "plugins/language/train/lines.h"

#include <string.h>

#include "common/utf8.h"
#include "plugins/lib/train/trainer.h"

#define TEXT_MOST (1u << 20)

/* The word up to the next tab, into `word`; what is behind the tab, or NULL. */
static const char *take_word(const char *at, const char *end, char *word, size_t size)
{
    const char *tab = memchr(at, '\t', (size_t)(end - at));

    if (!tab || tab == at || (size_t)(tab - at) >= size)
        return NULL;
    memcpy(word, at, (size_t)(tab - at));
    word[tab - at] = '\0';
    return tab + 1;
}

static int is_kind(const char *kind)
{
    return strcmp(kind, "text") == 0 || strcmp(kind, "words") == 0 || strcmp(kind, "none") == 0;
}

static int is_code(const char *code)
{
    return strlen(code) >= 2 && code[0] != '-' && code[strspn(code, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

void lines_read(const char *file, void (*take)(void *data, const struct line *line), void *data)
{
    size_t length;
    const char *at = trainer_need(file, &length), *last = at + length;
    unsigned number = 0;

    for (const char *end; at < last; at = end + 1) {
        struct line line = { .length = 0 };
        end = memchr(at, '\n', (size_t)(last - at));
        if (!end)
            end = last;
        trainer_at(file, ++number);
        if (end == at)
            continue;
        const char *code = take_word(at, end, line.kind, sizeof line.kind),
                   *text = code ? take_word(code, end, line.code, sizeof line.code) : NULL;
        if (!text || !is_kind(line.kind))
            trainer_fail("expected KIND<TAB>LANGUAGE<TAB>TEXT, where KIND is text, words or none, and a LANGUAGE of at "
                         "most 7 letters");
        if (!is_code(line.code))
            trainer_fail("'%s' is no language as BCP 47 writes it, in small letters, such as de", line.code);
        line.text = text;
        if ((size_t)(end - text) > TEXT_MOST)
            trainer_fail("a text of %zu bytes; at most %u may be in a line", (size_t)(end - text), TEXT_MOST);
        line.length = (uint32_t)(end - text);
        if (td_utf8_check(text, line.length, NULL) != line.length)
            trainer_fail("the text isn't valid UTF-8");
        take(data, &line);
    }
    trainer_at(NULL, 0);
}
