/* Makes calls in sandboxes without new threads, without files and without a network, and checks their statuses. Prints
 * SKIPPED for a sandbox that this process may not make.
 *   sandbox FOLDER        an empty folder; configured from the environment */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static const char *folder;

static void check_status(vanta_status status, vanta_status expected)
{
    if (status != expected) {
        fprintf(stderr, "status %d instead of %d\n", (int)status, (int)expected);
        _exit(1);
    }
}

/* Makes the kernel refuse new threads. */
static int forbid_threads(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int threads(vanta_client *named, vanta_client *numbered)
{
    if (!forbid_threads())
        return 77;
    check_status(list_of(numbered, NULL, NULL), VANTA_OK);
    check_status(token_of(named, NULL, NULL), VANTA_ERR_OUT_OF_RESOURCES);
    return 0;
}

static int files(vanta_client *named, vanta_client *numbered)
{
    (void)named;
    if (chroot(folder) != 0 || chdir("/") != 0)
        return 77;
    check_status(list_of(numbered, NULL, NULL), VANTA_OK);
    /* The file of the secret is missing. The library reads it before it looks up a name. */
    check_status(token_of(named, NULL, NULL), VANTA_ERR_UNREADABLE_FILE);
    return 0;
}

static int network(vanta_client *named, vanta_client *numbered)
{
    (void)named;
    if (unshare(CLONE_NEWNET) != 0)
        return 77;
    check_status(list_of(numbered, NULL, NULL), VANTA_ERR_CONNECT);
    return 0;
}

static void run_without(const char *what, int (*try)(vanta_client *, vanta_client *))
{
    int status = 0;

    if (fork() == 0) {
        vanta_config *config = config_of_environment();
        char origin[64];

        /* The same server by its IP address, and a static token. */
        snprintf(origin, sizeof origin, "https://127.0.0.1:%s", strrchr(getenv("VANTA_ORIGIN"), ':') + 1);
        vanta_config_set_origin(config, origin);
        vanta_config_set_static_token(config, getenv("TEST_TOKEN"), strlen(getenv("TEST_TOKEN")));
        alarm(120);
        _exit(try(client_of(config_of_environment()), client_of(config)));
    }
    CHECK(wait(&status) > 0 && WIFEXITED(status));
    printf("without %s: %s\n", what, WEXITSTATUS(status) == 0 ? "passed"
                                     : WEXITSTATUS(status) == 77 ? "SKIPPED, not allowed here" : "failed");
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "";
    run_without("threads", threads);
    run_without("files", files);
    run_without("network", network);
    return 0;
}
