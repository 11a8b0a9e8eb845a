/* Stops after each step until it reads a line, so that the test can search the memory of this process.
 *   secrets_in_memory SECRET [push]   configured from the environment; SECRET is "file" for the secret file that is
 *                                     named there, or the path of a secret that the program sets; lists, or pushes */
#include <fcntl.h>
#include <unistd.h>
#include "check.h"

static void stop_after(const char *step)
{
    char line[16];

    CHECK(write(1, step, strlen(step)) > 0);
    CHECK(read(0, line, sizeof line) > 0);
}

/* Wipes its own copy: the library wipes only what it has copied. */
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

    CHECK(argc == 2 || argc == 3);
    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    if (strcmp(argv[1], "file") != 0)
        set_secret(config, argv[1]);
    client = client_of(config);
    CHECK(token_of(client, NULL, NULL) == VANTA_OK);
    stop_after("token\n");
    CHECK((argc == 3 ? push_of(client, NULL, NULL) : list_of(client, NULL, NULL)) == VANTA_OK);
    stop_after("list\n");
    vanta_client_free(client);
    stop_after("freed\n");
    return 0;
}
