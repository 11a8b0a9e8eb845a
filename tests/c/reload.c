/* Loads and closes the library a hundred times while other threads make calls. Then loads it once more, by dlmopen.
 *   reload LIBRARY        configured from the environment */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "loaded.h"

enum { THREADS = 4 };

static const char *path;
static volatile int done;
static int calls[THREADS];

/* Gets a token, by functions that are looked up in the library. Returns whether it did. */
static int get_a_token(void *library)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    char token[256];
    int good;

    if (!library)
        return 0;
    FIND(new_config, "vanta_config_new")(&config);
    FIND(use_environment, "vanta_config_use_environment")(config);
    good = FIND(new_client, "vanta_client_new")(config, &client, NULL) == VANTA_OK
        && FIND(get_token, "vanta_token")(client, NULL, token, sizeof token, NULL, NULL) == VANTA_OK;
    FIND(free_client, "vanta_client_free")(client);
    FIND(free_config, "vanta_config_free")(config);
    return good;
}

static void *work(void *count)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    while (!done || *(int *)count == 0)
        *(int *)count += get_a_token(library);
    if (library)
        dlclose(library);
    return count;
}

/* Counts the mappings of the library's code. */
static int mappings(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    char line[512];
    int found = 0;

    while (file && fgets(line, sizeof line, file))
        found += strstr(line, "/libvanta.so") && strstr(line, "r-xp");
    if (file)
        fclose(file);
    return found;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i, before;

    path = argc > 1 ? argv[1] : "";
    /* No call was made yet, so dlclose unmaps it. */
    if (dlclose(dlopen(path, RTLD_NOW | RTLD_LOCAL)) != 0 || mappings() != 1)
        return 2;
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, &calls[i]);
    for (i = 0; i < 100; i++) {
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

        if (!library || (i % 20 == 0 && !get_a_token(library)) || dlclose(library) != 0)
            return 1;
    }
    done = 1;
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    before = mappings();
    i = get_a_token(dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL));
    printf("mapped %d time and stays, %s in a namespace of its own\n", before, i ? "works" : "does not work");
    return mappings() - before != 1;
}
