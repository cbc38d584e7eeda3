/* plugin_run.c: runs plugins on the text of stdin in this very process, without a daemon, and prints the reply's pairs as
 * JSON. For plugin tests and for a debugger: `plugin-run [--unit codepoint] [--set plugin.option=value]… DIR NAME… < text`
 * opens DIR/NAME.so in the order given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mp.h"
#include "daemon/fleet/snapshot.h"
#include "daemon/worker/host.h"
#include "daemon/worker/run.h"

static void print_text(const char *bytes, uint32_t length)
{
    putchar('"');
    for (uint32_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void print_value(struct td_mp *mp, int depth);

static void print_elements(struct td_mp *mp, const struct td_mp_value *v, int depth)
{
    int is_map = v->type == TD_MP_MAP;

    putchar(is_map ? '{' : '[');
    for (uint32_t i = 0; i < v->length; i++) {
        printf(depth < 3 && (is_map || depth > 0) ? "%s\n%*s" : "%s%*s", i ? ", " : "", depth < 3 ? 2 * depth + 2 : 0,
               "");
        print_value(mp, depth + 1);
        if (is_map) {
            printf(": ");
            print_value(mp, depth + 1);
        }
    }
    putchar(is_map ? '}' : ']');
}

static void print_value(struct td_mp *mp, int depth)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0)
        exit(1);
    if (v.type == TD_MP_ARRAY || v.type == TD_MP_MAP)
        print_elements(mp, &v, depth);
    else if (v.type == TD_MP_STR)
        print_text(v.bytes, v.length);
    else if (v.type == TD_MP_FLOAT)
        printf("%.4g", v.number);
    else if (v.type == TD_MP_NIL)
        printf("null");
    else if (v.type == TD_MP_BOOL)
        printf(v.integer ? "true" : "false");
    else
        printf("%lld", (long long)v.integer);
}

static char *grow(char *text, size_t capacity)
{
    char *larger = realloc(text, capacity);

    if (!larger)
        free(text);
    return larger;
}

static char *read_all(size_t *length)
{
    size_t capacity = 1u << 16;
    char *text = malloc(capacity);

    *length = 0;
    while (text) {
        size_t n = fread(text + *length, 1, capacity - *length, stdin);
        if (n == 0)
            return text;
        *length += n;
        if (*length == capacity)
            text = grow(text, capacity *= 2);
    }
    return NULL;
}

static void add_settings(struct td_plugin_source *source, int argc, char **argv)
{
    static struct td_plugin_setting settings[TD_MAX_PLUGINS][8];
    static size_t n_sources;
    size_t name_length = strlen(source->name);
    struct td_plugin_setting *set = settings[n_sources++];

    source->settings = set;
    for (int i = 1; i < argc - 1 && source->n_settings < 8; i++) {
        char *equals = strchr(argv[i + 1], '=');
        if (strcmp(argv[i], "--set") != 0 || strncmp(argv[i + 1], source->name, name_length) != 0 ||
            argv[i + 1][name_length] != '.' || !equals)
            continue;
        set[source->n_settings++] = (struct td_plugin_setting) {
            .name = strndup(argv[i + 1] + name_length + 1, (size_t)(equals - argv[i + 1]) - name_length - 1),
            .value = equals + 1,
            .where = "--set",
        };
    }
}

/* Opens DIR/NAME.so for each name and makes the job's steps. */
static void load(struct td_plugin_set *set, struct td_job *job, struct td_scoreboard *board, int argc, char **argv)
{
    const char *dir = NULL;
    struct td_err err;
    char path[4096];

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            i++;
            continue;
        }
        if (!dir) {
            dir = argv[i];
            continue;
        }
        snprintf(path, sizeof path, "%s/%s.so", dir, argv[i]);
        char *models = malloc(strlen(dir) + 64);
        sprintf(models, "%s/../../../share/textd/models", dir);
        const struct td_resource_dirs dirs = { .model_dir = models };
        struct td_snapshot *snapshot;
        if (td_snapshot_take(&snapshot, path, &dirs, &err) != TD_OK) {
            fprintf(stderr, "plugin-run: %s\n", err.text);
            exit(1);
        }
        struct td_plugin_source source = { .number = set->n,
                                           .name = argv[i],
                                           .path = snapshot->path,
                                           .library_fd = snapshot->library_fd,
                                           .bundle_fd = snapshot->bundle_fd,
                                           .resources = snapshot->entries,
                                           .n_resources = snapshot->n_entries,
                                           .timeout_ns = 60000000000u };
        add_settings(&source, argc, argv);
        if (td_plugin_open(set, &source, &err) != TD_OK ||
            td_plugin_create(set, set->n - 1, td_host_init(board), &err) != TD_OK) {
            fprintf(stderr, "plugin-run: %s\n", err.text);
            exit(1);
        }
        job->steps[job->n_steps++] = (uint8_t)((set->n - 1) | TD_STEP_WANTED);
    }
}

int main(int argc, char **argv)
{
    static struct td_scoreboard board;
    static struct td_plugin_set set;
    static struct td_runner runner;
    struct td_job head = { .sequence = 1, .deadline_ns = UINT64_MAX };
    struct td_err err;
    struct td_done done;
    size_t length;

    for (int i = 1; i < argc - 1; i++)
        if (strcmp(argv[i], "--unit") == 0) {
            enum td_unit unit;
            if (td_unit_find(argv[i + 1], strlen(argv[i + 1]), &unit) != 0)
                return 2;
            head.unit = (uint8_t)unit;
        }
    load(&set, &head, &board, argc, argv);
    if (set.n == 0) {
        fprintf(stderr, "usage: plugin-run [--unit U] [--set PLUGIN.OPTION=VALUE]… DIR NAME… < TEXT\n");
        return 2;
    }
    char *text = read_all(&length);
    head.text_bytes = (uint32_t)length;
    struct td_job *job = malloc(sizeof head + length + 8);
    if (!text || !job)
        abort();
    const struct td_runner_limits limits = { 4ull << 30, length, 1ull << 30 };
    if (td_runner_init(&runner, &set, &board, &limits, &err) != TD_OK)
        return 1;
    memcpy(job, &head, sizeof head);
    memcpy(job + 1, text, length);
    if (td_runner_run(&runner, job) != 0)
        abort();
    memcpy(&done, runner.out.bytes, sizeof done);
    const uint8_t *end = (const uint8_t *)runner.out.bytes + done.frame.length;
    struct td_mp warnings = { end - done.warnings_bytes, end };
    if (done.warnings_bytes > 0) {
        printf("warnings: ");
        print_value(&warnings, 0);
        printf("\n");
    }
    fprintf(stderr, "%.3f ms\n", (double)(done.end_ns - done.start_ns) / 1e6);
    if (done.code != TD_OK) {
        printf("%s: %.*s\n", td_code_name((enum td_code)done.code),
               (int)(done.frame.length - sizeof done - done.warnings_bytes), runner.out.bytes + sizeof done);
        exit(1);
    }
    struct td_mp mp = { (const uint8_t *)runner.out.bytes + sizeof done, end };
    for (uint32_t i = 0; i < 2 * done.n_pairs; i++) {
        print_value(&mp, 0);
        printf(i % 2 ? "\n" : ": ");
    }
    printf("times: ");
    print_value(&mp, 0);
    printf("\n");
    td_plugin_destroy_all(&set);
    free(job);
    free(text);
    return 0;
}
