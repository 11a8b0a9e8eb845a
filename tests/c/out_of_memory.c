/* Makes the n-th allocation fail, in one child for each n. The child is aborted, as the header documents, or its call
 * returns a status. It never hangs, and the files that it leaves can be used.
 *   out_of_memory CHILDREN        configured from the environment */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long allocations, failing = -1;

static int fails(void)
{
    if (++allocations != failing)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails() ? NULL : __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

static vanta_status job(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_status status = vanta_config_new(&config);

    if (status == VANTA_OK)
        status = vanta_config_use_environment(config);
    if (status == VANTA_OK)
        status = vanta_client_new(config, &client, NULL);
    vanta_config_free(config);
    if (status == VANTA_OK)
        status = token_of(client, NULL, NULL);
    if (status == VANTA_OK)
        status = list_of(client, NULL, NULL);
    vanta_client_free(client);
    return status;
}

int main(int argc, char **argv)
{
    const int children = argc > 1 ? atoi(argv[1]) : 10;
    int child, aborted = 0, returned = 0, status;
    long all, before = allocations;

    CHECK(job() == VANTA_OK);
    all = allocations - before;
    for (child = 0; child < children; child++) {
        if (fork() == 0) {
            CHECK(freopen("/dev/null", "w", stderr));
            alarm(120);
            failing = allocations + 1 + all * child / children;
            _exit(job() == VANTA_OK ? 0 : 1);
        }
        CHECK(wait(&status) > 0);
        aborted += WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
        returned += WIFEXITED(status);
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
            printf("signal %d at %d of %d\n", WTERMSIG(status), child, children);
    }
    CHECK(job() == VANTA_OK);
    CHECK(aborted > 0);
    printf("%d of %d aborted or returned\n", aborted + returned, children);
    return 0;
}
