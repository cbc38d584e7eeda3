/* train.h: what `textctl train language` and `textctl evaluate language` do, and what bench/run language asks for. */
#ifndef LANGUAGE_TRAIN_H
#define LANGUAGE_TRAIN_H

#include <stdint.h>

#define TRAIN_STEPS 21000000u /* pieces of text that are learned from */

/* Learns from files of lines (lines.h), and writes the model. The same files in the same order give the same model, byte for byte. */
int train(const char *out, uint32_t steps, char **files, int n);

/* Writes how many texts of such files are put down to their language, by language. */
int evaluate(const char *model, char **files, int n);

/* Of each line of the standard input writes its language, its score, how probable it is foreign to English, and candidates. */
int judge(const char *model);

/* Reads the standard input as one text, and writes how many MB of it are judged in a second, the mean of so many times. */
int speed(const char *model, int times);

#endif
