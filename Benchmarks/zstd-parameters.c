// Compares sets of zstd's parameters on files of a database, in frames of 4 MiB, as the archive has them.
// Each frame is compressed by all sets in turn, so that a busy machine slows all of them alike.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

enum { FRAME = 4 << 20, ROUNDS = 3, SETS = 9 };

struct set {
    int shortest_match, hash_log, target_length;
    ZSTD_CCtx *context;
    double seconds;
    size_t bytes;
};

static double processor_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

// A parameter of 0 stays that of level 1. Literals are compressed always (ZSTD_c_literalCompressionMode).
static void prepare(struct set *set) {
    set->context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(set->context, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(set->context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(set->context, ZSTD_c_experimentalParam5, 1);
    if (set->shortest_match) ZSTD_CCtx_setParameter(set->context, ZSTD_c_minMatch, set->shortest_match);
    if (set->hash_log) ZSTD_CCtx_setParameter(set->context, ZSTD_c_hashLog, set->hash_log);
    if (set->target_length) ZSTD_CCtx_setParameter(set->context, ZSTD_c_targetLength, set->target_length);
}

int main(int count, char **paths) {
    char *input = malloc(FRAME), *output = malloc(ZSTD_compressBound(FRAME));
    for (int file = 1; file < count; file++) {
        struct set sets[SETS] = {{0, 0, 0}, {0, 13, 2}, {0, 12, 2}, {5, 13, 2}, {5, 12, 2}, {6, 13, 0}, {6, 13, 2}, {6, 12, 2}, {6, 11, 2}};
        for (int i = 0; i < SETS; i++) prepare(&sets[i]);
        int descriptor = open(paths[file], O_RDONLY);
        ssize_t length;
        while ((length = read(descriptor, input, FRAME)) > 0)
            for (int round = 0; round < ROUNDS; round++)
                for (int i = 0; i < SETS; i++) {
                    double start = processor_time();
                    size_t bytes = ZSTD_compress2(sets[i].context, output, ZSTD_compressBound(FRAME), input, length);
                    sets[i].seconds += processor_time() - start;
                    if (round == 0) sets[i].bytes += bytes;
                }
        close(descriptor);
        printf("\n%s\n\n| shortest match | hash log | target length | processor time | size |\n|---|---|---|---|---|\n", paths[file]);
        for (int i = 0; i < SETS; i++) {
            printf("| %d | %d | %d | %.2f | %.3f |\n", sets[i].shortest_match, sets[i].hash_log, sets[i].target_length,
                sets[i].seconds / sets[0].seconds, (double)sets[i].bytes / sets[0].bytes);
            ZSTD_freeCCtx(sets[i].context);
        }
    }
    return 0;
}
