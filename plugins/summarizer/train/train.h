/* train.h: what summarizer-train does. Each returns its exit code. */
#ifndef SUMMARIZER_TRAIN_H
#define SUMMARIZER_TRAIN_H

#include <stdint.h>

#include "plugins/segmenter/model.h"
#include "plugins/summarizer/model.h"

/* Where a model comes from: the segmenter's model, the list of words by frequency, the function words; WordNet's index.sense, or
 * NULL, and the list of words' classes. */
struct sources {
    const char *segmenter, *words, *stopwords, *wordnet, *parts;
};

/* Learns from the files, FILE or FILE=LICENCE each (see records_read), and writes the model. */
int train(const char *model_file, const struct sources *sources, char **files, int n_files);

/* Prints ROUGE of summaries of `asked` sentences of the files, each by models that have not seen the document: five are made,
 * each from the records of all files but a fifth of them. */
int cross_validate(const struct sources *sources, uint32_t asked, char **files, int n_files);

/* Prints ROUGE of summaries of `asked` sentences of the files, and of the first sentences. */
int score(const char *model_file, const char *segmenter_file, uint32_t asked, char **files, int n_files);

/* The segmenter's model, in *bytes, which the caller frees. Ends the program if it is none. */
struct boundary_model segmenter_open(const char *file, void **bytes);

#endif
