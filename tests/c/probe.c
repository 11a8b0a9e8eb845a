/* Makes one call and prints what came of it, in the lines that the probes of all languages print.
 *   probe push|list KIND PAYLOAD-OR-RESOURCE-ID */
#include <stdio.h>
#include <string.h>
#include <vanta.h>

static const char *shown(const char *text)
{
    return text ? text : "-";
}

static void print_error(const vanta_error *error)
{
    size_t i;

    printf("http %d\n", (int)vanta_error_http_status(error));
    printf("attempts %u\n", (unsigned)vanta_error_attempts(error));
    printf("retryable %d\n", (int)vanta_error_is_retryable(error));
    printf("retry_after_ms %lld\n", (long long)vanta_error_retry_after_ms(error));
    printf("oauth_error %s\n", shown(vanta_error_oauth_error(error)));
    printf("excerpt %s\n", shown(vanta_error_excerpt(error)));
    for (i = 0; i < vanta_error_fault_count(error); i++)
        printf("fault %lld|%s|%s|%s\n", (long long)vanta_error_fault_index(error, i),
               shown(vanta_error_fault_unique_id(error, i)), vanta_error_fault_pointer(error, i),
               vanta_error_fault_message(error, i));
    printf("cause %d\n",
           vanta_error_cause(error) ? (int)vanta_error_status(vanta_error_cause(error)) : 0);
    printf("message %s\n", vanta_error_message(error));
}

static vanta_status probe(char **argv, vanta_client *client, vanta_call *call, vanta_error **error)
{
    vanta_body *body = NULL;
    vanta_receipt *receipt = NULL;
    vanta_listing *listing = NULL;
    vanta_status status;

    if (strcmp(argv[1], "push") == 0) {
        status = vanta_body_from_file(argv[3], &body, error);
        if (status == VANTA_OK)
            status = vanta_push(client, argv[2], body, call, &receipt, error);
    } else
        status = vanta_list(client, argv[2], argv[3], call, &listing, error);
    printf("status %d\n", (int)status);
    if (receipt)
        printf("records %zu\nattempts %u\n", vanta_receipt_records(receipt),
               (unsigned)vanta_receipt_attempts(receipt));
    if (listing)
        printf("rows %zu\nlive %zu\n", vanta_listing_count(listing),
               vanta_listing_live_count(listing));
    vanta_body_free(body);
    vanta_receipt_free(receipt);
    vanta_listing_free(listing);
    return status;
}

int main(int argc, char **argv)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_call *call = NULL;
    vanta_error *error = NULL;
    vanta_status status;

    if (argc != 4)
        return 64;
    vanta_config_new(&config);
    vanta_config_use_environment(config);
    vanta_call_new(&call);
    vanta_call_set_deadline_ms(call, 10000);
    status = vanta_client_new(config, &client, &error);
    if (status != VANTA_OK)
        printf("status %d\n", (int)status);
    else
        status = probe(argv, client, call, &error);
    if (status != VANTA_OK)
        print_error(error);
    vanta_error_free(error);
    vanta_call_free(call);
    vanta_client_free(client);
    vanta_config_free(config);
    return 0;
}
