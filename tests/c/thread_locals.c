/* Counts the destructors of thread-locals that calls register on the thread that makes them.
 *   thread_locals        configured from the environment */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include "check.h"

static pthread_t caller;
static int registered;

/* The dynamic linker prefers the definition in the program to that of libc. */
extern int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library);

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library)
{
    int (*real)(void (*)(void *), void *, void *);

    registered += pthread_equal(caller, pthread_self()) != 0;
    *(void **)&real = dlsym(RTLD_NEXT, "__cxa_thread_atexit_impl");
    return real(destructor, object, library);
}

int main(void)
{
    vanta_client *client;

    caller = pthread_self();
    client = client_of(config_of_environment());
    CHECK(token_of(client, NULL, NULL) == VANTA_OK && list_of(client, NULL, NULL) == VANTA_OK);
    vanta_client_free(client);
    printf("%d destructors registered\n", registered);
    return 0;
}
