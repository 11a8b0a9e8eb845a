/* Pushes with OpenSSL and a socket alone: the lower limit of the cost of a push. Each body is hashed while it is sent,
 * unless the first argument is "plain".
 *   limit_push [plain] body BYTES      bytes in memory
 *   limit_push [plain] file FILE       a file, in pieces of 64 KiB
 *   limit_push [plain] records COUNT   records in structs, written as JSON by hand
 *   limit_push hash BYTES              only SHA-256 */
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define PIECE 65536

struct account {
    char display_name[32], unique_id[32], external_url[64], full_name[32], account_name[32], email[48];
    const char *permission_level, *created_timestamp, *status, *mfa_method, *auth_method;
    int mfa_enabled;
};

static SSL *tls;
static EVP_MD_CTX *sum;
static char piece[PIECE];

static void fail(const char *what)
{
    fprintf(stderr, "limit_push: %s\n", what);
    exit(1);
}

static const char *port(void)
{
    const char *origin = getenv("BENCH_ORIGIN");
    const char *colon = origin == NULL ? NULL : strrchr(origin, ':');

    if (colon == NULL)
        fail("BENCH_ORIGIN is not set: run benches/run");
    return colon + 1;
}

static void dial(void)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int yes = 1, fd;

    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_locations(context, getenv("BENCH_CA"), NULL) != 1)
        fail("no CA");
    if (getaddrinfo("127.0.0.1", port(), &hints, &found) != 0)
        fail("no address");
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        fail("no connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    SSL_set_tlsext_host_name(tls, "localhost");
    SSL_set1_host(tls, "localhost");
    if (SSL_connect(tls) != 1)
        fail("no TLS");
}

static void send_all(const void *bytes, size_t size)
{
    if (size > 0 && SSL_write(tls, bytes, (int)size) != (int)size)
        fail("not sent");
}

static void send_head(size_t size)
{
    char head[512];
    int length = snprintf(head, sizeof head,
                          "PUT /v1/resources/user_account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          "vat_0123456789abcdef0123456789abcdef0123456789abcdef01234567\r\nContent-Type: "
                          "application/json\r\nContent-Length: %zu\r\n\r\n",
                          size);

    send_all(head, (size_t)length);
}

static void send_body(const void *bytes, size_t size)
{
    if (sum != NULL)
        EVP_DigestUpdate(sum, bytes, size);
    send_all(bytes, size);
}

static void read_response(void)
{
    char response[4096];

    if (SSL_read(tls, response, sizeof response) < 12 || memcmp(response, "HTTP/1.1 200", 12) != 0)
        fail("no yes");
}

static size_t push_body(const char *bytes, size_t size)
{
    send_head(size);
    for (size_t at = 0; at < size; at += PIECE)
        send_body(bytes + at, size - at < PIECE ? size - at : PIECE);
    return size;
}

static size_t push_file(const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY);
    ssize_t got;

    if (fd < 0 || fstat(fd, &about) != 0)
        fail(path);
    send_head((size_t)about.st_size);
    while ((got = read(fd, piece, PIECE)) > 0)
        send_body(piece, (size_t)got);
    close(fd);
    return (size_t)about.st_size;
}

static void put(char **at, const char *text, size_t size)
{
    memcpy(*at, text, size);
    *at += size;
}

/* Adds a JSON string with its quotes and escapes. */
static void put_text(char **at, const char *text)
{
    char *to = *at;

    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20)
            to += sprintf(to, "\\u%04x", c);
        else {
            if (c == '"' || c == '\\')
                *to++ = '\\';
            *to++ = (char)c;
        }
    }
    *to++ = '"';
    *at = to;
}

#define PUT(at, text) put(at, text, sizeof(text) - 1)

static char *put_account(char *to, const struct account *one)
{
    PUT(&to, "{\"displayName\":");
    put_text(&to, one->display_name);
    PUT(&to, ",\"uniqueId\":");
    put_text(&to, one->unique_id);
    PUT(&to, ",\"externalUrl\":");
    put_text(&to, one->external_url);
    PUT(&to, ",\"fullName\":");
    put_text(&to, one->full_name);
    PUT(&to, ",\"accountName\":");
    put_text(&to, one->account_name);
    PUT(&to, ",\"email\":");
    put_text(&to, one->email);
    PUT(&to, ",\"permissionLevel\":");
    put_text(&to, one->permission_level);
    PUT(&to, ",\"createdTimestamp\":");
    put_text(&to, one->created_timestamp);
    PUT(&to, ",\"status\":");
    put_text(&to, one->status);
    if (one->mfa_enabled)
        PUT(&to, ",\"mfaEnabled\":true,\"mfaMethods\":[");
    else
        PUT(&to, ",\"mfaEnabled\":false,\"mfaMethods\":[");
    put_text(&to, one->mfa_method);
    PUT(&to, "],\"authMethod\":");
    put_text(&to, one->auth_method);
    PUT(&to, "}");
    return to;
}

static struct account *accounts(long count)
{
    struct account *all = calloc((size_t)count, sizeof *all);

    if (all == NULL)
        fail("no memory");
    for (long n = 0; n < count; n++) {
        struct account *one = &all[n];

        snprintf(one->display_name, sizeof one->display_name, "Person %ld", n);
        snprintf(one->unique_id, sizeof one->unique_id, "account-%06ld", n);
        snprintf(one->external_url, sizeof one->external_url, "https://inventory.example.org/accounts/%ld", n);
        snprintf(one->full_name, sizeof one->full_name, "Person %ld", n);
        snprintf(one->account_name, sizeof one->account_name, "person%ld", n);
        snprintf(one->email, sizeof one->email, "person%ld@example.org", n);
        one->permission_level = "BASE";
        one->created_timestamp = "2026-01-01T00:00:00Z";
        one->status = "ACTIVE";
        one->mfa_enabled = 1;
        one->mfa_method = "OTP";
        one->auth_method = "SSO";
    }
    return all;
}

/* Writes the whole body first, because its length precedes it. */
static size_t push_records(const struct account *all, long count)
{
    size_t size;
    char *body = malloc((size_t)count * 640 + 256), *to = body;

    if (body == NULL)
        fail("no memory");
    PUT(&to, "{\"resourceId\":\"66f0c0ffee0000000000a001\",\"resources\":[");
    for (long n = 0; n < count; n++) {
        if (n > 0)
            *to++ = ',';
        to = put_account(to, &all[n]);
    }
    PUT(&to, "]}");
    size = (size_t)(to - body);
    push_body(body, size);
    free(body);
    return size;
}

int main(int argc, char **argv)
{
    int plain = argc > 1 && strcmp(argv[1], "plain") == 0;
    const char *job = argc > 2 + plain ? argv[1 + plain] : "", *what = argc > 2 + plain ? argv[2 + plain] : "";
    struct account *all = strcmp(job, "records") == 0 ? accounts(atol(what)) : NULL;
    size_t size = strcmp(job, "body") == 0 || strcmp(job, "hash") == 0 ? (size_t)atol(what) : 0;
    char *bytes = size > 0 ? memset(malloc(size), 'x', size) : NULL;
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (strcmp(job, "hash") != 0) {
        dial();
        push_body("{}", 2);
        read_response();
    }
    if (!plain) {
        sum = EVP_MD_CTX_new();
        EVP_DigestInit_ex(sum, EVP_sha256(), NULL);
    }
    begin();
    if (all != NULL)
        size = push_records(all, atol(what));
    else if (strcmp(job, "file") == 0)
        size = push_file(what);
    else if (strcmp(job, "body") == 0)
        push_body(bytes, size);
    else if (strcmp(job, "hash") == 0)
        EVP_DigestUpdate(sum, bytes, size);
    else
        return 2;
    if (sum != NULL)
        EVP_DigestFinal_ex(sum, digest, NULL);
    if (strcmp(job, "hash") != 0)
        read_response();
    return end((long long)size);
}
