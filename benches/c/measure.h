/* Measures the programs in C between begin() and end(), which prints the measurements as the line of JSON that the
 * suite reads. */
#ifndef BENCHES_MEASURE_H
#define BENCHES_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

static struct {
    int64_t cpu, wall;
    long peak;
} began;

static int64_t now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static long peak_kb(void)
{
    char line[256];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");

    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return peak;
}

static void begin(void)
{
    began.peak = peak_kb();
    began.wall = now(CLOCK_MONOTONIC);
    began.cpu = now(CLOCK_PROCESS_CPUTIME_ID);
}

static int end(long long units)
{
    long long cpu = now(CLOCK_PROCESS_CPUTIME_ID) - began.cpu, wall = now(CLOCK_MONOTONIC) - began.wall;

    printf("{\"cpu_ns\":%lld,\"wall_ns\":%lld,\"units\":%lld,\"rss_kb\":%ld}\n", cpu, wall, units,
           peak_kb() - began.peak);
    return 0;
}

#endif
