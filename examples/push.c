/* Pushes a file of records, verifies that they arrived, and exits with a code that says what to do.
 *   push KIND PAYLOAD.json        configured from the environment, see docs/configuration.md */
#include <stdio.h>
#include <vanta.h>

static vanta_status run(const char *kind, const char *path, vanta_error **error)
{
    vanta_config *config = NULL;
    vanta_client *client = NULL;
    vanta_body *body = NULL;
    vanta_receipt *pushed = NULL, *verified = NULL;
    vanta_status status;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    status = vanta_client_new(config, &client, error);
    if (status == VANTA_OK)
        status = vanta_body_from_file(path, &body, error);
    if (status == VANTA_OK)
        status = vanta_push(client, kind, body, NULL, &pushed, error);
    if (status == VANTA_OK)
        printf("%s\n", vanta_receipt_line(pushed));
    if (status == VANTA_OK)
        status = vanta_verify(client, kind, body, NULL, &verified, error);
    if (status == VANTA_OK)
        printf("%s\n", vanta_receipt_line(verified));
    vanta_receipt_free(verified);
    vanta_receipt_free(pushed);
    vanta_body_free(body);
    vanta_client_free(client);
    vanta_config_free(config);
    return status;
}

int main(int argc, char **argv)
{
    vanta_error *error = NULL;
    vanta_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: push KIND PAYLOAD.json\n");
        return 64;
    }
    status = run(argv[1], argv[2], &error);
    if (status != VANTA_OK)
        fprintf(stderr, "%s\n", vanta_error_message(error));
    vanta_error_free(error);
    return vanta_action_exit_code(vanta_status_action(status));
}
