/* abbreviations.h: sentences for the trainer with abbreviations in them that its corpora hardly have. */
#ifndef SEGMENTER_ABBREVIATIONS_H
#define SEGMENTER_ABBREVIATIONS_H

#include "plugins/segmenter/train/records.h"

/* Reads the file, which says by itself how it is written, and for each abbreviation of the language puts it into a few sentences of the
 * records, which are added behind them. */
void abbreviations_add(struct records *records, const char *file, const char *code);

#endif
