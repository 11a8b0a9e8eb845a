/* Forks while other threads use the library for the first time: no child waits for a thread that it
 * does not have. */
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

/* In a process that has not used the library: threads that do, and a child in the middle of it. */
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
