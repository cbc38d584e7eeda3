/* results.c: what the built-in plugins found, as structs (see "Results" in client.h). Each is filled in here as this
 * version has it, and as much of it handed out as the caller's version has. What a reply lacks, or has as another type,
 * is 0. */
#include <textd/client.h>

#include <string.h>

#include "clients/c/columns.h"
#include "clients/c/reply.h"

static int give(void *to, size_t to_size, const void *from, size_t size)
{
    memset(to, 0, to_size);
    memcpy(to, from, to_size < size ? to_size : size);
    return 1;
}

static struct textd_slice slice_of(struct textd_node node)
{
    return node.type == TEXTD_NODE_TEXT ? (struct textd_slice) { node.text, node.length } : (struct textd_slice) { 0 };
}

static struct textd_slice find_slice(struct textd_node map, const char *key)
{
    return slice_of(textd_node_find(map, key));
}

static double find_number(struct textd_node map, const char *key)
{
    return textd_node_find(map, key).number;
}

static uint32_t find_count(struct textd_node map, const char *key)
{
    int64_t n = textd_node_find(map, key).integer;

    return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static size_t offset_of(struct textd_node node)
{
    return node.type == TEXTD_NODE_INTEGER && node.integer > 0 ? (size_t)node.integer : 0;
}

/* [start, end], or a map that has both. */
static struct textd_range range_of(struct textd_node node)
{
    struct textd_walk walk = textd_node_walk(node);
    struct textd_node start = { 0 }, end = { 0 };

    if (node.type == TEXTD_NODE_MAP)
        return (struct textd_range) { offset_of(textd_node_find(node, "start")),
                                      offset_of(textd_node_find(node, "end")) };
    if (textd_walk_next(&walk, NULL, &start))
        textd_walk_next(&walk, NULL, &end);
    return (struct textd_range) { offset_of(start), offset_of(end) };
}

static struct textd_node find_path(const struct textd_reply *reply, const char *path)
{
    return textd_node_path(textd_reply_root(reply), path);
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

/* A reply is whoever's who received it, so that nobody else looks meanwhile. */
struct textd_node textd_reply_results(const struct textd_reply *reply)
{
    struct textd_reply *own = (struct textd_reply *)reply;
    struct textd_node results = textd_node_find(textd_reply_root(reply), "results");

    if (!own->has_looked) {
        own->has_looked = 1;
        own->lists = (struct td_buf) { .limit = SIZE_MAX / 4 };
        if (columns_as_lists(results, &own->lists) < 0)
            td_buf_free(&own->lists);
    }
    return own->lists.length > 0 ? textd_node_read(own->lists.bytes, own->lists.length) : results;
}

static struct textd_walk walk_path(const struct textd_reply *reply, const char *path)
{
    return textd_node_walk(textd_node_path(textd_reply_results(reply), path));
}

struct textd_walk textd_reply_sentences(const struct textd_reply *reply)
{
    return walk_path(reply, "segmenter.sentences");
}

struct textd_walk textd_reply_tokens(const struct textd_reply *reply)
{
    return walk_path(reply, "segmenter.tokens");
}

struct textd_walk textd_reply_entities(const struct textd_reply *reply)
{
    return walk_path(reply, "entities.entities");
}

struct textd_walk textd_reply_names(const struct textd_reply *reply)
{
    return walk_path(reply, "entities.names");
}

struct textd_walk textd_reply_sentiment_sentences(const struct textd_reply *reply)
{
    return walk_path(reply, "sentiment.sentences");
}

struct textd_walk textd_reply_sentiment_entities(const struct textd_reply *reply)
{
    return walk_path(reply, "sentiment.entities");
}

struct textd_walk textd_reply_summary_sentences(const struct textd_reply *reply)
{
    return walk_path(reply, "summarizer.sentences");
}

struct textd_walk textd_reply_keyphrases(const struct textd_reply *reply)
{
    return walk_path(reply, "summarizer.keyphrases");
}

/* ---- Their elements ---------------------------------------------------------------------------------------------- */

int textd_range_read(struct textd_walk *walk, struct textd_range *range, size_t size)
{
    struct textd_node node;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    struct textd_range found = range_of(node);
    return give(range, size, &found, sizeof found);
}

static struct textd_amount amount_of(struct textd_node value)
{
    struct textd_node money = textd_node_find(value, "amount"), to = textd_node_find(value, "to");

    if (value.type == TEXTD_NODE_TEXT)
        return (struct textd_amount) { .kind = TEXTD_AMOUNT_TEXT, .text = slice_of(value) };
    if (value.type != TEXTD_NODE_MAP)
        return (struct textd_amount) { 0 };
    int is_money = money.type != TEXTD_NODE_NONE;
    return (struct textd_amount) {
        .kind = is_money ? TEXTD_AMOUNT_MONEY : TEXTD_AMOUNT_NUMBER,
        .has_to = to.type != TEXTD_NODE_NONE,
        .number = is_money ? money.number : find_number(value, "number"),
        .to = to.number,
        .unit = find_slice(value, is_money ? "currency" : "unit"),
    };
}

int textd_entity_read(struct textd_walk *walk, struct textd_entity *entity, size_t size)
{
    struct textd_node node, ref;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    ref = textd_node_find(node, "ref");
    struct textd_entity found = {
        .range = range_of(node),
        .type = find_slice(node, "type"),
        .text = find_slice(node, "text"),
        .score = find_number(node, "score"),
        .id = find_slice(node, "id"),
        .value = amount_of(textd_node_find(node, "value")),
        .name_score = find_number(node, "name_score"),
        .has_ref = ref.type == TEXTD_NODE_INTEGER && ref.integer >= 0 && ref.integer <= UINT32_MAX,
        .ref = find_count(node, "ref"),
    };
    return give(entity, size, &found, sizeof found);
}

int textd_name_read(struct textd_walk *walk, struct textd_name *name, size_t size)
{
    struct textd_node node;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    struct textd_name found = {
        .name = find_slice(node, "name"),
        .type = find_slice(node, "type"),
        .mentions = find_count(node, "mentions"),
        .first = find_count(node, "first"),
    };
    return give(name, size, &found, sizeof found);
}

static struct textd_sentiment sentiment_of(struct textd_node node)
{
    return (struct textd_sentiment) {
        .range = range_of(node),
        .score = find_number(node, "score"),
        .confidence = find_number(node, "confidence"),
        .label = find_slice(node, "label"),
        .domain = find_slice(node, "domain"),
    };
}

int textd_sentiment_read(struct textd_walk *walk, struct textd_sentiment *sentiment, size_t size)
{
    struct textd_node node;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    struct textd_sentiment found = sentiment_of(node);
    return give(sentiment, size, &found, sizeof found);
}

int textd_summary_sentence_read(struct textd_walk *walk, struct textd_summary_sentence *sentence, size_t size)
{
    struct textd_node node;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    struct textd_summary_sentence found = {
        .range = range_of(node),
        .score = find_number(node, "score"),
        .rank = find_count(node, "rank"),
        .reasons = textd_node_find(node, "reasons"),
    };
    return give(sentence, size, &found, sizeof found);
}

int textd_keyphrase_read(struct textd_walk *walk, struct textd_keyphrase *keyphrase, size_t size)
{
    struct textd_node node;

    if (!textd_walk_next(walk, NULL, &node))
        return 0;
    struct textd_keyphrase found = {
        .range = range_of(node),
        .text = find_slice(node, "text"),
        .score = find_number(node, "score"),
        .count = find_count(node, "count"),
    };
    return give(keyphrase, size, &found, sizeof found);
}

/* ---- Of the whole text, and of the request ----------------------------------------------------------------------- */

int textd_reply_sentiment_read(const struct textd_reply *reply, struct textd_sentiment *sentiment, size_t size)
{
    struct textd_node node = find_path(reply, "results.sentiment");

    if (node.type != TEXTD_NODE_MAP)
        return 0;
    struct textd_sentiment found = sentiment_of(node);
    return give(sentiment, size, &found, sizeof found);
}

int textd_reply_summary_read(const struct textd_reply *reply, struct textd_summary *summary, size_t size)
{
    struct textd_node node = find_path(reply, "results.summarizer");
    struct textd_node headline = textd_node_find(node, "headline");

    if (node.type != TEXTD_NODE_MAP)
        return 0;
    struct textd_summary found = {
        .text = find_slice(node, "summary"),
        .headline = find_slice(headline, "text"),
        .headline_range = range_of(headline),
    };
    return give(summary, size, &found, sizeof found);
}

struct textd_node textd_reply_meta(const struct textd_reply *reply)
{
    return textd_node_find(textd_reply_root(reply), "meta");
}

struct textd_slice textd_reply_language(const struct textd_reply *reply)
{
    return slice_of(find_path(reply, "doc.language"));
}

struct textd_slice textd_reply_warning(const struct textd_reply *reply, size_t i)
{
    struct textd_walk walk = textd_node_walk(textd_node_find(textd_reply_root(reply), "warnings"));
    struct textd_node warning;

    while (textd_walk_next(&walk, NULL, &warning))
        if (i-- == 0)
            return slice_of(warning);
    return (struct textd_slice) { 0 };
}

int textd_reply_plugin_error(const struct textd_reply *reply, const char *plugin, struct textd_slice *code,
                             struct textd_slice *message)
{
    struct textd_node error = textd_node_find(textd_node_find(textd_reply_root(reply), "errors"), plugin);

    if (error.type != TEXTD_NODE_MAP)
        return 0;
    *code = find_slice(error, "code");
    *message = find_slice(error, "message");
    return 1;
}
