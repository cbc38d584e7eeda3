/* language.c: see language.h. */
#include "plugins/lib/language.h"

#include <stdio.h>
#include <string.h>

#include <textd/warn.h>

#include "common/letters.h"

const char *const language_choices[] = { "known", "any", NULL };

/* By code, as people call them; for warnings. */
static const struct {
    char code[4];
    const char *name;
} names[] = {
    { "af", "Afrikaans" },  { "am", "Amharic" },
    { "ar", "Arabic" },     { "az", "Azerbaijani" },
    { "be", "Belarusian" }, { "bg", "Bulgarian" },
    { "bn", "Bengali" },    { "bs", "Bosnian" },
    { "ca", "Catalan" },    { "ceb", "Cebuano" },
    { "cs", "Czech" },      { "cy", "Welsh" },
    { "da", "Danish" },     { "de", "German" },
    { "el", "Greek" },      { "eo", "Esperanto" },
    { "es", "Spanish" },    { "et", "Estonian" },
    { "eu", "Basque" },     { "fa", "Persian" },
    { "fi", "Finnish" },    { "fil", "Filipino" },
    { "fr", "French" },     { "fy", "Frisian" },
    { "ga", "Irish" },      { "gd", "Scottish Gaelic" },
    { "gl", "Galician" },   { "gu", "Gujarati" },
    { "ha", "Hausa" },      { "he", "Hebrew" },
    { "hi", "Hindi" },      { "hr", "Croatian" },
    { "ht", "Haitian" },    { "hu", "Hungarian" },
    { "hy", "Armenian" },   { "id", "Indonesian" },
    { "ig", "Igbo" },       { "is", "Icelandic" },
    { "it", "Italian" },    { "ja", "Japanese" },
    { "jv", "Javanese" },   { "ka", "Georgian" },
    { "kk", "Kazakh" },     { "km", "Khmer" },
    { "kn", "Kannada" },    { "ko", "Korean" },
    { "ku", "Kurdish" },    { "ky", "Kyrgyz" },
    { "la", "Latin" },      { "lb", "Luxembourgish" },
    { "lo", "Lao" },        { "lt", "Lithuanian" },
    { "lv", "Latvian" },    { "mg", "Malagasy" },
    { "mi", "Maori" },      { "mk", "Macedonian" },
    { "ml", "Malayalam" },  { "mn", "Mongolian" },
    { "mr", "Marathi" },    { "ms", "Malay" },
    { "mt", "Maltese" },    { "my", "Burmese" },
    { "nb", "Norwegian" },  { "ne", "Nepali" },
    { "nl", "Dutch" },      { "nn", "Norwegian Nynorsk" },
    { "no", "Norwegian" },  { "oc", "Occitan" },
    { "pa", "Punjabi" },    { "pl", "Polish" },
    { "ps", "Pashto" },     { "pt", "Portuguese" },
    { "ro", "Romanian" },   { "ru", "Russian" },
    { "sd", "Sindhi" },     { "si", "Sinhala" },
    { "sk", "Slovak" },     { "sl", "Slovenian" },
    { "so", "Somali" },     { "sq", "Albanian" },
    { "sr", "Serbian" },    { "su", "Sundanese" },
    { "sv", "Swedish" },    { "sw", "Swahili" },
    { "ta", "Tamil" },      { "te", "Telugu" },
    { "tg", "Tajik" },      { "th", "Thai" },
    { "tl", "Tagalog" },    { "tr", "Turkish" },
    { "tt", "Tatar" },      { "ug", "Uyghur" },
    { "uk", "Ukrainian" },  { "ur", "Urdu" },
    { "uz", "Uzbek" },      { "vi", "Vietnamese" },
    { "xh", "Xhosa" },      { "yi", "Yiddish" },
    { "yo", "Yoruba" },     { "zh", "Chinese" },
    { "zu", "Zulu" },
};

int language_is_any(const struct textd_value *value)
{
    return value->length == 3 && memcmp(value->text, "any", 3) == 0;
}

/* The bytes of a tag's first subtag. */
static size_t main_length(const char *code, uint64_t length)
{
    const char *hyphen = length ? memchr(code, '-', length) : NULL;

    return hyphen ? (size_t)(hyphen - code) : (size_t)length;
}

/* A code that is neither English's nor that of what isn't known. */
static int is_another(const char *code, uint64_t length)
{
    size_t n = main_length(code, length);

    return n > 0 && !(n == 2 && memcmp(code, "en", 2) == 0) && !(n == 3 && memcmp(code, "und", 3) == 0);
}

static int32_t take_client(const struct textd_host *host, struct textd_doc *doc, struct language_view *view)
{
    struct textd_span *all = host->alloc(doc, sizeof *all, 8);

    if (!all)
        return TEXTD_NO_MEMORY;
    *all = (struct textd_span) { 0, doc->text_length };
    *view = (struct language_view) {
        .foreign = all, .n_foreign = 1, .is_most = 1, .is_all = 1, .code = { doc->lang, doc->lang_length }
    };
    return TEXTD_OK;
}

#define MOST_CODES 16 /* that are told apart, to say which one most of it is in */

struct shares {
    struct textd_text codes[MOST_CODES];
    uint32_t letters[MOST_CODES], n;
    uint64_t foreign, all; /* letters */
};

static void note_share(struct shares *shares, const struct textd_text *code, uint32_t letters)
{
    uint32_t i = 0;

    while (i < shares->n &&
           !(shares->codes[i].length == code->length && memcmp(shares->codes[i].bytes, code->bytes, code->length) == 0))
        i++;
    if (i == shares->n && i < MOST_CODES) {
        shares->codes[i] = *code;
        shares->letters[i] = 0;
        shares->n++;
    }
    if (i < MOST_CODES)
        shares->letters[i] += letters;
    shares->foreign += letters;
}

/* The columns of the layer, of `n` parts. */
struct columns {
    const struct textd_text *codes;
    const float *scores, *foreign; /* `foreign` may be NULL */
    uint32_t n;
};

/* Neighbours, as Spanish and Galician, needn't be told apart to see that it isn't English. */
static int is_foreign(const struct columns *c, uint32_t i)
{
    return c->foreign ? c->foreign[i] >= LANGUAGE_SURE
                      : c->scores[i] >= LANGUAGE_SURE && is_another(c->codes[i].bytes, c->codes[i].length);
}

static uint32_t first_foreign(const struct columns *c)
{
    uint32_t i = 0;

    while (i < c->n && !is_foreign(c, i))
        i++;
    return i;
}

int32_t language_read(const struct textd_host *host, struct textd_doc *doc, struct language_view *view)
{
    struct textd_layer layer = { .size = sizeof layer };
    struct shares shares = { .n = 0 };

    *view = (struct language_view) { .n_foreign = 0 };
    if (doc->lang_length > 0)
        return is_another(doc->lang, doc->lang_length) ? take_client(host, doc, view) : TEXTD_OK;
    if (host->layer_get(doc, TEXTD_LANGUAGE, &layer) != TEXTD_OK)
        return TEXTD_OK;
    const struct columns c = { .codes = host->column_get(doc, TEXTD_LANGUAGE, "code", TEXTD_TEXT),
                               .scores = host->column_get(doc, TEXTD_LANGUAGE, "score", TEXTD_F32),
                               .foreign = host->column_get(doc, TEXTD_LANGUAGE, "foreign", TEXTD_F32),
                               .n = layer.count };
    uint32_t first = c.codes && c.scores ? first_foreign(&c) : c.n;
    if (first == c.n) /* as in most texts: then nobody asks for letters */
        return TEXTD_OK;
    struct textd_span *foreign = host->alloc(doc, (c.n - first) * sizeof *foreign, 8);
    if (!foreign)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < c.n; i++) {
        uint32_t letters = td_letters(doc->text, layer.spans[i]);
        shares.all += letters;
        if (!is_foreign(&c, i))
            continue;
        note_share(&shares, &c.codes[i], letters);
        foreign[view->n_foreign++] = layer.spans[i];
    }
    view->foreign = foreign;
    view->is_most = view->n_foreign > 0 && 2 * shares.foreign > shares.all;
    view->is_all = view->n_foreign > 0 && shares.foreign == shares.all;
    for (uint32_t i = 0, most = 0; i < shares.n; i++)
        if (i == 0 || shares.letters[i] > most) {
            most = shares.letters[i];
            view->code = shares.codes[i];
        }
    return TEXTD_OK;
}

int language_is_foreign(const struct language_view *view, uint32_t *part, uint32_t at)
{
    while (*part < view->n_foreign && view->foreign[*part].end <= at)
        ++*part;
    return *part < view->n_foreign && view->foreign[*part].start <= at;
}

int32_t language_keep(const struct language_view *view, const struct textd_host *host, struct textd_doc *doc,
                      const struct textd_span **spans, uint32_t *n)
{
    uint32_t kept = 0, part = 0, middle = 0;

    if (view->n_foreign == 0)
        return TEXTD_OK;
    struct textd_span *keep = host->alloc(doc, (*n + 1ull) * sizeof *keep, 8);
    if (!keep)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < *n; i++) {
        struct textd_span span = (*spans)[i];
        uint32_t at = span.start + (span.end - span.start) / 2;
        middle = at > middle ? at : middle; /* spans that lie in each other: their middles needn't be in order */
        if (!language_is_foreign(view, &part, middle))
            keep[kept++] = span;
    }
    *spans = keep;
    *n = kept;
    return TEXTD_OK;
}

/* NULL: none is known; "und" has none. */
static const char *name_of(struct textd_text code)
{
    size_t length = main_length(code.bytes, code.length);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].code) == length && memcmp(names[i].code, code.bytes, length) == 0)
            return names[i].name;
    return NULL;
}

void language_warn(const struct language_view *view, const struct textd_host *host, struct textd_doc *doc)
{
    const struct textd_warn *warnings = host->extension(TEXTD_WARN);
    char text[TEXTD_WARN_BYTES];

    if (!warnings)
        return;
    const char *what = view->is_most ? "the text is" : "a part of the text is", *name = name_of(view->code);
    static const char rest[] = "and it knows English; 'languages: any' tries all the same";
    int n = is_another(view->code.bytes, view->code.length)
                ? snprintf(text, sizeof text, "%s in %s (%.*s), %s", what, name ? name : "another language",
                           (int)view->code.length, view->code.bytes, rest)
                : snprintf(text, sizeof text, "%s in another language, %s", what, rest);
    warnings->warn(doc, text, n < (int)sizeof text ? (uint64_t)n : sizeof text - 1);
}
