/* Causes a panic inside the library. Checks that the call returns a status and prints nothing, that its client returns
 * an error from then on, and that other clients work. The panic comes from the clock that the test's processes share:
 * this program sets it to a value that overflows, which no caller can do in a release build. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vanta.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

static vanta_client *client(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_client_new(config, &client, NULL) == VANTA_OK);
    vanta_config_free(config);
    return client;
}

static vanta_status list(vanta_client *client, vanta_error **error)
{
    vanta_listing *listing = (vanta_listing *)"not NULL";
    vanta_status status = vanta_list(client, "user_account", "x", NULL, &listing, error);

    CHECK((status == VANTA_OK) == (listing != NULL));
    vanta_listing_free(listing);
    return status;
}

int main(void)
{
    vanta_client *first = client(), *second = client();
    vanta_error *error = NULL;
    int file = open(getenv("VANTA_TEST_CLOCK"), O_RDWR);
    volatile int64_t *clock = mmap(NULL, 24, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int64_t before;

    CHECK(file >= 0 && clock != MAP_FAILED);
    CHECK(list(first, NULL) == VANTA_OK);
    before = clock[0];
    clock[0] = INT64_MIN;
    CHECK(list(first, &error) == VANTA_ERR_INTERNAL);
    CHECK(strstr(vanta_error_message(error), "a panic inside the library at src/clock/test.rs"));
    CHECK(!strstr(vanta_error_message(error), "broke"));
    vanta_error_free(error);
    clock[0] = before;
    CHECK(list(first, &error) == VANTA_ERR_INTERNAL);
    CHECK(strstr(vanta_error_message(error), "make a new one"));
    vanta_error_free(error);
    CHECK(list(second, NULL) == VANTA_OK);
    vanta_client_free(first);
    first = client();
    CHECK(list(first, NULL) == VANTA_OK);
    vanta_client_free(first);
    vanta_client_free(second);
    puts("no panic leaves the library");
    return 0;
}
