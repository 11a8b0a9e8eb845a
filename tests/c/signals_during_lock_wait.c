/* Gets a token while another process holds the lock of the store, and a signal arrives every 5 ms. The call waits until
 * the lock is free or the call is cancelled; EINTR does not count as having the lock.
 *   signals_during_lock_wait cancel|wait        configured from the environment */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <vanta.h>

static vanta_cancel *cancel;
static volatile sig_atomic_t signals, cancel_at;

static void on_alarm(int number)
{
    static const char line[] = "thirty signals\n";

    (void)number;
    if (++signals == cancel_at)
        vanta_cancel_set(cancel);
    if (signals == 30 && write(STDOUT_FILENO, line, sizeof line - 1) < 0)
        signals = 0;
}

int main(int argc, char **argv)
{
    const struct itimerval every = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_options *call = NULL;
    char token[256];
    vanta_status status;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (vanta_client_new(config, &client, NULL) != VANTA_OK)
        return 1;
    vanta_cancel_new(&cancel);
    vanta_options_new(&call);
    vanta_options_set_cancel(call, cancel);
    cancel_at = argc > 1 && strcmp(argv[1], "cancel") == 0 ? 40 : -1;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm; /* without SA_RESTART: every system call is interrupted */
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    status = vanta_token(client, call, token, sizeof token, NULL, NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("status %d\n", (int)status);
    vanta_wipe(token, sizeof token);
    vanta_options_free(call);
    vanta_cancel_free(cancel);
    vanta_client_free(client);
    vanta_config_free(config);
    return 0;
}
