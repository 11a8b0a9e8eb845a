/* Does a job by system calls alone: the lower limit of its cost.
 *   limit token THREADS TIMES   a mutex, a copy, and both coarse clocks */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "measure.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char token[] = "vat_0123456789abcdef0123456789abcdef0123456789abcdef01234567";
static struct timespec dies, dies_by_wall;
static long times;

static int before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static void *work(void *unused)
{
    char copy[512];
    struct timespec steady, wall;

    for (long i = 0; i < times; i++) {
        pthread_mutex_lock(&mutex);
        clock_gettime(CLOCK_MONOTONIC_COARSE, &steady);
        clock_gettime(CLOCK_REALTIME_COARSE, &wall);
        if (before(&steady, &dies) && before(&wall, &dies_by_wall))
            memcpy(copy, token, sizeof token);
        pthread_mutex_unlock(&mutex);
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
    return unused;
}

static int run_token(int threads)
{
    pthread_t all[64];

    clock_gettime(CLOCK_MONOTONIC, &dies);
    clock_gettime(CLOCK_REALTIME, &dies_by_wall);
    dies.tv_sec += 3600;
    dies_by_wall.tv_sec += 3600;
    begin();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&all[i], NULL, work, NULL) != 0)
            return 1;
    for (int i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    return end(times * threads);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "token") == 0 && atoi(argv[2]) <= 64) {
        times = atol(argv[3]);
        return run_token(atoi(argv[2]));
    }
    return 2;
}
