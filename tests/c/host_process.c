/* Checks that calls leave the host process unchanged: its state, signals, descriptors and memory. Also makes calls
 * with the standard streams closed, at exit and in a destructor.
 *   host_process state|signals|sigpipe|thousand|closed PAYLOAD        configured from the environment */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include "check.h"

extern char **environ;

static int seen_open, signals;
static char inherited[1024];

/* Appends the lines of /proc/self/status that begin with `start`. */
static void status_lines(const char *start, char *into, size_t room)
{
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");

    CHECK(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, start, strlen(start)) == 0)
            strncat(into, line, room - strlen(into) - 1);
    fclose(file);
}

/* Writes what a library could change and must not: signals, threads, umask, locale, folder, environment. */
static void state(char *into, size_t room)
{
    const mode_t mask = umask(0);
    size_t used;
    char **variable;

    umask(mask);
    into[0] = '\0';
    status_lines("SigBlk", into, room);
    status_lines("SigIgn", into, room);
    status_lines("SigCgt", into, room);
    status_lines("Threads", into, room);
    used = strlen(into);
    snprintf(into + used, room - used, "%o %s ", (unsigned)mask, setlocale(LC_ALL, NULL));
    used = strlen(into);
    CHECK(getcwd(into + used, room - used));
    for (variable = environ; *variable; variable++)
        strncat(into, *variable, room - strlen(into) - 1);
}

/* Counts the open descriptors. Those that were not open at the start must be closed by exec. */
static int descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    int found = 0;

    CHECK(folder);
    while ((entry = readdir(folder))) {
        const int number = atoi(entry->d_name);

        found += entry->d_name[0] != '.';
        if (entry->d_name[0] != '.' && !inherited[number % (int)sizeof inherited])
            CHECK(fcntl(number, F_GETFD) & FD_CLOEXEC);
    }
    closedir(folder);
    return found - 1;
}

static void on_progress(uint64_t sent, uint64_t total, size_t records, void *least)
{
    const int open = descriptors();

    (void)sent; (void)total; (void)records;
    CHECK(open >= *(int *)least);
    seen_open = open > seen_open ? open : seen_open;
}

static vanta_options *without_guard(void)
{
    vanta_options *call = NULL;

    CHECK(vanta_options_new(&call) == VANTA_OK && vanta_options_allow_any_removals(call, 1) == VANTA_OK);
    return call;
}

static vanta_status push(const vanta_client *client, const vanta_options *call, const char *path)
{
    vanta_body *body = NULL;
    vanta_status status;

    CHECK(vanta_body_from_file(path, &body, NULL) == VANTA_OK);
    status = vanta_push(client, "user_account", body, call, NULL, NULL);
    vanta_body_free(body);
    return status;
}

static void *return_at_once(void *unused)
{
    return unused;
}

static void keep_state(const char *path)
{
    static char before[65536], after[65536];
    vanta_options *call = without_guard();
    int open = descriptors();
    vanta_client *client;
    pthread_t thread;

    /* glibc installs a handler of its own with the first thread. */
    CHECK(pthread_create(&thread, NULL, return_at_once, NULL) == 0 && pthread_join(thread, NULL) == 0);
    state(before, sizeof before);
    CHECK(vanta_options_set_progress(call, on_progress, &open) == VANTA_OK);
    client = client_of(config_of_environment());
    CHECK(push(client, call, path) == VANTA_OK && list_of(client, NULL, NULL) == VANTA_OK);
    CHECK(seen_open > open);
    /* The thread of the name lookup may need a moment to end. */
    do
        state(after, sizeof after);
    while (strstr(after, "Threads:\t2"));
    vanta_options_free(call);
    vanta_client_free(client);
    CHECK(strcmp(before, after) == 0 && strstr(before, "SigCgt") && strstr(before, "VANTA_ORIGIN"));
    CHECK(descriptors() == open);
}

static void on_alarm(int number)
{
    (void)number;
    signals++;
}

static void interrupt_calls(const char *path)
{
    const struct itimerval every = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    struct timespec before, after;
    vanta_client *client = client_of(config_of_environment());
    vanta_options *call = NULL;
    double seconds;

    (void)path;
    CHECK(token_of(client, NULL, NULL) == VANTA_OK);
    vanta_options_new(&call);
    vanta_options_set_deadline_ms(call, 1000);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm; /* without SA_RESTART: every system call is interrupted */
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    clock_gettime(CLOCK_MONOTONIC, &before);
    CHECK(list_of(client, call, NULL) == VANTA_ERR_DEADLINE_EXCEEDED);
    clock_gettime(CLOCK_MONOTONIC, &after);
    setitimer(ITIMER_REAL, &never, NULL);
    seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    CHECK(signals > 20 && seconds > 0.99);
    printf("%s: ", seconds < 1.2 ? "in time" : "late");
    vanta_options_free(call);
    vanta_client_free(client);
}

/* Pushes over a connection that is reset, with the default disposition of SIGPIPE, which would end the program. */
static void push_without_sigpipe(const char *path)
{
    vanta_config *config = config_of_environment();
    vanta_options *call = without_guard();
    vanta_client *client;
    vanta_status status;
    struct sigaction action;

    vanta_config_set_allow_plain_http_to_loopback(config, 1);
    client = client_of(config);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    /* A request that was not sent completely is retried. If it was, its outcome is unknown. */
    status = push(client, call, path);
    CHECK(status == VANTA_OK || status == VANTA_ERR_OUTCOME_UNKNOWN);
    CHECK(push(client, call, path) == VANTA_OK);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    vanta_options_free(call);
    vanta_client_free(client);
}

/* Returns how many KiB are allocated and not freed. The count of resident pages is too coarse. */
static long in_use(void)
{
    return (long)(mallinfo2().uordblks / 1024);
}

static void make_thousand_calls(const char *path)
{
    vanta_client *client = client_of(config_of_environment());
    int i, open = 0;
    long before = 0;

    for (i = 0; i < 1100; i++) {
        if (i == 100) {
            open = descriptors();
            before = in_use();
        }
        if (i % 100 == 0)
            CHECK(push(client, NULL, path) == VANTA_OK);
        CHECK(list_of(client, NULL, NULL) == VANTA_OK);
    }
    CHECK(descriptors() == open);
    printf("%ld KiB more: ", in_use() - before);
    vanta_client_free(client);
}

static const char *exit_path;

static void push_at_exit(void)
{
    vanta_client *client = client_of(config_of_environment());

    if (push(client, NULL, exit_path) != VANTA_OK)
        _exit(3);
    vanta_client_free(client);
}

/* Runs last: after the functions that atexit registered. */
__attribute__((destructor)) static void push_in_destructor(void)
{
    if (exit_path) {
        push_at_exit();
        _exit(42);
    }
}

static void close_standard_streams(const char *path)
{
    vanta_client *client;

    close(0);
    close(1);
    close(2);
    client = client_of(config_of_environment());
    CHECK(push(client, NULL, path) == VANTA_OK);
    vanta_client_free(client);
    exit_path = path;
    CHECK(atexit(push_at_exit) == 0);
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    int number;

    for (number = 0; number < (int)sizeof inherited; number++)
        inherited[number] = fcntl(number, F_GETFD) >= 0;
    if (strcmp(what, "state") == 0)
        keep_state(argv[2]);
    else if (strcmp(what, "signals") == 0)
        interrupt_calls(argv[2]);
    else if (strcmp(what, "sigpipe") == 0)
        push_without_sigpipe(argv[2]);
    else if (strcmp(what, "thousand") == 0)
        make_thousand_calls(argv[2]);
    else if (strcmp(what, "closed") == 0)
        close_standard_streams(argv[2]);
    else
        return 64;
    puts("passed");
    return 0;
}
