/* Gets the client secret from a callback, which may fail and must not call the library. */
#include "check.h"

struct vault {
    const char *secret;
    const vanta_client *client;
    int calls, sealed, destroyed;
};

static int32_t read_vault(char *secret, size_t room, size_t *size, char *reason, size_t reason_room, void *user_data)
{
    struct vault *vault = user_data;

    CHECK(room >= 16384 && *size == 0 && reason_room >= 256 && reason[0] == 0);
    if (vault->sealed) {
        strcpy(reason, "the vault is sealed");
        return 7;
    }
    vault->calls++;
    printf("inside %d\n", (int)token_of(vault->client, NULL, NULL));
    *size = strlen(vault->secret);
    memcpy(secret, vault->secret, *size);
    return 0;
}

static void destroy(void *user_data)
{
    ((struct vault *)user_data)->destroyed++;
}

int main(int argc, char **argv)
{
    struct vault vault = {NULL, NULL, 0, 1, 0};
    vanta_config *config = config_of_environment();
    vanta_client *client;
    vanta_error *error = NULL;
    vanta_status status;

    CHECK(argc == 2);
    vault.secret = argv[1];
    CHECK(vanta_config_set_client_secret_callback(config, NULL, &vault, destroy) == VANTA_ERR_NULL_POINTER);
    CHECK(vanta_config_set_client_secret_callback(config, read_vault, &vault, destroy) == VANTA_OK);
    client = client_of(config);
    vault.client = client;
    printf("calls %d\n", vault.calls);
    status = token_of(client, NULL, &error);
    CHECK(status == VANTA_ERR_SECRET_UNAVAILABLE);
    printf("sealed %d %d\n", (int)status, strstr(vanta_error_message(error), "the vault is sealed") != NULL);
    vanta_error_free(error);
    vault.sealed = 0;
    printf("token %d\n", (int)token_of(client, NULL, NULL));
    printf("calls %d\n", vault.calls);
    printf("list %d\n", (int)list_of(client, NULL, NULL));
    printf("calls %d\n", vault.calls);
    CHECK(vault.destroyed == 0);
    vanta_client_free(client);
    CHECK(vault.destroyed == 1);
    return 0;
}
