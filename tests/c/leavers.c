/* Pushes leavers, and pushes only if something has changed. argv[1] is a body with the remote records, argv[2] one in
 * which the account "d" is missing. */
#include "check.h"

static const int64_t NOW_MS = 1767312000000; /* 2026-01-02T00:00:00Z */
static const int64_t DAY_MS = 86400000;
static const uint64_t KEEP_FOR = 90 * 24 * 60 * 60;

static vanta_client *client;

static vanta_body *body_of(const char *path)
{
    vanta_body *body = NULL;

    CHECK(vanta_body_from_file(path, &body, NULL) == VANTA_OK);
    return body;
}

static vanta_listing *listing_of(const char *kind)
{
    vanta_listing *listing = NULL;

    CHECK(vanta_list(client, kind, "66f0c0ffee0000000000a001", NULL, &listing, NULL) == VANTA_OK);
    return listing;
}

static int32_t pushed_if_changed(const vanta_body *body)
{
    vanta_options *options = NULL;
    vanta_receipt *receipt = NULL;
    int32_t kind;

    vanta_options_new(&options);
    CHECK(vanta_options_set_only_if_changed(options, 1) == VANTA_OK);
    CHECK(vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, &receipt, NULL) == VANTA_OK);
    vanta_options_free(options);
    kind = vanta_receipt_kind(receipt);
    vanta_receipt_free(receipt);
    return kind;
}

static size_t records_on(const vanta_body *body, const vanta_listing *listing, int64_t now_ms)
{
    vanta_body *whole = NULL;
    size_t count;

    CHECK(vanta_body_with_leavers(body, listing, KEEP_FOR, now_ms, &whole, NULL) == VANTA_OK);
    count = vanta_body_record_count(whole);
    vanta_body_free(whole);
    return count;
}

int main(int argc, char **argv)
{
    vanta_body *four, *three, *whole = NULL;
    vanta_change_plan *plan = NULL;
    vanta_listing *listing;
    vanta_error *error = NULL;

    CHECK(argc == 3);
    client = client_of(config_of_environment());
    four = body_of(argv[1]);
    three = body_of(argv[2]);
    CHECK(pushed_if_changed(four) == VANTA_RECEIPT_UNCHANGED);
    listing = listing_of(VANTA_KIND_USER_ACCOUNT);
    CHECK(vanta_body_with_leavers(three, listing, KEEP_FOR, NOW_MS, &whole, NULL) == VANTA_OK);
    vanta_listing_free(listing);
    CHECK(vanta_body_record_count(three) == 3 && vanta_body_record_count(whole) == 4);
    CHECK(vanta_plan(client, VANTA_KIND_USER_ACCOUNT, whole, NULL, &plan, NULL) == VANTA_OK);
    CHECK(vanta_change_plan_deactivated(plan) == 1 && vanta_change_plan_changed(plan) == 0);
    CHECK(vanta_change_plan_deactivated(NULL) == 0);
    vanta_change_plan_free(plan);
    vanta_body_free(three);
    CHECK(pushed_if_changed(whole) == VANTA_RECEIPT_PUSHED);
    /* A list may not show a push of this process yet. */
    CHECK(pushed_if_changed(whole) == VANTA_RECEIPT_PUSHED);
    listing = listing_of(VANTA_KIND_USER_ACCOUNT);
    three = body_of(argv[2]);
    CHECK(records_on(three, listing, NOW_MS + 90 * DAY_MS - 1) == 4);
    CHECK(records_on(three, listing, NOW_MS + 90 * DAY_MS) == 3);
    CHECK(records_on(three, listing, -DAY_MS) == 4);
    vanta_body_free(whole);
    whole = (vanta_body *)"not NULL";
    CHECK(vanta_body_with_leavers(three, listing, KEEP_FOR, INT64_MIN, &whole, &error)
          == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(!whole && error);
    vanta_error_free(error);
    vanta_listing_free(listing);
    listing = listing_of(VANTA_KIND_SECRET);
    CHECK(vanta_body_with_leavers(three, listing, KEEP_FOR, NOW_MS, &whole, &error)
          == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(strstr(vanta_error_message(error), "the listing is of kind secret"));
    vanta_error_free(error);
    vanta_listing_free(listing);
    vanta_body_free(three);
    vanta_body_free(four);
    vanta_client_free(client);
    puts("leavers are deactivated");
    return 0;
}
