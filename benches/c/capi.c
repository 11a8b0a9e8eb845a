/* Does a job with the C functions of the library. Prints its measurements as one line of JSON.
 *   capi token TIMES */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <vanta.h>

#include "measure.h"

static void check(vanta_status status)
{
    if (status != VANTA_OK) {
        fprintf(stderr, "%s\n", vanta_status_text(status));
        exit(1);
    }
}

static vanta_client *client_new(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;

    check(vanta_config_new(&config));
    check(vanta_config_set_client_id(config, getenv("BENCH_ID")));
    check(vanta_config_set_client_secret(config, getenv("BENCH_SECRET"), strlen(getenv("BENCH_SECRET"))));
    check(vanta_config_set_origin(config, getenv("BENCH_ORIGIN")));
    check(vanta_config_set_ca_file(config, getenv("BENCH_CA")));
    check(vanta_client_new(config, &client, NULL));
    vanta_config_free(config);
    return client;
}

int main(int argc, char **argv)
{
    long times = argc > 2 ? atol(argv[2]) : 0;
    char token[512];
    vanta_client *client;

    if (argc < 3 || strcmp(argv[1], "token") != 0)
        return 2;
    client = client_new();
    check(vanta_token(client, NULL, token, sizeof token, NULL, NULL));
    begin();
    for (long i = 0; i < times; i++)
        check(vanta_token(client, NULL, token, sizeof token, NULL, NULL));
    end(times);
    vanta_client_free(client);
    return 0;
}
