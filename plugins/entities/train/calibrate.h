/* calibrate.h: makes scores mean what they say: of the names with a score of 0.8, about eight of ten are right. */
#ifndef ENTITIES_TRAIN_CALIBRATE_H
#define ENTITIES_TRAIN_CALIBRATE_H

#include "plugins/entities/names/model.h"
#include "plugins/entities/train/texts.h"

/* Fits logistic functions (Platt 1999) of the log-odds that a model without calibration gives: to whether its names are names, and to whether
 * those that are have the right type. The texts must be others than it has learned from. */
void calibrate_fit(const struct names_model *model, const struct texts *texts, struct model_calibration *name,
                   struct model_calibration *type);

/* Prints how often names are right, for each tenth of their scores. */
void calibrate_print(const struct names_model *model, const struct texts *texts);

#endif
