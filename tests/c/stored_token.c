/* Lists the records with the token of the store, and never requests one.
 *   stored_token KIND RESOURCE-ID */
#include <stdio.h>
#include <vanta.h>

int main(int argc, char **argv)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_listing *listing = NULL;
    vanta_error *error = NULL;
    vanta_status status;

    if (argc != 3)
        return 64;
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    vanta_config_set_token_from_store_only(config, 1);
    status = vanta_client_new(config, &client, &error);
    if (status == VANTA_OK)
        status = vanta_list(client, argv[1], argv[2], NULL, &listing, &error);
    if (status == VANTA_OK)
        printf("listed\n");
    else
        fprintf(stderr, "%s\n", vanta_error_message(error));
    vanta_error_free(error);
    vanta_listing_free(listing);
    vanta_client_free(client);
    vanta_config_free(config);
    return status != VANTA_OK;
}
