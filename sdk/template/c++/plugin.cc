// plugin.cc: the plugin @NAME@: finds the words of words.txt.
#include <textd/explain.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <unordered_set>

namespace {

constexpr const char *layer = "org.example.@NAME@/1";

enum { option_min, option_count };

std::string lower(std::string_view word)
{
    std::string small(word);

    for (char &c : small)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c | 0x20);
    return small;
}

// An instance. textd may make several, with other options: so nothing is kept outside of it.
class plugin {
public:
    plugin(const textd_host *host, std::string_view file) : host(host)
    {
        while (!file.empty()) {
            const auto line = file.substr(0, file.find('\n'));
            if (!line.empty())
                words.insert(line); // the file stays mapped as long as the instance
            file.remove_prefix(line.size() < file.size() ? line.size() + 1 : file.size());
        }
    }

    int32_t process(textd_doc *doc) const
    {
        textd_layer tokens {};
        tokens.size = sizeof tokens;
        if (const int32_t rc = host->layer_get(doc, TEXTD_TOKENS, &tokens); rc != TEXTD_OK)
            return rc;
        // What goes into the document comes from alloc, and dies with it.
        auto *found = static_cast<textd_span *>(host->alloc(doc, (uint64_t { tokens.count } + 1) * sizeof(textd_span), 8));
        if (!found)
            return textd_explain(host, TEXTD_NO_MEMORY, "no memory for %u tokens", tokens.count);
        uint32_t n = 0;
        for (uint32_t i = 0; i < tokens.count; i++) {
            const textd_span t = tokens.spans[i];
            if (i % 1024 == 0 && host->should_stop(doc))
                return textd_explain(host, TEXTD_STOPPED, "stopped at %u of %u tokens", i, tokens.count);
            if (t.end - t.start >= doc->options[option_min].integer && is_listed({ doc->text + t.start, t.end - t.start }))
                found[n++] = t;
        }
        if (const int32_t rc = host->layer_add(doc, layer, found, n); rc != TEXTD_OK)
            return rc;
        write(doc, found, n);
        return TEXTD_OK;
    }

    int32_t selftest() const
    {
        if (is_listed("Great") && !is_listed("grea"))
            return TEXTD_OK;
        return textd_explain(host, TEXTD_FAILED, "'Great' must be among words.txt, and 'grea' must not");
    }

    const textd_host *const host;

private:
    bool is_listed(std::string_view word) const { return words.count(lower(word)) > 0; }

    void write(textd_doc *doc, const textd_span *found, uint32_t n) const
    {
        host->map_begin(doc);
        host->write_key(doc, "count");
        host->write_integer(doc, n);
        host->write_key(doc, "found");
        host->array_begin(doc);
        for (uint32_t i = 0; i < n; i++)
            host->write_span(doc, found[i]); // [start, end], in the unit that the client asked for
        host->array_end(doc);
        host->map_end(doc);
    }

    std::unordered_set<std::string_view> words;
};

// No exception may leave the plugin: textd is C.
template <typename F> int32_t guarded(const textd_host *host, F body) noexcept
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory");
    } catch (const std::exception &e) {
        return textd_explain(host, TEXTD_FAILED, "%s", e.what());
    }
}

// `values` is what the operator has set; `min` is looked at for each document, since clients may set it, too.
int32_t create(const textd_host *host, const textd_value *, void **self)
{
    textd_resource file {};
    file.size = sizeof file;
    if (const int32_t rc = host->resource("words.txt", &file); rc != TEXTD_OK)
        return rc; // the host has explained which path it tried
    return guarded(host, [&] {
        *self = new plugin(host, { static_cast<const char *>(file.data), file.length });
        return TEXTD_OK;
    });
}

int32_t process(void *self, textd_doc *doc)
{
    const auto *p = static_cast<const plugin *>(self);

    return guarded(p->host, [&] { return p->process(doc); });
}

int32_t selftest(void *self)
{
    const auto *p = static_cast<const plugin *>(self);

    return guarded(p->host, [&] { return p->selftest(); });
}

void destroy(void *self)
{
    delete static_cast<plugin *>(self);
}

const char *const needs[] = { TEXTD_TOKENS, nullptr };
const char *const adds[] = { layer, nullptr };

const textd_option options[option_count] = {
    TEXTD_OPTION_INT("min", 1, 1, 100, TEXTD_PER_REQUEST, "letters that a word must have"),
};

} // namespace

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "@NAME@",
    .version = "0.1.0",
    .license = "MIT",
    .summary = "Finds the words of a list",
    .needs_layers = needs,
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
