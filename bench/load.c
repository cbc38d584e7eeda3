/* load.c: a client that keeps a number of documents in flight, or sends them at times that are fixed beforehand, and
 * measures what comes back.
 *
 *   load [OPTION]... ENDPOINT BYTES WINDOW SECONDS [PLUGIN]
 *
 * Sends annotate requests with a text of BYTES as the second frame, for PLUGIN (default: the default pipeline), and
 * prints one line: documents a second, and the median and 99th percentile of the time from send to reply in
 * microseconds. Any server that answers each message with one message that starts like a MessagePack map will do, so that
 * a plain broker with echo workers is measured by the same program.
 *
 *   --clients N      by N connections, each of which keeps WINDOW documents in flight
 *   --documents N    N of them, however long that takes, after ten to begin with; WINDOW is 1
 *   --pace R         R a second with equal gaps, by the clients in turn; replies are read when a client sends again. Prints
 *                    no latencies
 *   --of PID[,PID]...   with --pace: prints, besides, the microseconds of processor time that all threads of these processes
 *                    took from when all clients had had their first reply
 *   --text FILE      the text; BYTES is not looked at
 *   --rate R         R a second at times that are drawn beforehand (exponential gaps, always the same ones), whatever the
 *                    replies do: a latency counts from when its document was due. WINDOW is not looked at. Prints a line
 *                    for each document instead: when it was due, its latency, and the reply's timing.run_us, all in us
 *   --curve SERVER PUBLIC SECRET   the keys of CURVE, in Z85 */
#include <dirent.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <zmq.h>

#include "bench/texts.h"
#include "common/clock.h"
#include "common/mp.h"
#include "common/mp_buf.h"

#define MAX_SAMPLES (1u << 22)
#define TIMEOUT_MS 10000
#define MOST_CLIENTS 4096

struct load {
    void *context, *sockets[MOST_CLIENTS];
    zmq_pollitem_t items[MOST_CLIENTS];
    uint32_t n_clients, window;
    const char *endpoint, *plugin, *keys[3], *pids;
    char *text;
    size_t text_length;
    uint64_t *sent_ns; /* by id modulo a power of two well above what is in flight */
    uint32_t mask;
    uint32_t *latency_us;
    uint32_t n_samples;
    uint64_t next_id, n_replies, last_id, last_run_us;
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static void usage(void)
{
    fputs("usage: load [--clients N] [--documents N] [--text FILE] [--pace R [--of PIDS]] [--rate R] [--curve SERVER "
          "PUBLIC SECRET]\n"
          "            ENDPOINT BYTES WINDOW SECONDS [PLUGIN]\n",
          stderr);
    exit(2);
}

/* `begin_ns`: from when its latency counts. */
static void send_one(struct load *load, void *socket, uint64_t begin_ns)
{
    struct td_buf out = { .limit = 4096 };
    msgpack_packer packer = td_buf_packer(&out);

    msgpack_pack_map(&packer, load->plugin ? 2 : 1);
    td_pack_count(&packer, "id", (int64_t)load->next_id);
    if (load->plugin) {
        td_pack_str(&packer, "plugins");
        msgpack_pack_array(&packer, 1);
        td_pack_str(&packer, load->plugin);
    }
    load->sent_ns[load->next_id++ & load->mask] = begin_ns;
    if (zmq_send(socket, out.bytes, out.length, ZMQ_SNDMORE) < 0 ||
        zmq_send(socket, load->text, load->text_length, 0) < 0)
        die("send");
    td_buf_free(&out);
}

/* A number of the map, 0 when it has none of this name. */
static uint64_t number_of(struct td_mp map, const char *name)
{
    struct td_mp value;
    struct td_mp_value v;

    return td_mp_find(map, name, &value) == 0 && td_mp_read(&value, &v) == 0 && v.type == TD_MP_INT
               ? (uint64_t)v.integer
               : 0;
}

/* An error's words. */
static _Noreturn void end_by_error(struct td_mp reply)
{
    struct td_mp error, message;
    struct td_mp_value v = { 0 };

    if (td_mp_find(reply, "error", &error) == 0 && td_mp_find(error, "message", &message) == 0 &&
        td_mp_read(&message, &v) == 0 && v.type == TD_MP_STR)
        fprintf(stderr, "load: an error reply: %.*s\n", (int)v.length, v.bytes);
    else
        fprintf(stderr, "load: an error reply\n");
    exit(1);
}

/* The id of a reply, and how long a worker had it. An echo worker sends the request back, whose id stands in the same
 * place. */
static void read_reply(struct load *load, zmq_msg_t *message)
{
    const uint8_t *bytes = zmq_msg_data(message);
    struct td_mp mp = { bytes, bytes + zmq_msg_size(message) }, value;
    struct td_mp_value v;

    if (td_mp_find(mp, "id", &value) != 0 || td_mp_read(&value, &v) != 0 || v.type != TD_MP_INT) {
        fprintf(stderr, "load: a reply without an id\n");
        exit(1);
    }
    load->last_id = (uint64_t)v.integer;
    if (td_mp_find(mp, "ok", &value) == 0 && (td_mp_read(&value, &v) != 0 || !v.integer))
        end_by_error(mp);
    load->last_run_us = td_mp_find(mp, "timing", &value) == 0 ? number_of(value, "run_us") : 0;
}

/* 0: there is none now, which only happens with ZMQ_DONTWAIT. */
static int receive_one(struct load *load, void *socket, int flags)
{
    zmq_msg_t message;
    int first = 1, more;

    do {
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, socket, flags) < 0) {
            if (first && flags && zmq_errno() == EAGAIN)
                return 0;
            die("receive");
        }
        if (first) {
            uint64_t now = td_now_ns();
            read_reply(load, &message);
            if (load->n_samples < MAX_SAMPLES)
                load->latency_us[load->n_samples++] =
                    (uint32_t)((now - load->sent_ns[load->last_id & load->mask]) / 1000);
        }
        first = 0;
        more = zmq_msg_more(&message);
        zmq_msg_close(&message);
    } while (more);
    load->n_replies++;
    return 1;
}

/* Answers what has come with the next document each, or with none at the end. */
static void turn(struct load *load, int sends)
{
    if (load->n_clients == 1) {
        receive_one(load, load->sockets[0], 0);
        if (sends)
            send_one(load, load->sockets[0], td_now_ns());
        return;
    }
    if (zmq_poll(load->items, (int)load->n_clients, TIMEOUT_MS) <= 0)
        die("no answer");
    for (uint32_t i = 0; i < load->n_clients; i++)
        while (load->items[i].revents && receive_one(load, load->sockets[i], ZMQ_DONTWAIT))
            if (sends)
                send_one(load, load->sockets[i], td_now_ns());
}

static double run(struct load *load, double seconds)
{
    uint64_t start = td_now_ns(), end = start + (uint64_t)(seconds * 1e9);
    uint64_t in_flight = (uint64_t)load->window * load->n_clients;

    load->n_replies = 0;
    load->n_samples = 0;
    for (uint64_t i = 0; i < in_flight; i++)
        send_one(load, load->sockets[i % load->n_clients], td_now_ns());
    while (td_now_ns() < end)
        turn(load, 1);
    uint64_t measured = load->n_replies;
    double took = (double)(td_now_ns() - start) / 1e9;
    while (load->n_replies < measured + in_flight)
        turn(load, 0);
    return (double)measured / took;
}

/* One at a time: the same steps each time, whatever else the machine does, which is what instructions are counted for. */
static double run_count(struct load *load, uint64_t n)
{
    uint64_t start = td_now_ns();

    load->n_samples = 0;
    for (uint64_t i = 0; i < n; i++) {
        void *socket = load->sockets[i % load->n_clients];
        send_one(load, socket, td_now_ns());
        receive_one(load, socket, 0);
    }
    return (double)n / ((double)(td_now_ns() - start) / 1e9);
}

/* A fixed series, so that two runs have the same gaps. */
static double gap_s(uint64_t *state, double rate)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return -log(1 - (double)(*state >> 11) / 9007199254740992.0) / rate;
}

/* The open loop. ZMQ_FD tells edges only: each wait comes after a recv that found nothing. */
static void run_open(struct load *load, double rate, double seconds)
{
    size_t n = (size_t)(rate * seconds), n_sent = 0;
    uint64_t *due = malloc((n + 1) * sizeof *due), *run_us = calloc(n + 1, sizeof *run_us);
    uint32_t *latency = calloc(n + 1, sizeof *latency);
    uint64_t state = 1, first_id = load->next_id, begin = td_now_ns() + 1000000;
    double at = 0;
    struct pollfd fd = { .events = POLLIN };
    size_t size = sizeof fd.fd;

    if (!due || !run_us || !latency)
        abort();
    for (size_t i = 0; i < n; i++)
        due[i] = begin + (uint64_t)((at += gap_s(&state, rate)) * 1e9);
    zmq_getsockopt(load->sockets[0], ZMQ_FD, &fd.fd, &size);
    prctl(PR_SET_TIMERSLACK, 1);
    load->n_replies = 0;
    while (load->n_replies < n) {
        uint64_t now = td_now_ns();
        for (; n_sent < n && due[n_sent] <= now; n_sent++)
            send_one(load, load->sockets[0], due[n_sent]);
        load->n_samples = 0;
        while (receive_one(load, load->sockets[0], ZMQ_DONTWAIT)) {
            latency[load->last_id - first_id] = load->latency_us[0];
            run_us[load->last_id - first_id] = load->last_run_us;
            load->n_samples = 0;
        }
        now = td_now_ns();
        uint64_t wait = n_sent == n ? TIMEOUT_MS * 1000000ull : due[n_sent] > now ? due[n_sent] - now : 0;
        struct timespec t = { (time_t)(wait / 1000000000), (long)(wait % 1000000000) };
        if (load->n_replies < n && ppoll(&fd, 1, &t, NULL) == 0 && n_sent == n) {
            fprintf(stderr, "load: %zu of %zu documents were answered\n", (size_t)load->n_replies, n);
            exit(1);
        }
    }
    for (size_t i = 0; i < n; i++)
        printf("%llu %u %llu\n", (unsigned long long)((due[i] - begin) / 1000), latency[i],
               (unsigned long long)run_us[i]);
    free(due);
    free(run_us);
    free(latency);
}

/* From the scheduler's own account. */
static uint64_t thread_cpu_ns(const char *pid, const char *thread)
{
    char path[64], line[96] = "";

    snprintf(path, sizeof path, "/proc/%.16s/task/%.16s/schedstat", pid, thread);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file))
        line[0] = 0;
    fclose(file);
    return strtoull(line, NULL, 10);
}

/* Of those of --of. */
static uint64_t cpu_ns(const struct load *load)
{
    char pids[256], path[64], *rest;
    uint64_t ns = 0;

    snprintf(pids, sizeof pids, "%s", load->pids ? load->pids : "");
    for (char *pid = strtok_r(pids, ",", &rest); pid; pid = strtok_r(NULL, ",", &rest)) {
        snprintf(path, sizeof path, "/proc/%.16s/task", pid);
        DIR *threads = opendir(path);
        if (!threads)
            die(path);
        for (const struct dirent *thread; (thread = readdir(threads));)
            ns += thread->d_name[0] == '.' ? 0 : thread_cpu_ns(pid, thread->d_name);
        closedir(threads);
    }
    return ns;
}

static double run_paced(struct load *load, double rate, double seconds)
{
    uint64_t n = (uint64_t)(rate * seconds), start = td_now_ns();

    prctl(PR_SET_TIMERSLACK, 1);
    load->n_replies = 0;
    load->n_samples = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t due = start + (uint64_t)((double)i * 1e9 / rate);
        struct timespec t = { (time_t)(due / 1000000000), (long)(due % 1000000000) };
        void *socket = load->sockets[i % load->n_clients];
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        while (receive_one(load, socket, ZMQ_DONTWAIT)) {
        }
        send_one(load, socket, due);
    }
    double took = (double)(td_now_ns() - start) / 1e9;
    while (load->n_replies < n) {
        if (zmq_poll(load->items, (int)load->n_clients, TIMEOUT_MS) <= 0)
            die("no answer");
        for (uint32_t i = 0; i < load->n_clients; i++)
            while (receive_one(load, load->sockets[i], ZMQ_DONTWAIT)) {
            }
    }
    load->n_samples = 0;
    return (double)n / took;
}

static void *dial(struct load *load)
{
    static const int options[] = { ZMQ_CURVE_SERVERKEY, ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY };
    int timeout = TIMEOUT_MS, zero = 0;
    void *socket = zmq_socket(load->context, ZMQ_DEALER);

    if (!socket)
        die("socket");
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout, sizeof timeout);
    zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &zero, sizeof zero);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &zero, sizeof zero);
    for (int i = 0; i < 3 && load->keys[0]; i++)
        if (zmq_setsockopt(socket, options[i], load->keys[i], strlen(load->keys[i])) != 0)
            die("a key of --curve");
    if (zmq_connect(socket, load->endpoint) != 0)
        die(load->endpoint);
    return socket;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* What is asked for beside what struct load has. */
struct wishes {
    uint64_t n_documents;
    double rate, pace, seconds;
};

/* Takes the options; returns the place of the first word behind them. */
static int take_options(struct load *load, struct wishes *wishes, int argc, char **argv)
{
    int i = 1;

    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--clients") == 0)
            load->n_clients = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--documents") == 0)
            wishes->n_documents = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--text") == 0)
            load->text = texts_read(argv[i + 1], &load->text_length);
        else if (strcmp(argv[i], "--pace") == 0)
            wishes->pace = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--of") == 0)
            load->pids = argv[i + 1];
        else if (strcmp(argv[i], "--rate") == 0)
            wishes->rate = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--curve") == 0 && i + 3 < argc) {
            memcpy(load->keys, argv + i + 1, sizeof load->keys);
            i += 2;
        } else
            usage();
    }
    return i;
}

static void take_words(struct load *load, struct wishes *wishes, int argc, char **argv)
{
    int i = take_options(load, wishes, argc, argv);

    if (argc - i < 4 || load->n_clients < 1 || load->n_clients > MOST_CLIENTS)
        usage();
    load->endpoint = argv[i];
    load->window = (uint32_t)strtoul(argv[i + 2], NULL, 10);
    wishes->seconds = strtod(argv[i + 3], NULL);
    load->plugin = argc - i > 4 ? argv[i + 4] : NULL;
    if (load->text)
        return;
    load->text_length = strtoul(argv[i + 1], NULL, 10);
    load->text = malloc(load->text_length + 1);
    if (!load->text)
        abort();
    memset(load->text, 'a', load->text_length);
}

static void make_room(struct load *load, const struct wishes *wishes)
{
    load->mask = 1;
    while (load->mask < (load->n_clients > 1 ? 16 : 2) * load->window * load->n_clients ||
           load->mask < (wishes->rate + wishes->pace) * TIMEOUT_MS / 1000)
        load->mask *= 2;
    load->mask--;
    load->sent_ns = calloc((size_t)load->mask + 1, sizeof *load->sent_ns);
    load->latency_us = malloc(MAX_SAMPLES * sizeof *load->latency_us);
    if (!load->sent_ns || !load->latency_us)
        abort();
}

static void dial_all(struct load *load)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    load->context = zmq_ctx_new();
    zmq_ctx_set(load->context, ZMQ_MAX_SOCKETS, MOST_CLIENTS);
    for (uint32_t k = 0; k < load->n_clients; k++) {
        load->sockets[k] = dial(load);
        load->items[k] = (zmq_pollitem_t) { .socket = load->sockets[k], .events = ZMQ_POLLIN };
    }
}

/* Documents a second, and how long they took. */
static void measure(struct load *load, const struct wishes *wishes)
{
    uint64_t took_ns = 0;
    double done;

    if (wishes->n_documents > 0) {
        run_count(load, 10);
        done = run_count(load, wishes->n_documents);
    } else if (wishes->pace > 0) {
        run_count(load, load->n_clients);
        took_ns = cpu_ns(load);
        done = run_paced(load, wishes->pace, wishes->seconds);
        took_ns = cpu_ns(load) - took_ns;
    } else {
        run(load, wishes->seconds < 1 ? 0.3 * wishes->seconds : 0.3); /* warm-up */
        done = run(load, wishes->seconds);
    }
    qsort(load->latency_us, load->n_samples, sizeof *load->latency_us, compare);
    printf("%.0f %u %u", done, load->n_samples ? load->latency_us[load->n_samples / 2] : 0,
           load->n_samples ? load->latency_us[(size_t)((double)load->n_samples * 0.99)] : 0);
    if (load->pids)
        printf(" %llu", (unsigned long long)took_ns / 1000);
    puts("");
}

int main(int argc, char **argv)
{
    static struct load load = { .n_clients = 1 };
    struct wishes wishes = { 0 };

    take_words(&load, &wishes, argc, argv);
    make_room(&load, &wishes);
    dial_all(&load);
    if (wishes.rate > 0) {
        run_count(&load, 10);
        run_open(&load, wishes.rate, wishes.seconds);
    } else {
        measure(&load, &wishes);
    }
    for (uint32_t k = 0; k < load.n_clients; k++)
        zmq_close(load.sockets[k]);
    zmq_ctx_term(load.context);
    free(load.sent_ns);
    free(load.latency_us);
    free(load.text);
    return 0;
}
