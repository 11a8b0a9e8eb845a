/* The least that each job can cost: the system's own means, and nothing else.
 *   limit token THREADS TIMES   a mutex, a copy, and both coarse clocks */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char token[] = "vat_0123456789abcdef0123456789abcdef0123456789abcdef01234567";
static struct timespec dies, dies_by_wall;
static long times;

static int64_t now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

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
    int64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);

    clock_gettime(CLOCK_MONOTONIC, &dies);
    clock_gettime(CLOCK_REALTIME, &dies_by_wall);
    dies.tv_sec += 3600;
    dies_by_wall.tv_sec += 3600;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&all[i], NULL, work, NULL) != 0)
            return 1;
    for (int i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = now(CLOCK_MONOTONIC) - wall;
    printf("{\"cpu_ns\":%lld,\"wall_ns\":%lld,\"units\":%ld,\"rss_kb\":0}\n", (long long)cpu, (long long)wall,
           times * threads);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "token") == 0 && atoi(argv[2]) <= 64) {
        times = atol(argv[3]);
        return run_token(atoi(argv[2]));
    }
    return 2;
}
