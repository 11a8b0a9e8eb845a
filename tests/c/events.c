/* Counts the events that the event handler receives. Checks that no line has a secret, and that the handler is
 * destroyed once, with its last client. */
#include "check.h"

struct counters {
    int new_tokens, retried, others, warnings, destroyed, reentrant;
    vanta_client *client;
};

static void on_event(vanta_event event, int32_t is_warning, const char *line, void *user_data)
{
    struct counters *counters = user_data;
    char token[8];

    CHECK(line[0] && !strstr(line, "vat_") && !strstr(line, "vcs_"));
    counters->new_tokens += event == VANTA_EVENT_NEW_TOKEN;
    counters->retried += event == VANTA_EVENT_RETRYING;
    counters->others += event != VANTA_EVENT_NEW_TOKEN && event != VANTA_EVENT_RETRYING;
    counters->warnings += is_warning;
    if (event == VANTA_EVENT_RETRYING)
        counters->reentrant += vanta_list(counters->client, "user_account", "x", NULL, NULL, NULL) == VANTA_ERR_NULL_POINTER
                         && vanta_token_valid_for(counters->client, 9999, NULL, token, sizeof token, NULL, NULL)
                                == VANTA_ERR_REENTRANT;
}

static void destroy(void *user_data)
{
    ((struct counters *)user_data)->destroyed++;
}

int main(void)
{
    struct counters counters = {0, 0, 0, 0, 0, 0, NULL};
    vanta_config *config = NULL;
    vanta_listing *listing = NULL;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_config_on_event(config, NULL, &counters, destroy) == VANTA_ERR_NULL_POINTER && !counters.destroyed);
    CHECK(vanta_config_on_event(config, on_event, &counters, destroy) == VANTA_OK);
    CHECK(vanta_client_new(config, &counters.client, NULL) == VANTA_OK);
    vanta_config_free(config);
    CHECK(counters.destroyed == 0);
    CHECK(vanta_list(counters.client, "user_account", "x", NULL, &listing, NULL) == VANTA_OK);
    vanta_listing_free(listing);
    CHECK(counters.new_tokens == 1 && counters.retried == 1 && counters.others == 0 && counters.warnings == 0);
    CHECK(counters.reentrant == 1);
    vanta_client_free(counters.client);
    CHECK(counters.destroyed == 1);
    puts("passed");
    return 0;
}
