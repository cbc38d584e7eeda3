/* catalogue.c: tells the supervisor what plugins this process has (td_plugin_catalogue). The supervisor never opens a
 * library; all that it says or checks about plugins comes from here. daemon/both/catalogue.c reads it. */
#include "daemon/worker/plugin.h"

static void pack_names(msgpack_packer *packer, const char *const *names)
{
    uint32_t n = 0;

    while (names && names[n])
        n++;
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, names[i]);
}

static void pack_option(msgpack_packer *packer, const struct textd_option *o)
{
    msgpack_pack_array(packer, 12);
    msgpack_pack_uint32(packer, o->type);
    msgpack_pack_uint32(packer, o->flags);
    td_pack_str(packer, o->name);
    td_pack_str(packer, o->help);
    msgpack_pack_int64(packer, o->initial_integer);
    msgpack_pack_int64(packer, o->min_integer);
    msgpack_pack_int64(packer, o->max_integer);
    msgpack_pack_double(packer, o->initial_number);
    msgpack_pack_double(packer, o->min_number);
    msgpack_pack_double(packer, o->max_number);
    td_pack_str(packer, o->initial_text ? o->initial_text : "");
    pack_names(packer, o->choices);
}

void td_plugin_catalogue(const struct td_plugin_set *set, struct td_buf *out)
{
    msgpack_packer packer = td_buf_packer(out);

    msgpack_pack_array(&packer, set->n);
    for (uint32_t i = 0; i < set->n; i++) {
        const struct td_plugin *plugin = &set->plugins[i];
        msgpack_pack_array(&packer, 9);
        td_pack_str(&packer, plugin->name);
        td_pack_str(&packer, plugin->source.path);
        td_pack_str(&packer, plugin->entry.name);
        td_pack_str(&packer, plugin->entry.version);
        td_pack_str(&packer, plugin->entry.license);
        td_pack_str(&packer, plugin->entry.summary);
        pack_names(&packer, plugin->entry.needs_layers);
        pack_names(&packer, plugin->entry.adds_layers);
        msgpack_pack_array(&packer, plugin->options.n);
        for (uint32_t k = 0; k < plugin->options.n; k++)
            pack_option(&packer, td_options_at(&plugin->options, k));
    }
}
