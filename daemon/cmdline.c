/* cmdline.c: see cmdline.h. */
#include "daemon/cmdline.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include <msgpack.h>
#include <textd/plugin.h>
#include <textd/version.h>
#include <uv.h>
#include <zmq.h>

#include "daemon/zmq.h"

#ifndef TEXTD_COMMIT
#define TEXTD_COMMIT "unknown"
#endif

static void print_help(void)
{
    puts("textd annotates text: it takes documents over ZeroMQ, or HTTP, runs them through plugins in\n"
         "worker processes, and answers in MessagePack, or JSON.\n"
         "\n"
         "usage: textd [option]...\n"
         "\n"
         "  -c, --config FILE     read the configuration from FILE (default: $TEXTD_CONFIG, or none)\n"
         "  -e, --endpoint E      listen on E, ipc://PATH or tcp://127.0.0.1:PORT; may be repeated\n"
         "      --control E       endpoint of the control socket, ipc://PATH\n"
         "  -p, --plugin-dir DIR  look for plugins in DIR first; may be repeated\n"
         "  -w, --workers N       worker processes (default: one for each processor)\n"
         "  -t, --check-config    check the configuration and load the plugins once, then exit: 0, or 78\n"
         "      --print-config    print the effective configuration and where each value came from\n"
         "  -V, --version         print versions\n"
         "  -h, --help            print this\n"
         "\n"
         "Without options it listens on ipc:// in its run directory and on tcp://127.0.0.1:7411, with the\n"
         "plugins it was installed with. HTTP (for curl, a browser, probes, metrics) is off until http.listen in\n"
         "the configuration, or TEXTD_HTTP_LISTEN, such as 127.0.0.1:7412, opens it.\n"
         "SIGTERM finishes accepted documents and exits; a second one exits now.\n"
         "Exit codes: 0 clean, 64 usage, 66 no such file, 69 endpoint in use, 70 it died at its start or end,\n"
         "71 system, 77 permission, 78 configuration. Every setting: docs/configuration.md.");
}

static int print_version(void)
{
    int major, minor, patch;
    struct td_err err;

    if (td_zmq_load(&err) != TD_OK) {
        fprintf(stderr, "textd: %s\n", err.text);
        return EX_OSERR;
    }
    zmq_version(&major, &minor, &patch);
    printf("textd %s (%s)\nprotocol %d.%d, plugin ABI %d.%d\nlibzmq %d.%d.%d, libuv %s, msgpack-c %s\n", TEXTD_VERSION,
           TEXTD_COMMIT, TEXTD_PROTOCOL_VERSION, TEXTD_PROTOCOL_MINOR, TEXTD_ABI_MAJOR, TEXTD_ABI_MINOR, major, minor,
           patch, uv_version_string(), MSGPACK_VERSION);
    return 0;
}

enum { FLAG_CONTROL = 256, FLAG_PRINT_CONFIG };

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "endpoint", required_argument, NULL, 'e' },
    { "control", required_argument, NULL, FLAG_CONTROL },
    { "plugin-dir", required_argument, NULL, 'p' },
    { "workers", required_argument, NULL, 'w' },
    { "check-config", no_argument, NULL, 't' },
    { "print-config", no_argument, NULL, FLAG_PRINT_CONFIG },
    { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int usage(const char *problem)
{
    if (problem)
        fprintf(stderr, "textd: %s\n", problem);
    fputs("textd: see textd --help\n", stderr);
    return EX_USAGE;
}

static int take(struct td_cmdline *c, int option)
{
    switch (option) {
    case 'c':
        c->flags.file = optarg;
        break;
    case 'e':
        if (c->flags.n_endpoints == TD_MAX_REPEATED)
            return usage("--endpoint is given more than 32 times");
        c->endpoints[c->flags.n_endpoints++] = optarg;
        break;
    case FLAG_CONTROL:
        c->flags.control = optarg;
        break;
    case 'p':
        if (c->flags.n_plugin_dirs == TD_MAX_REPEATED)
            return usage("--plugin-dir is given more than 32 times");
        c->plugin_dirs[c->flags.n_plugin_dirs++] = optarg;
        break;
    case 'w':
        c->flags.workers = optarg;
        break;
    case 't':
        c->mode = TD_MODE_CHECK_CONFIG;
        break;
    case FLAG_PRINT_CONFIG:
        c->mode = TD_MODE_PRINT_CONFIG;
        break;
    case 'V':
        c->mode = TD_MODE_EXIT;
        return print_version();
    case 'h':
        print_help();
        c->mode = TD_MODE_EXIT;
        break;
    default:
        return usage(NULL); /* getopt has said what is wrong */
    }
    return 0;
}

int td_cmdline_read(struct td_cmdline *c, int argc, char **argv)
{
    int option;

    *c = (struct td_cmdline) { .mode = TD_MODE_SERVE };
    c->flags.endpoints = c->endpoints;
    c->flags.plugin_dirs = c->plugin_dirs;
    while ((option = getopt_long(argc, argv, "c:e:p:w:tVh", options, NULL)) != -1) {
        int rc = take(c, option);
        if (rc != 0 || c->mode == TD_MODE_EXIT)
            return rc;
    }
    if (optind < argc) {
        fprintf(stderr, "textd: '%s' is no option, and textd takes no other arguments\n", argv[optind]);
        return usage(NULL);
    }
    return 0;
}
