/* options.c: see options.h. One table has each option's word, value, meaning and place; the page is printed from it. */
#include "clients/nats/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nats/nats.h>
#include <textd/client.h>
#include <textd/version.h>

#define USAGE 64 /* EX_USAGE of sysexits.h */

enum kind { HEADING, FLAG, TEXT, LIST, TIME, COUNT, BYTES, NAME };

struct row {
    enum kind kind;
    const char *name, *value, *what;
    size_t at, n_at;
    uint32_t least, most;
};

#define AT(field) offsetof(struct options, field)

static const struct row rows[] = {
    { HEADING, NULL, NULL, "NATS:", 0, 0, 0, 0 },
    { LIST, "server", "URL", "a server of the cluster; may be repeated (default: nats://127.0.0.1:4222)", AT(servers),
      AT(n_servers), 0, 0 },
    { TEXT, "creds", "F", "a credentials file: the user's JWT and its seed", AT(creds), 0, 0, 0 },
    { TEXT, "nkey", "F", "an nkey: the file with its seed", AT(nkey), 0, 0, 0 },
    { TEXT, "user", "U", "a user's name, with --password-file", AT(user), 0, 0, 0 },
    { TEXT, "password-file", "F", "the file with its password", AT(password_file), 0, 0, 0 },
    { TEXT, "token-file", "F", "the file with a token", AT(token_file), 0, 0, 0 },
    { FLAG, "tls", NULL, "TLS, by the system's certificates; --ca, --cert and --key say it, too", AT(tls), 0, 0, 0 },
    { TEXT, "ca", "F", "the authorities that the server's certificate must be of", AT(ca), 0, 0, 0 },
    { TEXT, "cert", "F", "our own certificate, with --key", AT(cert), 0, 0, 0 },
    { TEXT, "key", "F", "and its key", AT(key), 0, 0, 0 },
    { TEXT, "inbox-prefix", "P", "where answers come in, for accounts that restrict it (default: _INBOX)",
      AT(inbox_prefix), 0, 0, 0 },
    { HEADING, NULL, NULL, "Streams:", 0, 0, 0, 0 },
    { NAME, "stream", "S", "documents (default: DOCS)", AT(stream), 0, 0, 0 },
    { NAME, "results", "S", "what becomes of them (default: RESULTS)", AT(results), 0, 0, 0 },
    { NAME, "dead", "S", "those that can't be annotated, each with its error (default: DEAD)", AT(dead), 0, 0, 0 },
    { NAME, "consumer", "C", "the durable consumer that all bridges share (default: textd)", AT(consumer), 0, 0, 0 },
    { TIME, "ack-wait", "D", "how long the consumer waits for a sign of life of a document (default: 30s)",
      AT(ack_wait_ms), 0, 1000, 86400000 },
    { HEADING, NULL, NULL, "The bridge:", 0, 0, 0, 0 },
    { LIST, "endpoint", "E", "a textd; may be repeated (default: $TEXTD_ENDPOINT, or this user's)", AT(endpoints),
      AT(n_endpoints), 0, 0 },
    { TEXT, "curve-key", "F", "for encrypted endpoints: the file with our secret key, of textctl keygen", AT(curve_key),
      0, 0, 0 },
    { TEXT, "curve-server-key", "K", "and the daemons' public key, or its file", AT(curve_server_key), 0, 0, 0 },
    { COUNT, "window", "N", "documents under way (default: 64 for each worker that the daemons have)", AT(window), 0, 1,
      65536 },
    { COUNT, "deliveries", "N", "a document that was delivered more often is poison (default: 10)", AT(deliveries), 0,
      1, 1000000 },
    { TEXT, "service", "SUBJECT", "also answer requests on this subject, as the NATS service 'textd'", AT(service), 0,
      0, 0 },
    { TEXT, "listen", "H:P", "health and metrics by HTTP, such as 127.0.0.1:7414 (default: none)", AT(listen), 0, 0,
      0 },
    { TIME, "grace", "D", "on SIGTERM, how long documents under way may take (default: 25s)", AT(grace_ms), 0, 1,
      86400000 },
    { TEXT, "log-format", "W", "logfmt (default) or json", AT(log_format), 0, 0, 0 },
    { TEXT, "log-level", "W", "error, warn, info (default) or debug", AT(log_level), 0, 0, 0 },
    { HEADING, NULL, NULL, "textd-nats setup:", 0, 0, 0, 0 },
    { FLAG, "check", NULL, "change nothing: only say what differs", AT(check), 0, 0, 0 },
    { FLAG, "update", NULL, "change what is there and differs, where NATS allows it", AT(update), 0, 0, 0 },
    { COUNT, "replicas", "N", "of each stream (default: 3 in a cluster, else 1)", AT(replicas), 0, 1, 5 },
    { TEXT, "storage", "W", "file (default) or memory", AT(storage), 0, 0, 0 },
    { TIME, "duplicates", "D",
      "how long an id is remembered: longer than any redelivery (default: 10m; two weeks at most)", AT(duplicates_ms),
      0, 1000, 1209600000 },
    { BYTES, "max-bytes", "N", "of each stream, with K, M, G or T; then publishers are refused (default: no limit)",
      AT(max_bytes), 0, 0, 0 },
    { COUNT, "max-ack-pending", "N", "documents under way in all bridges together (default: 20000)",
      AT(max_ack_pending), 0, 1, 1000000 },
    { HEADING, NULL, NULL, "Both:", 0, 0, 0, 0 },
    { FLAG, "version", NULL, "print versions", 0, 0, 0, 0 },
    { FLAG, "help", NULL, "this page", 0, 0, 0, 0 },
};

#define N_ROWS (sizeof rows / sizeof rows[0])

static void print_page(FILE *out)
{
    fputs("usage: textd-nats [option]...          documents of a JetStream stream through textd, results into another\n"
          "       textd-nats setup [option]...    make the streams and the consumer, and say what differs\n",
          out);
    for (size_t i = 0; i < N_ROWS; i++) {
        char left[48];
        if (rows[i].kind == HEADING) {
            fprintf(out, "\n%s\n", rows[i].what);
            continue;
        }
        snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].value ? " " : "",
                 rows[i].value ? rows[i].value : "");
        fprintf(out, "  %-24s %s\n", left, rows[i].what);
    }
    fputs("\nExit codes: 0 done; 1 setup: something differs; 64 usage; 69 setup: NATS isn't there; 78 a file can't be "
          "used.\n",
          out);
}

static int complain(const char *name, const char *text, const char *right)
{
    fprintf(stderr, "textd-nats: --%s is '%s'; %s\n", name, text, right);
    return USAGE;
}

static int read_time(const struct row *row, const char *text, uint32_t *ms)
{
    static const struct {
        const char *suffix;
        uint64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);

    for (size_t i = 0; text[0] >= '0' && text[0] <= '9' && !errno && i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].suffix) == 0 && n <= row->most / units[i].ms && n * units[i].ms >= row->least) {
            *ms = (uint32_t)(n * units[i].ms);
            return 0;
        }
    char right[96];
    snprintf(right, sizeof right, "write a time such as 500ms, 30s or 10m, from %u ms to %u ms", row->least, row->most);
    return complain(row->name, text, right);
}

static int read_count(const struct row *row, const char *text, uint32_t *count)
{
    char *end, right[64];
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);

    if (text[0] >= '0' && text[0] <= '9' && !errno && !*end && n >= row->least && n <= row->most) {
        *count = (uint32_t)n;
        return 0;
    }
    snprintf(right, sizeof right, "allowed: %u to %u", row->least, row->most);
    return complain(row->name, text, right);
}

static int read_bytes(const struct row *row, const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    int shift = unit ? 10 * (int)(unit - units + 1) : 0;

    if (text[0] >= '1' && text[0] <= '9' && !errno && (!*end || (unit && !end[1])) &&
        n <= (uint64_t)INT64_MAX >> shift) {
        *bytes = (uint64_t)n << shift;
        return 0;
    }
    return complain(row->name, text, "write bytes such as 500M or 10G");
}

/* Streams and consumers are parts of subjects, which dots and blanks would split and stars make another's. */
static int check_name(const struct row *row, const char *text)
{
    if (text[0] && strlen(text) < OPTIONS_NAME_BYTES && !strpbrk(text, ".*> \t\r\n/\\"))
        return 0;
    return complain(row->name, text, "a name has 1 to 127 bytes, and no dots, stars, slashes or blanks");
}

static int set(struct options *options, const struct row *row, const char *text)
{
    char *at = (char *)options + row->at;
    int *n;

    switch (row->kind) {
    case FLAG:
        *(int *)(void *)at = 1;
        return 0;
    case NAME:
        if (check_name(row, text) != 0)
            return USAGE;
        *(const char **)(void *)at = text;
        return 0;
    case TEXT:
        *(const char **)(void *)at = text;
        return text[0] ? 0 : complain(row->name, text, "it must not be empty");
    case LIST:
        n = (int *)(void *)((char *)options + row->n_at);
        if (*n == OPTIONS_MAX_LIST)
            return complain(row->name, text, "there are 16 already, and that is all that there may be");
        ((const char **)(void *)at)[(*n)++] = text;
        return 0;
    case TIME:
        return read_time(row, text, (uint32_t *)(void *)at);
    case COUNT:
        return read_count(row, text, (uint32_t *)(void *)at);
    case BYTES:
        return read_bytes(row, text, (uint64_t *)(void *)at);
    case HEADING:
        break;
    }
    return USAGE;
}

/* A subject that one may listen on without hearing others' messages. */
static int is_subject(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && n < OPTIONS_NAME_BYTES && !strpbrk(text, "*> \t\r\n") && text[0] != '.' && text[n - 1] != '.' &&
           !strstr(text, "..") && text[0] != '$';
}

static int check(const struct options *o)
{
    static const char *const levels[] = { "error", "warn", "info", "debug" };
    int known = 0;

    for (size_t i = 0; i < 4; i++)
        known |= strcmp(o->log_level, levels[i]) == 0;
    if (!known)
        return complain("log-level", o->log_level, "it must be error, warn, info or debug");
    if (strcmp(o->log_format, "logfmt") != 0 && strcmp(o->log_format, "json") != 0)
        return complain("log-format", o->log_format, "it must be logfmt or json");
    if (strcmp(o->storage, "file") != 0 && strcmp(o->storage, "memory") != 0)
        return complain("storage", o->storage, "it must be file or memory");
    if (o->service && !is_subject(o->service))
        return complain("service", o->service, "it must be a subject without wildcards, such as textd.annotate");
    if (!o->cert != !o->key)
        return complain(o->cert ? "cert" : "key", o->cert ? o->cert : o->key, "--cert and --key go together");
    if (!o->user != !o->password_file)
        return complain(o->user ? "user" : "password-file", o->user ? o->user : o->password_file,
                        "--user and --password-file go together");
    if (strcmp(o->stream, o->results) == 0 || strcmp(o->stream, o->dead) == 0)
        return complain("stream", o->stream, "results and dead letters can't go into the stream of the documents");
    return 0;
}

static void set_defaults(struct options *o)
{
    if (o->n_servers == 0)
        o->servers[o->n_servers++] = "nats://127.0.0.1:4222";
    if (o->n_endpoints == 0)
        o->endpoints[o->n_endpoints++] = NULL; /* libtextd's default */
}

int options_read(struct options *options, int argc, char **argv)
{
    struct option words[N_ROWS + 1] = { { 0 } };
    int n = 0, word, index, rc = 0;

    *options = (struct options) { .stream = "DOCS",
                                  .results = "RESULTS",
                                  .dead = "DEAD",
                                  .consumer = "textd",
                                  .inbox_prefix = "_INBOX",
                                  .deliveries = 10,
                                  .ack_wait_ms = 30000,
                                  .grace_ms = 25000,
                                  .log_format = "logfmt",
                                  .log_level = "info",
                                  .duplicates_ms = 600000,
                                  .max_ack_pending = 20000,
                                  .storage = "file" };
    if (argc > 1 && strcmp(argv[1], "setup") == 0) {
        options->is_setup = 1;
        argc--, argv++;
    }
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].kind != HEADING)
            words[n++] = (struct option) { rows[i].name, rows[i].kind != FLAG, NULL, 1000 + (int)i };
    while (rc == 0 && (word = getopt_long(argc, argv, "hV", words, &index)) != -1) {
        const struct row *row = word >= 1000 ? &rows[word - 1000] : NULL;
        if (word == 'h' || (row && strcmp(row->name, "help") == 0)) {
            print_page(stdout);
            return -1;
        }
        if (word == 'V' || (row && strcmp(row->name, "version") == 0)) {
            printf("textd-nats %s\nlibtextd %s, libnats %s\n", TEXTD_VERSION, textd_client_version(),
                   nats_GetVersion());
            return -1;
        }
        rc = row ? set(options, row, optarg) : USAGE;
    }
    if (rc == 0 && optind < argc) {
        fprintf(stderr, "textd-nats: '%s' is no word of its own; see textd-nats --help\n", argv[optind]);
        rc = USAGE;
    }
    set_defaults(options);
    return rc ? rc : check(options);
}
