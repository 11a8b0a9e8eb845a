/* Says where it is, and stands still until it is read, so that others can search its memory.
 *   memory SECRET      configured from the environment; SECRET is "file" for the one that is named there,
 *                      or the file of one that is given by code */
#include <fcntl.h>
#include <unistd.h>
#include "check.h"

static void stand_still(const char *where)
{
    char line[16];

    CHECK(write(1, where, strlen(where)) > 0);
    CHECK(read(0, line, sizeof line) > 0);
}

/* The program's own copies are its own to wipe. */
static void set_secret(vanta_config *config, const char *path)
{
    char secret[256];
    int file = open(path, O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, secret, sizeof secret);

    CHECK(size > 0);
    CHECK(vanta_config_set_client_secret(config, secret, (size_t)size) == VANTA_OK);
    vanta_wipe(secret, sizeof secret);
    close(file);
}

int main(int argc, char **argv)
{
    vanta_config *config = config_of_environment();
    vanta_client *client;

    CHECK(argc == 2);
    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    if (strcmp(argv[1], "file") != 0)
        set_secret(config, argv[1]);
    client = client_of(config);
    CHECK(token_of(client, NULL, NULL) == VANTA_OK);
    stand_still("minted\n");
    CHECK(list_of(client, NULL, NULL) == VANTA_OK);
    stand_still("used\n");
    vanta_client_free(client);
    stand_still("freed\n");
    return 0;
}
