/* lua_test.c: the plugin lua without a daemon: what scripts return and what is written of it, what they can't do, and that none
 * can keep going when it is told to stop. The host is a few lines that write down what they are called with. */
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "plugins/lua/script.h"

/* ---- a host ---- */

static struct {
    char out[4096], words[512], log[512];
    size_t used;
    int needs_comma, open; /* arrays and maps that were begun */
    int looks, stop_after; /* calls of should_stop; 0: never says so */
    struct textd_span spans[8];
    uint32_t n_spans;
    const char *file; /* a resource's text */
} seen;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int n = vsnprintf(seen.out + seen.used, sizeof seen.out - seen.used, format, list);
    va_end(list);
    seen.used += (size_t)n < sizeof seen.out - seen.used ? (size_t)n : 0;
}

static void value(void)
{
    if (seen.needs_comma)
        put(",");
    seen.needs_comma = 1;
}

static void begin(const char *sign)
{
    value();
    put("%s", sign);
    seen.open++;
    seen.needs_comma = 0;
}

static void end(const char *sign)
{
    put("%s", sign);
    seen.open--;
    seen.needs_comma = 1;
}

static void map_begin(struct textd_doc *doc)
{
    (void)doc;
    begin("{");
}

static void map_end(struct textd_doc *doc)
{
    (void)doc;
    end("}");
}

static void array_begin(struct textd_doc *doc)
{
    (void)doc;
    begin("[");
}

static void array_end(struct textd_doc *doc)
{
    (void)doc;
    end("]");
}

static void write_key(struct textd_doc *doc, const char *key)
{
    (void)doc;
    value();
    put("%s:", key);
    seen.needs_comma = 0;
}

static void write_text(struct textd_doc *doc, const char *bytes, uint64_t length)
{
    (void)doc;
    value();
    put("'%.*s'", (int)length, bytes);
}

static void write_integer(struct textd_doc *doc, int64_t integer)
{
    (void)doc;
    value();
    put("%" PRId64, integer);
}

static void write_number(struct textd_doc *doc, double number)
{
    (void)doc;
    value();
    put("%#.4g", number);
}

static void write_bool(struct textd_doc *doc, int32_t is)
{
    (void)doc;
    value();
    put(is ? "true" : "false");
}

static void write_nil(struct textd_doc *doc)
{
    (void)doc;
    value();
    put("nil");
}

static void write_span(struct textd_doc *doc, struct textd_span span)
{
    (void)doc;
    value();
    put("<%u-%u>", span.start, span.end);
}

static int32_t should_stop(struct textd_doc *doc)
{
    (void)doc;
    return seen.stop_after > 0 && ++seen.looks >= seen.stop_after;
}

static void explain(const char *text, uint64_t length)
{
    snprintf(seen.words, sizeof seen.words, "%.*s", (int)length, text);
}

static int32_t resource(const char *name, struct textd_resource *file)
{
    if (strcmp(name, "words.txt") != 0)
        return TEXTD_NOT_FOUND;
    file->data = seen.file;
    file->length = strlen(seen.file);
    return TEXTD_OK;
}

static char memory[1 << 16];
static size_t memory_used;

static void *alloc(struct textd_doc *doc, uint64_t bytes, uint64_t align)
{
    (void)doc;
    size_t at = (memory_used + align - 1) & ~(align - 1);
    if (bytes > sizeof memory || at > sizeof memory - bytes)
        return NULL;
    memory_used = at + bytes;
    return memory + at;
}

/* One layer is there: a span for each byte of the text but the last, with two columns. */
static int32_t layer_get(struct textd_doc *doc, const char *name, struct textd_layer *layer)
{
    if (strcmp(name, "tokens/1") != 0)
        return TEXTD_NOT_FOUND;
    layer->spans = seen.spans;
    layer->count = doc->text_length - 1;
    for (uint32_t i = 0; i < layer->count; i++)
        seen.spans[i] = (struct textd_span) { i, i + 1 };
    return TEXTD_OK;
}

static const void *column_get(struct textd_doc *doc, const char *layer, const char *column, uint32_t type)
{
    static const uint8_t kinds[] = { 1, 2, 3 };
    static const float scores[] = { 0.5f, 0.25f, 1 };

    (void)doc, (void)layer;
    if (strcmp(column, "kind") == 0 && type == TEXTD_U8)
        return kinds;
    return strcmp(column, "score") == 0 && type == TEXTD_F32 ? scores : NULL;
}

static int32_t layer_add(struct textd_doc *doc, const char *name, const struct textd_span *spans, uint32_t count)
{
    (void)doc;
    put("+%s", name);
    for (uint32_t i = 0; i < count; i++)
        put(" %u-%u", spans[i].start, spans[i].end);
    seen.n_spans = count;
    put(";");
    return TEXTD_OK;
}

static int32_t column_add(struct textd_doc *doc, const char *layer, const char *column, uint32_t type,
                          const void *values)
{
    (void)doc, (void)layer;
    put("+%s", column);
    for (uint32_t i = 0; i < seen.n_spans; i++) {
        if (type == TEXTD_U8)
            put(" %u", ((const uint8_t *)values)[i]);
        else if (type == TEXTD_U32)
            put(" %u", ((const uint32_t *)values)[i]);
        else if (type == TEXTD_F32)
            put(" %.2g", (double)((const float *)values)[i]);
        else
            put(" %.*s", (int)((const struct textd_text *)values)[i].length,
                ((const struct textd_text *)values)[i].bytes);
    }
    put(";");
    return TEXTD_OK;
}

static void log_write(int32_t level, const char *words, uint64_t length)
{
    snprintf(seen.log, sizeof seen.log, "%d %.*s", level, (int)length, words);
}

static const void *extension(const char *id)
{
    static const struct textd_log log = { .size = sizeof log, .write = log_write };

    return strcmp(id, TEXTD_LOG) == 0 ? &log : NULL;
}

static const struct textd_host host = {
    .size = sizeof host,
    .alloc = alloc,
    .layer_get = layer_get,
    .layer_add = layer_add,
    .column_get = column_get,
    .column_add = column_add,
    .map_begin = map_begin,
    .map_end = map_end,
    .array_begin = array_begin,
    .array_end = array_end,
    .write_key = write_key,
    .write_text = write_text,
    .write_integer = write_integer,
    .write_number = write_number,
    .write_bool = write_bool,
    .write_nil = write_nil,
    .write_span = write_span,
    .should_stop = should_stop,
    .explain = explain,
    .resource = resource,
    .extension = extension,
};

/* ---- running ---- */

static struct script *open_script(const char *text)
{
    seen.words[0] = 0;
    seen.file = "one\ntwo\n";
    return script_open(&host, "s.lua", text, strlen(text), 8u << 20);
}

static int32_t run(struct script *script, const char *text)
{
    static const struct textd_value options[4] = {
        { .type = TEXTD_TEXT, .text = "" },
        { .type = TEXTD_INT },
        { .type = TEXTD_INT, .integer = 7 },
        { .type = TEXTD_TEXT, .text = "up", .length = 2 },
    };
    struct textd_doc doc = {
        .size = sizeof doc, .text = text, .text_length = (uint32_t)strlen(text), .options = options
    };

    seen.used = seen.needs_comma = seen.open = seen.looks = 0;
    seen.out[0] = seen.words[0] = seen.log[0] = 0;
    memory_used = 0;
    return script_run(script, &doc);
}

/* What is written of the text "añb" by a script whose process has this body, or the words that it failed with. */
static const char *result_of(const char *before, const char *body)
{
    static char script_text[8192];

    snprintf(script_text, sizeof script_text,
             "%s\nlocal M = { needs = { 'tokens/1', 'entities/1?' },"
             "  adds = { 'a/1', ['b/1'] = { n = 'u32', k = 'u8', s = 'f32', t = 'text' } },\n"
             "  options = { { name = 'n', type = 'int', help = 'h' }, { name = 't', type = 'text', help = 'h' } } }\n"
             "function M.process(doc)\n%s\nend\nreturn M\n",
             before, body);
    struct script *script = open_script(script_text);
    if (!script)
        return seen.words;
    int32_t rc = run(script, "a\xc3\xb1"
                             "b");
    script_close(script);
    if (rc == TEXTD_STOPPED)
        return "stopped";
    if (rc == TEXTD_NO_MEMORY)
        return "no memory";
    return rc == TEXTD_OK ? seen.out : seen.words;
}

static void assert_result(const char *before, const char *body, const char *wanted)
{
    const char *found = result_of(before, body);

    if (strstr(wanted, "…") ? strstr(found, wanted + strlen("…")) == NULL : strcmp(found, wanted) != 0)
        fail_msg("%s\n  gave   %s\n  wanted %s", body, found, wanted);
}

struct body {
    const char *body, *wanted; /* "…" in front: is in it */
};

static void assert_results(const struct body *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_result("", cases[i].body, cases[i].wanted);
}

static void tables_are_written_by_the_rules(void **state)
{
    static const struct body cases[] = {
        { "", "nil" },
        { "return 1", "1" },
        { "return 1.0", "1.000" },
        { "return 2^53", "9.007e+15" },
        { "return math.mininteger", "-9223372036854775808" },
        { "return true", "true" },
        { "return 'x'", "'x'" },
        { "return {}", "[]" },
        { "return textd.map {}", "{}" },
        { "return { {}, textd.map({}) }", "[[],{}]" },
        { "return { 1, 'a', false }", "[1,'a',false]" },
        { "return { 1, textd.null, 3 }", "[1,nil,3]" },
        { "return { b = 1, a = 2, ['é'] = 3, B = 4 }", "{B:4,a:2,b:1,é:3}" },
        { "return { a = { b = { 1, { c = 1.5 } } } }", "{a:{b:[1,{c:1.500}]}}" },
        { "local t = {} t[3] = 'c' t[1] = 'a' t[2] = 'b' return t", "['a','b','c']" },
        { "local t = { 1, 2, 3 } t[3] = nil return t", "[1,2]" },
        { "local t = { x = 1 } return { t, t }", "[{x:1},{x:1}]" }, /* twice is no circle */
        { "return setmetatable({ 1 }, { __index = function() return 9 end, __len = function() return 5 end })", "[1]" },
        { "local t = {} for i = 1, 40 do t['k' .. i % 10 .. i] = i end local n = 0 for k in pairs(t) do n = n + 1 end "
          "return n",
          "40" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void what_has_no_rule_is_an_error_that_names_the_place(void **state)
{
    static const struct body cases[] = {
        { "return { a = { 1, { b = 0/0 } } }", "s.lua: the result's a[2].b is a number that is not finite" },
        { "return { 1/0 }", "s.lua: the result's [1] is a number that is not finite" },
        { "return '\\xff'", "s.lua: the result is a text that is not UTF-8" },
        { "return { doc.text:sub(1, 2) }", "s.lua: the result's [1] is a text that is not UTF-8" },
        { "return { ['\\xff'] = 1 }", "…has a key with a NUL, or that is not UTF-8" },
        { "return { ['a\\0b'] = 1 }", "…has a key with a NUL, or that is not UTF-8" },
        { "return { x = { 1, nil, 3 } }",
          "s.lua: the result's x is an array with holes, or with other numbers than 1, 2, …" },
        { "return { [0] = 1 }", "s.lua: the result is an array with holes, or with other numbers than 1, 2, …" },
        { "return { [1.5] = 1 }", "s.lua: the result is an array with holes, or with other numbers than 1, 2, …" },
        { "return { 1, a = 2 }", "s.lua: the result has numbers and texts for keys: is it an array or a map?" },
        { "return { [true] = 2 }", "s.lua: the result has keys that are neither numbers nor texts" },
        { "return { [{}] = 2, [{}] = 3 }", "…keys that are a table have no order: walk over an array of them" },
        { "return print", "s.lua: the result is a function" },
        { "return { f = doc.add }", "s.lua: the result's f is a function" },
        { "return coroutine.create(print)", "s.lua: the result is a thread" },
        { "return textd.map { 1 }", "s.lua: the result was marked by textd.map, and its keys are numbers" },
        { "local t = {} t.x = { t } return t", "s.lua: the result's x[1] is a table that holds itself" },
        { "local t = {} for i = 1, 20 do t = { t } end return t", "…is nested deeper than 16 tables" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

/* Tables of chance are written whole, or refused with their place; and nothing of it stays on Lua's stack. */
static void any_value_is_written_or_refused(void **state)
{
    static const char text[] =
        "local function any(depth)\n"
        "  local kind = math.random(depth > 4 and 9 or 14)\n"
        "  if kind < 8 then return ({ 1, 2.5, 'x', true, textd.null, false, '\\xc3\\xb1' })[kind] end\n"
        "  if kind == 8 then return math.random(200) == 1 and 0/0 or 0 end\n"
        "  if kind == 9 then return math.random(200) == 1 and '\\xff' or '' end\n"
        "  local t = kind == 10 and textd.map {} or {}\n"
        "  for i = 1, math.random(0, 30) do\n"
        "    local key = (kind % 2 == 0) and 'k' .. math.random(50) or i\n"
        "    if math.random(2000) == 1 then key = ({ 1.5, true, -1, 'k\\0' })[math.random(4)] end\n"
        "    t[key] = any(depth + 1)\n"
        "  end\n"
        "  return t\n"
        "end\n"
        "return { process = function(doc)\n"
        "  for i = 1, #doc.text do math.random() end\n" /* others for each text */
        "  local t = any(0) for i = 1, 5 do t = { t, any(3) } end return t\n"
        "end }";
    struct script *script = open_script(text);
    char document[301] = "";
    int n_written = 0;

    (void)state;
    assert_non_null(script);
    for (size_t i = 0; i < sizeof document - 1; i++) {
        document[i] = 'x';
        int32_t rc = run(script, document);
        assert_int_equal(lua_gettop(script->L), 0);
        if (rc != TEXTD_OK)
            assert_true(rc == TEXTD_FAILED && strstr(seen.words, "s.lua: the result's [1]"));
        else
            assert_int_equal(seen.open, 0);
        n_written += rc == TEXTD_OK;
    }
    assert_in_range(n_written, 100, 299);
    script_close(script);
}

static void spans_are_positions_as_lua_has_them(void **state)
{
    static const struct body cases[] = {
        { "return textd.span(1, #doc.text)", "<0-4>" },
        { "return textd.span(doc.text:find('ñ'))", "<1-3>" },
        { "return textd.span(5, 4)", "<4-4>" },
        { "return textd.span(1, 1).text .. textd.span(2, 3).text", "'añ'" },
        { "return #doc.tokens", "3" },
        { "return doc.tokens", "[<0-1>,<1-2>,<2-3>]" },
        { "return { doc.tokens[1], doc.tokens[4], doc.tokens[0] }", "[<0-1>]" },
        { "local n = 0 for i, t in ipairs(doc.tokens) do n = n + i * t.kind end return n", "14" },
        { "local t = doc.tokens[2] return { t.first, t.last, t.score, t.kind, t.none == nil }", "[2,2,0.2500,2,true]" },
        { "return { doc.tokens[1] == textd.span(1, 1), doc.tokens[1] == doc.tokens[2] }", "[true,false]" },
        { "return tostring(doc.tokens[1])", "'a'" },
        { "return doc.entities == nil", "true" },
        { "return doc.lang == nil", "true" },
        { "return { doc.options.n, doc.options.t }", "[7,'up']" },
        { "return textd.span(0, 1)",
          "s.lua:5: a span from 0 to 1: positions are 1 to 4, and the first is not behind the last" },
        { "return textd.span(3, 1)", "…a span from 3 to 1" },
        { "return textd.span(1, 5)", "…a span from 1 to 5: positions are 1 to 4" },
        { "return textd.span(1, 2)", "…a span from 1 to 2 cuts a character: positions are bytes; see utf8.offset" },
        { "return textd.span(3, 4)", "…a span from 3 to 4 cuts a character" },
        { "return textd.span('a', 4)", "…bad argument #1 to 'span' (number expected, got string)" },
        { "return doc.sentences", "s.lua:5: doc has no 'sentences'; a layer must be named in the script's `needs`" },
        { "return doc.options.m", "s.lua:5: the script has no option 'm': name it in `options`" },
        { "return doc.tokens.kind", "…tokens/1 is a list of spans" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void layers_are_added_with_their_columns(void **state)
{
    static const struct body cases[] = {
        { "doc:add('a/1', {})", "+a/1;nil" },
        { "doc:add('a/1', { doc.tokens[1], textd.span(2, 3) })", "+a/1 0-1 1-3;nil" },
        { "doc:add('b/1', { { span = doc.tokens[1], n = 4000000000, k = 255, s = 0.5, t = 'é' },"
          " { first = 4, last = 4, n = 0, k = 0, s = 1, t = '' } })",
          "+b/1 0-1 3-4;+k 255 0;+n 4000000000 0;+s 0.5 1;+t é ;nil" },
        { "doc:add('b/1', {})", "+b/1;+k;+n;+s;+t;nil" },
        { "doc:add('c/1', {})", "…the script doesn't say that it adds the layer c/1: name it in `adds`" },
        { "doc:add('a/1', { textd.span(2, 3), doc.tokens[1] })",
          "…row 2 starts before row 1: spans of a layer are ordered" },
        { "doc:add('a/1', { 5 })", "…row 1 is a number: it must be a span, or a table with `span`" },
        { "doc:add('a/1', { {} })", "…row 1 must be a span, or a table with `span`, or with `first` and `last`" },
        { "doc:add('a/1', { { first = 1, last = 2 } })", "…cuts a character" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = 256, n = 1, s = 1, t = '' } })",
          "…row 1: its k is 256, and the column is u8" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = -1, n = 1, s = 1, t = '' } })",
          "…row 1: its k is -1, and the column is u8" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = 1, n = 1.5, s = 1, t = '' } })",
          "…its n is 1.5, and the column is u32" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = 1, n = 1, s = 1/0, t = '' } })",
          "…its s is inf, and the column is f32" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = 1, n = 1, s = 1 } })",
          "…its t is nil, and the column is text" },
        { "doc:add('b/1', { { span = doc.tokens[1], k = 1, n = 1, s = 1, t = '\\xff' } })",
          "…row 1: its t is not UTF-8" },
        { "doc:add('b/1', { doc.tokens[1] })", "…row 1: its k is nil" },
        { "local t = {} for i = 1, 9000 do t[i] = textd.span(1, 1) end pcall(doc.add, doc, 'a/1', t)", "no memory" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void a_script_has_nothing_that_reaches_outside(void **state)
{
    static const struct body cases[] = {
        { "return { io, os, require, package, debug, load, loadfile, dofile, loadstring, collectgarbage, warn, _G }",
          "[]" },
        { "return { string.dump, math.randomseed }", "[]" },
        { "return getmetatable('')", "false" },
        { "return getmetatable(doc)", "false" },
        { "return getmetatable(doc.tokens)", "false" },
        { "return { pcall(setmetatable, {}, { __gc = print }) }", "[false,'a script's metatable may have no __gc']" },
        { "return { pcall(setmetatable, {}, { __mode = 'k' }) }", "[false,'a script's metatable may have no __mode']" },
        { "string.upper = nil", "s.lua:5: this table can only be read: it is the same for all documents" },
        { "rawset(string, 'upper', nil)", "s.lua:5: this table can only be read: it is the same for all documents" },
        { "table.insert(string, 1)", "…can only be read" },
        { "setmetatable(string, {})", "…cannot change a protected metatable" },
        { "setmetatable(doc, nil)", "…cannot change a protected metatable" },
        { "return { tostring({}), tostring(print), tostring(doc), string.format('%s %5s', {}, print) }",
          "['table','function','table','table function']" },
        { "return string.format('%p', {})", "…there is no %p: addresses are others in each process" },
        { "return string.format('%% %-5d|%q', 3, 'x')", "'% 3    |\"x\"'" },
        { "return { string.rep('', 1e15), string.rep('ab', 3, ','), ('x'):rep(0) }", "['','ab,ab,ab','']" },
        { "return next({})", "nil" },
        { "return { next({ b = 1, a = 2 }) }", "['a',2]" },
        { "for k in next, { 1 } do end", "…next(t) tells the first key of a table; to walk over it use pairs" },
        { "local t = {} for k, v in pairs({ z = 1, [2] = 2, [true] = 3, a = 4, [1] = 5, [1.5] = 6 }) do t[#t + 1] = "
          "tostring(k) end return t",
          "['1','1.5','2','a','z','true']" },
        { "local t, s = { a = 1, b = 2, c = 3 }, '' for k in pairs(t) do s = s .. k t.b = nil t.d = 4 end return s",
          "'ac'" },
        { "return { utf8.len(doc.text), ('%x'):format(utf8.codepoint('ñ')) }", "[3,'f1']" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void sorting_keeps_what_is_alike_in_its_order(void **state)
{
    static const struct body cases[] = {
        { "local t = { 3, 1, 2.5, -1 } table.sort(t) return t", "[-1,1,2.500,3]" },
        { "local t = { 'b', 'a', 'B', 'é' } table.sort(t) return t", "['B','a','b','é']" },
        { "local t = {} table.sort(t) return t", "[]" },
        { "local t = { 1, 2, 3 } table.sort(t, function(a, b) return a > b end) return t", "[3,2,1]" },
        { "local t = {} for i = 1, 3000 do t[i] = { i % 3, i } end table.sort(t, function(a, b) return a[1] < b[1] end)"
          " for i = 2, #t do if t[i - 1][1] > t[i][1] or (t[i - 1][1] == t[i][1] and t[i - 1][2] > t[i][2]) then "
          "return i end end return #t",
          "3000" },
        { "table.sort({ 3, 'a' })", "…attempt to compare" },
        { "local t = { 3, 2, 1 } pcall(table.sort, t, function() error('no') end) return t", "[3,2,1]" },
        { "table.sort(setmetatable({}, { __len = function() return 1 << 40 end }))", "…array too big" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void errors_say_where(void **state)
{
    static const struct body cases[] = {
        { "error('so it is')", "s.lua:5: so it is" },
        { "error('so it is', 0)", "s.lua:5: so it is" },
        { "error({ code = 1 })", "s.lua:5: the error is a table" },
        { "error(setmetatable({}, { __tostring = function() return 'mine' end }))", "s.lua:5: mine" },
        { "error(setmetatable({}, { __tostring = function() error('again') end }))", "…s.lua:5: again" },
        { "error(setmetatable({}, { __tostring = function() return {} end }))", "s.lua:5: the error is a table" },
        { "error(nil)", "s.lua:5: nil" },
        { "error(42)", "s.lua:5: 42" },
        { "local x = nil; return x.y", "s.lua:5: attempt to index a nil value (local 'x')" },
        { "return ('x'):find('[')", "s.lua:5: malformed pattern (missing ']')" },
        { "return (function() return doc.text .. {} end)()", "…s.lua:5: attempt to concatenate a table value" },
        { "coroutine.wrap(function() error('inside') end)()", "…s.lua:5: inside" },
        { "local function f() return 1 + f() end return f()",
          "s.lua needs more than 8 MiB of memory, which is what its option memory allows" },
        { "return { pcall(error, 'caught', 0) }", "[false,'caught']" },
        { "return { xpcall(error, function(m) return m .. '!' end, 'caught', 0) }", "[false,'caught!']" },
        { "return { select(2, coroutine.resume(coroutine.create(function() error('x', 0) end))) }", "['x']" },
        { "local f = coroutine.wrap(function() local ok, x = pcall(function() return coroutine.yield(1) + 1 end) "
          "return x end) f() return f(5)",
          "6" },
    };

    (void)state;
    assert_results(cases, COUNT(cases));
}

static void a_script_that_is_told_to_stop_stops(void **state)
{
    static const char before[] =
        "local function loop() while true do end end local closing = { __close = loop }\n"
        "local function close() local x <close> = setmetatable({}, closing) loop() end\n"
        "local function hold() local x <close> = setmetatable({}, closing) coroutine.yield() end\n"
        "local function work() pcall(function() for i = 1, 1000 do end end) end\n"
        "local index = setmetatable({}, { __index = loop })\n";
    static const char *const bodies[] = {
        "while true do end",
        "while true do pcall(loop) end",
        "while true do xpcall(loop, loop) end",
        "while true do coroutine.resume(coroutine.create(loop)) end",
        "while true do pcall(coroutine.wrap(loop)) end",
        "local f = coroutine.wrap(function() pcall(coroutine.wrap(loop)) loop() end) while true do pcall(f) end",
        "while true do pcall(close) end",
        "while true do local co = coroutine.create(hold) coroutine.resume(co) coroutine.close(co) end",
        "while true do pcall(function() return index.x end) end",
        "while true do pcall(function() for x in coroutine.wrap(loop) do end end) end",
        "while true do pcall(tostring, setmetatable({}, { __tostring = loop })) end",
        "while true do pcall(error, setmetatable({}, { __tostring = loop })) end",
        "return (('x'):rep(100000):gsub('x', work))",
        "table.sort(table.pack(('x'):rep(4000):byte(1, -1)), function(a, b) work() return a < b end)",
        "local t = {} for i = 1, 20000 do t[i] = i end return t",
    };

    (void)state;
    seen.stop_after = 3;
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_result(before, bodies[i], "stopped");
    seen.stop_after = 0;
}

static void memory_is_limited_and_the_limit_is_not_caught(void **state)
{
    static const char *const bodies[] = {
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
        "return ('x'):rep(1 << 30)",
        "while true do pcall(string.rep, 'x', 1 << 30) end",
        "while true do xpcall(string.rep, function() end, 'x', 1 << 30) end",
        "while true do coroutine.resume(coroutine.create(function() return ('x'):rep(1 << 30) end)) end",
        "while true do pcall(coroutine.wrap(function() return ('x'):rep(1 << 30) end)) end",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_result("", bodies[i], "s.lua needs more than 8 MiB of memory, which is what its option memory allows");
    assert_result("", "for i = 1, 200 do local s = ('x'):rep(1000000) .. i end return 'garbage is none'",
                  "'garbage is none'");
}

/* What one document leaves behind the next one doesn't find. */
static void no_document_sees_another(void **state)
{
    static const char text[] = "count = 0\nlocal seen, n = {}, 0\n"
                               "return { process = function(doc)\n"
                               "  count = count + 1; n = n + 1; seen[#seen + 1] = doc.text\n"
                               "  helper = 'left behind'\n"
                               "  return { count, n, #seen, math.random(1000000) }\n"
                               "end, helper = function() return helper end }";
    char first[100];
    struct script *script = open_script(text);

    (void)state;
    assert_non_null(script);
    assert_int_equal(run(script, "ab"), TEXTD_OK);
    memcpy(first, seen.out, sizeof first);
    assert_true(strncmp(first, "[1,1,1,", 7) == 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(run(script, "ab"), TEXTD_OK);
        assert_string_equal(seen.out, first);
    }
    script_close(script);
}

/* A script that was stopped, or ran out of memory, runs the next document as if nothing had been. */
static void a_failure_leaves_nothing_behind(void **state)
{
    static const char text[] =
        "return { process = function(doc)\n"
        "  if doc.text == 'loop' then while true do end end\n"
        "  if doc.text == 'fill' then local t = {} while true do t[#t + 1] = #t .. 'xxxxxxxxxx' end end\n"
        "  return doc.text end }";
    struct script *script = open_script(text);

    (void)state;
    assert_non_null(script);
    for (int i = 0; i < 3; i++) {
        seen.stop_after = 2;
        assert_int_equal(run(script, "loop"), TEXTD_STOPPED);
        seen.stop_after = 0;
        assert_int_equal(run(script, "fill"), TEXTD_FAILED);
        assert_int_equal(run(script, "fine"), TEXTD_OK);
        assert_string_equal(seen.out, "'fine'");
        assert_true(script->used < 5u << 20); /* of 8 */
    }
    script_close(script);
}

static void what_is_made_once_can_only_be_read(void **state)
{
    static const char once[] =
        "local calls = 0\n"
        "local words = textd.once('words', function() calls = calls + 1\n"
        "  local t, m = { list = {}, deep = { deeper = { 1, 2 } }, none = textd.map({}), calls = calls }, {}\n"
        "  for w in textd.resource('words.txt'):gmatch('%w+') do t.list[#t.list + 1] = w end\n"
        "  t.self = t return t end)\n";
    static const struct body cases[] = {
        { "return { #words.list, words.list[2], table.concat(words.list, '+'), words.calls }",
          "[2,'two','one+two',1]" },
        { "local s = '' for i, w in ipairs(words.list) do s = s .. i .. w end return s", "'1one2two'" },
        { "local s = '' for k in pairs(words) do s = s .. k .. ' ' end return s", "'calls deep list none self '" },
        { "return { words.deep, words.none, words.list }", "[{deeper:[1,2]},{},['one','two']]" },
        { "return { words.self == words, words.self.self.calls }", "[true,1]" },
        { "words.x = 1", "…this table can only be read: it is the same for all documents" },
        { "words.deep.deeper[1] = 5", "…can only be read" },
        { "rawset(words.list, 1, 'x')", "…can only be read" },
        { "table.insert(words.list, 'x')", "…can only be read" },
        { "table.sort(words.list, function(a, b) return a > b end)", "…can only be read" },
        { "setmetatable(words, nil)", "…cannot change a protected metatable" },
        { "return next(words.none) == nil and next(words.list)", "1" },
        { "return textd.once('new', function() return 1 end)",
          "…textd.once(\"new\") is new: call it outside of functions" },
        { "return textd.resource('words.txt')", "…textd.resource reads files only while the script is loaded" },
    };
    static const struct body loads[] = {
        { "textd.once('x', function() return print end)",
          "…textd.once(\"x\"): it can keep numbers, texts, booleans and tables of them, and no function" },
        { "textd.once('x', function() return { { function() end } } end)", "…and no function" },
        { "textd.once('x', function() return setmetatable({}, {}) end)", "…it can keep no table with a metatable" },
        { "textd.once('x', function() return { [{}] = 1 } end)", "…a key is a table" },
        { "textd.once('x', function() return textd.resource('other.txt') end)",
          "…there is no file other.txt in a folder lua/ of the plugin directories" },
        { "textd.resource('words.txt')", "…call it in textd.once's function" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_result(once, cases[i].body, cases[i].wanted);
    for (size_t i = 0; i < COUNT(loads); i++)
        assert_result(loads[i].body, "", loads[i].wanted);
    assert_result("local n = textd.once('n', function() return nil end)", "return n", "nil");
}

static void a_script_tells_the_log(void **state)
{
    (void)state;
    result_of("", "print('a', 1, {}, nil)");
    assert_string_equal(seen.log, "2 a\t1\ttable\tnil");
    result_of("", "textd.log('bad news', 'error')");
    assert_string_equal(seen.log, "0 bad news");
    assert_result("", "textd.log('x', 'loud')", "…bad argument #2 to 'log' (invalid option 'loud')");
    assert_result("textd.warn('x')", "", "…textd.warn tells a document's client: call it in process");
}

static void a_script_that_cant_be_loaded_says_why(void **state)
{
    static const struct body cases[] = {
        { "x = = 1", "s.lua:1: unexpected symbol near '='" },
        { "local x <const> = 1\nx = 2", "s.lua:2: attempt to assign to const variable 'x'" },
        { "error('not today')", "s.lua:1: not today" },
        { "return 1", "s.lua: it must end with `return M`, where M is the table with its function process" },
        { "", "…must end with `return M`" },
        { "return {}", "s.lua: the table that it returns has no function process" },
        { "\x1bLua", "…attempt to load a binary chunk (mode is 't')" },
        { "local t = {} while true do t[#t + 1] = #t .. 'x' end",
          "s.lua needs more than 8 MiB of memory, which is what its option memory allows" },
    };
    static const struct body heads[] = {
        { "option = {}", "s.lua: the table that it returns has no 'option'; there are process needs adds options "
                         "version license summary " },
        { "needs = 'tokens/1'", "s.lua: needs must be a table" },
        { "needs = { 1 }", "s.lua: needs: each must be a text" },
        { "needs = { 'a\\0' }", "s.lua: needs: each has a NUL in it" },
        { "adds = { 1 }", "s.lua: adds: a layer's name must be a text" },
        { "adds = { ['a/1'] = 1 }", "s.lua: adds: the columns of a/1 must be a table" },
        { "adds = { ['a/1'] = { 'u8' } }",
          "s.lua: adds: the columns of a/1 must be at most 32, each a name and its type" },
        { "adds = { ['a/1'] = { x = 'u16' } }",
          "s.lua: adds: the column x of a/1 is 'u16'; a column is u8, u32, f32 or text" },
        { "options = { a = {} }", "…options must be a list" },
        { "options = { 'a' }", "s.lua: options: each must be a table" },
        { "options = { { name = 'a' } }", "s.lua: option 1 (a) has the type ''; it must be bool, int, float or text" },
        { "options = { { name = 'a', type = 'integer' } }",
          "…option 1 (a) has the type 'integer'; it must be bool, int, float or text" },
        { "options = { { name = 'a', type = 'int', inital = 5 } }",
          "…option 1 (a) has no 'inital'; there are name type help per_request initial min max" },
        { "options = { { name = 'a', type = 'int', min = 1.5 } }", "…option 1 (a): its min must be a whole number" },
        { "options = { { name = 'a', type = 'float', min = 'x' } }", "…option 1 (a): its min must be a number" },
        { "options = { { name = 'a', type = 'bool', initial = 1 } }",
          "…option 1 (a): its initial must be true or false" },
        { "version = 1", "s.lua: version must be a text" },
    };
    char text[400];

    (void)state;
    for (size_t i = 0; i < COUNT(cases) + COUNT(heads); i++) {
        const struct body *c = i < COUNT(cases) ? &cases[i] : &heads[i - COUNT(cases)];
        snprintf(text, sizeof text, i < COUNT(cases) ? "%s" : "return { process = print, %s }", c->body);
        struct script *script = open_script(text);
        assert_null(script);
        const char *wanted = strncmp(c->wanted, "…", strlen("…")) == 0 ? c->wanted + strlen("…") : c->wanted;
        if (!strstr(seen.words, wanted))
            fail_msg("%s\n  gave   %s\n  wanted %s", c->body, seen.words, wanted);
    }
}

static void what_a_script_declares_is_what_the_host_gets(void **state)
{
    struct script *s =
        open_script("return { process = print, version = '2.0.0', summary = 'Does', license = 'MIT',\n"
                    "  needs = { 'tokens/1', 'language/1?' }, adds = { 'b/1', ['a/1'] = { z = 'f32', y = 'u8' } },\n"
                    "  options = {\n"
                    "    { name = 'b', type = 'bool', help = 'h', initial = true },\n"
                    "    { name = 'i', type = 'int', help = 'h', initial = 3, min = 1, max = 9, per_request = true },\n"
                    "    { name = 'f', type = 'float', help = 'h', max = 2 },\n"
                    "    { name = 't', type = 'text', help = 'h', initial = 'x', choices = { 'x', 'y' } } } }");

    (void)state;
    assert_non_null(s);
    const struct textd_declared *d = &s->declared;
    assert_string_equal(d->version, "2.0.0");
    assert_string_equal(d->license, "MIT");
    assert_string_equal(d->summary, "Does");
    assert_string_equal(d->needs_layers[0], "tokens/1");
    assert_string_equal(d->needs_layers[1], "language/1?");
    assert_null(d->needs_layers[2]);
    assert_string_equal(s->needs[1].layer, "language/1");
    assert_string_equal(d->adds_layers[0], "b/1"); /* numbers before texts */
    assert_string_equal(d->adds_layers[1], "a/1");
    assert_null(d->adds_layers[2]);
    assert_int_equal(s->adds[0].n_columns, 0);
    assert_int_equal(s->adds[1].n_columns, 2);
    assert_string_equal(s->adds[1].columns[0].name, "y");
    assert_int_equal(s->adds[1].columns[0].type, TEXTD_U8);
    assert_int_equal(d->n_options, 4);
    assert_int_equal(d->options[0].initial_integer, 1);
    assert_int_equal(d->options[1].max_integer, 9);
    assert_int_equal(d->options[1].flags, TEXTD_PER_REQUEST);
    assert_true(d->options[2].max_number == 2 && d->options[2].min_number < -1e300);
    assert_string_equal(d->options[3].choices[1], "y");
    assert_null(d->options[3].choices[2]);
    script_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_written_by_the_rules),
        cmocka_unit_test(what_has_no_rule_is_an_error_that_names_the_place),
        cmocka_unit_test(any_value_is_written_or_refused),
        cmocka_unit_test(spans_are_positions_as_lua_has_them),
        cmocka_unit_test(layers_are_added_with_their_columns),
        cmocka_unit_test(a_script_has_nothing_that_reaches_outside),
        cmocka_unit_test(sorting_keeps_what_is_alike_in_its_order),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(a_script_that_is_told_to_stop_stops),
        cmocka_unit_test(memory_is_limited_and_the_limit_is_not_caught),
        cmocka_unit_test(no_document_sees_another),
        cmocka_unit_test(a_failure_leaves_nothing_behind),
        cmocka_unit_test(what_is_made_once_can_only_be_read),
        cmocka_unit_test(a_script_tells_the_log),
        cmocka_unit_test(a_script_that_cant_be_loaded_says_why),
        cmocka_unit_test(what_a_script_declares_is_what_the_host_gets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
