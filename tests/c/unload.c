/* Loads the library, gets a token, closes the library and forks. The fork may call nothing of the library.
 *   unload LIBRARY        configured from the environment */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "loaded.h"

static int threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int found = -2; /* . and .. */

    while (tasks && readdir(tasks))
        found++;
    if (tasks)
        closedir(tasks);
    return found;
}

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL);
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    char token[256];
    int status = 1;

    if (!library)
        return 1;
    FIND(new_config, "vanta_config_new")(&config);
    FIND(use_environment, "vanta_config_use_environment")(config);
    if (FIND(new_client, "vanta_client_new")(config, &client, NULL) != VANTA_OK)
        return 2;
    if (FIND(get_token, "vanta_token")(client, NULL, token, sizeof token, NULL, NULL) != VANTA_OK)
        return 3;
    FIND(free_client, "vanta_client_free")(client);
    FIND(free_config, "vanta_config_free")(config);
    dlclose(library);
    if (fork() == 0)
        _exit(0);
    wait(&status);
    printf("the child ended with %d, and %d thread runs\n", status, threads());
    return 0;
}
