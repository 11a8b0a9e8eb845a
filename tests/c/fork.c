/* Forks while other threads make calls. Each child uses its parent's token and a connection of its own, and frees the
 * client without an effect on its parent.
 *   fork CHILDREN        configured from the environment */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vanta.h>

enum { THREADS = 4 };

static vanta_client *client;
static volatile int done;

static int list_as(int number)
{
    char resource[32];
    vanta_listing *listing = NULL;
    vanta_error *error = NULL;
    vanta_status status;

    snprintf(resource, sizeof resource, "process-%d", number);
    status = vanta_list(client, "user_account", resource, NULL, &listing, &error);
    if (status != VANTA_OK)
        fprintf(stderr, "process %d: %s\n", number, vanta_error_message(error));
    vanta_error_free(error);
    vanta_listing_free(listing);
    return status == VANTA_OK;
}

/* Makes calls all the time, so that the locks of the library are often held. */
static void *make_calls(void *unused)
{
    char token[256];
    vanta_snapshot *snapshot = NULL;

    while (!done) {
        vanta_token(client, NULL, token, sizeof token, NULL, NULL);
        vanta_client_snapshot(client, &snapshot, NULL);
        vanta_snapshot_free(snapshot);
    }
    vanta_wipe(token, sizeof token);
    return unused;
}

static int child(int number, const char *token)
{
    char own[256];

    alarm(120);
    if (vanta_token(client, NULL, own, sizeof own, NULL, NULL) != VANTA_OK || strcmp(own, token)) {
        fprintf(stderr, "process %d has another token\n", number);
        return 2;
    }
    if (!list_as(number) || !list_as(number))
        return 3;
    vanta_client_free(client);
    return 0;
}

int main(int argc, char **argv)
{
    int children = argc > 1 ? atoi(argv[1]) : 1, number, good = 0;
    vanta_config *config = NULL;
    vanta_error *error = NULL;
    pthread_t threads[THREADS];
    char token[256];

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (vanta_client_new(config, &client, &error) != VANTA_OK) {
        fprintf(stderr, "%s\n", vanta_error_message(error));
        return 1;
    }
    vanta_config_free(config);
    if (vanta_token(client, NULL, token, sizeof token, NULL, NULL) != VANTA_OK || !list_as(0))
        return 1;
    for (number = 0; number < THREADS; number++)
        pthread_create(&threads[number], NULL, make_calls, NULL);
    for (number = 1; number <= children; number++) {
        if (fork() == 0)
            _exit(child(number, token));
    }
    for (number = 1; number <= children; number++) {
        int status = 1;

        wait(&status);
        good += status == 0;
    }
    done = 1;
    for (number = 0; number < THREADS; number++)
        pthread_join(threads[number], NULL);
    printf("%d of %d children succeeded\n", good, children);
    printf("the parent %s\n", list_as(0) ? "succeeded" : "failed");
    vanta_wipe(token, sizeof token);
    vanta_client_free(client);
    return 0;
}
