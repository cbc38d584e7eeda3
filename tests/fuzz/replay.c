/* replay.c: runs a fuzz target over the files that are named, every prefix of each, and each with every byte changed once:
 * what the fuzzer has found stays found, without a fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Exactly as long as the input, so that the sanitizers see a read behind its end. */
static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

int main(int argc, char **argv)
{
    static uint8_t bytes[1 << 16];
    unsigned runs = 0;

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            return 1;
        }
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        for (size_t n = 0; n <= size; n++, runs++)
            run(bytes, n);
        for (size_t at = 0; at < size; at++, runs++) {
            bytes[at] ^= (uint8_t)(1u << (at % 8)) | 0x80;
            run(bytes, size);
            bytes[at] ^= (uint8_t)(1u << (at % 8)) | 0x80;
        }
    }
    printf("%u inputs\n", runs);
    return runs > 0 ? 0 : 1;
}
