/* Prints the messages of errors that only C can cause: a heading, a tab and the message in each line. */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <unistd.h>
#include "check.h"

static void show(const char *heading, vanta_status status, vanta_error *error)
{
    CHECK(status != VANTA_OK && error);
    printf("%s\t%s\n", heading, vanta_error_message(error));
    vanta_error_free(error);
}

/* Lists a kind that is not valid UTF-8. */
static void show_utf8(const vanta_client *client)
{
    vanta_listing *listing = NULL;
    vanta_error *error = NULL;
    const vanta_status status = vanta_list(client, "user_\xff", "x", NULL, &listing, &error);

    show("A text that is not valid UTF-8", status, error);
}

/* Lists with no descriptor left for a connection. */
static void show_descriptors(void)
{
    vanta_config *config = config_of_environment();
    vanta_client *client;
    struct rlimit before, none;
    vanta_error *error = NULL;
    vanta_status status;

    /* An IP address and a static token: the first step of the call is a connection. */
    vanta_config_set_origin(config, "https://127.0.0.1:9");
    vanta_config_set_static_token(config, "vat_x", 5);
    client = client_of(config);
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = before;
    none.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    status = list_of(client, NULL, &error);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    show("The process may open no more files", status, error);
    vanta_client_free(client);
}

/* Causes a panic by the clock that the test's processes share, which no caller can do in a release build. */
static void show_panic(const vanta_client *client)
{
    const int file = open(getenv("VANTA_TEST_CLOCK"), O_RDWR);
    volatile int64_t *clock = mmap(NULL, 24, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    vanta_error *error = NULL;
    const int64_t before = clock[0];
    vanta_status status;

    clock[0] = INT64_MIN;
    status = list_of(client, NULL, &error);
    clock[0] = before;
    show("The library panics", status, error);
    error = NULL;
    status = list_of(client, NULL, &error);
    show("A client that panicked is used again", status, error);
}

int main(void)
{
    vanta_client *client = client_of(config_of_environment());
    vanta_error *error = NULL;
    char small[4];
    vanta_status status;

    status = vanta_list(client, "user_account", NULL, NULL, NULL, &error);
    show("A pointer is NULL", status, error);
    error = NULL;
    CHECK(token_of(client, NULL, NULL) == VANTA_OK);
    status = vanta_token(client, NULL, small, sizeof small, NULL, &error);
    show("The buffer for the token is too small", status, error);
    show_utf8(client);
    show_descriptors();
    show_panic(client);
    vanta_client_free(client);
    return 0;
}
