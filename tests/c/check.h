/* Shared by the test programs: CHECK, which prints the line that failed, and functions that make clients and calls. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <vanta.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

static inline vanta_config *config_of_environment(void)
{
    vanta_config *config = NULL;

    CHECK(vanta_config_new(&config) == VANTA_OK);
    CHECK(vanta_config_use_environment(config) == VANTA_OK);
    return config;
}

/* Makes a client, and frees its configuration. */
static inline vanta_client *client_of(vanta_config *config)
{
    vanta_client *client = NULL;
    vanta_error *error = NULL;

    if (vanta_client_new(config, &client, &error) != VANTA_OK) {
        fprintf(stderr, "%s\n", vanta_error_message(error));
        exit(1);
    }
    vanta_config_free(config);
    return client;
}

static inline vanta_status token_of(const vanta_client *client, const vanta_options *call, vanta_error **error)
{
    char token[256];
    vanta_status status = vanta_token(client, call, token, sizeof token, NULL, error);

    vanta_wipe(token, sizeof token);
    return status;
}

static inline vanta_status push_of(const vanta_client *client, const vanta_options *call, vanta_error **error)
{
    vanta_body *body = NULL;
    vanta_status status;

    CHECK(vanta_body_from_file("tests/fixtures/01_user_account_3.json", &body, NULL) == VANTA_OK);
    status = vanta_push(client, "user_account", body, call, NULL, error);
    vanta_body_free(body);
    return status;
}

static inline vanta_status list_of(const vanta_client *client, const vanta_options *call, vanta_error **error)
{
    vanta_listing *listing = NULL;
    vanta_status status = vanta_list(client, "user_account", "66f0c0ffee0000000000a001", call, &listing, error);

    vanta_listing_free(listing);
    return status;
}

#endif
