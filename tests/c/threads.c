/* Gets a token on eight threads of one client at the same time. Prints how many threads got the same token. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <vanta.h>

enum { THREADS = 8 };

static char tokens[THREADS][256];
static vanta_client *client;
static pthread_barrier_t start;

static void *get_token(void *slot)
{
    size_t needed = 0;

    pthread_barrier_wait(&start);
    if (vanta_token(client, NULL, slot, sizeof tokens[0], &needed, NULL) != VANTA_OK)
        return NULL;
    return needed == strlen(slot) + 1 ? slot : NULL;
}

int main(void)
{
    vanta_config *config = NULL;
    vanta_error *error = NULL;
    pthread_t threads[THREADS];
    int i, equal = 0;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (vanta_client_new(config, &client, &error) != VANTA_OK) {
        fprintf(stderr, "%s\n", vanta_error_message(error));
        return 1;
    }
    pthread_barrier_init(&start, NULL, THREADS);
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, get_token, tokens[i]);
    for (i = 0; i < THREADS; i++) {
        void *got;
        pthread_join(threads[i], &got);
        equal += got && strcmp(got, tokens[0]) == 0;
    }
    printf("%d equal tokens\n", equal);
    vanta_wipe(tokens, sizeof tokens);
    pthread_barrier_destroy(&start);
    vanta_client_free(client);
    vanta_config_free(config);
    return 0;
}
