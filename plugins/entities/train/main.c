/* main.c: the names' trainer, which `textctl train entities` and `textctl evaluate entities` start. */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/entities/entity.h"
#include "plugins/entities/train/texts.h"
#include "plugins/entities/train/train.h"
#include "plugins/lib/train/trainer.h"

static const char usage[] =
    "usage: textctl train entities --train FILE... [--dev FILE]... --out MODEL [OPTION]...\n"
    "       textctl evaluate entities --model MODEL FILE...\n"
    "\n"
    "Learns names from texts in which they are marked, or says how well a model does on such texts. A file is of JSON "
    "Lines,\n"
    "{\"id\", \"text\", \"entities\": [{\"start\", \"end\", \"type\"}]} with offsets in bytes, of CoNLL columns or "
    "CoNLL-U, brat's .ann with\n"
    "its .txt beside it, or WebAnno's and INCEpTION's TSV 3; or it is a folder of such. All but brat's may be "
    "compressed by gzip.\n"
    "FILE=LICENCE takes only the records whose \"licence\" contains LICENCE.\n"
    "\n"
    "  --train FILE        texts to learn from; may be given again, for a set with other types, too\n"
    "  --dev FILE          texts to try it on, others than those: the best epoch is kept. Without, each fifth text is "
    "set\n"
    "                      aside for that\n"
    "  --base MODEL        starts from this model, or from the 'shipped' one, and not from nothing: what it knows is "
    "kept,\n"
    "                      types of your own are added; a hundred texts are enough\n"
    "  --out MODEL         the file to write\n"
    "  --column NAME       the column, its number, or the feature that tells the names, where it isn't the usual one\n"
    "  --types TABLE       what the types of each set mean; see docs/models.md\n"
    "  --knowledge MODEL   takes clusters of words and lists of names from this model, not from the installed one;\n"
    "                      'none': without\n"
    "  --frequent MODEL    learns nothing: counts which words the texts have most often, whose weights the model has "
    "summed up\n"
    "                      beforehand, so that it is fast; what it finds stays as it is\n"
    "  --vectors FILE --names FILE   compiles them instead, of vectors of words and a list of names\n"
    "  --epochs N          at most, 1 to 100 (default 20)\n"
    "  --learners N        so many learn side by side, 1 to 16 (default 4); the model is their mean. More are\n"
    "                      better, and take more time and memory\n"
    "  --model MODEL       the model to evaluate (default: the installed one)\n"
    "  --min-score X       leaves out names with a lower name_score, 0 to 1 (default 0.4)\n"
    "  --predictions FILE  writes what was found, as JSON Lines\n"
    "  --segmenter MODEL   the segmenter's model (default: the installed one)\n";

_Noreturn static void fail_usage(const char *why, const char *what)
{
    fprintf(stderr, "%s: %s%s\n\n%s", trainer_name, why, what, usage);
    exit(2);
}

/* A file of the installation, told from where this program is: …/libexec/textd/entities-train and …/share/textd/models. */
static const char *installed(const char *model)
{
    static char paths[4][4200];
    static int n;
    char self[4096], *path = paths[n++ % 4];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    self[length > 0 ? length : 0] = 0;
    snprintf(path, sizeof *paths, "%s/../../share/textd/models/%s", dirname(self), model);
    return path;
}

/* The model that came with textd: where the installed one was replaced, it is kept beside it under this name. */
static const char *shipped(void)
{
    const char *kept = installed("entities/shipped.model");

    return access(kept, R_OK) == 0 ? kept : installed("entities/entities.model");
}

struct wishes {
    struct train_wishes train;
    struct evaluate_wishes evaluate;
};

enum {
    TRAIN = 256,
    DEV,
    OUT,
    TYPES,
    KNOWLEDGE,
    FREQUENT,
    VECTORS,
    NAMES,
    BASE,
    COLUMN,
    EPOCHS,
    LEARNERS,
    MODEL,
    MIN_SCORE,
    PREDICTIONS,
    SEGMENTER
};

static const struct option options[] = {
    { "train", required_argument, NULL, TRAIN },
    { "dev", required_argument, NULL, DEV },
    { "out", required_argument, NULL, OUT },
    { "types", required_argument, NULL, TYPES },
    { "knowledge", required_argument, NULL, KNOWLEDGE },
    { "frequent", required_argument, NULL, FREQUENT },
    { "vectors", required_argument, NULL, VECTORS },
    { "names", required_argument, NULL, NAMES },
    { "column", required_argument, NULL, COLUMN },
    { "base", required_argument, NULL, BASE },
    { "epochs", required_argument, NULL, EPOCHS },
    { "learners", required_argument, NULL, LEARNERS },
    { "model", required_argument, NULL, MODEL },
    { "min-score", required_argument, NULL, MIN_SCORE },
    { "predictions", required_argument, NULL, PREDICTIONS },
    { "segmenter", required_argument, NULL, SEGMENTER },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static void add_file(const char **files, int *n, const char *file)
{
    if (*n == MOST_FILES)
        fail_usage("too many files: ", file);
    files[(*n)++] = file;
}

static double read_number(const char *option, const char *text, double least, double most)
{
    char *end;
    double x = strtod(text, &end);

    if (end == text || *end || !(x >= least && x <= most)) {
        char why[100];
        snprintf(why, sizeof why, "%s must be a number from %g to %g, not ", option, least, most);
        fail_usage(why, text);
    }
    return x;
}

static int read_count(const char *option, const char *text, int most)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end || n < 1 || n > most) {
        char why[100];
        snprintf(why, sizeof why, "%s must be a whole number from 1 to %d, not ", option, most);
        fail_usage(why, text);
    }
    return (int)n;
}

static void take_option(struct wishes *w, int option, char *value)
{
    switch (option) {
    case TRAIN:
        add_file(w->train.train, &w->train.n_train, value);
        break;
    case DEV:
        add_file(w->train.dev, &w->train.n_dev, value);
        break;
    case OUT:
        w->train.out = value;
        break;
    case TYPES:
        w->train.types = w->evaluate.types = value;
        break;
    case KNOWLEDGE:
        w->train.knowledge = strcmp(value, "none") == 0 ? NULL : value;
        break;
    case FREQUENT:
        w->train.frequent = value;
        break;
    case VECTORS:
        w->train.vectors = value;
        break;
    case NAMES:
        w->train.list = value;
        break;
    case COLUMN:
        texts_use_column(value);
        break;
    case BASE:
        w->train.base = value;
        break;
    case EPOCHS:
        w->train.epochs = read_count("--epochs", value, 100);
        break;
    case LEARNERS:
        w->train.learners = read_count("--learners", value, 16);
        break;
    case MODEL:
        w->evaluate.model = value;
        break;
    case MIN_SCORE:
        w->evaluate.min_score = read_number("--min-score", value, 0, 1);
        break;
    case PREDICTIONS:
        w->evaluate.predictions = value;
        break;
    case SEGMENTER:
        w->train.segmenter = w->evaluate.segmenter = value;
        break;
    case 'h':
        fputs(usage, stdout);
        exit(0);
    default:
        fail_usage("wrong option", "");
    }
}

static int run_train(struct wishes *w, int argc, char **argv)
{
    if (optind < argc)
        fail_usage("what is this file for? ", argv[optind]);
    if (w->train.n_train == 0 || !w->train.out)
        fail_usage("--train and --out must be given", "");
    if (w->train.frequent)
        return train_frequent(&w->train);
    if (!w->train.vectors != !w->train.list)
        fail_usage("--vectors and --names go together", "");
    if (w->train.base && strcmp(w->train.base, "shipped") == 0)
        w->train.base = shipped();
    if (w->train.base && w->train.vectors)
        fail_usage("--base has clusters and lists of its own: --vectors and --names don't go with it", "");
    if (w->train.base && w->train.knowledge != w->evaluate.model)
        fail_usage("--base has clusters and lists of its own: --knowledge doesn't go with it", "");
    if (w->train.base)
        w->train.knowledge = w->train.base;
    return train(&w->train);
}

static int run_evaluate(struct wishes *w, int argc, char **argv)
{
    while (optind < argc)
        add_file(w->evaluate.files, &w->evaluate.n_files, argv[optind++]);
    if (w->evaluate.n_files == 0)
        fail_usage("there is no file to evaluate on", "");
    return evaluate(&w->evaluate);
}

int main(int argc, char **argv)
{
    struct wishes w = { .train = { .epochs = 20, .learners = 4 }, .evaluate = { .min_score = ENTITY_MIN_SCORE } };
    bool is_train = argc > 1 && strcmp(argv[1], "train") == 0;
    int option;

    trainer_name = is_train ? "train entities" : "evaluate entities";
    if (argc < 2 || (!is_train && strcmp(argv[1], "evaluate") != 0))
        fail_usage("expected 'train' or 'evaluate'", "");
    w.train.knowledge = w.evaluate.model = installed("entities/entities.model");
    w.train.segmenter = w.evaluate.segmenter = installed("segmenter/segmenter.model");
    argc--, argv++;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == '?')
            fail_usage("wrong option: ", argv[optind - 1]);
        take_option(&w, option, optarg);
    }
    int rc = is_train ? run_train(&w, argc, argv) : run_evaluate(&w, argc, argv);
    if ((fflush(stdout) | ferror(stdout)) != 0)
        trainer_fail("can't write to standard output: %s", strerror(errno));
    return rc;
}
