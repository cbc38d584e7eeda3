/* endpoints.c: `endpoints:`, where clients connect: read, checked, printed. One that other machines can reach must be
 * encrypted, unless the operator writes that it need not be: then it is said at each start. */
#include "daemon/config/tree.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "common/utf8.h"

#define IPC "ipc://"
#define TCP "tcp://"

/* Behind an endpoint in a variable or a flag: as `insecure: true` in the file. No path ends so by chance: it would have
 * to be meant. */
#define INSECURE "!insecure"

/* ---- the list ----------------------------------------------------------------------------------------------------- */

void td_config_endpoints_free(struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_endpoints; i++) {
        free(config->endpoints[i].address);
        free(config->endpoints[i].key_file);
    }
    free(config->endpoints);
    config->endpoints = NULL;
    config->n_endpoints = 0;
}

/* Takes the texts over when it returns 0. */
static int add(struct td_config *config, struct td_config_endpoint endpoint)
{
    struct td_config_endpoint *grown =
        endpoint.address ? realloc(config->endpoints, (config->n_endpoints + 1) * sizeof *grown) : NULL;

    if (!grown)
        return -1;
    config->endpoints = grown;
    grown[config->n_endpoints++] = endpoint;
    return 0;
}

int td_config_endpoints_add(struct td_config *config, const char *text, struct td_err *err)
{
    struct td_config_endpoint endpoint = { .address = strdup(text) };
    size_t length = strlen(text), mark = strlen(INSECURE);

    endpoint.insecure = endpoint.address && length > mark && strcmp(text + length - mark, INSECURE) == 0;
    if (endpoint.insecure)
        endpoint.address[length - mark] = 0;
    if (add(config, endpoint) == 0)
        return TD_OK;
    free(endpoint.address);
    return td_config_no_memory(err);
}

int td_config_endpoints_copy(struct td_config *to, const struct td_config *from)
{
    for (uint32_t i = 0; i < from->n_endpoints; i++) {
        const struct td_config_endpoint *old = &from->endpoints[i];
        struct td_config_endpoint new = { .address = strdup(old->address),
                                          .key_file = old->key_file ? strdup(old->key_file) : NULL,
                                          .insecure = old->insecure };
        if ((!old->key_file || new.key_file) && add(to, new) == 0)
            continue;
        free(new.address);
        free(new.key_file);
        return -1;
    }
    return 0;
}

static int apply_one(struct td_config *config, const struct td_config_tree *tree, int list, const yaml_node_t *node,
                     const char *path, struct td_err *err)
{
    struct td_config_endpoint endpoint = { .address = NULL };
    const struct td_config_key keys[] = { { "insecure", &endpoint.insecure, NULL },
                                          { "key_file", NULL, &endpoint.key_file } };

    (void)list;
    int rc = td_config_entry_read(tree, node, path, &endpoint.address, keys, sizeof keys / sizeof keys[0], err);
    if (rc == TD_OK && add(config, endpoint) == 0)
        return TD_OK;
    free(endpoint.address);
    free(endpoint.key_file);
    return rc != TD_OK ? rc : td_config_no_memory(err);
}

/* The file's list replaces the built-in one, also when it is []; a key with nothing after it says nothing. */
int td_config_endpoints_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    const yaml_node_t *node = td_config_tree_find(tree, "endpoints");

    if (node && node->type == YAML_SEQUENCE_NODE)
        td_config_endpoints_free(config);
    return td_config_entries_each(config, tree, "endpoints", &td_config_private(config)->endpoints, apply_one, 0, err);
}

int td_config_endpoints_env(struct td_config *config, struct td_err *err)
{
    static const char variable[] = "TEXTD_ENDPOINTS", separators[] = ", \t\n";
    const char *value = getenv(variable);
    char *copy, *rest = NULL;
    int rc = TD_OK;

    if (!value || value[strspn(value, separators)] == 0)
        return TD_OK;
    if (!(copy = strdup(value)))
        return td_config_no_memory(err);
    td_config_endpoints_free(config);
    for (char *item = strtok_r(copy, separators, &rest); item && rc == TD_OK; item = strtok_r(NULL, separators, &rest))
        rc = td_config_endpoints_add(config, item, err);
    free(copy);
    return rc != TD_OK ? rc : td_config_origin_set(&td_config_private(config)->endpoints, TD_ORIGIN_ENV, variable, err);
}

int td_config_endpoints_flags(struct td_config *config, const struct td_config_flags *flags, struct td_err *err)
{
    int rc = TD_OK;

    if (flags->n_endpoints == 0)
        return TD_OK;
    td_config_endpoints_free(config);
    for (uint32_t i = 0; i < flags->n_endpoints && rc == TD_OK; i++)
        rc = td_config_endpoints_add(config, flags->endpoints[i], err);
    return rc != TD_OK ? rc
                       : td_config_origin_set(&td_config_private(config)->endpoints, TD_ORIGIN_FLAG, "--endpoint", err);
}

/* ---- what must hold ----------------------------------------------------------------------------------------------- */

static int is_tcp(const char *address)
{
    return strncmp(address, TCP, strlen(TCP)) == 0;
}

const char *td_config_ipc_fault(const char *endpoint)
{
    const char *path = endpoint + strlen(IPC);

    if (path[0] == 0 || path[0] == '*')
        return "needs a path, such as ipc:///run/textd/textd.sock";
    if (path[0] == '@')
        return "has no permissions: any user of this machine could connect; name a file";
    if (strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path)
        return "has a path that is too long for a socket: at most 107 bytes";
    return NULL;
}

static int is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (strcmp(text, "*") == 0)
        return 1;
    return digits > 0 && digits <= 5 && text[digits] == 0 && strtol(text, NULL, 10) <= 65535;
}

/* -1 when the host is not an address, else whether only this machine can reach it. */
static int is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    size_t length = strlen(host);
    char inner[INET6_ADDRSTRLEN];

    if (strcmp(host, "*") == 0)
        return 0;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (length < 3 || host[0] != '[' || host[length - 1] != ']' || length - 2 >= sizeof inner)
        return -1;
    snprintf(inner, sizeof inner, "%.*s", (int)(length - 2), host + 1);
    return inet_pton(AF_INET6, inner, &v6) == 1 ? IN6_IS_ADDR_LOOPBACK(&v6) != 0 : -1;
}

int td_config_is_loopback_place(const char *place)
{
    char host[64];
    const char *colon = strrchr(place, ':');

    if (!colon || (size_t)(colon - place) >= sizeof host || !is_port(colon + 1))
        return -1;
    snprintf(host, sizeof host, "%.*s", (int)(colon - place), place);
    return is_loopback(host);
}

const char *td_config_endpoint_fault(const char *endpoint)
{
    if (td_utf8_check(endpoint, strlen(endpoint), NULL) != strlen(endpoint))
        return "is not UTF-8";
    if (strncmp(endpoint, IPC, strlen(IPC)) == 0)
        return td_config_ipc_fault(endpoint);
    if (!is_tcp(endpoint))
        return "must start with ipc:// or tcp://";
    return td_config_is_loopback_place(endpoint + strlen(TCP)) < 0
               ? "must be a numeric address and a port, such as tcp://127.0.0.1:7411"
               : NULL;
}

int td_config_endpoint_is_open(const char *endpoint)
{
    return is_tcp(endpoint) && td_config_is_loopback_place(endpoint + strlen(TCP)) == 0;
}

const char *td_config_endpoint_key_file(const struct td_config *config, uint32_t index)
{
    const struct td_config_endpoint *endpoint = &config->endpoints[index];

    if (endpoint->key_file)
        return endpoint->key_file;
    return is_tcp(endpoint->address) && !endpoint->insecure ? config->set.curve_key_file : NULL;
}

static const char *fault_of(const struct td_config *config, uint32_t index)
{
    const struct td_config_endpoint *endpoint = &config->endpoints[index];
    const char *fault = td_config_endpoint_fault(endpoint->address);

    for (uint32_t i = 0; i < index && !fault; i++)
        if (strcmp(endpoint->address, config->endpoints[i].address) == 0)
            fault = "stands in the list twice";
    if (!fault && endpoint->key_file && endpoint->key_file[0] != '/')
        fault = "has a key_file that is no absolute path";
    if (!fault && endpoint->key_file && endpoint->insecure)
        fault = "has a key_file, and is to be insecure; leave one of them out";
    if (!fault && td_config_endpoint_is_open(endpoint->address) && !endpoint->insecure &&
        !td_config_endpoint_key_file(config, index))
        fault =
            "can be reached from other machines: set curve.key_file, so that it is encrypted and knows its clients; or "
            "bind 127.0.0.1 or an ipc:// path";
    return fault;
}

int td_config_endpoints_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    const struct td_config_origin *origin = &td_config_private(config)->endpoints;
    char place[TD_CONFIG_PLACE_SIZE];

    if (config->n_endpoints == 0)
        return td_fail(err, TD_E_CONFIG, "%s: endpoints is empty; list at least one", origin->place);
    if (config->n_endpoints > TD_CONFIG_MAX_ENDPOINTS)
        return td_fail(err, TD_E_CONFIG, "%s: %u endpoints; %d are the most", origin->place,
                       (unsigned)config->n_endpoints, TD_CONFIG_MAX_ENDPOINTS);
    for (uint32_t i = 0; i < config->n_endpoints; i++) {
        const char *fault = fault_of(config, i);
        if (!fault)
            continue;
        td_config_item_place(origin, tree, "endpoints", i, place);
        return td_fail(err, TD_E_CONFIG, "%s: '%s' %s", place, td_config_quote(config->endpoints[i].address).text,
                       fault);
    }
    return TD_OK;
}

/* curve.key_file and curve.clients go together, and with an endpoint that uses them. */
int td_config_curve_check(const struct td_config *config, struct td_err *err)
{
    const struct td_config_origin *origins = td_config_private(config)->settings;
    const char *key_file = config->set.curve_key_file, *clients = config->set.curve_clients;
    int is_used = 0;

    for (uint32_t i = 0; i < config->n_endpoints; i++)
        is_used |= td_config_endpoint_key_file(config, i) != NULL;
    if (key_file && key_file[0] != '/')
        return td_fail(err, TD_E_CONFIG, "%s: curve.key_file: '%s' must be an absolute path",
                       origins[TD_SETTING_curve_key_file].place, td_config_quote(key_file).text);
    if (clients && clients[0] != '/')
        return td_fail(err, TD_E_CONFIG, "%s: curve.clients: '%s' must be an absolute path",
                       origins[TD_SETTING_curve_clients].place, td_config_quote(clients).text);
    if (key_file && !is_used)
        return td_fail(err, TD_E_CONFIG, "%s: curve.key_file is set, and no endpoint uses it: add a tcp:// one",
                       origins[TD_SETTING_curve_key_file].place);
    if (is_used && !clients)
        return td_fail(
            err, TD_E_CONFIG,
            "%s: curve.clients isn't set, and an endpoint is encrypted: name the folder with the public keys "
            "of those who may come in",
            key_file ? origins[TD_SETTING_curve_key_file].place : td_config_private(config)->endpoints.place);
    if (clients && !is_used)
        return td_fail(err, TD_E_CONFIG, "%s: curve.clients is set, and no endpoint is encrypted: set curve.key_file",
                       origins[TD_SETTING_curve_clients].place);
    return TD_OK;
}
