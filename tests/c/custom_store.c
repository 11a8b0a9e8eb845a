/* Implements a token store, and prints which of its functions the library calls and what their results lead to. */
#include <stdio.h>
#include <string.h>
#include <vanta.h>

static char kept[4096];
static size_t kept_size;
static int locks, saves, reads, destroyed, locked;
static int32_t lock_result = VANTA_STORE_RESULT_DONE;
static int call_back;
static vanta_status reentrant_status;
static vanta_client *client;

static vanta_status token(void)
{
    vanta_options *call = NULL;
    char text[256];
    vanta_status status;

    vanta_options_new(&call);
    vanta_options_set_deadline_ms(call, lock_result == VANTA_STORE_RESULT_BUSY ? 300 : 10000);
    status = vanta_token(client, call, text, sizeof text, NULL, NULL);
    vanta_wipe(text, sizeof text);
    vanta_options_free(call);
    return status;
}

static int32_t try_lock(void *user, const char *key, uint64_t hold_ms)
{
    (void)user;
    if (!strstr(key, "vci_") || hold_ms == 0)
        return VANTA_STORE_RESULT_UNUSABLE;
    if (lock_result != VANTA_STORE_RESULT_DONE)
        return lock_result;
    locks++;
    locked = 1;
    return VANTA_STORE_RESULT_DONE;
}

static int32_t load(void *user, const char *key, void *record, size_t room, size_t *size)
{
    (void)user; (void)key;
    if (!locked)
        return VANTA_STORE_RESULT_UNUSABLE;
    if (call_back)
        reentrant_status = token();
    *size = kept_size;
    if (kept_size <= room)
        memcpy(record, kept, kept_size);
    return VANTA_STORE_RESULT_DONE;
}

/* Reads without the lock. */
static int32_t read_unlocked(void *user, const char *key, void *record, size_t room, size_t *size)
{
    (void)user; (void)key;
    reads++;
    *size = kept_size;
    if (kept_size <= room)
        memcpy(record, kept, kept_size);
    return VANTA_STORE_RESULT_DONE;
}

static int32_t save(void *user, const char *key, const void *record, size_t size)
{
    (void)user; (void)key;
    if (!locked || size > sizeof kept)
        return VANTA_STORE_RESULT_UNUSABLE;
    memcpy(kept, record, size);
    kept_size = size;
    saves++;
    return VANTA_STORE_RESULT_DONE;
}

static void unlock(void *user, const char *key)
{
    (void)user; (void)key;
    locked = 0;
}

static void destroy(void *user)
{
    if (user)
        (*(int *)user)++;
}

/* Gets a token with a new client, which has no cached token and uses the store. */
static vanta_status token_of_new_client(const vanta_config *config)
{
    vanta_status status;

    vanta_client_free(client);
    client = NULL;
    status = vanta_client_new(config, &client, NULL);
    return status == VANTA_OK ? token() : status;
}

int main(void)
{
    vanta_store store = {sizeof store, "a store in C", try_lock, load, save, unlock, destroy, NULL};
    vanta_config *config = NULL, *reading = NULL;
    vanta_snapshot *snapshot = NULL;

    vanta_config_new(&config);
    vanta_config_use_environment(config);
    if (vanta_config_set_custom_token_store(config, &store, &destroyed) != VANTA_OK)
        return 1;
    printf("requested %d", (int)token_of_new_client(config));
    printf(" locks %d saves %d\n", locks, saves);
    printf("stored %d", (int)token_of_new_client(config));
    vanta_client_snapshot(client, &snapshot, NULL);
    printf(" locks %d saves %d source %d store %s\n", locks, saves,
           (int)vanta_snapshot_number(snapshot, VANTA_SNAPSHOT_SOURCE),
           strncmp(vanta_snapshot_store(snapshot), "a store in ", 11) == 0 ? "named" : "not named");
    vanta_snapshot_free(snapshot);
    lock_result = VANTA_STORE_RESULT_BUSY;
    printf("busy %d\n", (int)token_of_new_client(config));
    lock_result = VANTA_STORE_RESULT_UNAVAILABLE;
    printf("unavailable %d\n", (int)token_of_new_client(config));
    lock_result = VANTA_STORE_RESULT_UNUSABLE;
    printf("unusable %d\n", (int)token_of_new_client(config));
    lock_result = VANTA_STORE_RESULT_BUSY;
    store.read = read_unlocked;
    vanta_config_new(&reading);
    vanta_config_use_environment(reading);
    if (vanta_config_set_custom_token_store(reading, &store, NULL) != VANTA_OK)
        return 1;
    printf("read while locked %d", (int)token_of_new_client(reading));
    printf(" reads %d locks %d saves %d\n", reads, locks, saves);
    vanta_config_free(reading);
    lock_result = VANTA_STORE_RESULT_DONE;
    call_back = 1;
    printf("reentrant %d", (int)token_of_new_client(config));
    printf(" %d\n", (int)reentrant_status);
    vanta_config_free(config);
    vanta_client_free(client);
    printf("destroyed %d locked %d\n", destroyed, locked);
    return 0;
}
