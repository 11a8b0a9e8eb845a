/* Makes random calls with random arguments: valid and NULL handles, texts, sizes and numbers. Nothing may crash, and
 * everything is freed in the end. The arguments of a call are freed right after it. The test inserts at CALLS one case
 * for each function of the header.
 *   fuzz SEED CALLS        in an empty folder */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vanta.h>

enum { SLOTS = 4, GIVEN = 16 };

#define POOL(type) \
    static type *type##_pool[SLOTS]; \
    static type *a_##type(void) \
    { \
        int tries = (int)roll(8); \
        type *one = type##_pool[roll(SLOTS)]; \
        while (!one && tries-- > 0) \
            one = type##_pool[roll(SLOTS)]; \
        return one; \
    } \
    /* An output: its previous value is freed first, as the header requires. */ \
    static type **out_##type(void) \
    { \
        type **slot = &type##_pool[roll(SLOTS)]; \
        type##_free(*slot); \
        *slot = NULL; \
        return roll(32) ? slot : NULL; \
    } \
    static void no_more_##type(void) \
    { \
        int i; \
        for (i = 0; i < SLOTS; i++) \
            type##_free(type##_pool[i]); \
    }

static uint64_t dice;
static char buffer[300];
static size_t needed;
static int counted;
static volatile size_t seen;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice >> 33) % sides;
}

POOL(vanta_body)
POOL(vanta_options)
POOL(vanta_cancel)
POOL(vanta_client)
POOL(vanta_config)
POOL(vanta_error)
POOL(vanta_violations)
POOL(vanta_listing)
POOL(vanta_change_plan)
POOL(vanta_receipt)
POOL(vanta_body_builder)
POOL(vanta_snapshot)

/* Exact-size copies of the arguments, so that a sanitizer finds accesses beyond them. Freed after the call. */
static char *given[GIVEN];
static size_t given_sizes[GIVEN], gifts;

static char *gift(const char *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1);

    if (!copy || gifts == GIVEN)
        exit(70);
    memcpy(copy, bytes, size);
    given_sizes[gifts] = size;
    return given[gifts++] = copy;
}

static void take_back(void)
{
    while (gifts > 0) {
        gifts--;
        memset(given[gifts], 0xdd, given_sizes[gifts]);
        free(given[gifts]);
    }
}

static const char *const TEXTS[] = {
    "x", "", "user_account", "custom_resource", "66f0c0ffee0000000000a001", "memory", "/nowhere/x", "\xff", "a\r\nb: c",
    "\xf0\x9f\x94\x91", "https://127.0.0.1:9", "http://127.0.0.1:9", "vci_x", "2026-01-01T00:00:00Z", "uniqueId",
    "displayName", "externalUrl", "https://x.example.com/", "a b", "..", "x/y?z=%00#", "\x7f",
};

static const char *const JSON[] = {
    "[{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x.example.com/\"}]", "[]", "{}", "null", "[",
    "{\"resourceId\":\"x\",\"resources\":[{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x/\"}]}",
    "{\"uniqueId\":\"a\"}\n{\"uniqueId\":\"b\"}\n", "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "\"\\ud800\"", "1e999",
    "{\"kind\":\"user_account\",\"receiptKind\":\"pushed\"}", "\xef\xbb\xbf[]", "[[[[[[[[[[[[[[[[", "{\"a\":1,\"a\":2}",
};

#define ONE_OF(list) list[roll(sizeof list / sizeof *list)]

/* Returns a valid value most of the time. */
static const char *text(const char *fitting)
{
    const char *one = roll(4) ? fitting : ONE_OF(TEXTS);

    return roll(20) ? gift(one, strlen(one) + 1) : NULL;
}

/* Sets bytes and their length, or a length that no object can have. */
static const char *bytes(size_t *size)
{
    const char *one = roll(2) ? JSON[0] : roll(4) ? ONE_OF(JSON) : ONE_OF(TEXTS);

    *size = strlen(one);
    switch (roll(30)) {
    case 0:
        return NULL;
    case 1:
        *size = 0;
        return NULL;
    case 2:
        *size = SIZE_MAX - roll(4);
        return gift("x", 1);
    case 3:
        *size = roll((uint32_t)*size + 1);
        return gift(one, *size);
    default:
        return gift(one, *size);
    }
}

static int64_t integer(void)
{
    static const int64_t some[] = {0, 1, 2, 3, 5, 20, 100, -1, -2, 255, 65536, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};

    return roll(3) ? (int64_t)roll(8) : ONE_OF(some);
}

static double number(void)
{
    static const double some[] = {0, -0.0, 1.5, 1e308, -1e308, 5e-324};
    const double one = ONE_OF(some);

    return roll(8) ? one : one - one / (one - one);
}

static int32_t row(const char *json, size_t size, int32_t deleted, void *user)
{
    (void)user;
    seen += strlen(json) + size + (size_t)deleted;
    return roll(4) == 0;
}

static void on_event(vanta_event event, int32_t is_warning, const char *line, void *user)
{
    (void)user;
    seen += strlen(line) + (size_t)event + (size_t)is_warning;
}

static void watch(uint64_t sent, uint64_t total, size_t records, void *user)
{
    (void)user;
    seen += (size_t)(total - sent) + records;
}

static void destroy(void *user)
{
    ++*(int *)user;
}

static ptrdiff_t reader(char *into, size_t size, void *user)
{
    const size_t some = roll(40);

    (void)user;
    if (roll(4) == 0)
        return (ptrdiff_t)integer() < 0 ? -1 : 0;
    memset(into, 'x', some < size ? some : size);
    return (ptrdiff_t)(some < size ? some : size);
}

static int32_t try_lock(void *user, const char *key, uint64_t hold_ms)
{
    (void)user;
    seen += strlen(key) + (size_t)hold_ms;
    return (int32_t)roll(5);
}

static int32_t load(void *user, const char *key, void *record, size_t room, size_t *size)
{
    (void)user; (void)key;
    *size = roll(3) ? 0 : roll(100);
    if (*size <= room)
        memset(record, '{', *size);
    return (int32_t)(roll(4) ? 0 : roll(5));
}

static int32_t save(void *user, const char *key, const void *record, size_t size)
{
    (void)user; (void)key; (void)record;
    seen += size;
    return (int32_t)(roll(4) ? 0 : roll(5));
}

static void unlock(void *user, const char *key)
{
    (void)user;
    seen += strlen(key);
}

static const vanta_store store = {sizeof store, "fuzz", try_lock, load, save, unlock, destroy, load};

static vanta_config *good;

/* Makes clients from most configurations, with deadlines so short that no call takes long. */
static vanta_config *hasty(vanta_config *config)
{
    if (roll(2)) {
        vanta_config_free(good);
        vanta_config_new(&good);
        vanta_config_set_client_id(good, "vci_x");
        if (roll(2))
            vanta_config_set_static_token(good, "vat_x", 5);
        else
            vanta_config_set_client_secret(good, "vcs_x", 5);
        vanta_config_set_origin(good, "https://127.0.0.1:9");
        if (roll(2))
            vanta_config_on_event(good, on_event, NULL, NULL);
        config = good;
    }
    vanta_config_set_deadline_ms(config, 20);
    return config;
}

static void read_text(const char *shown)
{
    seen += shown ? strlen(shown) : 0;
}

static void one_call(void)
{
    size_t size = 0;

    (void)size;
    switch (roll(CASES)) {
/* CALLS */
    }
    take_back();
}

int main(int argc, char **argv)
{
    long calls = argc > 2 ? atol(argv[2]) : 1000;

    dice = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    while (calls-- > 0)
        one_call();
    vanta_config_free(good);
    no_more_vanta_body();
    no_more_vanta_options();
    no_more_vanta_cancel();
    no_more_vanta_client();
    no_more_vanta_config();
    no_more_vanta_error();
    no_more_vanta_violations();
    no_more_vanta_listing();
    no_more_vanta_change_plan();
    no_more_vanta_receipt();
    no_more_vanta_body_builder();
    no_more_vanta_snapshot();
    printf("nothing crashed, %s\n", counted ? "and something was given back" : "and nothing was given back");
    return 0;
}
