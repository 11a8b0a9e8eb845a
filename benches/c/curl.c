/* Does the jobs with libcurl and no JSON library, with one handle and one connection.
 *   curl token THREADS TIMES   gets a cached token
 *   curl cold                  gets a token, pushes ten records, and ends
 *   curl push ROWS             records as JSON, in one PUT
 *   curl push-file FILE        a file, in one PUT
 *   curl small TIMES           pushes one record, TIMES times
 *   curl jobs TIMES            gets a token, then TIMES times: a list, a push of ten records, and a list
 * Prints its measurements as one line of JSON. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "measure.h"
#include "text.h"

struct account {
    char display_name[32], unique_id[32], external_url[80], account_name[32], email[48];
    const char *permission_level, *created, *status;
    int mfa_enabled;
    const char *mfa_method, *auth_method;
};

/* An account as a row of a database has it. */
static void read_account(struct account *account, long n)
{
    snprintf(account->display_name, sizeof account->display_name, "Person %ld", n);
    snprintf(account->unique_id, sizeof account->unique_id, "account-%06ld", n);
    snprintf(account->external_url, sizeof account->external_url, "https://inventory.example.org/accounts/%ld", n);
    snprintf(account->account_name, sizeof account->account_name, "person%ld", n);
    snprintf(account->email, sizeof account->email, "person%ld@example.org", n);
    account->permission_level = "BASE";
    account->created = "2026-01-01T00:00:00Z";
    account->status = "ACTIVE";
    account->mfa_enabled = 1;
    account->mfa_method = "OTP";
    account->auth_method = "SSO";
}

static void add_account(struct text *text, const struct account *account)
{
    MEMBER(text, "{\"displayName\":", account->display_name);
    MEMBER(text, ",\"uniqueId\":", account->unique_id);
    MEMBER(text, ",\"externalUrl\":", account->external_url);
    MEMBER(text, ",\"fullName\":", account->display_name);
    MEMBER(text, ",\"accountName\":", account->account_name);
    MEMBER(text, ",\"email\":", account->email);
    MEMBER(text, ",\"permissionLevel\":", account->permission_level);
    MEMBER(text, ",\"createdTimestamp\":", account->created);
    MEMBER(text, ",\"status\":", account->status);
    ADD(text, ",\"mfaEnabled\":");
    account->mfa_enabled ? ADD(text, "true") : ADD(text, "false");
    MEMBER(text, ",\"mfaMethods\":[", account->mfa_method);
    MEMBER(text, "],\"authMethod\":", account->auth_method);
    ADD(text, "}");
}

static struct text body(long rows)
{
    struct text text = {0};
    struct account account;

    ADD(&text, "{\"resourceId\":\"inventory\",\"resources\":[");
    for (long n = 0; n < rows; n++) {
        if (n > 0)
            ADD(&text, ",");
        read_account(&account, n);
        add_account(&text, &account);
    }
    ADD(&text, "]}");
    return text;
}

/* Requests. */
static CURL *curl;
static struct curl_slist *json_headers, *push_headers;
static struct text response, token_url, push_url, list_url;
static char token[512];
static struct timespec dies;

static size_t take(char *bytes, size_t size, size_t count, void *unused)
{
    (void)unused;
    add(&response, bytes, size * count);
    return size * count;
}

static void set_up(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (curl = curl_easy_init()) == NULL)
        FAIL("libcurl does not begin");
    curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("BENCH_CA"));
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    json_headers = curl_slist_append(NULL, "Content-Type: application/json");
    json_headers = curl_slist_append(json_headers, "Expect:");
    add(&token_url, getenv("BENCH_ORIGIN"), strlen(getenv("BENCH_ORIGIN")));
    ADD(&token_url, "/oauth/token");
    add(&push_url, getenv("BENCH_ORIGIN"), strlen(getenv("BENCH_ORIGIN")));
    ADD(&push_url, "/v1/resources/user_account");
    add(&list_url, push_url.bytes, push_url.length);
    ADD(&list_url, "?resourceId=inventory");
}

static void perform(const char *url, struct curl_slist *headers)
{
    long status = 0;
    CURLcode code;

    response.length = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        FAIL("%s", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        FAIL("status %ld", status);
}

static void send_body(const char *url, struct curl_slist *headers, const char *method, const struct text *text)
{
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text->bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)text->length);
    perform(url, headers);
}

/* Returns the string value of a member. The string has no escapes, as a token has none. */
static int find_string(const char *json, const char *name, char *room, size_t size)
{
    const char *from = strstr(json, name), *to;

    if (from == NULL)
        return -1;
    from += strlen(name);
    from += strspn(from, " \t\r\n:");
    if (*from++ != '"' || (to = strpbrk(from, "\"\\")) == NULL || *to == '\\' || (size_t)(to - from) >= size)
        return -1;
    memcpy(room, from, (size_t)(to - from));
    room[to - from] = '\0';
    return 0;
}

static void request_token(void)
{
    struct text request = {0};
    const char *lives;
    char header[600];

    MEMBER(&request, "{\"client_id\":", getenv("BENCH_ID"));
    MEMBER(&request, ",\"client_secret\":", getenv("BENCH_SECRET"));
    ADD(&request, ",\"scope\":\"connectors.self:write-resource connectors.self:read-resource\""
                  ",\"grant_type\":\"client_credentials\"}");
    clock_gettime(CLOCK_MONOTONIC, &dies);
    send_body(token_url.bytes, json_headers, "POST", &request);
    free(request.bytes);
    lives = strstr(response.bytes, "\"expires_in\":");
    if (lives == NULL || find_string(response.bytes, "\"access_token\"", token, sizeof token) != 0)
        FAIL("no token came");
    dies.tv_sec += atol(lives + strlen("\"expires_in\":")) - 30;
    snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    push_headers = curl_slist_append(NULL, header);
    push_headers = curl_slist_append(push_headers, "Content-Type: application/json");
    push_headers = curl_slist_append(push_headers, "Expect:");
}

static void believe(void)
{
    if (strstr(response.bytes, "\"success\":true") == NULL)
        FAIL("no success");
}

static void push(const struct text *text)
{
    send_body(push_url.bytes, push_headers, "PUT", text);
    believe();
}

static void list(void)
{
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
    perform(list_url.bytes, push_headers);
    if (strstr(response.bytes, "\"resources\":") == NULL)
        FAIL("no list came");
}

static void push_file(FILE *file, curl_off_t size)
{
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 64L << 10);
    curl_easy_setopt(curl, CURLOPT_READDATA, file);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, size);
    perform(push_url.bytes, push_headers);
    believe();
}

/* The cached token. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long times;

static int get_token(char *room, size_t size)
{
    struct timespec time;
    size_t length;
    int code = -1;

    pthread_mutex_lock(&mutex);
    clock_gettime(CLOCK_MONOTONIC, &time);
    length = strlen(token) + 1;
    if (time.tv_sec < dies.tv_sec && length <= size) {
        memcpy(room, token, length);
        code = 0;
    }
    pthread_mutex_unlock(&mutex);
    return code;
}

static void *work(void *unused)
{
    char copy[512];

    for (long i = 0; i < times; i++) {
        if (get_token(copy, sizeof copy) != 0)
            FAIL("the token has died");
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
    return unused;
}

static int run_token(int threads)
{
    pthread_t all[64];

    set_up();
    request_token();
    begin();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&all[i], NULL, work, NULL) != 0)
            FAIL("no thread");
    for (int i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    return end((long long)times * threads);
}

static int run_cold(void)
{
    struct text text;

    begin();
    set_up();
    request_token();
    text = body(10);
    push(&text);
    free(text.bytes);
    curl_slist_free_all(push_headers);
    curl_slist_free_all(json_headers);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return end(1);
}

static int run_jobs(void)
{
    struct text text = body(10);

    begin();
    set_up();
    request_token();
    for (long i = 0; i < times; i++) {
        list();
        push(&text);
        list();
    }
    return end(times);
}

static int run_push(long rows)
{
    struct text text;

    set_up();
    request_token();
    begin();
    text = body(rows);
    push(&text);
    return end((long long)text.length);
}

static int run_push_file(const char *path)
{
    struct stat about;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &about) != 0)
        FAIL("%s cannot be read", path);
    set_up();
    request_token();
    begin();
    push_file(file, about.st_size);
    fclose(file);
    return end((long long)about.st_size);
}

static int run_small(void)
{
    struct text text = body(1);

    set_up();
    request_token();
    push(&text);
    begin();
    for (long i = 0; i < times; i++)
        push(&text);
    return end(times);
}

int main(int argc, char **argv)
{
    const char *job = argc > 1 ? argv[1] : "";

    if (argc == 4 && strcmp(job, "token") == 0 && atoi(argv[2]) <= 64) {
        times = atol(argv[3]);
        return run_token(atoi(argv[2]));
    }
    if (argc == 2 && strcmp(job, "cold") == 0)
        return run_cold();
    if (argc == 3 && strcmp(job, "jobs") == 0) {
        times = atol(argv[2]);
        return run_jobs();
    }
    if (argc == 3 && strcmp(job, "push") == 0)
        return run_push(atol(argv[2]));
    if (argc == 3 && strcmp(job, "push-file") == 0)
        return run_push_file(argv[2]);
    if (argc == 3 && strcmp(job, "small") == 0) {
        times = atol(argv[2]);
        return run_small();
    }
    return 2;
}
