/* Passes invalid arguments: numbers outside their enumerations, structs of a wrong size or alignment, texts with
 * control characters. Also checks how long the text of an error is valid. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include "check.h"

static int32_t try_lock(void *user, const char *key, uint64_t hold_ms)
{
    (void)user; (void)key; (void)hold_ms;
    return VANTA_STORE_RESULT_BUSY;
}

static int32_t load(void *user, const char *key, void *record, size_t room, size_t *size)
{
    (void)user; (void)key; (void)record; (void)room; (void)size;
    return VANTA_STORE_RESULT_UNAVAILABLE;
}

static int32_t save(void *user, const char *key, const void *record, size_t size)
{
    (void)user; (void)key; (void)record; (void)size;
    return VANTA_STORE_RESULT_UNAVAILABLE;
}

static void unlock(void *user, const char *key)
{
    (void)user; (void)key;
}

static void destroy(void *user)
{
    ++*(int *)user;
}

static void numbers(void)
{
    static const int32_t invalid[] = {INT32_MIN, -10000, -1, 64, 255, 256, 65536, INT32_MAX};
    vanta_config *config = NULL;
    vanta_options *call = NULL;
    vanta_snapshot *snapshot = NULL;
    vanta_client *client;
    size_t i;

    vanta_config_new(&config);
    vanta_config_set_static_token(config, "vat_x", 5);
    vanta_options_new(&call);
    for (i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        CHECK(vanta_options_set_rule(call, invalid[i], VANTA_LEVEL_OFF) == VANTA_ERR_INVALID_ARGUMENT);
        CHECK(vanta_options_set_rule(call, VANTA_RULE_SCHEMA, invalid[i]) == VANTA_ERR_INVALID_ARGUMENT);
        CHECK(vanta_config_set_on_store_unavailable(config, invalid[i]) == VANTA_ERR_INVALID_ARGUMENT);
        CHECK(invalid[i] == -1 || vanta_status_action(invalid[i]) == VANTA_ACTION_REPORT);
    }
    CHECK(vanta_options_set_rule(call, VANTA_RULE_SIMILAR_IDS + 1, 0) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_set_rule(call, 0, VANTA_LEVEL_ERROR + 1) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_config_set_on_store_unavailable(config, 2) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_expect_removals(call, SIZE_MAX) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_set_deadline_ms(call, UINT64_MAX) == VANTA_OK);
    CHECK(vanta_client_new(config, &client, NULL) == VANTA_OK);
    CHECK(vanta_client_snapshot(client, &snapshot, NULL) == VANTA_OK);
    for (i = 0; i < sizeof invalid / sizeof *invalid; i++)
        CHECK(vanta_snapshot_number(snapshot, invalid[i]) == -1);
    vanta_snapshot_free(snapshot);
    vanta_client_free(client);
    vanta_options_free(call);
    vanta_config_free(config);
}

static void structs(void)
{
    /* Room for the larger struct of a later version, and for one at an odd address. */
    union {
        vanta_store store;
        char bytes[2 * sizeof(vanta_store) + 1];
    } room;
    const vanta_store good = {sizeof good, "ours", try_lock, load, save, unlock, destroy, NULL};
    static const size_t sizes[] = {0, 1, sizeof(size_t), sizeof good - 1, sizeof good + 1, 2 * sizeof good, SIZE_MAX};
    vanta_config *config = NULL;
    int destroyed = 0;
    size_t i;

    vanta_config_new(&config);
    memset(&room, 0, sizeof room);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        room.store = good;
        room.store.size = sizes[i];
        CHECK(vanta_config_set_custom_token_store(config, &room.store, &destroyed) == VANTA_ERR_INVALID_ARGUMENT);
    }
    memcpy(room.bytes + 1, &good, sizeof good);
    CHECK(vanta_config_set_custom_token_store(config, (const vanta_store *)(const void *)(room.bytes + 1), &destroyed)
          == VANTA_ERR_INVALID_ARGUMENT);
    for (i = 0; i < 4; i++) {
        room.store = good;
        memset(room.bytes + offsetof(vanta_store, try_lock) + i * sizeof(void (*)(void)), 0, sizeof(void (*)(void)));
        CHECK(vanta_config_set_custom_token_store(config, &room.store, &destroyed) == VANTA_ERR_INVALID_ARGUMENT);
    }
    CHECK(destroyed == 0);
    CHECK(vanta_config_set_custom_token_store(config, &good, &destroyed) == VANTA_OK);
    CHECK(vanta_config_set_custom_token_store(config, &good, &destroyed) == VANTA_OK && destroyed == 1);
    vanta_config_free(config);
    CHECK(destroyed == 2);
}

static void *fail_on_other_thread(void *unused)
{
    vanta_error *error = NULL;
    vanta_body *body = NULL;

    CHECK(vanta_body_from_request("{", 1, &body, &error) == VANTA_ERR_INVALID_PAYLOAD);
    vanta_error_free(error);
    return unused;
}

/* Checks that the text of an error does not change until that error is freed. */
static void error_text(void)
{
    vanta_error *first = NULL, *second = NULL;
    vanta_body *body = NULL;
    char before[512];
    const char *text;
    pthread_t thread;

    CHECK(vanta_body_from_file("/nowhere/at all", &body, &first) == VANTA_ERR_UNREADABLE_FILE && !body);
    text = vanta_error_message(first);
    CHECK(strstr(text, "/nowhere/at all") && strlen(text) < sizeof before);
    strcpy(before, text);
    CHECK(vanta_body_from_file("/nowhere else", &body, &second) == VANTA_ERR_UNREADABLE_FILE);
    vanta_error_free(second);
    CHECK(pthread_create(&thread, NULL, fail_on_other_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(vanta_error_message(first) == text && strcmp(text, before) == 0);
    vanta_error_free(first);
}

static void status_texts(void)
{
    const char *known[200];
    int32_t status;
    size_t count = 0, i;

    for (status = -10000; status <= 10000; status++) {
        const char *text = vanta_status_text(status);

        CHECK(text && *text && vanta_status_text(status) == text);
        for (i = 0; text[i]; i++)
            CHECK(text[i] >= ' ' && text[i] <= '~');
        if (text == vanta_status_text(INT32_MAX))
            continue;
        for (i = 0; i < count; i++)
            CHECK(strcmp(known[i], text) != 0);
        CHECK(count < sizeof known / sizeof *known);
        known[count++] = text;
    }
    CHECK(count > 40);
}

/* Makes a valid configuration, then sets one text. */
static vanta_config *config_with(vanta_status (*set)(vanta_config *, const char *), const char *text)
{
    vanta_config *config = NULL;

    vanta_config_new(&config);
    vanta_config_set_client_id(config, "vci_x");
    vanta_config_set_client_secret(config, "vcs_x", 5);
    vanta_config_set_origin(config, "https://127.0.0.1:9");
    CHECK(!set || set(config, text) == VANTA_OK);
    return config;
}

static void texts(void)
{
    static const char *const wrong[] = {"", "x\r\ny: z", "\xf0\x9f\x94\x91", "a\tb", "\x7f"};
    vanta_status (*const setters[])(vanta_config *, const char *) = {
        vanta_config_set_client_id, vanta_config_set_origin, vanta_config_set_scope, vanta_config_set_user_agent,
    };
    vanta_client *client = client_of(config_with(NULL, NULL));
    vanta_body *body = NULL;
    size_t i, j;

    CHECK(list_of(client, NULL, NULL) == VANTA_ERR_CONNECT);
    vanta_client_free(client);
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        vanta_config *config;

        for (j = 0; j < sizeof setters / sizeof *setters; j++) {
            /* White space separates scopes, and the user agent may be empty. */
            if ((setters[j] == vanta_config_set_scope && strpbrk(wrong[i], "\t\n"))
                || (setters[j] == vanta_config_set_user_agent && !*wrong[i]))
                continue;
            config = config_with(setters[j], wrong[i]);
            CHECK(vanta_client_new(config, &client, NULL) != VANTA_OK && !client);
            vanta_config_free(config);
        }
        config = config_with(NULL, NULL);
        CHECK(vanta_config_set_client_secret(config, wrong[i], strlen(wrong[i])) == VANTA_OK);
        CHECK(vanta_client_new(config, &client, NULL) != VANTA_OK && !client);
        vanta_config_free(config);
    }
    /* A NUL in a text that has a length, and half of a surrogate pair in JSON. */
    CHECK(vanta_body_from_json_array("x", "[{\"uniqueId\":\"a\0b\"}]", 20, &body, NULL) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(vanta_body_from_json_array("x", "[{\"uniqueId\":\"\\ud800\"}]", 23, &body, NULL) != VANTA_OK);
    CHECK(vanta_body_from_json_array("x", "[{\"uniqueId\":\"\\ud83d\\ude00\"}]", 29, &body, NULL) == VANTA_OK);
    vanta_body_free(body);
}

int main(void)
{
    numbers();
    texts();
    structs();
    error_text();
    status_texts();
    puts("passed");
    return 0;
}
