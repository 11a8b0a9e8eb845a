/* Forks while other threads make and free clients of many applications. In each child the registry of clients must be
 * complete and unlocked. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vanta.h>

enum { THREADS = 3, CHILDREN = 200, APPLICATIONS = 50 };

static volatile int done;

/* Makes a client of an application; with a store, when `store` is not NULL. */
static vanta_status make(int application, const char *store, vanta_client **client)
{
    char id[32];
    vanta_config *config = NULL;
    vanta_status status;

    snprintf(id, sizeof id, "vci_%d", application);
    vanta_config_new(&config);
    vanta_config_set_client_id(config, id);
    vanta_config_set_client_secret(config, "vcs_x", 5);
    vanta_config_set_origin(config, "http://127.0.0.1:9");
    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    if (store != NULL)
        vanta_config_set_token_store(config, store);
    status = vanta_client_new(config, client, NULL);
    vanta_config_free(config);
    return status;
}

static void *make_and_free(void *start)
{
    vanta_client *client = NULL;
    int i;

    for (i = *(int *)start; !done; i++) {
        make(i % APPLICATIONS, NULL, &client);
        vanta_client_free(client);
    }
    return NULL;
}

static int child(const char *store)
{
    vanta_client *clients[APPLICATIONS], *other = NULL;
    int i;

    alarm(120);
    for (i = 0; i < APPLICATIONS; i++)
        if (make(i, NULL, &clients[i]) != VANTA_OK)
            return 2;
    /* Its parent's client has no store, so another client of the application may not have one either. */
    if (make(-1, store, &other) == VANTA_OK)
        return 3;
    for (i = 0; i < APPLICATIONS; i++)
        vanta_client_free(clients[i]);
    return 0;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int starts[THREADS], i, status, good = 0;
    vanta_client *kept = NULL;
    pid_t pid;

    if (argc < 2 || make(-1, NULL, &kept) != VANTA_OK)
        return 1;
    for (i = 0; i < THREADS; i++) {
        starts[i] = i * 17;
        pthread_create(&threads[i], NULL, make_and_free, &starts[i]);
    }
    for (i = 0; i < CHILDREN; i++) {
        pid = fork();
        if (pid == 0)
            _exit(child(argv[1]));
        waitpid(pid, &status, 0);
        good += status == 0;
    }
    done = 1;
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    vanta_client_free(kept);
    printf("%d of %d children succeeded\n", good, CHILDREN);
    return good != CHILDREN;
}
