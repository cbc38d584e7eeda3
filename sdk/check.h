/* check.h: what the stages of a check share. check.c has their order; library.c judges the file, documents.c runs the corpus,
 * growth.c measures. */
#ifndef SDK_CHECK_H
#define SDK_CHECK_H

#include "sdk/args.h"
#include "sdk/corpus.h"
#include "sdk/found.h"
#include "sdk/installed.h"
#include "sdk/rig.h"

struct sdk_check {
    const struct sdk_args *args;
    struct sdk_installed *installed;
    struct sdk_corpus corpus;
    struct sdk_plan plans[2]; /* what it needs; that, and what it could use */
    uint32_t with;            /* which of them the stage is about */
    uint32_t only;            /* the only document that is run; SDK_NO_DOCUMENT: all */
};

/* `textctl plugin check`; the words are the program's own, for a second run under valgrind. An exit code. */
int sdk_check(const struct sdk_args *args, int argc, char **argv);

/* Prints what the board has, as text or JSON. An exit code. */
int sdk_report(const struct sdk_check *check);

/* The stages, each for a process of its own: `data` is the struct sdk_check. */
void sdk_library_load(void *data);      /* opened, judged, created, proved, destroyed */
void sdk_documents_run(void *data);     /* the corpus, there and back; goes on at sdk_board->step */
void sdk_documents_again(void *data);   /* some of it once more, with other surroundings */
void sdk_documents_starve(void *data);  /* host->alloc fails */
void sdk_documents_options(void *data); /* each option at its ends, in a second instance beside the first */
void sdk_documents_confine(void *data); /* with what keeps a worker's plugins to their documents */
void sdk_documents_leak(void *data);    /* again and again */
void sdk_growth_measure(void *data);    /* time by size; should_stop */

/* Whether a document is run at all. */
int sdk_check_has(const struct sdk_check *check, uint32_t document);

/* Opens the plan's plugins; ends the process when that fails: the stage before has said why. */
void sdk_check_open(const struct sdk_check *check, struct sdk_rig *rig);

#endif
