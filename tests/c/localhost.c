/* Gets an access token and prints the status and the message. The name localhost has the addresses in TEST_ADDRESSES,
 * separated by blanks. Configured from the environment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include "check.h"

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int numeric(look_up *real, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    struct addrinfo own = *hints, **end = found;
    char addresses[256], *address, *rest = NULL;

    snprintf(addresses, sizeof addresses, "%s", getenv("TEST_ADDRESSES"));
    own.ai_flags |= AI_NUMERICHOST;
    for (address = strtok_r(addresses, " ", &rest); address; address = strtok_r(NULL, " ", &rest)) {
        if (real(address, service, &own, end) != 0)
            return EAI_FAIL;
        while (*end)
            end = &(*end)->ai_next;
    }
    return 0;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    look_up *real;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return strcmp(name, "localhost") == 0 ? numeric(real, service, hints, found) : real(name, service, hints, found);
}

int main(void)
{
    vanta_config *config = config_of_environment();
    vanta_client *client;
    vanta_error *error = NULL;
    vanta_status status;

    CHECK(vanta_config_set_allow_plain_http_to_loopback(config, 1) == VANTA_OK);
    client = client_of(config);
    status = token_of(client, NULL, &error);
    printf("%d %s\n", (int)status, error ? vanta_error_message(error) : "");
    vanta_error_free(error);
    vanta_client_free(client);
    return 0;
}
