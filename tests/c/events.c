/* A listener is told what happens, each line without a secret, and is given back once when nobody needs it any more. */
#include "check.h"

struct heard {
    int minted, retried, others, warnings, destroyed, reentrant;
    vanta_client *client;
};

static void on_event(vanta_event event, int32_t is_warning, const char *line, void *user_data)
{
    struct heard *heard = user_data;
    char token[8];

    CHECK(line[0] && !strstr(line, "vat_") && !strstr(line, "vcs_"));
    heard->minted += event == VANTA_EVENT_NEW_TOKEN;
    heard->retried += event == VANTA_EVENT_RETRYING;
    heard->others += event != VANTA_EVENT_NEW_TOKEN && event != VANTA_EVENT_RETRYING;
    heard->warnings += is_warning;
    if (event == VANTA_EVENT_RETRYING)
        heard->reentrant += vanta_list(heard->client, "user_account", "x", NULL, NULL, NULL) == VANTA_ERR_NULL_POINTER
                         && vanta_token_valid_for(heard->client, 9999, NULL, token, sizeof token, NULL, NULL)
                                == VANTA_ERR_REENTRANT;
}

static void destroy(void *user_data)
{
    ((struct heard *)user_data)->destroyed++;
}

int main(void)
{
    struct heard heard = {0, 0, 0, 0, 0, 0, NULL};
    vanta_config *config = NULL;
    vanta_listing *listing = NULL;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_config_on_event(config, NULL, &heard, destroy) == VANTA_ERR_NULL_POINTER && !heard.destroyed);
    CHECK(vanta_config_on_event(config, on_event, &heard, destroy) == VANTA_OK);
    CHECK(vanta_client_new(config, &heard.client, NULL) == VANTA_OK);
    vanta_config_free(config);
    CHECK(heard.destroyed == 0);
    CHECK(vanta_list(heard.client, "user_account", "x", NULL, &listing, NULL) == VANTA_OK);
    vanta_listing_free(listing);
    CHECK(heard.minted == 1 && heard.retried == 1 && heard.others == 0 && heard.warnings == 0);
    CHECK(heard.reentrant == 1);
    vanta_client_free(heard.client);
    CHECK(heard.destroyed == 1);
    puts("every event was told");
    return 0;
}
