/* pipes.c: `pull:`, `push:` and `publish:`, lists of endpoints. An entry is an address, or a mapping of address and bind. What is
 * bound keeps to the rules of `endpoints`; what is connected to may be on another machine, and may have a name. */
#include "daemon/config/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

const char *const td_config_pipe_keys[] = {
#define X(name, key, binds) #key,
    TD_PIPE_LISTS(X)
#undef X
};

const char *const td_config_pipe_variables[] = { "TEXTD_PULL", "TEXTD_PUSH", "TEXTD_PUBLISH" };

static const int binds_by_default[] = {
#define X(name, key, binds) binds,
    TD_PIPE_LISTS(X)
#undef X
};

/* ---- lists -------------------------------------------------------------------------------------------------------- */

static void ends_free(struct td_config_pipe_ends *ends)
{
    for (uint32_t i = 0; i < ends->n; i++)
        free(ends->all[i].address);
    free(ends->all);
    *ends = (struct td_config_pipe_ends) { NULL, 0 };
}

void td_config_pipes_free(struct td_config *config)
{
    for (int i = 0; i < TD_N_PIPE_LISTS; i++)
        ends_free(&config->pipes[i]);
}

/* Takes the address over when it returns 0. */
static int ends_add(struct td_config_pipe_ends *ends, char *address, int binds)
{
    struct td_config_pipe_end *grown = address ? realloc(ends->all, (ends->n + 1) * sizeof *grown) : NULL;

    if (!grown)
        return -1;
    ends->all = grown;
    grown[ends->n++] = (struct td_config_pipe_end) { address, binds };
    return 0;
}

int td_config_pipes_copy(struct td_config *to, const struct td_config *from)
{
    for (int list = 0; list < TD_N_PIPE_LISTS; list++)
        for (uint32_t i = 0; i < from->pipes[list].n; i++) {
            char *address = strdup(from->pipes[list].all[i].address);
            if (ends_add(&to->pipes[list], address, from->pipes[list].all[i].binds) == 0)
                continue;
            free(address);
            return -1;
        }
    return 0;
}

/* ---- the file ----------------------------------------------------------------------------------------------------- */

static int end_apply(struct td_config *config, const struct td_config_tree *tree, int list, const yaml_node_t *node,
                     const char *path, struct td_err *err)
{
    int binds = binds_by_default[list];
    const struct td_config_key keys[] = { { "bind", &binds, NULL } };
    char *address;

    int rc = td_config_entry_read(tree, node, path, &address, keys, 1, err);
    if (rc == TD_OK && ends_add(&config->pipes[list], address, binds) == 0)
        return TD_OK;
    free(address);
    return rc != TD_OK ? rc : td_config_no_memory(err);
}

int td_config_pipes_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    int rc = TD_OK;

    for (int list = 0; list < TD_N_PIPE_LISTS && rc == TD_OK; list++)
        rc = td_config_entries_each(config, tree, td_config_pipe_keys[list], &td_config_private(config)->pipes[list],
                                    end_apply, list, err);
    return rc;
}

/* ---- variables ---------------------------------------------------------------------------------------------------- */

/* Replaces a list by what stands between the separators; each entry binds or connects as is usual for its list. A
 * variable that is empty counts as not set. */
static int env_apply(struct td_config *config, int list, const char *value, struct td_err *err)
{
    static const char separators[] = ", \t\n";
    char *copy = strdup(value), *rest = NULL;

    if (!copy)
        return td_config_no_memory(err);
    ends_free(&config->pipes[list]);
    for (char *item = strtok_r(copy, separators, &rest); item; item = strtok_r(NULL, separators, &rest)) {
        char *address = strdup(item);
        if (ends_add(&config->pipes[list], address, binds_by_default[list]) != 0) {
            free(address);
            free(copy);
            return td_config_no_memory(err);
        }
    }
    free(copy);
    return td_config_origin_set(&td_config_private(config)->pipes[list], TD_ORIGIN_ENV, td_config_pipe_variables[list],
                                err);
}

int td_config_pipes_env(struct td_config *config, struct td_err *err)
{
    int rc;

    for (int list = 0; list < TD_N_PIPE_LISTS; list++) {
        const char *value = getenv(td_config_pipe_variables[list]);
        if (value && value[strspn(value, ", \t\n")] && (rc = env_apply(config, list, value, err)) != TD_OK)
            return rc;
    }
    return TD_OK;
}

/* ---- what must hold ----------------------------------------------------------------------------------------------- */

#define TCP "tcp://"

static int is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    long port = strtol(text, NULL, 10);

    return digits > 0 && digits <= 5 && text[digits] == 0 && port > 0 && port <= 65535;
}

/* A name of the DNS, an IPv4 address, or an IPv6 address in brackets. */
static int is_host(const char *text, size_t length)
{
    static const char name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

    if (length > 2 && text[0] == '[' && text[length - 1] == ']')
        return strspn(text + 1, "0123456789abcdefABCDEF:.") == length - 2;
    return length > 0 && length <= 253 && strspn(text, name) >= length;
}

static const char *connect_fault(const char *address)
{
    const char *host = address + strlen(TCP), *colon = strrchr(host, ':');

    if (colon && is_port(colon + 1) && is_host(host, (size_t)(colon - host)))
        return NULL;
    return "must be a host and a port from 1 to 65535, such as tcp://sink.example:5558";
}

static const char *end_fault(const struct td_config_pipe_end *end)
{
    int is_tcp = strncmp(end->address, TCP, strlen(TCP)) == 0;

    for (const char *c = end->address; *c; c++)
        if ((unsigned char)*c < 0x20)
            return "has a control character in it";
    if (is_tcp && !end->binds)
        return connect_fault(end->address);
    const char *fault = td_config_endpoint_fault(end->address);
    if (!fault && td_config_endpoint_is_open(end->address))
        return "can be reached from other machines, and the ends of pipelines have no encryption: bind 127.0.0.1 or an "
               "ipc:// path";
    if (!fault && is_tcp && !is_port(strrchr(end->address, ':') + 1))
        return "needs a port from 1 to 65535: the other side has to know it";
    return fault;
}

/* An endpoint is bound once, whatever for. */
static int is_elsewhere(const struct td_config *config, int list, uint32_t index)
{
    const struct td_config_pipe_end *end = &config->pipes[list].all[index];

    for (uint32_t i = 0; end->binds && i < config->n_endpoints; i++)
        if (strcmp(config->endpoints[i].address, end->address) == 0)
            return 1;
    for (int other = 0; other <= list; other++)
        for (uint32_t i = 0; i < (other == list ? index : config->pipes[other].n); i++)
            if (strcmp(config->pipes[other].all[i].address, end->address) == 0)
                return 1;
    return 0;
}

static int ends_check(const struct td_config *config, const struct td_config_tree *tree, int list, struct td_err *err)
{
    const struct td_config_origin *origin = &td_config_private(config)->pipes[list];
    const struct td_config_pipe_ends *ends = &config->pipes[list];
    char place[TD_CONFIG_PLACE_SIZE];

    if (ends->n > TD_CONFIG_MAX_PIPE_ENDS)
        return td_fail(err, TD_E_CONFIG, "%s: %s has %u entries; %d are the most", origin->place,
                       td_config_pipe_keys[list], (unsigned)ends->n, TD_CONFIG_MAX_PIPE_ENDS);
    for (uint32_t i = 0; i < ends->n; i++) {
        const char *fault = end_fault(&ends->all[i]);
        if (!fault && is_elsewhere(config, list, i))
            fault = "stands in the configuration twice";
        if (!fault)
            continue;
        td_config_item_place(origin, tree, td_config_pipe_keys[list], i, place);
        return td_fail(err, TD_E_CONFIG, "%s: %s: '%s' %s", place, td_config_pipe_keys[list],
                       td_config_quote(ends->all[i].address).text, fault);
    }
    return TD_OK;
}

int td_config_pipes_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    const struct td_config_origin *origins = td_config_private(config)->pipes;
    int rc;

    for (int list = 0; list < TD_N_PIPE_LISTS; list++)
        if ((rc = ends_check(config, tree, list, err)) != TD_OK)
            return rc;
    if (config->pipes[TD_PIPE_PULL].n > 0 && config->pipes[TD_PIPE_PUSH].n + config->pipes[TD_PIPE_PUBLISH].n == 0)
        return td_fail(err, TD_E_CONFIG, "%s: pull needs a push or a publish: replies would go nowhere",
                       origins[TD_PIPE_PULL].place);
    for (int list = TD_PIPE_PUSH; list <= TD_PIPE_PUBLISH; list++)
        if (config->pipes[TD_PIPE_PULL].n == 0 && config->pipes[list].n > 0)
            return td_fail(err, TD_E_CONFIG, "%s: %s needs a pull: nothing would ever come", origins[list].place,
                           td_config_pipe_keys[list]);
    return TD_OK;
}
