/* Passes NULL for each pointer of each function. The test inserts the calls at CHECKS, one in each line. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <vanta.h>

static int failed, checked;

static void check(int good, const char *what)
{
    checked++;
    if (!good && ++failed)
        fprintf(stderr, "failed: %s\n", what);
}

static int32_t row(const char *text, size_t size, int32_t deleted, void *user)
{
    (void)text; (void)size; (void)deleted; (void)user;
    return 0;
}

static void on_event(vanta_event event, int32_t is_warning, const char *line, void *user)
{
    (void)event; (void)is_warning; (void)line; (void)user;
}

static int32_t read_secret(char *secret, size_t room, size_t *size, char *reason, size_t reason_room, void *user)
{
    (void)secret; (void)room; (void)size; (void)reason; (void)reason_room; (void)user;
    return 1;
}

static ptrdiff_t reader(char *buffer, size_t size, void *user)
{
    (void)buffer; (void)size; (void)user;
    return 0;
}

static int32_t try_lock(void *user, const char *key, uint64_t hold_ms)
{
    (void)user; (void)key; (void)hold_ms;
    return VANTA_STORE_RESULT_BUSY;
}

static int32_t load(void *user, const char *key, void *record, size_t room, size_t *size)
{
    (void)user; (void)key; (void)record; (void)room;
    *size = 0;
    return VANTA_STORE_RESULT_DONE;
}

static int32_t save(void *user, const char *key, const void *record, size_t size)
{
    (void)user; (void)key; (void)record; (void)size;
    return VANTA_STORE_RESULT_DONE;
}

static void unlock(void *user, const char *key)
{
    (void)user; (void)key;
}

static const vanta_store ours = {
    sizeof(vanta_store), "ours", try_lock, load, save, unlock, NULL, NULL
};

static vanta_body_builder *begun(void)
{
    static vanta_body_builder *records;

    vanta_body_builder_free(records);
    vanta_body_builder_new("x", &records, NULL);
    vanta_body_builder_begin(records);
    return records;
}

/* Returns a text of ten megabytes. */
static const char *large(void)
{
    static char text[10 << 20];

    memset(text, 'x', sizeof text - 1);
    return text;
}

int main(void)
{
    char buffer[256] = "";
    size_t needed = 0;
    const vanta_store *vanta_store = &ours;
    vanta_config *vanta_config = NULL, *out_vanta_config = NULL;
    vanta_client *vanta_client = NULL, *out_vanta_client = NULL;
    vanta_options *vanta_options = NULL, *out_vanta_options = NULL;
    vanta_cancel *vanta_cancel = NULL, *out_vanta_cancel = NULL;
    vanta_error *vanta_error = NULL, *out_vanta_error = NULL;
    vanta_receipt *vanta_receipt = NULL, *out_vanta_receipt = NULL;
    vanta_body *vanta_body = NULL, *out_vanta_body = NULL;
    vanta_body_builder *out_vanta_body_builder = NULL;
    vanta_change_plan *vanta_change_plan = NULL, *out_vanta_change_plan = NULL;
    vanta_violations *vanta_violations = NULL, *out_vanta_violations = NULL;
    vanta_listing *vanta_listing = NULL, *out_vanta_listing = NULL;
    vanta_snapshot *vanta_snapshot = NULL, *out_vanta_snapshot = NULL;

    vanta_config_new(&vanta_config);
    vanta_config_set_origin(vanta_config, "https://127.0.0.1:9");
    vanta_config_set_client_id(vanta_config, "vci_x");
    vanta_config_set_client_secret(vanta_config, "vcs_x", 5);
    vanta_client_new(vanta_config, &vanta_client, NULL);
    vanta_client_snapshot(vanta_client, &vanta_snapshot, NULL);
    vanta_body_from_json_array("x", "[{\"uniqueId\":\"x\"}]", 18, &vanta_body, NULL);
    vanta_options_new(&vanta_options);
    vanta_cancel_new(&vanta_cancel);
    (void)vanta_change_plan; (void)out_vanta_change_plan; (void)vanta_violations; (void)out_vanta_violations;
    (void)row; (void)reader; (void)read_secret; (void)on_event; (void)large; (void)buffer; (void)needed;
    (void)vanta_receipt; (void)vanta_listing;
    (void)out_vanta_config; (void)out_vanta_client; (void)out_vanta_options; (void)out_vanta_cancel;
    (void)vanta_store; (void)out_vanta_snapshot; (void)out_vanta_body; (void)out_vanta_body_builder;
    (void)out_vanta_error; (void)out_vanta_receipt; (void)out_vanta_listing; (void)vanta_error;

/* CHECKS */
    printf("%d checks\n", checked);
    return failed != 0;
}
