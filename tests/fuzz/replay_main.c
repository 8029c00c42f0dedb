/* Feeds files, and all files of directories, to a fuzz target: what libFuzzer's -runs=0 does, for
 * compilers without libFuzzer. Fails when there was nothing to feed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    struct stat info;
    size_t size;
    int failed = 1;

    if (file == NULL || fstat(fileno(file), &info) != 0) {
        perror(path);
        goto done;
    }
    /* Exactly the input's bytes, so that the sanitizer sees a read behind them. */
    size = (size_t)info.st_size;
    data = malloc(size > 0 ? size : 1);
    if (data == NULL || fread(data, 1, size, file) != size) {
        perror(path);
        goto done;
    }
    (void)LLVMFuzzerTestOneInput(data, size);
    failed = 0;
done:
    free(data);
    if (file != NULL)
        (void)fclose(file);
    return failed;
}

/* The files fed, or -1 at the first that cannot be read. */
static int replay_directory(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    char name[4096];
    int count = 0;

    if (directory == NULL) {
        perror(path);
        return -1;
    }
    while (count >= 0 && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        count = replay_file(name) == 0 ? count + 1 : -1;
    }
    (void)closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        struct stat info;
        int count = 1;

        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            count = replay_directory(argv[i]);
        else if (replay_file(argv[i]) != 0)
            count = -1;
        if (count < 0)
            return 1;
        total += count;
    }
    printf("%d inputs\n", total);
    return total > 0 ? 0 : 1;
}
