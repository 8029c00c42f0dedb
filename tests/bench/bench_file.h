/** @file bench_file.h  A file's bytes, as the benchmarks read them. */
#pragma once
#include "base/view.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The whole of @p path, to be freed by the caller; false, with a word on stderr, where it cannot be read. */
static inline bool bench_read(const char *path, struct view *out)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    rewind(file);
    text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) {
        free(text);
        fclose(file);
        return false;
    }
    fclose(file);
    *out = (struct view){text, (size_t)size};
    return true;
}
