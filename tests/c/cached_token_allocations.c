/* Counts the allocations of the process while it gets a cached token a thousand times. That happens between two calls
 * of getppid, so that a trace of system calls shows whether there are any between them. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <vanta.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long allocations;

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

int main(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    char token[256];
    long before, at_start;
    int i;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 1;
    vanta_config_free(config);
    at_start = allocations;
    if (vanta_token(client, NULL, token, sizeof token, NULL, NULL) != VANTA_OK)
        return 1;
    before = allocations;
    getppid();
    for (i = 0; i < 1000; i++)
        vanta_token(client, NULL, token, sizeof token, NULL, NULL);
    getppid();
    printf("%s allocations for the first token, %ld for a thousand more\n",
           before > at_start ? "some" : "no", allocations - before);
    vanta_wipe(token, sizeof token);
    vanta_client_free(client);
    return 0;
}
