/* Pushes a record with numbers under a locale of the host, and prints a number of printf's and the SHA-256 of the body.
 *   locales LOCALE        configured from the environment */
#include <ctype.h>
#include <locale.h>
#include "check.h"

int main(int argc, char **argv)
{
    const char *texts[] = {"uniqueId", "displayName", "description", "remediationInstructions",
                           "vulnerableComponentUniqueId"};
    vanta_client *client = client_of(config_of_environment());
    vanta_body_builder *records = NULL;
    vanta_body *body = NULL;
    vanta_receipt *receipt = NULL;
    vanta_error *error = NULL;
    char number[32];
    size_t i;

    CHECK(argc > 1 && setlocale(LC_ALL, argv[1]));
    snprintf(number, sizeof number, "%.1f", 7.0);
    vanta_body_builder_new("66f0c0ffee0000000000a001", &records, NULL);
    vanta_body_builder_begin(records);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        vanta_body_builder_text(records, texts[i], "INFO");
    vanta_body_builder_text(records, "externalUrl", "https://I.example.com/I");
    vanta_body_builder_begin_array(records, "occurrences");
    vanta_body_builder_end(records);
    vanta_body_builder_number(records, "severity", 7.0);
    vanta_body_builder_number(records, "confidence", 1.0);
    vanta_body_builder_boolean(records, "isResolvable", 1);
    vanta_body_builder_end(records);
    if (vanta_body_builder_finish(records, &body, &error) != VANTA_OK
        || vanta_push(client, "static_analysis_code_vulnerability_connectors", body, NULL, &receipt, &error) != VANTA_OK) {
        fprintf(stderr, "%s\n", vanta_error_message(error));
        return 1;
    }
    printf("%s %s\n", number, vanta_receipt_sha256(receipt));
    vanta_receipt_free(receipt);
    vanta_body_free(body);
    vanta_body_builder_free(records);
    vanta_client_free(client);
    return 0;
}
