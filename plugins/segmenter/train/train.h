/* train.h: the things that segmenter-train does. All return its exit code. */
#ifndef SEGMENTER_TRAIN_H
#define SEGMENTER_TRAIN_H

/* Learns from the files, FILE or FILE=LICENCE each (see records_read), and writes the model. `abbreviations` is the file of abbreviations.h,
 * or NULL. */
int train(const char *abbreviations, const char *model_file, char **files, int n_files);

/* The same of another language than English, which also learns its tokens. */
int train_language(const char *code, const char *abbreviations, const char *model_file, char **files, int n_files);

/* Prints how well the model does on the files. */
int score(const char *model_file, char **files, int n_files);

#endif
