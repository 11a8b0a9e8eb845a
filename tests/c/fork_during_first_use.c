/* Forks while other threads call the library for the first time. No child may wait for a thread that only its parent
 * has. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vanta.h>

static const char RECORDS[] = "[{\"uniqueId\":\"a\",\"displayName\":\"a\"}]";

static void *use(void *unused)
{
    vanta_body *body = NULL;
    vanta_error *error = NULL;

    vanta_body_from_json_array("x", RECORDS, sizeof RECORDS - 1, &body, &error);
    vanta_validate("custom_resource", body, NULL, NULL, NULL);
    vanta_status_text(VANTA_ERR_CONNECT);
    vanta_body_free(body);
    vanta_error_free(error);
    return unused;
}

/* Starts threads that call the library for the first time, and forks meanwhile. Returns whether the child ends. */
static int child_ends(unsigned after)
{
    pthread_t threads[4];
    int i, status;
    pid_t child;

    for (i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, use, NULL);
    usleep(after);
    child = fork();
    if (child == 0) {
        alarm(120);
        use(NULL);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status == 0;
}

int main(void)
{
    unsigned i, hang = 0;
    int status;

    for (i = 0; i < 150; i++) {
        if (fork() == 0)
            _exit(child_ends(i * 7 % 900) ? 0 : 1);
        wait(&status);
        hang += status != 0;
        if (hang)
            break;
    }
    printf("%u children hang\n", hang);
    return hang != 0;
}
