/* A host program with the default disposition of SIGPIPE, which would end it: pushes a request body COUNT times to
 * a server that ends each connection, and prints how many calls returned.
 *   sigpipe COUNT REQUEST        configured from the environment; TEST_TOKEN is the access token */
#define _GNU_SOURCE
#include <signal.h>
#include "check.h"

int main(int argc, char **argv)
{
    vanta_config *config = config_of_environment();
    vanta_call *call = NULL;
    vanta_body *body = NULL;
    vanta_client *client;
    const char *token = getenv("TEST_TOKEN");
    struct sigaction action;
    int i, count;

    CHECK(argc == 3 && token);
    count = atoi(argv[1]);
    CHECK(vanta_config_set_fixed_token(config, token, strlen(token)) == VANTA_OK);
    CHECK(vanta_config_allow_plain_http_to_loopback(config) == VANTA_OK);
    client = client_of(config);
    CHECK(vanta_call_new(&call) == VANTA_OK && vanta_call_allow_any_removals(call) == VANTA_OK);
    CHECK(vanta_body_from_file(argv[2], &body, NULL) == VANTA_OK);
    for (i = 0; i < count; i++)
        vanta_push(client, "user_account", body, call, NULL, NULL);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    printf("%d calls returned\n", i);
    vanta_body_free(body);
    vanta_call_free(call);
    vanta_client_free(client);
    return 0;
}
