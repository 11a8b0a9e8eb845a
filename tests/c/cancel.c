/* Cancels a list from a signal handler while it waits for a response that never comes. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <vanta.h>

static vanta_cancel *cancel;

static void on_alarm(int number)
{
    (void)number;
    vanta_cancel_set(cancel);
}

int main(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_options *call = NULL;
    vanta_listing *listing = NULL;
    vanta_status status;
    struct timespec before, after;
    double seconds;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    vanta_client_new(config, &client, NULL);
    vanta_options_new(&call);
    vanta_cancel_new(&cancel);
    vanta_options_set_cancel(call, cancel);
    signal(SIGALRM, on_alarm);
    clock_gettime(CLOCK_MONOTONIC, &before);
    alarm(1);
    status = vanta_list(client, "user_account", "66f0c0ffee0000000000a001", call, &listing, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    printf("%s after %s\n", status == VANTA_ERR_CANCELLED && !listing ? "cancelled" : "not cancelled",
           seconds < 1.3 ? "at most 1.3 s" : "too long");
    vanta_cancel_free(cancel);
    vanta_options_free(call);
    vanta_client_free(client);
    vanta_config_free(config);
    return 0;
}
