/* Makes calls without threads, without descriptors, or with a resolver that does not respond. Checks the status, and
 * that the same client works afterwards. Replaces pthread_create and getaddrinfo of libc.
 *   resource_limits threads|descriptors|resolver        configured from the environment */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "check.h"

typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

#define REAL(type, name) (*(type **)(&(void *){dlsym(RTLD_NEXT, name)}))

static volatile int no_threads, resolver_hangs, lookups, unblocked;
static vanta_cancel *cancel;

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with)
{
    return no_threads ? EAGAIN : REAL(create, "pthread_create")(thread, how, run, with);
}

/* Counts the signals that this thread does not block. The two that glibc uses cannot be blocked. */
static int unblocked_signals(void)
{
    sigset_t blocked;
    int number, found = 0;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    for (number = 1; number <= SIGRTMAX; number++)
        found += number != SIGKILL && number != SIGSTOP && number != 32 && number != 33
              && !sigismember(&blocked, number);
    return found;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    const struct timespec moment = {0, 10000000};

    lookups++;
    unblocked += unblocked_signals();
    while (resolver_hangs)
        nanosleep(&moment, NULL);
    return REAL(look_up, "getaddrinfo")(host, service, hints, found);
}

static void *cancel_soon(void *unused)
{
    const struct timespec moment = {0, 300000000};

    nanosleep(&moment, NULL);
    vanta_cancel_set(cancel);
    return unused;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Checks that a call fails with VANTA_ERR_OUT_OF_RESOURCES and a message that contains `words`. */
static void check_out_of(vanta_status (*make_call)(const vanta_client *, const vanta_options *, vanta_error **),
                         const vanta_client *client, const char *words)
{
    vanta_error *error = NULL;
    const vanta_status status = make_call(client, NULL, &error);

    if (status != VANTA_ERR_OUT_OF_RESOURCES || !strstr(vanta_error_message(error), words)) {
        fprintf(stderr, "status %d: %s\n", (int)status, vanta_error_message(error));
        exit(1);
    }
    vanta_error_free(error);
}

static void threads(vanta_client *client)
{
    no_threads = 1;
    check_out_of(token_of, client, "no thread for a name lookup");
    no_threads = 0;
}

/* Opens all descriptors that are left, and returns the first. */
static int use_all_descriptors(void)
{
    const struct rlimit few = {64, 64};
    int first, last;

    setrlimit(RLIMIT_NOFILE, &few);
    first = last = open("/dev/null", O_RDONLY);
    while (last >= 0)
        last = dup(first);
    CHECK(first >= 0 && errno == EMFILE);
    return first;
}

/* Makes a client with a static token, so that its first step is a connection. */
static vanta_client *client_with_token(const char *origin)
{
    vanta_config *config = config_of_environment();

    vanta_config_set_static_token(config, "vat_x", 5);
    vanta_config_set_origin(config, origin);
    return client_of(config);
}

static void descriptors(vanta_client *client)
{
    vanta_client *other = client_with_token("https://127.0.0.1:9");
    vanta_client *named = client_with_token("https://localhost:9");
    int first;

    first = use_all_descriptors();
    check_out_of(list_of, other, "open files");
    check_out_of(list_of, named, "open files");
    check_out_of(token_of, client, "open files");
    for (; first < 64; first++)
        close(first);
    CHECK(list_of(other, NULL, NULL) == VANTA_ERR_CONNECT && list_of(named, NULL, NULL) == VANTA_ERR_CONNECT);
    vanta_client_free(other);
    vanta_client_free(named);
}

static void resolver(vanta_client *client)
{
    vanta_client *other = client_with_token(getenv("VANTA_ORIGIN"));
    vanta_options *call = NULL;
    pthread_t thread;
    double began, delay;
    int i;

    resolver_hangs = 1;
    vanta_options_new(&call);
    vanta_cancel_new(&cancel);
    vanta_options_set_cancel(call, cancel);
    CHECK(pthread_create(&thread, NULL, cancel_soon, NULL) == 0);
    began = now();
    CHECK(token_of(client, call, NULL) == VANTA_ERR_CANCELLED);
    delay = now() - began - 0.3;
    pthread_join(thread, NULL);
    vanta_options_free(call);
    vanta_cancel_free(cancel);
    vanta_options_new(&call);
    vanta_options_set_deadline_ms(call, 500);
    began = now();
    CHECK(list_of(other, call, NULL) == VANTA_ERR_DEADLINE_EXCEEDED);
    delay = delay > now() - began - 0.5 ? delay : now() - began - 0.5;
    printf("ended %s\n", delay < 0.2 ? "within 200 ms" : "late");
    vanta_options_set_deadline_ms(call, 20);
    for (i = 2; i < 16; i++)
        CHECK(list_of(other, call, NULL) == VANTA_ERR_DEADLINE_EXCEEDED);
    check_out_of(list_of, other, "still pending");
    resolver_hangs = 0;
    /* The abandoned lookups end a little later. */
    while (token_of(client, NULL, NULL) == VANTA_ERR_OUT_OF_RESOURCES)
        sched_yield();
    vanta_options_free(call);
    vanta_client_free(other);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    vanta_client *client = client_of(config_of_environment());
    int open_before = unblocked_signals();

    if (strcmp(what, "threads") == 0)
        threads(client);
    else if (strcmp(what, "descriptors") == 0)
        descriptors(client);
    else
        resolver(client);
    CHECK(token_of(client, NULL, NULL) == VANTA_OK && lookups > 0);
    CHECK(list_of(client, NULL, NULL) == VANTA_OK);
    CHECK(unblocked == 0 && unblocked_signals() == open_before && open_before > 50);
    vanta_client_free(client);
    puts("recovered");
    return 0;
}
