/* A host program with the default disposition of SIGPIPE, which would end it: calls the library COUNT times while
 * its peer ends each connection, and prints how many calls returned. It is configured from the environment.
 *   sigpipe COUNT REQUEST        pushes a request body; TEST_TOKEN is the access token
 *   sigpipe COUNT                gets an access token, each time with a new client */
#define _GNU_SOURCE
#include <signal.h>
#include "check.h"

static void push(int count, const char *request)
{
    vanta_config *config = config_of_environment();
    vanta_options *call = NULL;
    vanta_body *body = NULL;
    vanta_client *client;
    const char *token = getenv("TEST_TOKEN");
    int i;

    CHECK(token && vanta_config_set_static_token(config, token, strlen(token)) == VANTA_OK);
    CHECK(vanta_config_set_allow_plain_http_to_loopback(config, 1) == VANTA_OK);
    client = client_of(config);
    CHECK(vanta_options_new(&call) == VANTA_OK && vanta_options_allow_any_removals(call, 1) == VANTA_OK);
    CHECK(vanta_body_from_file(request, &body, NULL) == VANTA_OK);
    for (i = 0; i < count; i++)
        vanta_push(client, "user_account", body, call, NULL, NULL);
    vanta_body_free(body);
    vanta_options_free(call);
    vanta_client_free(client);
}

static void get_tokens(int count)
{
    vanta_config *config;
    vanta_client *client;
    int i;

    for (i = 0; i < count; i++) {
        config = config_of_environment();
        CHECK(vanta_config_set_allow_plain_http_to_loopback(config, 1) == VANTA_OK);
        client = client_of(config);
        token_of(client, NULL, NULL);
        vanta_client_free(client);
    }
}

int main(int argc, char **argv)
{
    struct sigaction action;
    int count;

    CHECK(argc == 2 || argc == 3);
    count = atoi(argv[1]);
    if (argc == 3)
        push(count, argv[2]);
    else
        get_tokens(count);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    printf("%d calls returned\n", count);
    return 0;
}
