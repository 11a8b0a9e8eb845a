/* Plans, pushes, verifies and lists on a thread with a small stack.
 *   small_stack KIBIBYTES PAYLOAD        configured from the environment */
#include <limits.h>
#include <pthread.h>
#include "check.h"

static const char *path;

static void *job(void *unused)
{
    vanta_client *client = client_of(config_of_environment());
    vanta_body *body = NULL;
    vanta_change_plan *plan = NULL;
    vanta_receipt *receipt = NULL;

    CHECK(vanta_body_from_file(path, &body, NULL) == VANTA_OK);
    CHECK(vanta_plan(client, "user_account", body, NULL, &plan, NULL) == VANTA_OK);
    CHECK(vanta_push(client, "user_account", body, NULL, &receipt, NULL) == VANTA_OK);
    vanta_receipt_free(receipt);
    CHECK(vanta_verify(client, "user_account", body, NULL, &receipt, NULL) == VANTA_OK);
    CHECK(list_of(client, NULL, NULL) == VANTA_OK);
    vanta_receipt_free(receipt);
    vanta_change_plan_free(plan);
    vanta_body_free(body);
    vanta_client_free(client);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_attr_t how;
    pthread_t thread;

    if (argc < 3)
        return 64;
    path = argv[2];
    pthread_attr_init(&how);
    CHECK(pthread_attr_setstacksize(&how, (size_t)atoi(argv[1]) * 1024) == 0);
    CHECK(pthread_create(&thread, &how, job, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&how);
    puts("passed");
    return 0;
}
