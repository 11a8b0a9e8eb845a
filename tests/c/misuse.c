/* Uses a handle in a forbidden way. The library cannot detect that; sanitizers and valgrind can.
 *   misuse leak|after|twice|race|nothing */
#include "check.h"

#include <pthread.h>

/* Changes a configuration, which only one thread may do at a time. */
static void *set(void *config)
{
    int i;

    for (i = 0; i < 1000; i++)
        vanta_config_set_origin((vanta_config *)config, "https://localhost");
    return NULL;
}

static void race(void)
{
    vanta_config *config = NULL;
    pthread_t other;

    CHECK(vanta_config_new(&config) == VANTA_OK);
    CHECK(pthread_create(&other, NULL, set, config) == 0);
    set(config);
    CHECK(pthread_join(other, NULL) == 0);
    vanta_config_free(config);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    vanta_body *body = NULL;

    CHECK(vanta_body_from_json_array("x", "[{\"uniqueId\":\"a\"}]", 18, &body, NULL) == VANTA_OK);
    if (strcmp(what, "leak") == 0)
        body = NULL;
    vanta_body_free(body);
    if (strcmp(what, "after") == 0)
        printf("%zu records\n", vanta_body_record_count(body));
    if (strcmp(what, "twice") == 0)
        vanta_body_free(body);
    if (strcmp(what, "race") == 0)
        race();
    return 0;
}
