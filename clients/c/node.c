/* node.c: reading the values of a reply where they lie (see "Reading a reply" in client.h). */
#include "clients/c/reply.h"

#include <string.h>

#include "common/mp.h"

static const uint8_t node_types[] = {
    [TD_MP_NIL] = TEXTD_NODE_NIL,     [TD_MP_BOOL] = TEXTD_NODE_BOOL,    [TD_MP_INT] = TEXTD_NODE_INTEGER,
    [TD_MP_UINT] = TEXTD_NODE_NUMBER, [TD_MP_FLOAT] = TEXTD_NODE_NUMBER, [TD_MP_STR] = TEXTD_NODE_TEXT,
    [TD_MP_BIN] = TEXTD_NODE_BINARY,  [TD_MP_EXT] = TEXTD_NODE_BINARY,   [TD_MP_ARRAY] = TEXTD_NODE_ARRAY,
    [TD_MP_MAP] = TEXTD_NODE_MAP,
};

/* The value at `mp`. */
static struct textd_node node_at(struct td_mp mp)
{
    struct textd_node node = { .at = mp.at, .end = mp.end };
    struct td_mp_value v;

    if (td_mp_read(&mp, &v) != 0)
        return (struct textd_node) { 0 };
    node.type = node_types[v.type];
    node.length = v.length;
    node.text = v.bytes;
    if (v.type == TD_MP_BOOL || v.type == TD_MP_INT)
        node.integer = v.integer;
    if (v.type == TD_MP_INT)
        node.number = (double)v.integer;
    else if (v.type == TD_MP_UINT)
        node.number = (double)(uint64_t)v.integer;
    else if (v.type == TD_MP_FLOAT)
        node.number = v.number;
    return node;
}

struct textd_node textd_reply_root(const struct textd_reply *reply)
{
    const uint8_t *start = zmq_msg_data((zmq_msg_t *)&reply->body);

    return node_at((struct td_mp) { start, start + zmq_msg_size(&reply->body) });
}

struct textd_node textd_node_read(const void *bytes, size_t length)
{
    const uint8_t *start = bytes;

    return node_at((struct td_mp) { start, start + length });
}

static struct textd_node find(struct textd_node map, const char *key, size_t length)
{
    struct textd_walk walk = textd_node_walk(map);
    struct textd_node k, value;

    if (map.type == TEXTD_NODE_MAP)
        while (textd_walk_next(&walk, &k, &value))
            if (k.type == TEXTD_NODE_TEXT && k.length == length && memcmp(k.text, key, length) == 0)
                return value;
    return (struct textd_node) { 0 };
}

struct textd_node textd_node_find(struct textd_node map, const char *key)
{
    return find(map, key, strlen(key));
}

struct textd_node textd_node_path(struct textd_node map, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        map = find(map, path, length);
        if (path[length] == 0)
            return map;
        path += length + 1;
    }
}

struct textd_walk textd_node_walk(struct textd_node container)
{
    struct td_mp mp = { container.at, container.end };
    struct td_mp_value header;

    if ((container.type != TEXTD_NODE_ARRAY && container.type != TEXTD_NODE_MAP) || td_mp_read(&mp, &header) != 0)
        return (struct textd_walk) { 0 };
    return (struct textd_walk) { mp.at, mp.end, container.length, container.type == TEXTD_NODE_MAP };
}

int textd_walk_next(struct textd_walk *walk, struct textd_node *key, struct textd_node *value)
{
    struct td_mp mp = { walk->at, walk->end };

    if (walk->left == 0)
        return 0;
    walk->left--;
    if (key)
        *key = walk->is_map ? node_at(mp) : (struct textd_node) { 0 };
    if (walk->is_map && td_mp_skip(&mp) != 0)
        return 0;
    *value = node_at(mp);
    if (td_mp_skip(&mp) != 0)
        return 0;
    walk->at = mp.at;
    return 1;
}

int textd_node_is(struct textd_node node, const char *text)
{
    size_t length = strlen(text);

    return node.type == TEXTD_NODE_TEXT && node.length == length && memcmp(node.text, text, length) == 0;
}
