/* Forks while another thread holds the lock of the store. The child goes on and never calls the library.
 *   fork_in_call FILE        the child writes its number there; configured from the environment */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <vanta.h>

static vanta_client *client;

static void *get_token(void *unused)
{
    char token[256];

    vanta_token(client, NULL, token, sizeof token, NULL, NULL);
    return unused;
}

int main(int argc, char **argv)
{
    const struct timespec moment = {0, 300000000};
    vanta_config *config = NULL;
    pthread_t thread;
    FILE *file;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (argc < 2 || vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 1;
    pthread_create(&thread, NULL, get_token, NULL);
    nanosleep(&moment, NULL); /* the lock is taken long before */
    if (fork() == 0) {
        alarm(30);
        file = fopen(argv[1], "w");
        if (file) {
            fprintf(file, "%ld\n", (long)getpid());
            fclose(file);
        }
        pause();
        _exit(0);
    }
    pthread_join(thread, NULL);
    return 0;
}
