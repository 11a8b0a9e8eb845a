/* Makes the calls that stdin lists, one a line, and prints a line for each: the status, the milliseconds it took, how
 * many descriptors are open, and the message. The name localhost has the addresses in the file TEST_ADDRESSES, which
 * is read at each lookup. Configured from the environment; TEST_TOKEN, if set, is the access token.
 *   token | list | push | cancel MS | deadline MS | fds     cancel and deadline: a list that ends after MS */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include "check.h"

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    struct addrinfo own = *hints, **end = found;
    char addresses[1024] = "", *address, *rest = NULL;
    look_up *real;
    FILE *file;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (strcmp(name, "localhost") != 0)
        return real(name, service, hints, found);
    CHECK((file = fopen(getenv("TEST_ADDRESSES"), "r")));
    CHECK(fgets(addresses, sizeof addresses, file));
    fclose(file);
    own.ai_flags |= AI_NUMERICHOST;
    for (address = strtok_r(addresses, " \n", &rest); address; address = strtok_r(NULL, " \n", &rest)) {
        if (real(address, service, &own, end) != 0)
            return EAI_FAIL;
        while (*end)
            end = &(*end)->ai_next;
    }
    return 0;
}

static int descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = -3; /* . and .. and the folder itself */

    CHECK(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static vanta_cancel *cancel;

static void *cancel_after(void *milliseconds)
{
    long time = *(long *)milliseconds;
    struct timespec wait = { time / 1000, time % 1000 * 1000000 };

    nanosleep(&wait, NULL);
    vanta_cancel_set(cancel);
    return NULL;
}

static vanta_status run(const vanta_client *client, const char *command, long time, vanta_error **error)
{
    vanta_options *call = NULL;
    vanta_status status;
    pthread_t thread;

    CHECK(vanta_options_new(&call) == VANTA_OK && vanta_cancel_new(&cancel) == VANTA_OK);
    if (strcmp(command, "deadline") == 0)
        CHECK(vanta_options_set_deadline_ms(call, (uint64_t)time) == VANTA_OK);
    CHECK(vanta_options_set_cancel(call, cancel) == VANTA_OK);
    if (strcmp(command, "cancel") == 0)
        CHECK(pthread_create(&thread, NULL, cancel_after, &time) == 0);
    if (strcmp(command, "token") == 0)
        status = token_of(client, call, error);
    else if (strcmp(command, "push") == 0)
        status = push_of(client, call, error);
    else
        status = list_of(client, call, error);
    if (strcmp(command, "cancel") == 0)
        CHECK(pthread_join(thread, NULL) == 0);
    vanta_cancel_free(cancel);
    vanta_options_free(call);
    return status;
}

int main(void)
{
    vanta_config *config = config_of_environment();
    const char *token = getenv("TEST_TOKEN");
    char line[256], command[16];
    vanta_client *client;

    if (token)
        CHECK(vanta_config_set_static_token(config, token, strlen(token)) == VANTA_OK);
    client = client_of(config);
    while (fgets(line, sizeof line, stdin)) {
        vanta_error *error = NULL;
        vanta_status status = VANTA_OK;
        long time = 0, began = now();

        CHECK(sscanf(line, "%15s %ld", command, &time) >= 1);
        if (strcmp(command, "fds") != 0)
            status = run(client, command, time, &error);
        printf("%d %ld %d %s\n", (int)status, now() - began, descriptors(), vanta_error_message(error));
        fflush(stdout);
        vanta_error_free(error);
    }
    vanta_client_free(client);
    return 0;
}
