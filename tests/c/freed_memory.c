/* Searches every block of memory, before it is freed, for the beginning of the client secret and for "vat_", with
 * which every token begins.
 *   freed_memory        configured from the environment */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vanta.h>

void *__libc_malloc(size_t size);
void __libc_free(void *memory);

static char secret[256];
static size_t secret_size;
static int watching, secrets_freed, tokens_freed;

static void search(void *memory)
{
    size_t size = malloc_usable_size(memory);

    if (!watching || !memory)
        return;
    watching = 0;
    secrets_freed += secret_size && memmem(memory, size, secret, 32);
    tokens_freed += memmem(memory, size, "vat_", 4) != NULL;
    watching = 1;
}

void free(void *memory)
{
    search(memory);
    __libc_free(memory);
}

/* Always moves the block, so that the old one is freed and searched. */
void *realloc(void *memory, size_t size)
{
    size_t old = memory ? malloc_usable_size(memory) : 0;
    void *made = __libc_malloc(size ? size : 1);

    if (made && memory) {
        memcpy(made, memory, old < size ? old : size);
        free(memory);
    }
    return made;
}

int main(void)
{
    const char *path = getenv("VANTA_CLIENT_SECRET_FILE");
    FILE *file = path ? fopen(path, "r") : NULL;
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_listing *listing = NULL;
    char token[256];

    if (!file || (secret_size = fread(secret, 1, sizeof secret, file)) < 32)
        return 1;
    fclose(file);
    watching = 1;
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    if (vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 2;
    vanta_config_free(config);
    if (vanta_token(client, NULL, token, sizeof token, NULL, NULL) != VANTA_OK)
        return 3;
    vanta_wipe(token, sizeof token);
    if (vanta_list(client, "user_account", "x", NULL, &listing, NULL) != VANTA_OK)
        return 4;
    vanta_listing_free(listing);
    vanta_client_free(client);
    watching = 0;
    printf("%d secrets and %d tokens in memory that was freed\n", secrets_freed, tokens_freed);
    return 0;
}
