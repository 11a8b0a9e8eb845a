/* Builds records field by field, without a JSON library. Pushes and lists two kinds, and makes each mistake once. */
#include <math.h>
#include "check.h"

static const char *const RESOURCE = "66f0c0ffee0000000000a001";

/* Ignores the statuses: the first error stays until vanta_body_builder_finish(). */
static void account(vanta_body_builder *r, const char *id, const char *name, size_t size)
{
    vanta_body_builder_begin(r);
    vanta_body_builder_text(r, "uniqueId", id);
    vanta_body_builder_string(r, "displayName", name, size);
    vanta_body_builder_text(r, "externalUrl", "https://ledger.example.com/\"quoted\"");
    vanta_body_builder_string(r, "fullName", name, size);
    vanta_body_builder_text(r, "accountName", id);
    vanta_body_builder_text(r, "email", "a@example.com");
    vanta_body_builder_text(r, "permissionLevel", "BASE");
    vanta_body_builder_timestamp_ms(r, "createdTimestamp", 951782400001);
    vanta_body_builder_text(r, "status", "ACTIVE");
    vanta_body_builder_boolean(r, "mfaEnabled", 2);
    vanta_body_builder_begin_array(r, "mfaMethods");
    vanta_body_builder_text(r, NULL, "OTP");
    vanta_body_builder_text(r, NULL, "SMS");
    vanta_body_builder_end(r);
    vanta_body_builder_text(r, "authMethod", "SSO");
    vanta_body_builder_string(r, "roleDescription", NULL, 0);
    vanta_body_builder_json(r, "groupIds", "[\"g1\", \"g2\"]", 12);
    vanta_body_builder_end(r);
}

static void accounts(vanta_body_builder *r)
{
    static const char escaped[] = "\"\\/\b\f\n\r\t\x01\x1f\x7f\0 \xe2\x80\xa8 \xf0\x9f\x98\x80";

    account(r, "acct-1", escaped, sizeof escaped - 1);
    account(r, "acct-2", "Freja", 5);
}

static void screenlock(vanta_body_builder *r, int password, int64_t timeout_ms)
{
    vanta_body_builder_boolean(r, "requiresPassword", password);
    vanta_body_builder_integer(r, "screenSleepTimeoutMs", timeout_ms);
    vanta_body_builder_end(r);
}

static void user(vanta_body_builder *r, const char *name, int policies)
{
    vanta_body_builder_begin_object(r, NULL);
    vanta_body_builder_text(r, "username", name);
    vanta_body_builder_begin_array(r, "screenlockPolicies");
    while (policies--) {
        vanta_body_builder_begin_object(r, NULL);
        screenlock(r, 1, 300000);
    }
    vanta_body_builder_end(r);
    vanta_body_builder_begin_object(r, "screenlockSettings");
    screenlock(r, 0, 0);
    vanta_body_builder_end(r);
}

static void macs(vanta_body_builder *r)
{
    vanta_body_builder_begin(r);
    vanta_body_builder_text(r, "uniqueId", "mac-1");
    vanta_body_builder_text(r, "displayName", "Freja's Mac");
    vanta_body_builder_text(r, "externalUrl", "https://mdm.example.com/1");
    vanta_body_builder_timestamp_ms(r, "collectedTimestamp", 1767323045678);
    vanta_body_builder_text(r, "osName", "macOS");
    vanta_body_builder_text(r, "osVersion", "15.2");
    vanta_body_builder_text(r, "hardwareUuid", "0A1B");
    vanta_body_builder_text(r, "serialNumber", "C02");
    vanta_body_builder_begin_array(r, "applications");
    vanta_body_builder_end(r);
    vanta_body_builder_begin_array(r, "browserExtensions");
    vanta_body_builder_end(r);
    vanta_body_builder_begin_array(r, "drives");
    vanta_body_builder_begin_object(r, NULL);
    vanta_body_builder_text(r, "name", "Macintosh HD");
    vanta_body_builder_boolean(r, "encrypted", 1);
    vanta_body_builder_boolean(r, "filevaultEnabled", 1);
    vanta_body_builder_end(r);
    vanta_body_builder_end(r);
    vanta_body_builder_begin_array(r, "users");
    user(r, "freja", 2);
    user(r, "lior", 0);
    vanta_body_builder_end(r);
    vanta_body_builder_begin_array(r, "systemScreenlockPolicies");
    vanta_body_builder_end(r);
    vanta_body_builder_boolean(r, "isManaged", 1);
    vanta_body_builder_boolean(r, "autoUpdatesEnabled", 0);
    vanta_body_builder_end(r);
}

static void push_and_list(vanta_client *client, const char *kind, void (*fill)(vanta_body_builder *))
{
    vanta_body_builder *r = NULL;
    vanta_body *body = NULL;
    vanta_error *error = NULL;
    vanta_listing *listing = NULL;
    size_t count;

    CHECK(vanta_body_builder_new(RESOURCE, &r, &error) == VANTA_OK);
    fill(r);
    if (vanta_body_builder_finish(r, &body, &error) != VANTA_OK
        || vanta_push(client, kind, body, NULL, NULL, &error) != VANTA_OK)
        fprintf(stderr, "%s\n", vanta_error_message(error));
    CHECK(error == NULL);
    count = vanta_body_record_count(body);
    CHECK(vanta_body_builder_null(r, "x") == VANTA_ERR_INVALID_ARGUMENT);
    vanta_body_builder_free(r);
    vanta_body_free(body);
    CHECK(vanta_list(client, kind, RESOURCE, NULL, &listing, NULL) == VANTA_OK);
    CHECK(vanta_listing_live_count(listing) == count);
    vanta_listing_free(listing);
}

/* Begins a record. The next call of the test makes a mistake in it. */
static vanta_body_builder *begun(void)
{
    vanta_body_builder *r = NULL;

    CHECK(vanta_body_builder_new(RESOURCE, &r, NULL) == VANTA_OK);
    CHECK(vanta_body_builder_begin(r) == VANTA_OK);
    CHECK(vanta_body_builder_text(r, "uniqueId", "acct-1") == VANTA_OK);
    return r;
}

/* Checks that the builder keeps the status of a mistake, and that finish returns its message and pointer. */
static void check_mistake(vanta_body_builder *r, vanta_status status, vanta_status expected, const char *place,
                          const char *words)
{
    vanta_body *body = (vanta_body *)"not NULL";
    vanta_error *error = NULL;
    int again;

    CHECK(status == expected);
    CHECK(vanta_body_builder_text(r, "later", "\xff") == expected);
    CHECK(vanta_body_builder_end(r) == expected && vanta_body_builder_begin(r) == expected);
    for (again = 0; again < 2; again++) {
        CHECK(vanta_body_builder_finish(r, &body, &error) == expected && body == NULL);
        CHECK(vanta_error_code(error) == expected && vanta_violations_count(vanta_error_violations(error)) == 1);
        if (!strstr(vanta_error_message(error), words))
            fprintf(stderr, "%s\n", vanta_error_message(error));
        CHECK(strstr(vanta_error_message(error), words));
        CHECK(vanta_violations_index(vanta_error_violations(error), 0) == 0);
        CHECK(strcmp(vanta_violations_unique_id(vanta_error_violations(error), 0), "acct-1") == 0);
        CHECK(strcmp(vanta_violations_pointer(vanta_error_violations(error), 0), place) == 0);
        vanta_error_free(error);
    }
    vanta_body_builder_free(r);
}

static void make_mistakes(void)
{
    vanta_body_builder *r = begun();

    check_mistake(r, vanta_body_builder_string(r, "fullName", "Fre\xffja", 6), VANTA_ERR_INVALID_UTF8, "/fullName",
         "record 0 (uniqueId acct-1) at /fullName - byte 3 of the text is not valid UTF-8");
    r = begun();
    check_mistake(r, vanta_body_builder_text(r, "fullName", "\xc3\xa9\xe2\x80"), VANTA_ERR_INVALID_UTF8, "/fullName",
         "byte 2 of the text");
    r = begun();
    CHECK(vanta_body_builder_begin_array(r, "users") == VANTA_OK && vanta_body_builder_null(r, NULL) == VANTA_OK);
    CHECK(vanta_body_builder_begin_object(r, NULL) == VANTA_OK);
    check_mistake(r, vanta_body_builder_boolean(r, "na\xed\xa0\x80me", 1), VANTA_ERR_INVALID_UTF8, "/users/1",
         "at /users/1 - byte 2 of the key is not valid UTF-8");
    r = begun();
    check_mistake(r, vanta_body_builder_json(r, "ready", "\"\xff\"", 3), VANTA_ERR_INVALID_UTF8, "/ready",
         "byte 1 of the json");
    r = begun();
    check_mistake(r, vanta_body_builder_text(r, "fullName", NULL), VANTA_ERR_NULL_POINTER, "/fullName",
         "at /fullName - text is NULL");
    r = begun();
    check_mistake(r, vanta_body_builder_string(r, "fullName", NULL, 1), VANTA_ERR_NULL_POINTER, "/fullName",
         "text is NULL");
    r = begun();
    check_mistake(r, vanta_body_builder_string(r, "fullName", "x", (size_t)-1), VANTA_ERR_INVALID_ARGUMENT,
         "/fullName", "text is larger than any object can be");
    r = begun();
    check_mistake(r, vanta_body_builder_null(r, NULL), VANTA_ERR_INVALID_ARGUMENT, "", "needs a key");
    r = begun();
    check_mistake(r, vanta_body_builder_null(r, "uniqueId"), VANTA_ERR_INVALID_ARGUMENT, "/uniqueId",
         "duplicate key");
    r = begun();
    check_mistake(r, vanta_body_builder_number(r, "score", NAN), VANTA_ERR_INVALID_PAYLOAD, "/score",
         "JSON has no number NaN");
    r = begun();
    check_mistake(r, vanta_body_builder_timestamp_ms(r, "at", INT64_MAX), VANTA_ERR_INVALID_PAYLOAD, "/at",
         "outside the years");
    r = begun();
    check_mistake(r, vanta_body_builder_json(r, "ready", "", 0), VANTA_ERR_INVALID_PAYLOAD, "/ready", "not JSON");
    r = begun();
    vanta_body_builder_free(r);
}

int main(void)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_body_builder *r = (vanta_body_builder *)"not NULL";

    CHECK(vanta_body_builder_new("a b", &r, NULL) == VANTA_ERR_INVALID_ARGUMENT && r == NULL);
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_client_new(config, &client, NULL) == VANTA_OK);
    vanta_config_free(config);
    push_and_list(client, "user_account", accounts);
    push_and_list(client, "macos_user_computer", macs);
    vanta_client_free(client);
    make_mistakes();
    puts("passed");
    return 0;
}
