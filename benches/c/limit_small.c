/* Does short jobs with OpenSSL and sockets alone, without validation and retries: the lower limit of their cost.
 *   limit_small cold          gets a token, pushes ten records, and ends
 *   limit_small small TIMES   pushes one record, TIMES times, on one connection */
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define FAIL(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

static SSL *ssl;
static char response[16384], token[256];

static int dial(const char *host, const char *port)
{
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    int fd, yes = 1;

    if (getaddrinfo(host, port, &wanted, &found) != 0)
        FAIL("%s has no address", host);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        FAIL("no server responds at %s:%s", host, port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    freeaddrinfo(found);
    return fd;
}

static void reach(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    char host[256], port[16];

    if (sscanf(getenv("BENCH_ORIGIN"), "https://%255[^:]:%15s", host, port) != 2)
        FAIL("BENCH_ORIGIN is no https://HOST:PORT");
    if (SSL_CTX_load_verify_locations(context, getenv("BENCH_CA"), NULL) != 1)
        FAIL("BENCH_CA cannot be read");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_read_ahead(context, 1);
    ssl = SSL_new(context);
    SSL_set_fd(ssl, dial(host, port));
    SSL_set_tlsext_host_name(ssl, host);
    SSL_set1_host(ssl, host);
    if (SSL_connect(ssl) != 1)
        FAIL("no TLS");
    SSL_CTX_free(context);
}

/* Sends a request in one TLS record, and reads the whole response. */
static const char *ask(const char *request, int length)
{
    int received = 0;

    if (SSL_write(ssl, request, length) != length)
        FAIL("it could not be sent");
    for (;;) {
        int amount = SSL_read(ssl, response + received, (int)sizeof response - 1 - received);
        char *head, *length_field;

        if (amount <= 0)
            FAIL("no response came");
        received += amount;
        response[received] = '\0';
        head = strstr(response, "\r\n\r\n");
        length_field = head ? strcasestr(response, "\r\nContent-Length:") : NULL;
        if (length_field && response + received >= head + 4 + atol(length_field + 17))
            return head + 4;
    }
}

static int request(char *room, size_t size, const char *line, const char *body)
{
    int length = snprintf(room, size,
                          "%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          line, token, strlen(body), body);

    if (length < 0 || (size_t)length >= size)
        FAIL("no room");
    return length;
}

static void request_token(void)
{
    char body[512], whole[1024];
    const char *found;

    snprintf(body, sizeof body,
             "{\"client_id\":\"%s\",\"client_secret\":\"%s\",\"grant_type\":\"client_credentials\","
             "\"scope\":\"connectors.self:write-resource connectors.self:read-resource\"}",
             getenv("BENCH_ID"), getenv("BENCH_SECRET"));
    found = ask(whole, request(whole, sizeof whole, "POST /oauth/token", body));
    found = strstr(found, "\"access_token\":\"");
    if (found == NULL || sscanf(found + 16, "%255[^\"]", token) != 1)
        FAIL("no token came");
}

static void push(const char *whole, int length)
{
    if (strstr(ask(whole, length), "\"success\":true") == NULL)
        FAIL("no success");
}

static int put(char *room, size_t size, int rows)
{
    static char body[8192];
    int at = sprintf(body, "{\"resourceId\":\"inventory\",\"resources\":[");

    for (int n = 0; n < rows; n++)
        at += sprintf(body + at,
                      "%s{\"displayName\":\"Person %d\",\"uniqueId\":\"account-%06d\","
                      "\"externalUrl\":\"https://inventory.example.org/accounts/%d\",\"fullName\":\"Person %d\","
                      "\"accountName\":\"person%d\",\"email\":\"person%d@example.org\",\"permissionLevel\":\"BASE\","
                      "\"createdTimestamp\":\"2026-01-01T00:00:00Z\",\"status\":\"ACTIVE\",\"mfaEnabled\":true,"
                      "\"mfaMethods\":[\"OTP\"],\"authMethod\":\"SSO\"}",
                      n > 0 ? "," : "", n, n, n, n, n, n);
    sprintf(body + at, "]}");
    return request(room, size, "PUT /v1/resources/user_account", body);
}

int main(int argc, char **argv)
{
    static char whole[10240];
    long times = argc == 3 ? atol(argv[2]) : 0;

    begin();
    if (argc == 2 && strcmp(argv[1], "cold") == 0) {
        reach();
        request_token();
        push(whole, put(whole, sizeof whole, 10));
        end(1);
    } else if (argc == 3 && strcmp(argv[1], "small") == 0) {
        int length;

        reach();
        request_token();
        length = put(whole, sizeof whole, 1);
        push(whole, length);
        begin();
        for (long i = 0; i < times; i++)
            push(whole, length);
        end(times);
    } else {
        return 2;
    }
    SSL_shutdown(ssl);
    SSL_free(ssl);
    return 0;
}
