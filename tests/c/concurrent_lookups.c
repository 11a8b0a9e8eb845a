/* Lists on forty threads at the same time while each name lookup takes 300 ms. Counts the calls that get no lookup. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <vanta.h>

enum { THREADS = 40 };

static vanta_client *client;
static vanta_status statuses[THREADS];

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    static const struct timespec moment = {0, 300000000};
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    nanosleep(&moment, NULL);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, found);
}

static void *list(void *status)
{
    vanta_listing *listing = NULL;

    *(vanta_status *)status = vanta_list(client, "user_account", "x", NULL, &listing, NULL);
    vanta_listing_free(listing);
    return NULL;
}

int main(void)
{
    vanta_config *config = NULL;
    pthread_t threads[THREADS];
    int i, refused = 0;

    vanta_config_new(&config);
    vanta_config_set_static_token(config, "vat_x", 5);
    vanta_config_set_origin(config, "http://localhost:9");
    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    vanta_config_set_requests_per_minute(config, 0);
    vanta_config_set_deadline_ms(config, 20000);
    if (vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 1;
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, list, &statuses[i]);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (i = 0; i < THREADS; i++)
        refused += statuses[i] != VANTA_ERR_CONNECT;
    printf("%d of %d lookups did not finish\n", refused, THREADS);
    vanta_client_free(client);
    vanta_config_free(config);
    return 0;
}
