/* Checks output parameters, which every call sets; buffers of several sizes; and callbacks that stop a listing. */
#include "check.h"

static const char *const RESOURCE = "66f0c0ffee0000000000a001";
static vanta_client *client;

static void token_sizes(void)
{
    char buffer[256];
    size_t needed = 0, reported = 1;

    CHECK(vanta_token(client, NULL, NULL, 0, &needed, NULL) == VANTA_OK && needed > 10);
    CHECK(needed < sizeof buffer);
    memset(buffer, 'x', sizeof buffer);
    CHECK(vanta_token(client, NULL, buffer, needed, &reported, NULL) == VANTA_OK && reported == needed);
    CHECK(strlen(buffer) + 1 == needed && strncmp(buffer, "vat_", 4) == 0);
    CHECK(buffer[needed] == 'x');
    memset(buffer, 'x', sizeof buffer);
    reported = 1;
    CHECK(vanta_token(client, NULL, buffer, needed - 1, &reported, NULL) == VANTA_ERR_BUFFER_TOO_SMALL);
    CHECK(reported == needed && buffer[0] == '\0' && buffer[1] == 'x' && buffer[needed - 1] == 'x');
    CHECK(vanta_token_valid_for(client, 60, NULL, buffer, sizeof buffer, NULL, NULL) == VANTA_OK);
    vanta_wipe(buffer, sizeof buffer);
    CHECK(buffer[0] == '\0' && buffer[sizeof buffer - 1] == '\0');
}

struct seen {
    int rows, deleted, stop_at;
};

static int32_t on_row(const char *row, size_t size, int32_t deleted, void *user_data)
{
    struct seen *seen = user_data;

    CHECK(strlen(row) == size && row[0] == '{');
    seen->rows++;
    seen->deleted += deleted;
    return seen->rows == seen->stop_at;
}

static vanta_status push(const char *records)
{
    vanta_body *body = NULL;
    vanta_receipt *receipt = (vanta_receipt *)"not NULL";
    vanta_status status;

    CHECK(vanta_body_from_json_array(RESOURCE, records, strlen(records), &body, NULL) == VANTA_OK);
    CHECK(strcmp(vanta_body_resource_id(body), RESOURCE) == 0);
    CHECK(vanta_body_byte_len(body) > strlen(records));
    status = vanta_push(client, "custom_resource", body, NULL, &receipt, NULL);
    CHECK((status == VANTA_OK) == (receipt != NULL));
    CHECK(!receipt || vanta_receipt_record_count(receipt) == vanta_body_record_count(body));
    vanta_body_free(body);
    vanta_receipt_free(receipt);
    return status;
}

static void rows(void)
{
    struct seen all = {0, 0, 0}, some = {0, 0, 1};
    vanta_listing *listing = (vanta_listing *)"not NULL";
    vanta_error *error = (vanta_error *)"not NULL";
    size_t needed = 0;
    char *json;

    CHECK(push("[{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x.example.com/\"},"
               "{\"uniqueId\":\"b\",\"displayName\":\"b\",\"externalUrl\":\"https://x.example.com/\"}]")
          == VANTA_OK);
    CHECK(push("[{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x.example.com/\"}]")
          == VANTA_OK);
    CHECK(push("[]") == VANTA_ERR_EMPTY_PAYLOAD);
    CHECK(vanta_list(client, "custom_resource", "a b", NULL, &listing, &error)
          == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(listing == NULL && vanta_error_code(error) == VANTA_ERR_INVALID_ARGUMENT);
    vanta_error_free(error);
    CHECK(vanta_list(client, "custom_resource", RESOURCE, NULL, &listing, &error) == VANTA_OK);
    CHECK(error == NULL && vanta_listing_count(listing) == 2);
    CHECK(vanta_listing_live_count(listing) == 1);
    CHECK(vanta_listing_each(listing, on_row, &all, NULL) == VANTA_OK);
    CHECK(all.rows == 2 && all.deleted == 1);
    CHECK(vanta_listing_each(listing, on_row, &some, NULL) == VANTA_ERR_CANCELLED && some.rows == 1);
    CHECK(vanta_listing_json(listing, NULL, 0, &needed, NULL) == VANTA_OK);
    json = malloc(needed);
    CHECK(json && vanta_listing_json(listing, json, needed, NULL, NULL) == VANTA_OK);
    CHECK(json[0] == '[' && strstr(json, "\"deletedAt\":null"));
    free(json);
    vanta_listing_free(listing);
}

int main(void)
{
    vanta_config *config = NULL;
    int32_t status;

    for (status = -10000; status <= 10000; status++)
        CHECK(vanta_status_text(status) && vanta_status_text(status)[0]);
    CHECK(strcmp(vanta_status_text(VANTA_OK), "done") == 0);
    CHECK(vanta_status_action(VANTA_ERR_RATE_LIMITED) == VANTA_ACTION_RETRY_LATER);
    CHECK(vanta_status_action(12345) == VANTA_ACTION_REPORT);
    CHECK(vanta_abi_version() == VANTA_ABI_VERSION);
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    CHECK(vanta_config_set_scope(config, "\xff") == VANTA_ERR_INVALID_UTF8);
    CHECK(vanta_client_new(config, &client, NULL) == VANTA_OK);
    vanta_config_free(config);
    token_sizes();
    rows();
    vanta_client_free(client);
    puts("passed");
    return 0;
}
