/* Sets proxy credentials in code: the proxy is TEST_PROXY, its credentials are TEST_PROXY_CREDENTIALS. */
#include "check.h"

int main(void)
{
    vanta_config *config = config_of_environment();
    vanta_client *client;
    vanta_error *error = NULL;
    char credentials[64];
    size_t size = strlen(getenv("TEST_PROXY_CREDENTIALS"));

    CHECK(size < sizeof credentials);
    memcpy(credentials, getenv("TEST_PROXY_CREDENTIALS"), size);
    CHECK(vanta_config_set_proxy(config, getenv("TEST_PROXY")) == VANTA_OK);
    CHECK(vanta_config_set_proxy_credentials(config, credentials, size) == VANTA_OK);
    CHECK(vanta_config_set_proxy_credentials(config, NULL, 3) == VANTA_ERR_NULL_POINTER);
    CHECK(vanta_config_set_proxy_credentials(config, "\xff:x", 3) == VANTA_ERR_INVALID_UTF8);
    vanta_wipe(credentials, sizeof credentials);
    client = client_of(config);
    CHECK(token_of(client, NULL, &error) == VANTA_ERR_PROXY_REFUSED);
    puts(vanta_error_message(error));
    vanta_error_free(error);
    vanta_client_free(client);
    return 0;
}
