/* Validates, pushes, verifies, plans and uploads. Passes NULL wherever it is allowed, frees handles in any order, and
 * uses callbacks that fail or return wrong sizes.
 *   pushes AUDIT-FILE FILE-TO-UPLOAD        configured from the environment */
#include "check.h"

#define RECORD(id, url) "{\"uniqueId\":\"" id "\",\"displayName\":\"d\",\"externalUrl\":\"" url "\"}"

static const char *const RESOURCE = "66f0c0ffee0000000000a001";
static const char *const KIND = "custom_resource";
static vanta_client *client;

static vanta_body *body_of(const char *records)
{
    vanta_body *body = NULL;

    CHECK(vanta_body_from_json_array(RESOURCE, records, strlen(records), &body, NULL) == VANTA_OK);
    return body;
}

/* A reader that returns a text in small pieces, and then the value `then`. */
struct reader {
    const char *text;
    ptrdiff_t then;
    int called;
};

static ptrdiff_t read_some(char *buffer, size_t size, void *user_data)
{
    struct reader *reader = user_data;
    const size_t left = strlen(reader->text), room = size < 7 ? size : 7;
    const size_t some = left < room ? left : room;

    reader->called++;
    if (some == 0)
        return reader->then == 1 ? (ptrdiff_t)size + 1 : reader->then;
    memcpy(buffer, reader->text, some);
    reader->text += some;
    return (ptrdiff_t)some;
}

static ptrdiff_t read_nothing(char *buffer, size_t size, void *user_data)
{
    CHECK(buffer && size > 0 && !user_data);
    return 0;
}

static vanta_status from_reader(ptrdiff_t then, const char *words)
{
    struct reader reader = {RECORD("a", "https://x.example.com") "\n", 0, 0};
    vanta_body *body = (vanta_body *)"not NULL";
    vanta_error *error = NULL;
    vanta_status status;

    reader.then = then;
    status = vanta_body_from_ndjson_reader(RESOURCE, read_some, &reader, &body, &error);
    CHECK((status == VANTA_OK) == (body != NULL) && reader.called > 10);
    CHECK((status == VANTA_OK) == (error == NULL));
    CHECK(strstr(vanta_error_message(error), words));
    CHECK(status != VANTA_OK || vanta_body_record_count(body) == 1);
    vanta_body_free(body);
    vanta_error_free(error);
    return status;
}

static void readers(void)
{
    vanta_body *body = (vanta_body *)"not NULL";

    CHECK(from_reader(0, "") == VANTA_OK);
    CHECK(from_reader(-1, "byte 73 (the callback says that it failed") == VANTA_ERR_UNREADABLE_FILE);
    CHECK(from_reader(-99, "the callback says that it failed") == VANTA_ERR_UNREADABLE_FILE);
    CHECK(from_reader(1, "more than there is room") == VANTA_ERR_UNREADABLE_FILE);
    CHECK(vanta_body_from_reader(read_nothing, NULL, &body, NULL) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(body == NULL);
    /* A body of no lines has no records, so a push refuses it. */
    CHECK(vanta_body_from_ndjson_reader(RESOURCE, read_nothing, NULL, &body, NULL) == VANTA_OK);
    CHECK(vanta_body_record_count(body) == 0);
    CHECK(vanta_push(client, KIND, body, NULL, NULL, NULL) == VANTA_ERR_EMPTY_PAYLOAD);
    vanta_body_free(body);
    CHECK(vanta_body_from_ndjson(RESOURCE, NULL, 0, &body, NULL) == VANTA_OK);
    vanta_body_free(body);
    CHECK(vanta_body_from_request(NULL, 0, &body, NULL) == VANTA_ERR_INVALID_PAYLOAD && !body);
}

static void validate(void)
{
    static const char schema[] = "{\"properties\":{\"rank\":{\"type\":\"string\"}},"
                                 "\"additionalProperties\":true}";
    vanta_body *body = body_of("[" RECORD("a", "http://x.example.com") "]");
    vanta_violations *warnings = (vanta_violations *)"not NULL";
    vanta_error *error = NULL;
    vanta_options *call = NULL;

    CHECK(vanta_validate(KIND, body, NULL, NULL, NULL) == VANTA_OK);
    CHECK(vanta_validate(KIND, body, NULL, &warnings, &error) == VANTA_OK && !error);
    vanta_options_new(&call);
    CHECK(vanta_options_set_rule(call, VANTA_RULE_HTTPS_URL, VANTA_LEVEL_OFF) == VANTA_OK);
    CHECK(vanta_options_set_rule(call, VANTA_RULE_SIMILAR_IDS + 1, VANTA_LEVEL_OFF) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_set_rule(call, -1, VANTA_LEVEL_OFF) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_set_rule(call, VANTA_RULE_SCHEMA, 3) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(vanta_options_set_schema(call, schema, sizeof schema - 1, NULL) == VANTA_OK);
    CHECK(vanta_options_set_schema(call, "\xff", 1, &error) == VANTA_ERR_INVALID_UTF8);
    CHECK(strstr(vanta_error_message(error), "byte 0"));
    vanta_error_free(error);
    CHECK(vanta_options_set_custom_properties(call, "{", 1, NULL) != VANTA_OK);
    vanta_body_free(body);
    /* The warnings stay valid after their body is freed. */
    CHECK(vanta_violations_count(warnings) == 1 && vanta_violations_index(warnings, 0) == 0);
    CHECK(strcmp(vanta_violations_unique_id(warnings, 0), "a") == 0);
    CHECK(strcmp(vanta_violations_pointer(warnings, 0), "/externalUrl") == 0);
    CHECK(strcmp(vanta_violations_message(warnings, 0), "must be an https URL") == 0);
    CHECK(vanta_violations_index(warnings, 1) == -1 && !vanta_violations_unique_id(warnings, 1));
    CHECK(!vanta_violations_pointer(warnings, 1) && !vanta_violations_message(warnings, (size_t)-1));
    vanta_violations_free(warnings);
    /* A setter that fails changes nothing: the first schema is still set, and the rule is off. */
    warnings = (vanta_violations *)"not NULL";
    body = body_of("[" RECORD("a", "http://x.example.com") "]");
    CHECK(vanta_validate(KIND, body, call, &warnings, &error) == VANTA_ERR_INVALID_RECORDS && !warnings);
    CHECK(vanta_violations_count(vanta_error_violations(error)) == 1);
    CHECK(strcmp(vanta_violations_message(vanta_error_violations(error), 0), "must have property 'rank'") == 0);
    vanta_options_free(call);
    vanta_body_free(body);
    vanta_error_free(error);
}

static void last_line_is(const char *path, const char *json)
{
    char line[4096] = "", last[4096] = "";
    FILE *file = fopen(path, "r");

    CHECK(file);
    while (fgets(line, sizeof line, file))
        strcpy(last, line);
    fclose(file);
    CHECK(strlen(last) == strlen(json) + 1 && strncmp(last, json, strlen(json)) == 0);
    CHECK(last[strlen(json)] == '\n');
}

static int progress_calls;

static void on_progress(uint64_t sent, uint64_t total, size_t records, void *user_data)
{
    CHECK(sent > 0 && sent <= total && records == 4 && !user_data);
    progress_calls++;
}

static void pushes(const char *audit)
{
    vanta_body *four = body_of("[" RECORD("a", "http://x.example.com") "," RECORD("b", "https://x")
                               "," RECORD("c", "https://x") "," RECORD("d", "https://x") "]");
    vanta_body *one = body_of("[" RECORD("a", "https://x.example.com") "]");
    vanta_receipt *receipt = NULL, *read = NULL;
    vanta_options *call = NULL, *other = NULL;
    vanta_cancel *cancel = NULL;
    vanta_error *error = NULL;

    vanta_options_new(&call);
    vanta_cancel_new(&cancel);
    CHECK(vanta_options_set_cancel(call, cancel) == VANTA_OK);
    vanta_cancel_free(cancel);
    CHECK(vanta_options_set_progress(call, on_progress, NULL) == VANTA_OK);
    CHECK(vanta_push(client, KIND, four, call, &receipt, &error) == VANTA_OK && progress_calls > 0);
    CHECK(vanta_receipt_kind(receipt) == VANTA_RECEIPT_PUSHED && !vanta_receipt_upload_id(receipt));
    CHECK(vanta_receipt_is_audited(receipt) == 1 && vanta_receipt_removed(receipt) == 0);
    CHECK(vanta_violations_count(vanta_receipt_warnings(receipt)) == 1);
    CHECK(vanta_receipt_warnings(receipt) == vanta_receipt_warnings(receipt));
    last_line_is(audit, vanta_receipt_json(receipt));
    CHECK(vanta_receipt_from_json(vanta_receipt_json(receipt),
                                  strlen(vanta_receipt_json(receipt)), &read, NULL) == VANTA_OK);
    CHECK(strcmp(vanta_receipt_sha256(read), vanta_receipt_sha256(receipt)) == 0);
    CHECK(vanta_receipt_is_audited(read) == 0);
    vanta_receipt_free(read);
    CHECK(vanta_options_set_progress(call, NULL, NULL) == VANTA_OK);
    progress_calls = 0;
    /* The receipt may be freed before the options that have it as a baseline. */
    CHECK(vanta_options_set_baseline(call, receipt) == VANTA_OK);
    vanta_receipt_free(receipt);
    receipt = (vanta_receipt *)"not NULL";
    CHECK(vanta_push(client, KIND, one, call, &receipt, &error) == VANTA_ERR_TOO_MANY_REMOVALS);
    CHECK(!receipt && strstr(vanta_error_message(error), "as the push has 1 record"));
    CHECK(vanta_error_attempts(error) == 0 && progress_calls == 0);
    vanta_error_free(error);
    /* A setter that fails changes nothing: three removals are expected, and no list is read. */
    CHECK(vanta_options_expect_removals(call, 3) == VANTA_OK);
    CHECK(vanta_options_set_baseline(call, NULL) == VANTA_ERR_NULL_POINTER);
    CHECK(vanta_push(client, KIND, one, call, &receipt, NULL) == VANTA_OK && progress_calls == 0);
    CHECK(vanta_receipt_removed(receipt) == -1);
    vanta_receipt_free(receipt);
    CHECK(vanta_push(client, KIND, one, call, NULL, NULL) == VANTA_OK);
    vanta_options_new(&other);
    CHECK(vanta_options_set_baseline_from_audit(other, audit, KIND, RESOURCE, NULL) == VANTA_OK);
    CHECK(vanta_options_set_baseline_from_audit(other, audit, KIND, "y", &error)
          == VANTA_ERR_INVALID_ARGUMENT);
    vanta_error_free(error);
    CHECK(vanta_options_set_live_components(other, RESOURCE) == VANTA_OK);
    CHECK(vanta_options_add_components(other, four) == VANTA_OK);
    CHECK(vanta_options_allow_empty(other, 1) == VANTA_OK);
    CHECK(vanta_push(client, KIND, one, other, &receipt, NULL) == VANTA_OK);
    CHECK(vanta_receipt_removed(receipt) == -1);
    vanta_options_free(call);
    vanta_options_free(other);
    CHECK(vanta_verify(client, KIND, one, NULL, NULL, NULL) == VANTA_OK);
    vanta_body_free(four);
    vanta_body_free(one);
    CHECK(vanta_receipt_record_count(receipt) == 1 && vanta_receipt_time(receipt)[0]);
    CHECK(vanta_receipt_line(receipt)[0] && vanta_receipt_resource_kind(receipt)[0]);
    vanta_receipt_free(receipt);
}

static vanta_change_plan *planned(void)
{
    vanta_body *two = body_of("[" RECORD("a", "http://y") "," RECORD("e", "https://y") "]");
    vanta_change_plan *plan = NULL;
    vanta_options *call = NULL;

    vanta_options_new(&call);
    CHECK(vanta_options_allow_any_removals(call, 1) == VANTA_OK);
    CHECK(vanta_plan(client, KIND, two, call, &plan, NULL) == VANTA_OK);
    vanta_options_free(call);
    vanta_body_free(two);
    return plan;
}

static void upload(const char *audit, const char *path)
{
    vanta_receipt *receipt = NULL;

    CHECK(vanta_upload(client, "slot", path, NULL, NULL, NULL, NULL, NULL) == VANTA_OK);
    CHECK(vanta_upload(client, "slot", path, "2026-04-12", "\xff", NULL, NULL, NULL)
          == VANTA_ERR_INVALID_UTF8);
    CHECK(vanta_upload(client, "slot", path, "2026-04-12", "x", NULL, &receipt, NULL) == VANTA_OK);
    CHECK(vanta_receipt_kind(receipt) == VANTA_RECEIPT_UPLOADED && vanta_receipt_upload_id(receipt));
    last_line_is(audit, vanta_receipt_json(receipt));
    vanta_receipt_free(receipt);
}

int main(int argc, char **argv)
{
    vanta_config *config = NULL;
    vanta_change_plan *plan;

    CHECK(argc == 3);
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_config_set_audit_file(config, argv[1]) == VANTA_OK);
    CHECK(vanta_client_new(config, &client, NULL) == VANTA_OK);
    vanta_config_free(config);
    readers();
    validate();
    pushes(argv[1]);
    upload(argv[1], argv[2]);
    plan = planned();
    vanta_client_free(client);
    /* The plan stays valid without its client and body, and returns the same text each time. */
    CHECK(vanta_change_plan_added(plan) == 1 && vanta_change_plan_changed(plan) == 1);
    CHECK(vanta_change_plan_removed(plan) == 0 && vanta_change_plan_unchanged(plan) == 0);
    CHECK(vanta_change_plan_is_refused(plan) == 0 && strstr(vanta_change_plan_text(plan), "+ e\n"));
    CHECK(vanta_change_plan_text(plan) == vanta_change_plan_text(plan));
    CHECK(vanta_change_plan_json(plan) == vanta_change_plan_json(plan) && vanta_change_plan_json(plan)[0] == '{');
    vanta_change_plan_free(plan);
    vanta_change_plan_free(NULL);
    vanta_violations_free(NULL);
    vanta_receipt_free(NULL);
    CHECK(strcmp(vanta_change_plan_text(NULL), "") == 0 && strcmp(vanta_change_plan_json(NULL), "") == 0);
    CHECK(strcmp(vanta_receipt_json(NULL), "") == 0 && strcmp(vanta_receipt_resource_kind(NULL), "") == 0);
    CHECK(vanta_receipt_removed(NULL) == -1 && vanta_receipt_kind(NULL) == VANTA_RECEIPT_NONE);
    CHECK(vanta_violations_count(NULL) == 0 && !vanta_violations_message(NULL, 0));
    puts("passed");
    return 0;
}
