/* score.c: how well a model does on files. */
#include <stdlib.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/train/evaluate.h"
#include "plugins/summarizer/train/train.h"

int score(const char *model_file, const char *segmenter_file, uint32_t asked, char **files, int n_files)
{
    void *segmenter_bytes;
    struct boundary_model segmenter = segmenter_open(segmenter_file, &segmenter_bytes);
    struct summary_model model;
    char reason[200];
    size_t length;
    void *bytes = trainer_need(model_file, &length);

    if (summary_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", model_file, reason);
    for (int i = 0; i < n_files; i++) {
        struct records records = { 0 };
        struct evaluation sums = { 0 };
        records_read(&records, files[i]);
        for (uint32_t k = 0; k < records.n; k++)
            evaluate(&sums, &records.all[k], &segmenter, &model, asked);
        evaluation_print(&sums, files[i]);
        records_free(&records);
    }
    free(bytes);
    free(segmenter_bytes);
    return 0;
}
