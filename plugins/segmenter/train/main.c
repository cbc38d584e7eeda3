/* main.c: the segmenter's trainer.
 *
 *   segmenter-train train MODEL FILE[=LICENCE]...    writes the model
 *   segmenter-train score MODEL FILE...              prints F1 of sentences and tokens */
#include <stdio.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/train/train.h"

int main(int argc, char **argv)
{
    trainer_name = "segmenter-train";
    if (argc >= 4 && strcmp(argv[1], "train") == 0)
        return train(argv[2], argv + 3, argc - 3);
    if (argc >= 4 && strcmp(argv[1], "score") == 0)
        return score(argv[2], argv + 3, argc - 3);
    fprintf(stderr,
            "usage: segmenter-train train MODEL FILE[=LICENCE]...\n       segmenter-train score MODEL FILE...\n");
    return 2;
}
