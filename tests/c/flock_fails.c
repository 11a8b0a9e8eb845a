/* Preloaded into a job: a file system that has no locks. */
#include <errno.h>

int flock(int descriptor, int operation);

int flock(int descriptor, int operation)
{
    (void)descriptor;
    (void)operation;
    errno = ENOLCK;
    return -1;
}
