/* print.c: what `textctl bench` tells, for people and as JSON. */
#include "clients/cli/bench/bench.h"

#include <string.h>

#include "clients/cli/lib/json.h"
#include "clients/cli/lib/duration.h"
#include "clients/cli/lib/term.h"

/* A percentile is told only when some documents lie beyond it: of a hundred, the 99.9th would be the largest again. */
static const struct {
    uint32_t millionths, least;
    const char *name, *key;
} levels[] = {
    { 500000, 1, "50 %", "p50" },        { 900000, 10, "90 %", "p90" },          { 990000, 100, "99 %", "p99" },
    { 999000, 1000, "99.9 %", "p99_9" }, { 999900, 10000, "99.99 %", "p99_99" },
};
#define N_LEVELS (sizeof levels / sizeof levels[0])

#define LATE_NS 1000000u /* above this, late sending is worth a word */

const char *bench_number(char *text, size_t size, uint64_t number)
{
    char digits[32];
    size_t used = 0, n = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);

    for (size_t i = 0; i < n && used + 2 < size; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = 0;
    return text;
}

const char *bench_describe_load(const struct bench_result *r, char *text, size_t size)
{
    const struct bench_plan *plan = r->plan;
    const char *each = plan->n_lanes > 1 ? " each" : "";
    char connections[32];

    snprintf(connections, sizeof connections, "%u connection%s", (unsigned)plan->n_lanes, plan->n_lanes > 1 ? "s" : "");
    if (plan->rate > 0)
        snprintf(text, size, "open loop, %.0f documents/s over %s", plan->rate, connections);
    else
        snprintf(text, size, "closed loop, %s, %u in flight%s", connections, (unsigned)plan->in_flight, each);
    return text;
}

static void print_head(FILE *out, const struct bench_result *r)
{
    const struct bench_texts *texts = r->plan->texts;
    const struct cli *cli = r->plan->session->cli;
    struct textd_node version = textd_node_find(textd_reply_root(r->plan->session->described), "version");
    char load[128];

    fputs("textd ", out);
    term_text(out, version.text, version.length);
    fprintf(out, " at %s, ", r->endpoint);
    for (size_t i = 0; i < cli->n_plugins; i++)
        fprintf(out, "%s%s", i ? "," : cli->n_plugins > 1 ? "plugins " : "plugin ", cli->plugins[i]);
    if (cli->n_plugins == 0)
        fprintf(out, "pipeline %s", cli->pipeline ? cli->pipeline : "default");
    fprintf(out, "\n%s\n", bench_describe_load(r, load, sizeof load));
    fprintf(out, "%.1f s measured, after %.1f s of warm-up; ", r->seconds,
            (double)(r->plan->measure_ns - r->plan->start_ns) / 1e9);
    fprintf(out, "%zu %stext%s of %.0f bytes%s%s\n\n", texts->n, texts->is_ours ? "built-in " : "",
            texts->n == 1 ? "" : "s", (double)texts->bytes / (double)texts->n, texts->n == 1 ? "" : " on average",
            texts->is_incomplete ? ", of a longer input" : "");
}

static void print_counts(FILE *out, const struct bench_result *r)
{
    const struct bench_counts *c = &r->counts;
    char number[32];

    fprintf(out, "documents   %s sent", bench_number(number, sizeof number, c->sent));
    fprintf(out, ", %s annotated", bench_number(number, sizeof number, c->answered));
    if (c->due > c->sent)
        fprintf(out, ", %s due and not sent", bench_number(number, sizeof number, c->due - c->sent));
    if (c->failed)
        fprintf(out, ", %s failed", bench_number(number, sizeof number, c->failed));
    if (c->unanswered)
        fprintf(out, ", %s unanswered", bench_number(number, sizeof number, c->unanswered));
    fputc('\n', out);
    for (size_t i = 0; i < r->errors.n; i++) {
        fputs("            ", out);
        term_text(out, r->errors.codes[i].code, strlen(r->errors.codes[i].code));
        fprintf(out, " %s\n", bench_number(number, sizeof number, r->errors.codes[i].n));
    }
    if (r->seconds > 0)
        fprintf(out, "throughput  %.1f documents/s, %.1f KiB/s of text\n", (double)c->in_time / r->seconds,
                (double)c->in_time_bytes / 1024 / r->seconds);
}

static void print_row(FILE *out, const char *head, const char *name, double ns)
{
    char duration[32];

    duration_text(duration, sizeof duration, ns / 1e3);
    fprintf(out, "%-10s  %8s  %10s\n", head, name, duration);
}

static void print_latency(FILE *out, const struct bench_result *r)
{
    const struct histogram *h = &r->latency;

    if (h->n == 0)
        return;
    print_row(out, "latency", "min", (double)h->min);
    for (size_t i = 0; i < N_LEVELS; i++)
        if (h->n >= levels[i].least)
            print_row(out, "", levels[i].name, (double)histogram_percentile(h, levels[i].millionths));
    print_row(out, "", "max", (double)h->max);
    print_row(out, "", "mean", histogram_mean(h));
}

/* What a reader must know to take the figures for what they are. */
static void print_warnings(FILE *out, const struct bench_result *r)
{
    const struct bench_counts *c = &r->counts;
    uint64_t late = histogram_percentile(&r->late, 990000);
    char number[32];

    if (r->why)
        fputs("\nIt ended early.\n", out); /* the reason goes to standard error */
    else if (r->plan->rate > 0 && !r->kept_up)
        fprintf(out,
                "\nIt could not keep up with %.0f documents/s: %s more documents were waiting at the end than at the "
                "beginning.\nThe longer it runs, the longer they wait; the latencies above are of this run alone.\n",
                r->plan->rate, bench_number(number, sizeof number, (uint64_t)(c->waiting_last - c->waiting_first)));
    else if (late > LATE_NS)
        fprintf(out,
                "\n1 %% of the documents were sent %.1f ms or more after they were due; their latencies count from "
                "then.\n",
                (double)late / 1e6);
    if (c->failed || c->unanswered)
        fputs("\nLatencies are of the documents that were annotated alone.\n", out);
    if (c->failed == 0 && r->latency.n > 0 && r->latency.n < 1000)
        fprintf(out, "\nOf %s documents, percentiles above %s say little.\n",
                bench_number(number, sizeof number, r->latency.n), r->latency.n < 100 ? "50 %" : "90 %");
}

void bench_print(FILE *out, const struct bench_result *r)
{
    print_head(out, r);
    print_counts(out, r);
    print_latency(out, r);
    print_warnings(out, r);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void json_histogram(FILE *out, const char *name, const struct histogram *h)
{
    fprintf(out, ",\"%s\":{\"n\":%llu", name, (unsigned long long)h->n);
    if (h->n > 0) {
        fprintf(out, ",\"min\":%.3f,\"mean\":%.3f", (double)h->min / 1e3, histogram_mean(h) / 1e3);
        for (size_t i = 0; i < N_LEVELS; i++)
            if (h->n >= levels[i].least)
                fprintf(out, ",\"%s\":%.3f", levels[i].key,
                        (double)histogram_percentile(h, levels[i].millionths) / 1e3);
        fprintf(out, ",\"max\":%.3f", (double)h->max / 1e3);
    }
    fputc('}', out);
}

static void json_errors(FILE *out, const struct bench_errors *errors)
{
    fputs(",\"errors\":{", out);
    for (size_t i = 0; i < errors->n; i++) {
        fputs(i ? "," : "", out);
        json_text(out, errors->codes[i].code, strlen(errors->codes[i].code));
        fprintf(out, ":%llu", (unsigned long long)errors->codes[i].n);
    }
    fputc('}', out);
}

void bench_print_json(FILE *out, const struct bench_result *r)
{
    const struct bench_counts *c = &r->counts;
    const struct bench_plan *plan = r->plan;

    fputs("{\"endpoint\":", out);
    json_text(out, r->endpoint, strlen(r->endpoint));
    fputs(",\"version\":", out);
    json_node(out, textd_node_find(textd_reply_root(plan->session->described), "version"));
    fprintf(out, ",\"loop\":\"%s\",\"rate\":%.0f,\"kept_up\":%s,\"clients\":%u,\"in_flight\":%u",
            plan->rate > 0 ? "open" : "closed", plan->rate, r->kept_up ? "true" : "false", (unsigned)plan->n_lanes,
            (unsigned)plan->in_flight);
    fprintf(out, ",\"seconds\":%.3f,\"texts\":%zu,\"text_bytes\":%.1f", r->seconds, plan->texts->n,
            (double)plan->texts->bytes / (double)plan->texts->n);
    fprintf(out,
            ",\"documents\":{\"due\":%llu,\"sent\":%llu,\"annotated\":%llu,\"failed\":%llu,\"unanswered\":%llu,"
            "\"waiting_first\":%lld,\"waiting_last\":%lld}",
            (unsigned long long)c->due, (unsigned long long)c->sent, (unsigned long long)c->answered,
            (unsigned long long)c->failed, (unsigned long long)c->unanswered, (long long)c->waiting_first,
            (long long)c->waiting_last);
    fprintf(out, ",\"per_second\":%.3f,\"bytes_per_second\":%.1f", r->seconds > 0 ? (double)c->in_time / r->seconds : 0,
            r->seconds > 0 ? (double)c->in_time_bytes / r->seconds : 0);
    json_histogram(out, "latency_us", &r->latency);
    if (plan->rate > 0)
        json_histogram(out, "late_us", &r->late);
    json_errors(out, &r->errors);
    if (r->why) {
        fputs(",\"ended_early\":", out);
        json_text(out, r->why, strlen(r->why));
    }
    fputs("}\n", out);
}
