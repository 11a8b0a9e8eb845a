/* Sets a cancel flag in a signal handler, on threads that are inside malloc and have not called the library before.
 * The library is loaded by dlopen, as Python and plug-ins do, so its thread-local data is not allocated yet.
 *   cancel_in_signal_handler LIBRARY */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "loaded.h"

static void (*set_flag)(const vanta_cancel *);
static int32_t (*is_set)(const vanta_cancel *);
static vanta_cancel *cancel;
static volatile sig_atomic_t ready, stop;

static void on_signal(int number)
{
    (void)number;
    set_flag(cancel);
    if (!is_set(cancel))
        _exit(2);
}

static void *allocate(void *unused)
{
    void *kept[64] = {0};
    unsigned i;

    ready = 1;
    for (i = 0; !stop; i++) {
        free(kept[i % 64]);
        kept[i % 64] = malloc(2000 + (i * 37) % 60000);
    }
    for (i = 0; i < 64; i++)
        free(kept[i]);
    return unused;
}

typedef vanta_status new_cancel(vanta_cancel **);
typedef void cancel_set(const vanta_cancel *);
typedef int32_t cancel_is_set(const vanta_cancel *);

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL);
    int i;

    if (!library)
        return 1;
    FIND(new_cancel, "vanta_cancel_new")(&cancel);
    set_flag = FIND(cancel_set, "vanta_cancel_set");
    is_set = FIND(cancel_is_set, "vanta_cancel_is_set");
    if (is_set(cancel) || is_set(NULL))
        return 3;
    signal(SIGUSR1, on_signal);
    for (i = 0; i < 300; i++) {
        struct timespec moment = {0, 20000 + (i * 7919) % 100000}, latest;
        pthread_t thread;

        ready = stop = 0;
        pthread_create(&thread, NULL, allocate, NULL);
        while (!ready)
            continue;
        nanosleep(&moment, NULL);
        pthread_kill(thread, SIGUSR1);
        stop = 1;
        clock_gettime(CLOCK_REALTIME, &latest);
        latest.tv_sec += 20;
        if (pthread_timedjoin_np(thread, NULL, &latest)) {
            printf("round %d: the thread hangs in its handler\n", i);
            fflush(stdout);
            _exit(1);
        }
    }
    puts("no handler hangs");
    return 0;
}
