/* secrets.c: the files of secret options (TEXTD_SECRET in plugin.h). Only the plugin knows which of its options are secret, and a
 * worker can't open files; so what any option "…_file" names is read here, once for a generation, and kept beside the path. What
 * isn't a secret's file is never looked at. Why one could not be read is kept, too: the worker says it when it matters. */
#include "daemon/config/parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/secret_file.h"

#define SUFFIX "_file"

static int is_file_option(const struct td_config_option *option)
{
    size_t length = strlen(option->name), suffix = sizeof SUFFIX - 1;

    return length > suffix && strcmp(option->name + length - suffix, SUFFIX) == 0;
}

void td_config_secrets_forget(struct td_config_option *option)
{
    if (option->secret)
        explicit_bzero(option->secret, strlen(option->secret));
    free(option->secret);
    free(option->secret_fault);
    option->secret = option->secret_fault = NULL;
}

int td_config_secrets_read(struct td_config *config, struct td_err *err)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        for (uint32_t k = 0; k < config->plugins[i].n_options; k++) {
            struct td_config_option *option = &config->plugins[i].options[k];
            if (!is_file_option(option))
                continue;
            td_config_secrets_forget(option);
            td_secret_file_read(option->value, &option->secret, &option->secret_fault);
            if (!option->secret && !option->secret_fault)
                return td_config_no_memory(err);
        }
    return TD_OK;
}
