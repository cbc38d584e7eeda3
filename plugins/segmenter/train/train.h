/* train.h: the two things that segmenter-train does. Both return its exit code. */
#ifndef SEGMENTER_TRAIN_H
#define SEGMENTER_TRAIN_H

/* Learns from the files, FILE or FILE=LICENCE each (see records_read), and writes the model. */
int train(const char *model_file, char **files, int n_files);

/* Prints how well the model does on the files. */
int score(const char *model_file, char **files, int n_files);

#endif
