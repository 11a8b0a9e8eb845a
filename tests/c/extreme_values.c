/* Calls each function that takes a duration or a count with 0, 1 and the largest value. Configured from the
 * environment. */
#include <stdint.h>
#include "check.h"

#define RESOURCE "66f0c0ffee0000000000a001"

static const uint64_t numbers[] = {0, 1, UINT64_MAX - 1, UINT64_MAX};

static vanta_status list_with(vanta_config *config, uint64_t deadline_ms)
{
    vanta_client *client = client_of(config);
    vanta_options *call = NULL;
    vanta_status status;

    CHECK(vanta_options_new(&call) == VANTA_OK);
    CHECK(vanta_options_set_deadline_ms(call, deadline_ms) == VANTA_OK);
    status = list_of(client, call, NULL);
    CHECK(vanta_options_set_shared_deadline_ms(call, deadline_ms) == VANTA_OK);
    CHECK(list_of(client, call, NULL) == status);
    vanta_options_free(call);
    vanta_client_free(client);
    return status;
}

static void durations(uint64_t number)
{
    const vanta_status expected = number > 1 ? VANTA_OK : VANTA_ERR_DEADLINE_EXCEEDED;
    /* The token of the process lives as long as one of its clients: few token requests are allowed. */
    vanta_client *client = number > 1 ? client_of(config_of_environment()) : NULL;
    vanta_config *config = config_of_environment();
    char token[256];
    size_t needed;

    CHECK(list_with(config, number) == expected);
    client = client ? client : client_of(config_of_environment());
    config = config_of_environment();
    CHECK(vanta_config_set_expiry_margin(config, number) == VANTA_OK);
    CHECK(vanta_config_set_list_cap(config, number) == VANTA_OK);
    CHECK(list_with(config, UINT64_MAX) == (number > 1 ? VANTA_OK : VANTA_ERR_RESPONSE_TOO_LARGE));
    CHECK((vanta_token_valid_for(client, number, NULL, token, sizeof token, &needed, NULL) == VANTA_OK) == (number < 2));
    vanta_client_free(client);
}

static void counts(uint32_t number)
{
    vanta_config *config = config_of_environment();
    vanta_client *client = NULL;

    CHECK(vanta_config_set_token_requests_per_minute(config, number) == VANTA_OK);
    CHECK(vanta_client_new(config, &client, NULL) == (number == 1 ? VANTA_OK : VANTA_ERR_INVALID_CONFIG));
    vanta_client_free(client);
    CHECK(vanta_config_set_token_requests_per_minute(config, 4) == VANTA_OK);
    CHECK(vanta_config_set_requests_per_minute(config, number) == VANTA_OK);
    CHECK(vanta_client_new(config, &client, NULL) == (number < 2 ? VANTA_OK : VANTA_ERR_INVALID_CONFIG));
    vanta_client_free(client);
    vanta_config_free(config);
}

static void records(void)
{
    static const int64_t whole[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    size_t i;

    for (i = 0; i < sizeof whole / sizeof *whole; i++) {
        const int far = whole[i] == INT64_MIN || whole[i] == INT64_MAX;
        vanta_body_builder *written = NULL;

        CHECK(vanta_body_builder_new(RESOURCE, &written, NULL) == VANTA_OK && vanta_body_builder_begin(written) == VANTA_OK);
        CHECK(vanta_body_builder_integer(written, "a", whole[i]) == VANTA_OK);
        CHECK((vanta_body_builder_timestamp_ms(written, "b", whole[i]) == VANTA_OK) == !far);
        vanta_body_builder_free(written);
    }
}

int main(void)
{
    vanta_options *call = NULL;
    size_t i;

    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        durations(numbers[i]);
        counts(numbers[i] > UINT32_MAX ? UINT32_MAX : (uint32_t)numbers[i]);
    }
    records();
    CHECK(vanta_options_new(&call) == VANTA_OK);
    CHECK(vanta_options_expect_removals(call, 0) == VANTA_OK && vanta_options_expect_removals(call, 1) == VANTA_OK);
    CHECK(vanta_options_expect_removals(call, SIZE_MAX / 2) == VANTA_OK);
    CHECK(vanta_options_expect_removals(call, SIZE_MAX) == VANTA_ERR_INVALID_ARGUMENT);
    vanta_options_free(call);
    puts("every value was accepted or refused");
    return 0;
}
