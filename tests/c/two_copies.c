/* Uses two copies of the library in one process: one is linked, the other is loaded. They share the token store, and
 * nothing else.
 *   two_copies LIBRARY        configured from the environment */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include "loaded.h"

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    vanta_config *config = NULL, *loaded_config = NULL;
    vanta_client *client = NULL, *loaded_client = NULL;
    char token[256], loaded_token[256];

    if (!library || FIND(new_client, "vanta_client_new") == vanta_client_new)
        return 1;
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    FIND(new_config, "vanta_config_new")(&loaded_config);
    FIND(use_environment, "vanta_config_use_environment")(loaded_config);
    if (vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 2;
    if (FIND(new_client, "vanta_client_new")(loaded_config, &loaded_client, NULL) != VANTA_OK)
        return 3;
    if (vanta_token(client, NULL, token, sizeof token, NULL, NULL) != VANTA_OK)
        return 4;
    if (FIND(get_token, "vanta_token")(loaded_client, NULL, loaded_token, sizeof loaded_token, NULL,
                                       NULL) != VANTA_OK)
        return 5;
    printf("%s\n", strcmp(token, loaded_token) == 0 ? "one token" : "two tokens");
    vanta_client_free(client);
    FIND(free_client, "vanta_client_free")(loaded_client);
    vanta_config_free(config);
    FIND(free_config, "vanta_config_free")(loaded_config);
    vanta_wipe(token, sizeof token);
    vanta_wipe(loaded_token, sizeof loaded_token);
    return 0;
}
