/* Makes one call and prints its result, in the format that the probes of all languages share.
 *   probe list KIND RESOURCE-ID [WORD...]
 *   probe push|plan|verify|check KIND [SOURCE:]PAYLOAD [WORD...]
 *   probe upload DOCUMENT PATH [WORD...]
 * A WORD is a setting of the call, as it stands in tests/vectors.json. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vanta.h>

static const char *const RESOURCE = "66f0c0ffee0000000000a001";

/* The call: its arguments, its options, and what the progress callback has seen. */
static struct {
    vanta_client *client;
    vanta_options *call;
    vanta_cancel *cancel;
    vanta_body *body;
    const char *verb, *kind, *date, *description, *progress;
    uint64_t sent, total;
    size_t records;
    int restarts, called, callback_status;
} it;

static const char *shown(const char *text)
{
    return text ? text : "-";
}

/* Returns all bytes of a file, and a NUL. */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    size_t room = 0, got;

    *size = 0;
    if (!file)
        exit(66);
    do {
        if (*size + 1 >= room)
            bytes = realloc(bytes, room = room * 2 + 4096);
        if (!bytes)
            exit(70);
        got = fread(bytes + *size, 1, room - *size - 1, file);
        *size += got;
    } while (got > 0);
    fclose(file);
    bytes[*size] = '\0';
    return bytes;
}

static void print_violations(const char *name, const vanta_violations *list)
{
    size_t i;

    for (i = 0; i < vanta_violations_count(list); i++)
        printf("%s %" PRId64 "|%s|%s|%s\nrule %s\n", name, vanta_violations_index(list, i),
               shown(vanta_violations_unique_id(list, i)), vanta_violations_pointer(list, i),
               vanta_violations_message(list, i), shown(vanta_violations_rule(list, i)));
}

static void print_error(const vanta_error *error)
{
    printf("action %d\n", (int)vanta_status_action(vanta_error_code(error)));
    printf("stage %d\n", (int)vanta_error_stage(error));
    printf("http %d\n", (int)vanta_error_http_status(error));
    printf("attempts %u\n", (unsigned)vanta_error_attempts(error));
    printf("retryable %d\n", (int)vanta_error_is_retryable(error));
    printf("retry_after_ms %" PRId64 "\n", vanta_error_retry_after_ms(error));
    printf("request_id %s\n", shown(vanta_error_request_id(error)));
    printf("oauth_error %s\n", shown(vanta_error_oauth_error(error)));
    printf("excerpt %s\n", shown(vanta_error_excerpt(error)));
    print_violations("violation", vanta_error_violations(error));
    print_violations("warning", vanta_error_warnings(error));
    printf("cause %d\n",
           vanta_error_cause(error) ? (int)vanta_error_code(vanta_error_cause(error)) : 0);
    printf("message %s\n", vanta_error_message(error));
}

static void print_not_comparable(const vanta_not_comparable *members)
{
    size_t i;

    for (i = 0; i < vanta_not_comparable_count(members); i++)
        printf("not_comparable %s|%zu\n", vanta_not_comparable_pointer(members, i),
               vanta_not_comparable_records(members, i));
}

static void print_receipt(const vanta_receipt *receipt)
{
    printf("receipt_kind %d\ntime %s\n", (int)vanta_receipt_kind(receipt), vanta_receipt_time(receipt));
    printf("kind %s\nresource_id %s\n", vanta_receipt_resource_kind(receipt),
           vanta_receipt_resource_id(receipt));
    printf("records %zu\nbytes %" PRIu64 "\nsha256 %s\n", vanta_receipt_record_count(receipt),
           vanta_receipt_byte_len(receipt), vanta_receipt_sha256(receipt));
    printf("http %d\nattempts %u\ngeneration %" PRIu64 "\n",
           (int)vanta_receipt_http_status(receipt), (unsigned)vanta_receipt_attempts(receipt),
           vanta_receipt_token_generation(receipt));
    printf("removed %" PRId64 "\naudited %d\n", vanta_receipt_removed(receipt),
           (int)vanta_receipt_is_audited(receipt));
    printf("request_id %s\nupload_id %s\n", shown(vanta_receipt_request_id(receipt)),
           shown(vanta_receipt_upload_id(receipt)));
    printf("origin %s\napplication %s\n", shown(vanta_receipt_origin(receipt)),
           shown(vanta_receipt_application(receipt)));
    print_not_comparable(vanta_receipt_not_comparable(receipt));
    print_violations("warning", vanta_receipt_warnings(receipt));
    printf("line %s\njson %s\n", vanta_receipt_line(receipt), vanta_receipt_json(receipt));
}

static void print_plan(const vanta_change_plan *plan)
{
    printf("added %zu\nchanged %zu\nremoved %zu\nunchanged %zu\nrefused %d\n",
           vanta_change_plan_added(plan), vanta_change_plan_changed(plan), vanta_change_plan_removed(plan),
           vanta_change_plan_unchanged(plan), (int)vanta_change_plan_is_refused(plan));
    printf("empty %d\n", (int)vanta_change_plan_is_empty(plan));
    print_not_comparable(vanta_change_plan_not_comparable(plan));
    printf("text %sjson %s\n", vanta_change_plan_text(plan), vanta_change_plan_json(plan));
}

/* Returns what follows NAME= in a word, or NULL where the word has another name. */
static const char *value(const char *word, const char *name)
{
    const size_t length = strlen(name);

    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static vanta_status set_rule(const char *word)
{
    static const struct {
        const char *name;
        int32_t number;
    } rules[] = {{"schema", VANTA_RULE_SCHEMA},
                 {"null_optional", VANTA_RULE_NULL_OPTIONAL},
                 {"https_url", VANTA_RULE_HTTPS_URL},
                 {"closed_timestamp", VANTA_RULE_CLOSED_TIMESTAMP},
                 {"zero_to_ten", VANTA_RULE_ZERO_TO_TEN},
                 {"unknown_component", VANTA_RULE_UNKNOWN_COMPONENT},
                 {"similar_ids", VANTA_RULE_SIMILAR_IDS}},
      levels[] = {{"off", VANTA_LEVEL_OFF},
                  {"warning", VANTA_LEVEL_WARNING},
                  {"error", VANTA_LEVEL_ERROR}};
    size_t i, j;

    for (i = 0; i < sizeof rules / sizeof *rules; i++)
        for (j = 0; j < sizeof levels / sizeof *levels; j++) {
            const char *level = value(word, rules[i].name);

            if (level && strcmp(level, levels[j].name) == 0)
                return vanta_options_set_rule(it.call, rules[i].number, levels[j].number);
        }
    exit(64);
}

static void on_progress(uint64_t sent, uint64_t total, size_t records, void *user_data)
{
    vanta_listing *listing = NULL;

    if (user_data != &it)
        exit(70);
    it.restarts += it.called++ > 0 && sent < it.sent;
    it.sent = sent;
    it.total = total;
    it.records = records;
    if (strcmp(it.progress, "call") == 0)
        it.callback_status = (int)vanta_list(it.client, "user_account", RESOURCE, NULL, &listing, NULL);
    if (strcmp(it.progress, "cancel") == 0)
        vanta_cancel_set(it.cancel);
}

typedef vanta_status (*set_schema)(vanta_options *, const char *, size_t, vanta_error **);

static vanta_status with_schema(set_schema set, const char *path, vanta_error **error)
{
    size_t size;
    char *json = read_file(path, &size);
    const vanta_status status = set(it.call, json, size, error);

    free(json);
    return status;
}

static vanta_status with_components(const char *path, vanta_error **error)
{
    vanta_body *components = NULL;
    vanta_status status = vanta_body_from_file(path, &components, error);

    if (status == VANTA_OK)
        status = vanta_options_add_components(it.call, components);
    vanta_body_free(components);
    return status;
}

static vanta_status with_baseline(const char *path, vanta_error **error)
{
    vanta_receipt *receipt = NULL;
    size_t size;
    char *json = read_file(path, &size);
    vanta_status status = vanta_receipt_from_json(json, size, &receipt, error);

    if (status == VANTA_OK)
        status = vanta_options_set_baseline(it.call, receipt);
    vanta_receipt_free(receipt);
    free(json);
    return status;
}

static vanta_status with_word(const char *word, vanta_error **error)
{
    const char *is;

    if (strcmp(word, "only_if_changed") == 0)
        return vanta_options_set_only_if_changed(it.call, 1);
    if (strcmp(word, "allow_empty") == 0)
        return vanta_options_allow_empty(it.call, 1);
    if (strcmp(word, "allow_any_removals") == 0)
        return vanta_options_allow_any_removals(it.call, 1);
    if (strcmp(word, "cancelled") == 0) {
        vanta_cancel_set(it.cancel);
        return VANTA_OK;
    }
    if ((is = value(word, "expect_removals")))
        return vanta_options_expect_removals(it.call, (size_t)strtoul(is, NULL, 10));
    if ((is = value(word, "deadline_ms")))
        return vanta_options_set_deadline_ms(it.call, strtoul(is, NULL, 10));
    if (strncmp(word, "rule:", 5) == 0)
        return set_rule(word + 5);
    if ((is = value(word, "schema")))
        return with_schema(vanta_options_set_schema, is, error);
    if ((is = value(word, "custom_properties")))
        return with_schema(vanta_options_set_custom_properties, is, error);
    if ((is = value(word, "components")))
        return with_components(is, error);
    if ((is = value(word, "live_components")))
        return vanta_options_set_live_components(it.call, is);
    if ((is = value(word, "baseline")))
        return with_baseline(is, error);
    if ((is = value(word, "baseline_from_audit")))
        return vanta_options_set_baseline_from_audit(it.call, is, it.kind,
                                                  vanta_body_resource_id(it.body), error);
    if ((is = value(word, "date"))) {
        it.date = is;
        return VANTA_OK;
    }
    if ((is = value(word, "description"))) {
        it.description = is;
        return VANTA_OK;
    }
    if ((is = value(word, "progress"))) {
        it.progress = is;
        return vanta_options_set_progress(it.call, on_progress, &it);
    }
    exit(64);
}

static ptrdiff_t from_file(char *buffer, size_t size, void *file)
{
    return (ptrdiff_t)fread(buffer, 1, size < 1000 ? size : 1000, file);
}

static vanta_status read_body(const char *what, vanta_error **error)
{
    static const char *const sources[] = {"request", "array", "ndjson", "ndjson-file",
                                          "ndjson-reader", "reader", "file"};
    const char *path = what;
    size_t i, size, source = 6;
    vanta_status status;
    FILE *file;
    char *text;

    for (i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strncmp(what, sources[i], strlen(sources[i])) == 0 && what[strlen(sources[i])] == ':') {
            path = what + strlen(sources[i]) + 1;
            source = i;
        }
    if (source == 6)
        return vanta_body_from_file(path, &it.body, error);
    if (source == 3)
        return vanta_body_from_ndjson_file(RESOURCE, path, &it.body, error);
    if (source > 3) {
        if (!(file = fopen(path, "rb")))
            exit(66);
        status = source == 4
                     ? vanta_body_from_ndjson_reader(RESOURCE, from_file, file, &it.body, error)
                     : vanta_body_from_reader(from_file, file, &it.body, error);
        fclose(file);
        return status;
    }
    text = read_file(path, &size);
    status = source == 0   ? vanta_body_from_request(text, size, &it.body, error)
             : source == 1 ? vanta_body_from_json_array(RESOURCE, text, size, &it.body, error)
                           : vanta_body_from_ndjson(RESOURCE, text, size, &it.body, error);
    free(text);
    return status;
}

/* Makes the call, and prints its outputs. */
static vanta_status make_call(const char *what, vanta_error **error)
{
    vanta_listing *listing = NULL;
    vanta_receipt *receipt = NULL;
    vanta_violations *warnings = NULL;
    vanta_change_plan *plan = NULL;
    vanta_status status;

    if (strcmp(it.verb, "push") == 0)
        status = vanta_push(it.client, it.kind, it.body, it.call, &receipt, error);
    else if (strcmp(it.verb, "verify") == 0)
        status = vanta_verify(it.client, it.kind, it.body, it.call, &receipt, error);
    else if (strcmp(it.verb, "plan") == 0)
        status = vanta_plan(it.client, it.kind, it.body, it.call, &plan, error);
    else if (strcmp(it.verb, "check") == 0)
        status = vanta_validate(it.kind, it.body, it.call, &warnings, error);
    else if (strcmp(it.verb, "upload") == 0)
        status = vanta_upload(it.client, it.kind, what, it.date, it.description, it.call, &receipt,
                              error);
    else
        status = vanta_list(it.client, it.kind, what, it.call, &listing, error);
    printf("status %d\n", (int)status);
    if (receipt)
        print_receipt(receipt);
    if (plan)
        print_plan(plan);
    if (listing)
        printf("rows %zu\nlive %zu\n", vanta_listing_count(listing),
               vanta_listing_live_count(listing));
    print_violations("warning", warnings);
    vanta_receipt_free(receipt);
    vanta_violations_free(warnings);
    vanta_change_plan_free(plan);
    vanta_listing_free(listing);
    return status;
}

int main(int argc, char **argv)
{
    vanta_config *config = NULL;
    vanta_error *error = NULL;
    vanta_status status;
    int done = 0, i;

    if (argc < 4)
        return 64;
    it.verb = argv[1];
    it.kind = argv[2];
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    vanta_options_new(&it.call);
    vanta_cancel_new(&it.cancel);
    vanta_options_set_cancel(it.call, it.cancel);
    vanta_options_set_deadline_ms(it.call, 30000);
    status = vanta_client_new(config, &it.client, &error);
    if (status == VANTA_OK && strcmp(it.verb, "list") != 0 && strcmp(it.verb, "upload") != 0)
        status = read_body(argv[3], &error);
    for (i = 4; i < argc && status == VANTA_OK; i++)
        status = with_word(argv[i], &error);
    if (status == VANTA_OK) {
        status = make_call(argv[3], &error);
        done = 1;
    }
    if (!done)
        printf("status %d\n", (int)status);
    if (status != VANTA_OK)
        print_error(error);
    if (it.called)
        printf("progress %" PRIu64 " of %" PRIu64 ", %zu records, restarts %d, callback status %d\n",
               it.sent, it.total, it.records, it.restarts, it.callback_status);
    vanta_error_free(error);
    vanta_options_free(it.call);
    vanta_cancel_free(it.cancel);
    vanta_body_free(it.body);
    vanta_client_free(it.client);
    vanta_config_free(config);
    return 0;
}
