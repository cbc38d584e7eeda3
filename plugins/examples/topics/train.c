/* train.c: topics-train, which `textctl train topics` and `textctl evaluate topics` start: a model from labelled texts, and how good one is. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "learn.h"
#include "records.h"

enum { FOLDS = 5, LEAST_OF_A_LABEL = 5 };

static const char usage[] =
    "usage: textctl train topics --out MODEL [--bits N] FILE...\n"
    "       textctl evaluate topics --model MODEL FILE...\n"
    "\n"
    "Learns your labels from your texts, or says how well a model knows them. A line is a text:\n"
    "    {\"text\": \"My card was charged twice\", \"label\": \"billing\"}\n"
    "    {\"text\": \"Refund me, and the app crashes\", \"labels\": [\"billing\", \"bug\"]}\n"
    "    __label__billing My card was charged twice\n"
    "Where each text has one label, one is chosen; else each label is judged by itself. A label needs 5 texts, and is "
    "good for\n"
    "something from about 30 on. The report of train is of texts that weren't learned from: five times a fifth is left "
    "out.\n"
    "\n"
    "  --out MODEL     the file to write\n"
    "  --bits N        2^N rows of weights, 10 to 20 (default 17; a byte a row and label, labels rounded up to 16)\n"
    "  --model MODEL   the model to evaluate\n";

static _Noreturn void wrong(const char *why, const char *what)
{
    fprintf(stderr, "topics: %s%s\n\n%s", why, what, usage);
    exit(2);
}

/* ---- The report ---- */

struct counts {
    size_t texts, said, right;
};

/* Gathers what is said of texts against their labels. */
struct report {
    struct counts labels[TOPICS_LABELS];
    size_t n, all_right, none;
    double gap[10], seen[10]; /* of what was said: sums of (right - probability), and how often, by tenths */
};

static void report_add(struct report *report, const struct record *r, const float *p, const float *thresholds,
                       uint32_t n_labels)
{
    int is_right = 1, said = 0;

    for (uint32_t i = 0; i < n_labels; i++) {
        struct counts *c = &report->labels[i];
        const int is = record_has(r, i), is_said = r->n_rows > 0 && p[i] >= thresholds[i];
        c->texts += (size_t)is;
        c->said += (size_t)is_said;
        c->right += (size_t)(is && is_said);
        is_right &= is == is_said;
        said |= is_said;
        const int tenth = p[i] >= 1 ? 9 : (int)(p[i] * 10);
        report->gap[tenth] += is - (double)p[i];
        report->seen[tenth]++;
    }
    report->n++;
    report->all_right += (size_t)is_right;
    report->none += (size_t)!said;
}

static double percent(size_t part, size_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

static void print_row(const char *name, struct counts c)
{
    const double f1 = c.said + c.texts ? 200 * (double)c.right / (double)(c.said + c.texts) : 0;

    printf("%-32s %7zu %9.1f %7.1f %7.1f\n", name, c.texts, percent(c.right, c.said), percent(c.right, c.texts), f1);
}

static void report_print(const struct report *report, const char *const *names, uint32_t n_labels)
{
    struct counts sum = { 0, 0, 0 };
    double gap = 0, seen = 0, f1 = 0;
    uint32_t of = 0;

    printf("%-32s %7s %9s %7s %7s\n", "label", "texts", "precision", "recall", "F1");
    for (uint32_t i = 0; i < n_labels; i++) {
        const struct counts c = report->labels[i];
        print_row(names[i], c);
        sum.texts += c.texts;
        sum.said += c.said;
        sum.right += c.right;
        if (c.texts) {
            f1 += 200 * (double)c.right / (double)(c.said + c.texts);
            of++;
        }
    }
    print_row("all", sum);
    for (int i = 0; i < 10; i++) {
        gap += fabs(report->gap[i]);
        seen += report->seen[i];
    }
    printf("macro-F1 %.1f; %.1f %% of %zu texts wholly right, %.1f %% without a label; probabilities are off by %.3f\n",
           of ? f1 / of : 0, percent(report->all_right, report->n), report->n, percent(report->none, report->n),
           seen > 0 ? gap / seen : 0);
}

/* ---- train ---- */

/* Every fifth text of a label goes to the same fold, so that each fold has of each label. */
static int *make_folds(const struct records *records)
{
    int *folds = topics_grow(NULL, (records->n + 1) * sizeof *folds);
    size_t next[TOPICS_LABELS + 1] = { 0 };

    for (size_t k = 0; k < records->n; k++) {
        uint32_t label = 0;
        while (label < records->n_labels && !record_has(&records->all[k], label))
            label++;
        folds[k] = (int)(next[label]++ % FOLDS);
    }
    return folds;
}

static void check_labels(const struct records *records)
{
    if (records->n_labels < 2 && (records->one_label || records->n_labels == 0))
        topics_fail("the texts have %u label%s, and there is nothing to tell apart: give two or more, or texts that "
                    "have none (\"labels\": [])",
                    records->n_labels, records->n_labels == 1 ? "" : "s");
    for (uint32_t i = 0; i < records->n_labels; i++) {
        size_t n = 0;
        for (size_t k = 0; k < records->n; k++)
            n += (size_t)record_has(&records->all[k], i);
        if (n < LEAST_OF_A_LABEL)
            topics_fail("'%s' has %zu text%s: give %d or more, or take the label out", records->names[i], n,
                        n == 1 ? "" : "s", LEAST_OF_A_LABEL);
    }
}

/* Rounds a label's weights to its scale. */
static void fill(unsigned char *file, const struct weights *w, const struct calibration *c,
                 const struct records *records)
{
    struct topics_label *labels = (struct topics_label *)(void *)(file + sizeof(struct topics_head));
    int8_t *rows = (int8_t *)file + topics_weights_at(w->n_labels);

    for (uint32_t i = 0; i < w->n_labels; i++) {
        struct topics_label *l = &labels[i];
        float most = 1e-6f;
        for (size_t row = 0; row < (size_t)1 << w->bits; row++)
            most = fmaxf(most, fabsf(w->all[row * w->stride + i]));
        memcpy(l->name, records->names[i], TOPICS_NAME);
        l->scale = most / 127;
        l->bias = w->bias[i];
        l->slope = c->slope[i];
        l->shift = c->shift[i];
        l->threshold = c->threshold[i];
        for (size_t row = 0; row < (size_t)1 << w->bits; row++)
            rows[row * w->stride + i] = (int8_t)lrintf(w->all[row * w->stride + i] / l->scale);
    }
}

/* Whole, or not at all: a daemon may be reading the file that is there. */
static void write_file(const char *path, const void *bytes, size_t length)
{
    char other[4096];

    if (snprintf(other, sizeof other, "%s.new", path) >= (int)sizeof other)
        topics_fail("%s: the name is too long", path);
    FILE *out = fopen(other, "we");
    if (!out || fwrite(bytes, 1, length, out) != length || fflush(out) != 0 || fsync(fileno(out)) != 0 ||
        fclose(out) != 0 || rename(other, path) != 0)
        topics_fail("%s can't be written: %s", path, strerror(errno));
}

static void save(const char *path, const struct weights *w, const struct calibration *c, const struct records *records)
{
    const size_t length = topics_length(w->n_labels, w->bits);
    unsigned char *file = memset(topics_grow(NULL, length), 0, length);
    struct topics_head *head = (struct topics_head *)(void *)file;

    fill(file, w, c, records);
    memcpy(head->magic, TOPICS_MAGIC, sizeof head->magic);
    head->version = TOPICS_VERSION;
    head->n_labels = w->n_labels;
    head->bits = w->bits;
    head->one_label = (uint32_t)records->one_label;
    head->length = length;
    head->checksum = topics_checksum(file, length);
    write_file(path, file, length);
    printf("%s: %u labels, %.1f MB\n", path, w->n_labels, (double)length / 1e6);
    free(file);
}

static void train(struct records *records, const char *out)
{
    struct weights w;
    struct calibration c;
    struct report report = { .n = 0 };
    const char *names[TOPICS_LABELS] = { NULL };
    float p[TOPICS_LABELS] = { 0 };
    int epochs = 0;

    records_sort_labels(records);
    check_labels(records);
    int *folds = make_folds(records);
    float *scores = topics_grow(NULL, records->n * TOPICS_LABELS * sizeof *scores);
    for (int fold = 0; fold < FOLDS; fold++) {
        const int best = learn(&w, records, folds, fold, epochs);
        epochs = epochs ? epochs : best; /* the first fold says how long, the others follow */
        for (size_t k = 0; k < records->n; k++)
            if (folds[k] == fold)
                weights_score(&w, &records->all[k], scores + k * TOPICS_LABELS);
        weights_free(&w);
    }
    calibrate(&c, records, scores);
    for (size_t k = 0; k < records->n; k++) {
        calibrated(&c, records->n_labels, records->one_label, scores + k * TOPICS_LABELS, p);
        report_add(&report, &records->all[k], p, c.threshold, records->n_labels);
    }
    for (uint32_t i = 0; i < records->n_labels; i++)
        names[i] = records->names[i];
    report_print(&report, names, records->n_labels);
    learn(&w, records, folds, -1, epochs);
    save(out, &w, &c, records);
    weights_free(&w);
    free(scores);
    free(folds);
}

/* ---- evaluate ---- */

static void *load(const char *path, size_t *length)
{
    FILE *in = fopen(path, "re");
    unsigned char *bytes = NULL;
    size_t room = 0, n;

    if (!in)
        topics_fail("%s: %s", path, strerror(errno));
    *length = 0;
    do {
        bytes = topics_grow(bytes, room = *length + (1u << 20));
        n = fread(bytes + *length, 1, room - *length, in);
        *length += n;
    } while (n > 0);
    if (ferror(in))
        topics_fail("%s can't be read: %s", path, strerror(errno));
    fclose(in);
    return bytes;
}

static void evaluate(const char *path, char **files, int n_files)
{
    struct topics_model model;
    struct report report = { .n = 0 };
    const char *names[TOPICS_LABELS] = { NULL };
    float p[TOPICS_LABELS] = { 0 }, thresholds[TOPICS_LABELS] = { 0 };
    char reason[200];
    size_t length;
    void *file = load(path, &length);

    if (topics_open(&model, file, length, reason, sizeof reason) != 0)
        topics_fail("%s: %s", path, reason);
    struct records records = { .bits = model.bits, .n_labels = model.n_labels, .is_closed = 1 };
    records.names = topics_grow(NULL, model.n_labels * sizeof records.names[0]);
    for (uint32_t i = 0; i < model.n_labels; i++) {
        names[i] = memcpy(records.names[i], model.labels[i].name, TOPICS_NAME);
        thresholds[i] = model.labels[i].threshold;
    }
    for (int i = 0; i < n_files; i++)
        records_read(&records, files[i]);
    struct topics_sum *sum = topics_grow(NULL, sizeof *sum);
    uint64_t *seen = topics_grow(NULL, topics_seen_bytes(&model));
    for (size_t k = 0; k < records.n; k++) {
        *sum = (struct topics_sum) { .model = &model, .seen = memset(seen, 0, topics_seen_bytes(&model)) };
        for (uint32_t i = 0; i < records.all[k].n_rows; i++)
            topics_add(sum, records.all[k].rows[i] << (32 - model.bits));
        topics_probabilities(sum, p);
        report_add(&report, &records.all[k], p, thresholds, model.n_labels);
        free(records.all[k].rows);
    }
    report_print(&report, names, model.n_labels);
    if (records.unknown)
        printf("%zu labels aren't among the model's, and were passed over\n", records.unknown);
    free(seen);
    free(sum);
    free(records.all);
    free(records.names);
    free(file);
}

static uint32_t read_bits(const char *text)
{
    char *end;
    const long n = strtol(text, &end, 10);

    if (end == text || *end || n < TOPICS_MIN_BITS || n > TOPICS_MAX_BITS)
        wrong("--bits must be a number from 10 to 20, not ", text);
    return (uint32_t)n;
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "out", required_argument, NULL, 'o' },
                                             { "bits", required_argument, NULL, 'b' },
                                             { "model", required_argument, NULL, 'm' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    struct records records = { .bits = 17 };
    const char *out = NULL, *model = NULL;
    int option;

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    const int is_train = argc > 1 && strcmp(argv[1], "train") == 0;
    if (!is_train && (argc < 2 || strcmp(argv[1], "evaluate") != 0))
        wrong("expected 'train' or 'evaluate'", "");
    while ((option = getopt_long(argc - 1, argv + 1, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return 0;
        }
        if (option == 'o' && is_train)
            out = optarg;
        else if (option == 'm' && !is_train)
            model = optarg;
        else if (option == 'b' && is_train)
            records.bits = read_bits(optarg);
        else
            wrong("these options don't go with ", argv[1]);
    }
    char **files = argv + 1 + optind;
    const int n_files = argc - 1 - optind;
    if (n_files < 1)
        wrong("there is no FILE to ", is_train ? "learn from" : "evaluate on");
    if (!is_train && !model)
        wrong("--model must be given", "");
    if (is_train && !out)
        wrong("--out must be given", "");
    if (!is_train) {
        evaluate(model, files, n_files);
        return 0;
    }
    for (int i = 0; i < n_files; i++)
        records_read(&records, files[i]);
    train(&records, out);
    for (size_t k = 0; k < records.n; k++)
        free(records.all[k].rows);
    free(records.all);
    free(records.names);
    return 0;
}
