/* Preloaded into a job: rename fails with the number in TEST_ERRNO. */
#include <errno.h>
#include <stdlib.h>

int rename(const char *from, const char *to);

int rename(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = atoi(getenv("TEST_ERRNO"));
    return -1;
}
