/* memory.c: defaults that fit the memory that there is: what a server may promise, a container of 256 MiB may not. Only
 * defaults give way: what somebody wrote is what holds, and is told when it is more than there is. */
#include "daemon/config/parts.h"

#include <stdio.h>

#include "common/allowance.h"
#include "common/log.h"

/* X(setting, part, least): the default is 1/part of the memory, at most what TD_SETTINGS has, at least this. In the order in
 * which they depend on each other: no document may be larger than what may wait.
 *
 * Measured with all plugins: textd has 24 MiB with two workers, and prose of D bytes takes some 22 D while it is run and
 * its reply of 6 D is sent. So four workers may be at the largest documents, and five of their replies (three, where there
 * is memory for the largest of all) wait for one connection, which its share must have room for: beyond it they are
 * dropped. The supervisor's bounds are 7/16 in all, most
 * of which nobody uses. workers.memory and limits.document_memory are address space: models count, though all
 * workers share them, and below the least a worker wouldn't start. */
#define SHARES(X) \
    X(limits_document_bytes, 256, 256 * TD_KIB) \
    X(limits_reply_bytes, 8, 8 * TD_MIB) \
    X(limits_document_memory, 2, 32 * TD_MIB) \
    X(workers_memory, 2, 64 * TD_MIB) \
    X(queue_bytes, 8, 8 * TD_MIB) \
    X(queue_unread_bytes, 16, 16 * TD_MIB) \
    X(client_bytes, 16, 4 * TD_MIB) \
    X(client_reply_bytes, 8, 8 * TD_MIB)

static const struct {
    int setting;
    int64_t part, least;
} shares[] = {
#define X(setting, part, least) { TD_SETTING_##setting, part, least },
    SHARES(X)
#undef X
};

/* So that it can be read, and said in the file's units. */
static int64_t round_down(int64_t bytes)
{
    int64_t unit = bytes >= 8 * TD_MIB ? TD_MIB : 256 * TD_KIB;

    return bytes / unit * unit;
}

static int64_t *value_of(struct td_config *config, int setting)
{
    return (int64_t *)(void *)((char *)&config->set + td_config_settings[setting].offset);
}

static int is_default(const struct td_config *config, int setting)
{
    return td_config_private(config)->settings[setting].origin == TD_ORIGIN_DEFAULT;
}

int td_config_memory_fit(struct td_config *config, const char *root, struct td_err *err)
{
    struct td_allowance allowance = td_allowance_read(root);
    uint64_t memory = td_allowance_memory(&allowance);
    char words[64], place[96];

    td_config_private(config)->allowance = allowance;
    if (memory == 0)
        return TD_OK;
    snprintf(place, sizeof place, "default, of %s", td_allowance_words(&allowance, words, sizeof words));
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        int setting = shares[i].setting,
            holds_documents = setting == TD_SETTING_queue_bytes || setting == TD_SETTING_client_bytes;
        int64_t *value = value_of(config, setting), least = shares[i].least;
        int64_t part = round_down((int64_t)(memory / (uint64_t)shares[i].part));
        if (holds_documents && least < config->set.limits_document_bytes)
            least = config->set.limits_document_bytes; /* which somebody may have set */
        if (part < least)
            part = least;
        if (!is_default(config, setting) || part >= *value)
            continue;
        *value = part;
        int rc = td_config_origin_set(&td_config_private(config)->settings[setting], TD_ORIGIN_DEFAULT, place, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

void td_config_memory_tell(const struct td_config *config)
{
    const struct td_config_private *private = td_config_private(config);
    uint64_t memory = td_allowance_memory(&private->allowance);
    char words[64], text[32];

    for (int i = 0; i < TD_N_SETTINGS && memory > 0; i++) {
        const struct td_config_setting *setting = &td_config_settings[i];
        int64_t value = setting->type == TD_TYPE_BYTES
                            ? *(const int64_t *)(const void *)((const char *)&config->set + setting->offset)
                            : 0;
        if (is_default(config, i) || (uint64_t)value <= memory)
            continue;
        char name[TD_CONFIG_NAME_SIZE];
        snprintf(name, sizeof name, "%s.%s", setting->section, setting->key);
        td_config_number_print(setting->type, value, text, sizeof text);
        td_log(TD_LOG_WARN, "config.beyond_memory", TD_STR("setting", name), TD_STR("value", text),
               TD_STR("where", private->settings[i].place),
               TD_STR("memory", td_allowance_words(&private->allowance, words, sizeof words)),
               TD_STR("action", "none: it holds, and the kernel may end processes before it is reached"));
    }
}
