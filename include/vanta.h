/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * vanta.h - libvanta, an embeddable, blocking client for Vanta's private-integration API.
 * Generated from src/ffi: do not edit.
 *
 * This header is the manual. It is installed as the manual page vanta(3) and, as
 *   share/doc/libvanta/vanta.h.html, as a page of HTML.
 *
 *     #include <stdio.h>
 *     #include <vanta.h>
 *
 *     int main(void)
 *     {
 *         vanta_config *config = NULL;
 *         vanta_client *client = NULL;
 *         vanta_body *body = NULL;
 *         vanta_error *error = NULL;
 *         vanta_config_new(&config);
 *         vanta_config_use_environment(config);
 *         vanta_status status = vanta_client_new(config, &client, &error);
 *         if (status == VANTA_OK)
 *             status = vanta_body_from_file("accounts.json", &body, &error);
 *         if (status == VANTA_OK)
 *             status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, &error);
 *         if (status != VANTA_OK)
 *             fprintf(stderr, "%s\n", vanta_error_message(error));
 *         vanta_error_free(error);
 *         vanta_body_free(body);
 *         vanta_client_free(client);
 *         vanta_config_free(config);
 *         return vanta_action_exit_code(vanta_status_action(status));
 *     }
 *
 * Contents. Handles; Status codes; Configuration; Clients; Bodies; Building a body; Validation;
 *   Pushes; Receipts; Errors; Change plans; Lists; Documents; Options of single calls; Options of
 *   pushes; Cancelling calls; Tokens; Snapshots of the token state; Custom token stores; Events;
 *   Version.
 *
 * Words. An access token is what a request carries in its Authorization header field. A token
 *   request makes a new one and revokes the previous one, so the jobs of one application share a
 *   token store. A record is one object of a resource; a live record is one that Vanta holds and
 *   has not soft-deleted. The deletion guard rejects a push that would delete too many.
 *
 * Language. Every C since C89 and every C++ since C++98, where there is a stdint.h.
 *
 * Ownership. vanta_<noun>_new() makes a handle and vanta_<noun>_free() frees it; NULL may be freed.
 *   A handle that a function returns through an output parameter belongs to the caller. A string
 *   that a getter returns belongs to its handle and is valid until the handle is freed. Arguments
 *   are copied or read during the call; only callbacks and their user_data are kept.
 *
 * Output parameters are always set; on failure to NULL, 0 or "". A previous value is overwritten,
 *   not freed: give each call an error variable that is NULL or was freed.
 *
 * NULL. A parameter may be NULL only where its function says so; otherwise the function returns
 *   VANTA_ERR_NULL_POINTER. Each getter documents what it returns for a NULL handle. Data of size 0
 *   may be NULL. Other pointers must be valid and aligned.
 *
 * Strings are NUL-terminated UTF-8 (otherwise VANTA_ERR_INVALID_UTF8), or a pointer and a size in
 *   bytes where data may be large or secret. A kind is a letter, then letters, digits and
 *   underscores; a resource id and a document id are letters, digits, - and _; each has at most 100
 *   bytes. The VANTA_KIND_ macros are the known kinds. Another spelling of a known kind is
 *   VANTA_ERR_INVALID_ARGUMENT; the prefix "exact:" sends a name as it is.
 *
 * Units. Times are milliseconds where the name ends in _ms, otherwise seconds. Sizes are bytes.
 *
 * Errors. A function that can fail returns VANTA_OK or a negative status code. Its error output has
 *   the message, the HTTP status, the stage and the violations; free it with vanta_error_free().
 *   There is no global and no thread-local error. vanta_status_action() returns what to do about a
 *   status code, and vanta_action_exit_code() the exit code of a job for it. A comment names the
 *   codes that its function is most likely to return. In addition, each function may return
 *   VANTA_ERR_NULL_POINTER, VANTA_ERR_INVALID_ARGUMENT, VANTA_ERR_INVALID_UTF8 or
 *   VANTA_ERR_INTERNAL for what this preface says, and one that blocks the codes of the groups
 *   Network (-40 to -52), Access tokens (-60 to -78) and Responses (-80 to -86; vanta_token()
 *   returns none of these), VANTA_ERR_REENTRANT and VANTA_ERR_OUT_OF_RESOURCES.
 *
 * Threads. Any number of threads may use a client, a body, an error, a receipt, a change plan, a
 *   listing, a snapshot, violations and a cancel flag at the same time. One thread at a time may
 *   use a configuration, options and a body builder. Free a handle when no thread uses it any more.
 *   A call needs 256 KiB of stack, and its thread must not be cancelled with pthread_cancel().
 *   Nothing needs to be initialised before the first call, or freed after the last handle.
 *
 * Blocking and timeouts. A function that blocks says so. It returns at its deadline at the latest,
 *   with VANTA_ERR_DEADLINE_EXCEEDED; a cancel flag ends it sooner. The deadline is the timeout of
 *   the whole call: name lookup, connect, TLS, token request, waiting for the rate limit, retries
 *   and reading the response. Host names are looked up, and the Redis lock is requested, on a
 *   background thread, which may outlive a call whose deadline passed. There are no other threads.
 *
 * Forks. Both processes may use a client after fork(). The child keeps the cached token, and shares
 *   no connection and no lock with its parent. A callback that forks must not return in the child.
 *
 * Callbacks run on the thread that made the call. They must not call the library: a call that would
 *   have to wait returns VANTA_ERR_REENTRANT.
 *
 * Signals, stdio, environment. The library installs no signal handlers, blocks all signals in its
 *   own threads, and never writes to stdout or stderr. errno is undefined after a call. The
 *   environment is read only after vanta_config_use_environment(). The HTTP library reads the proxy
 *   variables when a client is first used, and the result is ignored: call setenv() before, or not
 *   at all.
 *
 * Panics. A panic inside the library is a defect. It becomes VANTA_ERR_INTERNAL, which names the
 *   place in the source. The client that was used must not be used any more; others are not
 *   affected. Out of memory ends the process.
 *
 * ABI. A program that was compiled with this header runs with every later library that has the same
 *   VANTA_ABI_VERSION, the number in the soname. Functions and constants are added, never changed.
 *   All are there since 0.1.0, unless their comments say otherwise.
 */

#ifndef VANTA_H
#define VANTA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- *
 * Handles
 * ---------------------------------------------------------------------------------------------- */

typedef struct vanta_body vanta_body;
typedef struct vanta_body_builder vanta_body_builder;
typedef struct vanta_cancel vanta_cancel;
typedef struct vanta_change_plan vanta_change_plan;
typedef struct vanta_client vanta_client;
typedef struct vanta_config vanta_config;
typedef struct vanta_error vanta_error;
typedef struct vanta_listing vanta_listing;
typedef struct vanta_not_comparable vanta_not_comparable;
typedef struct vanta_options vanta_options;
typedef struct vanta_receipt vanta_receipt;
typedef struct vanta_snapshot vanta_snapshot;
typedef struct vanta_violations vanta_violations;

/* ---------------------------------------------------------------------------------------------- *
 * Status codes
 * ---------------------------------------------------------------------------------------------- */

/**
 * The result of a call: VANTA_OK or one of the negative codes below. Codes never change their
 * meaning. vanta_status_name() returns the name of a code, vanta_status_text() its meaning, and
 * vanta_status_action() what to do about it.
 */
typedef int32_t vanta_status;

/** What to do about a status code: one of the VANTA_ACTION_ numbers. */
typedef int32_t vanta_action;

/** The call succeeded. */
#define VANTA_OK 0

/* -- The call is wrong -- */

/** A kind's name, a resource id or another argument is malformed. */
#define VANTA_ERR_INVALID_ARGUMENT (-1)
/** A pointer that must not be NULL is NULL. */
#define VANTA_ERR_NULL_POINTER (-2)
/** The buffer is too small. The function sets the size that is needed. */
#define VANTA_ERR_BUFFER_TOO_SMALL (-3)
/** A string is not valid UTF-8. */
#define VANTA_ERR_INVALID_UTF8 (-4)
/** A callback called the library in a way that would have to wait for the callback's own call. */
#define VANTA_ERR_REENTRANT (-5)

/* -- The records are wrong -- */

/** The payload is not a request body: malformed JSON, a byte order mark, or the wrong members. */
#define VANTA_ERR_INVALID_PAYLOAD (-10)
/** The body has no records. Pushing it would delete every record of the resource. */
#define VANTA_ERR_EMPTY_PAYLOAD (-11)
/** A record's uniqueId is missing, blank or not a string. */
#define VANTA_ERR_INVALID_UNIQUE_ID (-12)
/** Two records have the same uniqueId. */
#define VANTA_ERR_DUPLICATE_UNIQUE_ID (-13)
/** The request body is larger than the service allows (10,485,760 bytes). */
#define VANTA_ERR_PAYLOAD_TOO_LARGE (-14)

/**
 * Records violate the schema of their kind, or a rule whose level is VANTA_LEVEL_ERROR.
 * vanta_error_violations() lists every violation.
 */
#define VANTA_ERR_INVALID_RECORDS (-15)

/**
 * The deletion guard rejected the push: it would delete more live records than allowed. See
 * vanta_options_expect_removals().
 */
#define VANTA_ERR_TOO_MANY_REMOVALS (-16)

/* -- The configuration is wrong -- */

/** A setting is malformed, or two settings contradict each other. */
#define VANTA_ERR_INVALID_CONFIG (-20)
/** The client id or the client secret is missing. */
#define VANTA_ERR_MISSING_CREDENTIALS (-21)

/**
 * The origin is not https, and vanta_config_set_allow_plain_http_to_loopback() does not allow it.
 */
#define VANTA_ERR_INSECURE_ORIGIN (-22)

/** A file of the configuration, or of records, cannot be read. */
#define VANTA_ERR_UNREADABLE_FILE (-23)
/** The token store cannot be used as it is. The message says what to correct. */
#define VANTA_ERR_UNUSABLE_STORE (-24)
/** A file of the configuration cannot be written. */
#define VANTA_ERR_UNWRITABLE_FILE (-25)
/** The client secret callback failed. No token was requested. */
#define VANTA_ERR_SECRET_UNAVAILABLE (-26)

/* -- Network -- */

/** The host name could not be resolved. */
#define VANTA_ERR_RESOLVE (-40)
/** No connection could be opened. */
#define VANTA_ERR_CONNECT (-41)

/**
 * The proxy refused the tunnel, requires credentials, or is not an HTTP proxy. Vanta was not
 * reached.
 */
#define VANTA_ERR_PROXY_REFUSED (-42)

/** The TLS handshake failed. The message says what is wrong with the certificate. */
#define VANTA_ERR_TLS (-43)
/** The connection failed before the request was sent completely. The request had no effect. */
#define VANTA_ERR_SEND (-44)
/** The connection failed before the response was read completely. */
#define VANTA_ERR_RECEIVE (-45)
/** The deadline passed (timeout). The call changed nothing at Vanta. */
#define VANTA_ERR_DEADLINE_EXCEEDED (-46)
/** The caller cancelled the call. The call changed nothing at Vanta. */
#define VANTA_ERR_CANCELLED (-47)

/**
 * The response is a redirect. The library never follows one, so that credentials are not sent to
 * another host.
 */
#define VANTA_ERR_REDIRECT_REFUSED (-48)

/** The response is larger than its limit, such as vanta_config_set_list_cap(). */
#define VANTA_ERR_RESPONSE_TOO_LARGE (-49)
/** The request was sent, and no clear response came. It may or may not have taken effect. */
#define VANTA_ERR_OUTCOME_UNKNOWN (-50)

/**
 * The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
 * responded, or the response is empty. It says nothing about token, scope and records.
 */
#define VANTA_ERR_GATEWAY_RESPONSE (-52)

/* -- Access tokens -- */

/** The server does not accept client id and secret (invalid_client). */
#define VANTA_ERR_INVALID_CLIENT (-60)
/** The application may not have a requested scope (invalid_scope). */
#define VANTA_ERR_INVALID_SCOPE (-61)
/** The server finds the token request malformed (invalid_request). */
#define VANTA_ERR_INVALID_TOKEN_REQUEST (-62)
/** The server does not accept the grant (invalid_grant). */
#define VANTA_ERR_INVALID_GRANT (-63)
/** The application may not use the client credentials grant (unauthorized_client). */
#define VANTA_ERR_UNAUTHORIZED_CLIENT (-64)
/** The server does not support the client credentials grant (unsupported_grant_type). */
#define VANTA_ERR_UNSUPPORTED_GRANT_TYPE (-65)
/** The server responded with another OAuth error; vanta_error_oauth_error() returns its code. */
#define VANTA_ERR_OTHER_TOKEN_REFUSAL (-66)

/**
 * The server rejected the token request by its rate limit: 5 a minute for each application (429).
 */
#define VANTA_ERR_TOKEN_RATE_LIMITED (-67)

/** The token endpoint failed or timed out (408 or 5xx). */
#define VANTA_ERR_TOKEN_UNAVAILABLE (-68)
/** The token request was sent, and no usable response came. The previous token may be revoked. */
#define VANTA_ERR_TOKEN_RESPONSE_LOST (-69)
/** The token response is malformed. */
#define VANTA_ERR_INVALID_TOKEN_RESPONSE (-70)
/** The access token has a type other than Bearer. */
#define VANTA_ERR_UNSUPPORTED_TOKEN_TYPE (-71)

/**
 * The server rejected the access token and its replacement (401 twice), or a token that has no
 * replacement (401 once).
 */
#define VANTA_ERR_UNAUTHORIZED (-72)

/** The access token does not allow this request (403). */
#define VANTA_ERR_FORBIDDEN (-73)
/** A new access token is needed, and this client may not request one. */
#define VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED (-74)

/**
 * The jobs of this application have used up their own limit of token requests a minute. See
 * vanta_config_set_token_requests_per_minute().
 */
#define VANTA_ERR_TOKEN_RATE_LIMIT_REACHED (-75)

/** The token store cannot be reached or failed. See vanta_config_set_on_store_unavailable(). */
#define VANTA_ERR_STORE_UNAVAILABLE (-76)
/** Another process held the lock of the token store until the deadline. */
#define VANTA_ERR_STORE_LOCKED (-77)
/** Another program requests access tokens for this application, which revokes the library's. */
#define VANTA_ERR_CONTENTION (-78)

/* -- Responses to a push, a list or an upload -- */

/** Vanta rejected the records. vanta_error_violations() lists those that the response names. */
#define VANTA_ERR_RECORDS_REJECTED (-80)

/**
 * The kind or the resource id is not declared in the console, or the origin's path is wrong (404).
 */
#define VANTA_ERR_NOT_FOUND (-81)

/** The server finds the request body too large (413). */
#define VANTA_ERR_SERVER_TOO_LARGE (-82)
/** The server rejected the request by its rate limit: 20 a minute for each application (429). */
#define VANTA_ERR_RATE_LIMITED (-83)
/** The server failed or timed out (408 or 5xx). */
#define VANTA_ERR_UNAVAILABLE (-84)
/** The response has an HTTP status without a meaning here. */
#define VANTA_ERR_UNEXPECTED_STATUS (-85)
/** The response to a list request is malformed or incomplete. */
#define VANTA_ERR_INVALID_RESPONSE (-86)

/**
 * The live records differ from the body, or cannot be compared with it. vanta_error_violations()
 * lists the differences.
 */
#define VANTA_ERR_NOT_VERIFIED (-87)

/* -- The library and the machine -- */

/** The library has a defect. */
#define VANTA_ERR_INTERNAL (-100)
/** The machine has no thread, socket or memory left. */
#define VANTA_ERR_OUT_OF_RESOURCES (-101)

/* -- What to do about a status -- */

/** The call succeeded: nothing to do. */
#define VANTA_ACTION_NONE 0
/** Correct the program: it called the library wrongly. */
#define VANTA_ACTION_FIX_CALL 1
/** Correct the records. Nothing was changed at Vanta. */
#define VANTA_ACTION_FIX_RECORDS 2
/** Correct the configuration before the next run. */
#define VANTA_ACTION_FIX_CONFIG 3
/** Correct credentials or scope in the console: Vanta does not accept them. */
#define VANTA_ACTION_FIX_CREDENTIALS 4
/** Run the same call again later. This attempt changed nothing. */
#define VANTA_ACTION_RETRY_LATER 5

/**
 * Verify, or push the same body again: the call may have taken effect. Look at the document before
 * repeating an upload, since each upload adds a version.
 */
#define VANTA_ACTION_VERIFY_OR_REPEAT 6

/** Stop: the caller cancelled the call. */
#define VANTA_ACTION_STOP 7
/** Report the error, with its request id: no caller can correct it. */
#define VANTA_ACTION_REPORT 8

/**
 * Returns the meaning of a status code in words. The text is valid until the process ends, never
 * NULL, for any number.
 *
 *     vanta_status status = vanta_config_use_environment(config);
 *     if (status != VANTA_OK)
 *         fprintf(stderr, "%s: %s\n", vanta_status_name(status), vanta_status_text(status));
 */
const char *vanta_status_text(vanta_status status);

/**
 * Returns the name of a status code, such as "VANTA_ERR_TLS", or "" for a number that is no status
 * code. The text is valid until the process ends, never NULL.
 */
const char *vanta_status_name(vanta_status status);

/**
 * Returns what to do about a status code: one of the VANTA_ACTION_ numbers, and
 * VANTA_ACTION_REPORT for a number that is no status code.
 */
vanta_action vanta_status_action(vanta_status status);

/**
 * Returns the exit code of a job for an action: 0 for VANTA_ACTION_NONE, 64 for FIX_CALL, 65 for
 * FIX_RECORDS, 75 for RETRY_LATER, 76 for VERIFY_OR_REPEAT, 77 for FIX_CREDENTIALS, 78 for
 * FIX_CONFIG, 130 for STOP, and 70 for REPORT and any other number.
 */
int32_t vanta_action_exit_code(vanta_action action);

/* ---------------------------------------------------------------------------------------------- *
 * Configuration
 * ---------------------------------------------------------------------------------------------- */

/* vanta_config
 *
 * The settings of a client. Owned by the caller: free it with vanta_config_free(), at any time
 * after vanta_client_new(). Only one thread at a time may use it.
 *
 * Setters only store the value; the last call wins. vanta_client_new() validates the whole
 * configuration. A setter returns VANTA_OK, or one of the codes that its comment names, and then
 * keeps the value before.
 *
 *     vanta_config *config = NULL;
 *     vanta_config_new(&config);
 *     vanta_config_use_environment(config);
 *     vanta_config_set_client_id(config, "vci_example");
 *     vanta_config_set_client_secret_file(config, "client-secret");
 *     vanta_config_set_deadline_ms(config, 60000);
 *     vanta_config_set_user_agent(config, "nightly-accounts 1.4");
 */

/**
 * Releases what `user_data` points to. The library calls it once, when it no longer needs the
 * pointer.
 */
typedef void (*vanta_destroy_callback)(void *user_data);

/**
 * Copies the client secret to `secret`, which has `room` bytes, sets `*size` to its length in
 * bytes, and returns 0. The library wipes the bytes. On failure it returns another number, and may
 * first write the reason to `reason`, as NUL-terminated UTF-8 of at most `reason_room` bytes. The
 * error quotes the reason, so it must not hold the secret. Threads inside calls run the callback,
 * several at a time. It must not call the library, throw or longjmp.
 */
typedef int32_t (*vanta_secret_callback)(char *secret,
                                         size_t room,
                                         size_t *size,
                                         char *reason,
                                         size_t reason_room,
                                         void *user_data);

/* -- When the token store is unavailable -- */

/** A call that needs a new token fails with VANTA_ERR_STORE_UNAVAILABLE. This is the default. */
#define VANTA_ON_STORE_UNAVAILABLE_FAIL 0

/**
 * The call proceeds without the store. A token request then revokes the token that other jobs use.
 */
#define VANTA_ON_STORE_UNAVAILABLE_PROCEED 1

/* -- Trusted roots -- */

/** Trusts Mozilla's public roots, as of the library's build. This is the default. */
#define VANTA_ROOTS_BUNDLED 0
/** Trusts the roots of the system's bundle. */
#define VANTA_ROOTS_SYSTEM 1
/** Trusts no roots: only the authorities of the CA file. */
#define VANTA_ROOTS_NONE 2

/**
 * Makes a configuration with the defaults, which each setter documents. Free it with
 * vanta_config_free(). The environment is not read. Returns VANTA_OK.
 */
vanta_status vanta_config_new(vanta_config **config);

/** Frees a configuration. NULL is allowed. */
void vanta_config_free(vanta_config *config);

/**
 * Lets vanta_client_new() read each setting that no setter set from its environment variable:
 * VANTA_CLIENT_ID, VANTA_CLIENT_SECRET, VANTA_CLIENT_SECRET_FILE, VANTA_ORIGIN, VANTA_SCOPE,
 * VANTA_TOKEN_STORE, VANTA_TOKEN_STORE_GROUP, VANTA_TOKEN_STORE_PASSWORD_FILE,
 * VANTA_ON_STORE_UNAVAILABLE, VANTA_REQUESTS_PER_MINUTE, VANTA_CA_FILE, VANTA_ROOTS, VANTA_PROXY,
 * VANTA_PROXY_CREDENTIALS_FILE and VANTA_AUDIT_FILE. Default: the environment is not read.
 */
vanta_status vanta_config_use_environment(vanta_config *config);

/**
 * Sets the application's client id, "vci_...": visible ASCII, at most 255 bytes. Default: none,
 * required. Environment: VANTA_CLIENT_ID.
 */
vanta_status vanta_config_set_client_id(vanta_config *config, const char *client_id);

/**
 * Sets the application's client secret, "vcs_...", of `size` bytes: visible ASCII without blanks,
 * at most 16 KiB. The secret is copied; wipe yours with vanta_wipe(). Exactly one of secret,
 * secret file and secret callback is required. A file is preferable: a rotation of the secret
 * needs no restart. Default: none. Environment: VANTA_CLIENT_SECRET.
 */
vanta_status vanta_config_set_client_secret(vanta_config *config,
                                            const char *client_secret,
                                            size_t size);

/**
 * Sets the path of a file that holds the client secret. The file is read for each token request.
 * Blanks and line ends around the secret are ignored. Default: none. Environment:
 * VANTA_CLIENT_SECRET_FILE.
 */
vanta_status vanta_config_set_client_secret_file(vanta_config *config, const char *path);

/**
 * Sets where the API is served: https, a host, and a port if it is not 443. The URL of an API
 * gateway may have a path prefix; all requests then go below it. Default: `https://api.vanta.com`.
 * Environment: VANTA_ORIGIN.
 */
vanta_status vanta_config_set_origin(vanta_config *config, const char *origin);

/**
 * Sets the scopes to request, separated by spaces: visible ASCII without " and \, at most 4096
 * bytes. Default: "connectors.self:write-resource connectors.self:read-resource". Environment:
 * VANTA_SCOPE.
 */
vanta_status vanta_config_set_scope(vanta_config *config, const char *scope);

/**
 * Sets where the access token is stored. "memory" keeps it in this process. The absolute path of a
 * file shares it among the jobs of one host. A URL rediss://... of a Redis, in a build with Redis,
 * shares it among hosts. Jobs of one application must share a store, since each token request
 * revokes the previous token. Default: "memory". Environment: VANTA_TOKEN_STORE.
 */
vanta_status vanta_config_set_token_store(vanta_config *config, const char *store);

/**
 * Sets the group, by name or number, that may use the store's file. The file then has mode 0660
 * instead of 0600. Default: none. Environment: VANTA_TOKEN_STORE_GROUP.
 */
vanta_status vanta_config_set_token_store_group(vanta_config *config, const char *group);

/**
 * Sets the path of a file that holds the password of the Redis store. Default: none. Environment:
 * VANTA_TOKEN_STORE_PASSWORD_FILE.
 */
vanta_status vanta_config_set_token_store_password_file(vanta_config *config, const char *path);

/**
 * Sets what a call does when the token store is unavailable: one of the
 * VANTA_ON_STORE_UNAVAILABLE_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Default:
 * VANTA_ON_STORE_UNAVAILABLE_FAIL. Environment: VANTA_ON_STORE_UNAVAILABLE ("fail" or "proceed").
 */
vanta_status vanta_config_set_on_store_unavailable(vanta_config *config, int32_t policy);

/**
 * Sets an access token of your own, of `size` bytes. The library never renews it and requests no
 * other, so a 401 fails the call. The token is copied; wipe yours with vanta_wipe(). Default:
 * none.
 */
vanta_status vanta_config_set_static_token(vanta_config *config, const char *token, size_t size);

/**
 * Sets whether access tokens come from the store only (1), where another job puts them. The client
 * then makes no token request and needs no client secret. Default: 0.
 */
vanta_status vanta_config_set_token_from_store_only(vanta_config *config, int32_t on);

/**
 * Sets the rate limit of token requests, in requests a minute of all jobs together: 1 to 5. Vanta
 * allows 5. Default: 4.
 */
vanta_status vanta_config_set_token_requests_per_minute(vanta_config *config, uint32_t a_minute);

/**
 * Sets the rate limit of resource requests, in requests a minute of all jobs together: 1 to 20, or
 * 0 for no limit, against a simulator. Vanta allows 20. A call acquires the permits of all its
 * requests together, first come, first served, and waits for them until its deadline. Default: 20.
 * Environment: VANTA_REQUESTS_PER_MINUTE.
 */
vanta_status vanta_config_set_requests_per_minute(vanta_config *config, uint32_t a_minute);

/**
 * Sets the path of a file to which each receipt is appended as one line of JSON, synced before the
 * call returns. A new file gets mode 0600. An existing file must belong to the user, have mode
 * 0600, and be no symbolic or hard link. Default: none. Environment: VANTA_AUDIT_FILE.
 */
vanta_status vanta_config_set_audit_file(vanta_config *config, const char *path);

/**
 * Sets whether a token response without token_type, or with fewer scopes than requested, is an
 * error (1) or an event (0). Default: 0.
 */
vanta_status vanta_config_set_strict_token_response(vanta_config *config, int32_t on);

/**
 * Sets what happens when a request is rejected with 401. With 1, the client checks whether a newer
 * token exists, requests at most one, and sends the same request once more. With 0, the call
 * fails; see vanta_report_token_rejected(). Default: 1.
 */
vanta_status vanta_config_set_retry_on_401(vanta_config *config, int32_t on);

/**
 * Sets your program's name and version, which are appended to the User-Agent header field:
 * printable ASCII, at most 255 bytes. Default: "".
 */
vanta_status vanta_config_set_user_agent(vanta_config *config, const char *name);

/**
 * Sets the deadline of each call, in milliseconds: the timeout of the whole call, retries
 * included. No token request starts with less than 2 s left. Below 3 s, vanta_client_new() returns
 * VANTA_ERR_INVALID_CONFIG, unless the client requests no tokens (vanta_config_set_static_token(),
 * vanta_config_set_token_from_store_only()). Default: 120,000.
 */
vanta_status vanta_config_set_deadline_ms(vanta_config *config, uint64_t milliseconds);

/**
 * Sets the expiry margin, in seconds: an access token with less lifetime left is renewed before it
 * is used. A larger expiry margin renews earlier, and each renewal revokes the token that other
 * jobs use. Default: 30.
 */
vanta_status vanta_config_set_expiry_margin(vanta_config *config, uint64_t seconds);

/**
 * Sets the largest response to a list request, in bytes. A larger one is
 * VANTA_ERR_RESPONSE_TOO_LARGE. Default: 67,108,864 (64 MiB).
 */
vanta_status vanta_config_set_list_cap(vanta_config *config, uint64_t size);

/**
 * Sets whether the origin may be http:// on a loopback address (1), for a simulator. The address
 * of the connection must be a loopback address, whatever the host name; any other, also a proxy's,
 * is VANTA_ERR_INSECURE_ORIGIN. Default: 0.
 */
vanta_status vanta_config_set_allow_plain_http_to_loopback(vanta_config *config, int32_t on);

/**
 * Sets a PEM file of certificate authorities, or a folder of such files, to trust in addition to
 * the roots. When a certificate in the file is malformed, vanta_client_new() fails and names the
 * line. Default: none. Environment: VANTA_CA_FILE, otherwise OpenSSL's SSL_CERT_FILE and
 * SSL_CERT_DIR.
 */
vanta_status vanta_config_set_ca_file(vanta_config *config, const char *path);

/**
 * Sets which certificate authorities are trusted in addition to those of the CA file: one of the
 * VANTA_ROOTS_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Default: VANTA_ROOTS_BUNDLED.
 * Environment: VANTA_ROOTS ("bundled", "system" or "none").
 */
vanta_status vanta_config_set_roots(vanta_config *config, int32_t roots);

/**
 * Sets the proxy: "http://host:port", "environment" for the variables https_proxy and no_proxy, or
 * "none". The library requests a tunnel (CONNECT), so the proxy sees the host name only.
 * vanta_client_new() rejects a URL that holds credentials: set them with
 * vanta_config_set_proxy_credentials(). Default: "none". Environment: VANTA_PROXY.
 */
vanta_status vanta_config_set_proxy(vanta_config *config, const char *proxy);

/**
 * Sets the credentials for the proxy (Basic authentication): "user:password", of `size` bytes.
 * They are copied; wipe yours with vanta_wipe(). Default: none.
 */
vanta_status vanta_config_set_proxy_credentials(vanta_config *config,
                                                const char *credentials,
                                                size_t size);

/**
 * Sets the path of a file that holds user:password for the proxy. vanta_client_new() reads it.
 * Default: none. Environment: VANTA_PROXY_CREDENTIALS_FILE.
 */
vanta_status vanta_config_set_proxy_credentials_file(vanta_config *config, const char *path);

/**
 * Sets a callback that returns the client secret, for a vault. It is called for each token
 * request, never by vanta_client_new(), and no lock is held meanwhile. The deadline does not
 * interrupt it, so it needs a timeout of its own. When it fails, the call returns
 * VANTA_ERR_SECRET_UNAVAILABLE. `destroy` is called when neither the configuration nor any client
 * needs `user_data` any more; not when this function fails. Default: none. `user_data` and
 * `destroy` may be NULL.
 */
vanta_status vanta_config_set_client_secret_callback(vanta_config *config,
                                                     vanta_secret_callback callback,
                                                     void *user_data,
                                                     vanta_destroy_callback destroy);

/* ---------------------------------------------------------------------------------------------- *
 * Clients
 * ---------------------------------------------------------------------------------------------- */

/* vanta_client
 *
 * A client of one application. Owned by the caller: free it with vanta_client_free(), when no
 * thread is inside a call. Any number of threads may use it at the same time. All clients of an
 * application in a process share one access token.
 */

/**
 * Validates a configuration, copies it, and makes a client. Free it with vanta_client_free().
 * Nothing is sent, so wrong credentials are not noticed yet. Returns VANTA_OK, or a code from -20
 * to -29, such as VANTA_ERR_MISSING_CREDENTIALS. `error` may be NULL.
 *
 *     vanta_client *client = NULL;
 *     vanta_error *error = NULL;
 *     if (vanta_client_new(config, &client, &error) != VANTA_OK)
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *     vanta_config_free(config);
 *     vanta_client_free(client);
 *     vanta_error_free(error);
 */
vanta_status vanta_client_new(const vanta_config *config,
                              vanta_client **client,
                              vanta_error **error);

/**
 * Frees a client and wipes its client secret. The last client of an application in the process
 * wipes the access token too. NULL is allowed.
 */
void vanta_client_free(vanta_client *client);

/* ---------------------------------------------------------------------------------------------- *
 * Bodies
 * ---------------------------------------------------------------------------------------------- */

/* vanta_body
 *
 * The full state of one resource: a resource id and all its records, ready to be pushed, planned
 * or verified. Owned by the caller: free it with vanta_body_free(). It holds a copy of what it was
 * made from. It never changes, so any number of threads may use it.
 *
 * The functions that make a body send nothing. They return VANTA_OK; VANTA_ERR_INVALID_PAYLOAD for
 * malformed JSON; VANTA_ERR_INVALID_ARGUMENT for a malformed resource id;
 * VANTA_ERR_INVALID_UNIQUE_ID or VANTA_ERR_DUPLICATE_UNIQUE_ID for a uniqueId that is missing,
 * blank or repeated; and VANTA_ERR_PAYLOAD_TOO_LARGE for more than 10,485,760 bytes.
 *
 *     vanta_body *body = NULL;
 *     vanta_error *error = NULL;
 *     if (vanta_body_from_file("accounts.json", &body, &error) != VANTA_OK)
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *     else
 *         printf("%lu records, %lu bytes\n", (unsigned long)vanta_body_record_count(body),
 *                (unsigned long)vanta_body_byte_len(body));
 *     vanta_error_free(error);
 *     vanta_body_free(body);
 */

/**
 * Writes at most `size` bytes of the input to `buffer` and returns how many; 0 at the end of the
 * input, and -1 on failure. It must not throw or longjmp.
 */
typedef ptrdiff_t (*vanta_read_callback)(char *buffer, size_t size, void *user_data);

/**
 * Makes a body from a whole request body, {"resourceId": ..., "resources": [...]}, of `size` bytes
 * of JSON. Free it with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_request(const char *json,
                                     size_t size,
                                     vanta_body **body,
                                     vanta_error **error);

/**
 * Makes a body from a file that holds a whole request body; see vanta_body_from_request(). Free it
 * with vanta_body_free(). A file that cannot be read is VANTA_ERR_UNREADABLE_FILE. `error` may be
 * NULL.
 */
vanta_status vanta_body_from_file(const char *path, vanta_body **body, vanta_error **error);

/**
 * Makes a body from a resource id and the JSON array of the records, of `size` bytes. Free it with
 * vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_json_array(const char *resource_id,
                                        const char *json,
                                        size_t size,
                                        vanta_body **body,
                                        vanta_error **error);

/**
 * Makes a body from a resource id and newline-delimited JSON (NDJSON), of `size` bytes: one record
 * on each line. Free it with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson(const char *resource_id,
                                    const char *lines,
                                    size_t size,
                                    vanta_body **body,
                                    vanta_error **error);

/**
 * Makes a body from a resource id and a file of newline-delimited JSON; see
 * vanta_body_from_ndjson(). Free it with vanta_body_free(). A file that cannot be read is
 * VANTA_ERR_UNREADABLE_FILE. `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson_file(const char *resource_id,
                                         const char *path,
                                         vanta_body **body,
                                         vanta_error **error);

/**
 * Makes a body from a whole request body that `callback` reads, which is called with `user_data`
 * until the end of the input. Free it with vanta_body_free(). A callback that fails is
 * VANTA_ERR_UNREADABLE_FILE, and no body is made. `user_data` and `error` may be NULL.
 */
vanta_status vanta_body_from_reader(vanta_read_callback callback,
                                    void *user_data,
                                    vanta_body **body,
                                    vanta_error **error);

/**
 * Makes a body from a resource id and newline-delimited JSON that `callback` reads; see
 * vanta_body_from_reader(). Free it with vanta_body_free(). `user_data` and `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson_reader(const char *resource_id,
                                           vanta_read_callback callback,
                                           void *user_data,
                                           vanta_body **body,
                                           vanta_error **error);

/**
 * Makes a body from another and its leavers: the live accounts of `listing` that are missing in
 * `body`. Free it with vanta_body_free(); `body` and `listing` do not change, and may be freed
 * afterwards. Nothing is sent.
 *
 * A leaver is added as the listing shows it, with the status DEACTIVATED, and with `now_unix_ms`,
 * the milliseconds since 1970, as its deactivatedTimestamp. A leaver that the listing shows as
 * DEACTIVATED already keeps its timestamp, and is left out from `keep_for_seconds` after it on:
 * the push then deletes it. Members that only the service adds, and optional ones that are null,
 * are left out. Soft-deleted rows are no leavers. A push counts each account that it deactivates
 * as a deletion, for the deletion guard. Only the new body knows its leavers: one that is made
 * from its text does not.
 *
 * VANTA_ERR_INVALID_ARGUMENT: the listing is of another kind than VANTA_KIND_USER_ACCOUNT or of
 * another resource than the body, the time has a year outside 0001 to 9999, or the records of the
 * body have custom properties and the service shows them on no row. VANTA_ERR_INVALID_UNIQUE_ID:
 * the id of a live row is blank. A list that is not complete is an error of vanta_list() already.
 * `error` may be NULL.
 *
 *     vanta_listing *listing = NULL;
 *     vanta_body *whole = NULL;
 *     vanta_list(client, VANTA_KIND_USER_ACCOUNT, vanta_body_resource_id(body), NULL, &listing,
 *                NULL);
 *     vanta_body_with_leavers(body, listing, 90 * 24 * 60 * 60, (int64_t)time(NULL) * 1000, &whole,
 *                             NULL);
 *     vanta_push(client, VANTA_KIND_USER_ACCOUNT, whole, NULL, NULL, NULL);
 *     vanta_body_free(whole);
 *     vanta_listing_free(listing);
 */
vanta_status vanta_body_with_leavers(const vanta_body *body,
                                     const vanta_listing *listing,
                                     uint64_t keep_for_seconds,
                                     int64_t now_unix_ms,
                                     vanta_body **with_leavers,
                                     vanta_error **error);

/** Returns the resource id; never NULL. With NULL: "". */
const char *vanta_body_resource_id(const vanta_body *body);

/** Returns the number of records. With NULL: 0. */
size_t vanta_body_record_count(const vanta_body *body);

/** Returns the size of the request body, in bytes. With NULL: 0. */
size_t vanta_body_byte_len(const vanta_body *body);

/** Frees a body. NULL is allowed. */
void vanta_body_free(vanta_body *body);

/* ---------------------------------------------------------------------------------------------- *
 * Building a body
 * ---------------------------------------------------------------------------------------------- */

/* vanta_body_builder
 *
 * Builds a body field by field, without a JSON library. Owned by the caller: free it with
 * vanta_body_builder_free(). Only one thread at a time may use it. Values are copied.
 *
 *     vanta_body_builder *records = NULL;
 *     vanta_body *body = NULL;
 *     vanta_error *error = NULL;
 *     vanta_body_builder_new("66f0c0ffee0000000000a001", &records, NULL);
 *     vanta_body_builder_begin(records);
 *     vanta_body_builder_text(records, "uniqueId", "acct-7");
 *     vanta_body_builder_boolean(records, "mfaEnabled", 1);
 *     vanta_body_builder_begin_array(records, "mfaMethods");
 *     vanta_body_builder_text(records, NULL, "OTP");
 *     vanta_body_builder_end(records);
 *     vanta_body_builder_end(records);
 *     if (vanta_body_builder_finish(records, &body, &error) != VANTA_OK)
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *     vanta_body_builder_free(records);
 *     vanta_body_free(body);
 *     vanta_error_free(error);
 *
 * Keys are NUL-terminated. A value in an object needs a key that the object does not have yet. A
 * value in an array has no key: NULL.
 *
 * Each function returns VANTA_OK or the builder's first error. After an error the builder ignores
 * further values, so it is enough to test the result of vanta_body_builder_finish(). The error
 * names the record, the JSON pointer of the value, and for invalid UTF-8 the byte. A call in the
 * wrong place is VANTA_ERR_INVALID_ARGUMENT; a value that JSON cannot express is
 * VANTA_ERR_INVALID_PAYLOAD.
 */

/**
 * Makes a builder without records, for a resource id. Free it with vanta_body_builder_free().
 * Returns VANTA_OK, or VANTA_ERR_INVALID_ARGUMENT for a malformed resource id. `error` may be
 * NULL.
 */
vanta_status vanta_body_builder_new(const char *resource_id,
                                    vanta_body_builder **records,
                                    vanta_error **error);

/** Begins a record. A record cannot begin inside another. */
vanta_status vanta_body_builder_begin(vanta_body_builder *records);

/** Adds a string of `size` bytes of UTF-8, which may contain NUL. `key` may be NULL in an array. */
vanta_status vanta_body_builder_string(vanta_body_builder *records,
                                       const char *key,
                                       const char *text,
                                       size_t size);

/** Adds a NUL-terminated string. `key` may be NULL in an array. */
vanta_status vanta_body_builder_text(vanta_body_builder *records,
                                     const char *key,
                                     const char *text);

/** Adds false for 0, and true for any other value. `key` may be NULL in an array. */
vanta_status vanta_body_builder_boolean(vanta_body_builder *records,
                                        const char *key,
                                        int32_t value);

/** Adds an integer. `key` may be NULL in an array. */
vanta_status vanta_body_builder_integer(vanta_body_builder *records,
                                        const char *key,
                                        int64_t value);

/**
 * Adds a number, in the shortest form that reads back as the same double, in every locale. An
 * infinity or NaN is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_number(vanta_body_builder *records, const char *key, double value);

/**
 * Adds a point in time, given in milliseconds since 1970-01-01 UTC, as a string like
 * "2026-01-02T03:04:05.678Z". For a time_t pass (int64_t)time * 1000. A year outside 0001 to 9999
 * is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_timestamp_ms(vanta_body_builder *records,
                                             const char *key,
                                             int64_t unix_ms);

/**
 * Adds null. Vanta may reject null where an optional member can be left out. `key` may be NULL in
 * an array.
 */
vanta_status vanta_body_builder_null(vanta_body_builder *records, const char *key);

/**
 * Adds a value that is JSON already, of `size` bytes, unchanged. Malformed JSON is
 * VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_json(vanta_body_builder *records,
                                     const char *key,
                                     const char *json,
                                     size_t size);

/**
 * Begins an object; its members follow. At most 32 objects and arrays may be nested, the record
 * included. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_begin_object(vanta_body_builder *records, const char *key);

/** Begins an array; its elements follow, without keys. `key` may be NULL in an array. */
vanta_status vanta_body_builder_begin_array(vanta_body_builder *records, const char *key);

/** Ends the object, array or record that was begun last. */
vanta_status vanta_body_builder_end(vanta_body_builder *records);

/**
 * Makes the body from the records that were added, and checks it as vanta_body_from_request()
 * does. Free the body with vanta_body_free(). The builder is empty afterwards and must still be
 * freed. A later call returns the same error, or VANTA_ERR_INVALID_ARGUMENT after a success.
 * `error` may be NULL.
 */
vanta_status vanta_body_builder_finish(vanta_body_builder *records,
                                       vanta_body **body,
                                       vanta_error **error);

/** Frees a builder, finished or not. A body that it made stays valid. NULL is allowed. */
void vanta_body_builder_free(vanta_body_builder *records);

/* ---------------------------------------------------------------------------------------------- *
 * Validation
 * ---------------------------------------------------------------------------------------------- */

/* vanta_violations
 *
 * Violations of single records. A list that a function sets as an output is owned by the caller:
 * free it with vanta_violations_free(). A list that a getter returns is borrowed. It never
 * changes, so any number of threads may read it. Texts that getters return are valid as long as
 * the list.
 *
 *     vanta_violations *found = NULL;
 *     const vanta_violations *warnings;
 *     vanta_error *error = NULL;
 *     if (vanta_validate(VANTA_KIND_USER_ACCOUNT, body, NULL, &found, &error) != VANTA_OK)
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *     warnings = error ? vanta_error_warnings(error) : found;
 *     for (size_t i = 0; i < vanta_violations_count(warnings); i++) {
 *         const char *id = vanta_violations_unique_id(warnings, i); // NULL: unknown
 *         printf("warning: record %ld, \"%s\"%s: %s\n", (long)vanta_violations_index(warnings, i),
 *                id != NULL ? id : "", vanta_violations_pointer(warnings, i),
 *                vanta_violations_message(warnings, i));
 *     }
 *     vanta_violations_free(found);
 *     vanta_error_free(error);
 */

/**
 * Validates the records of a body against the schema of `kind` and the rules of `options`. Returns
 * VANTA_OK, or VANTA_ERR_INVALID_RECORDS with every violation in the error: see
 * vanta_error_violations() and vanta_error_warnings(). Sets `warnings` to the violations that are
 * warnings, and to NULL on failure: free it with vanta_violations_free(). Nothing is sent; it does
 * not block. `options`, `warnings` and `error` may be NULL.
 */
vanta_status vanta_validate(const char *kind,
                            const vanta_body *body,
                            const vanta_options *options,
                            vanta_violations **warnings,
                            vanta_error **error);

/** Returns the number of violations. With NULL: 0. */
size_t vanta_violations_count(const vanta_violations *violations);

/**
 * Returns the position of the record, counted from 0; -1 when a violation belongs to no single
 * record, and past the last one. With NULL: -1.
 */
int64_t vanta_violations_index(const vanta_violations *violations, size_t number);

/**
 * Returns the uniqueId of the record, cut to 300 characters and an ellipsis; NULL when it is
 * unknown, and past the last violation. With NULL: NULL.
 */
const char *vanta_violations_unique_id(const vanta_violations *violations, size_t number);

/**
 * Returns the JSON pointer of the violation within its record, cut to 300 characters and an
 * ellipsis; "" for the record itself, and NULL past the last violation. With NULL: NULL.
 */
const char *vanta_violations_pointer(const vanta_violations *violations, size_t number);

/** Returns what is wrong, in words; NULL past the last violation. With NULL: NULL. */
const char *vanta_violations_message(const vanta_violations *violations, size_t number);

/**
 * Returns the rule that the record breaks, named after its constant: "https_url" for
 * VANTA_RULE_HTTPS_URL, which vanta_options_set_rule() takes. NULL where no rule applies (a
 * duplicate member, a mistake in the use of a body builder, what the server rejects), and past the
 * last violation. With NULL: NULL.
 */
const char *vanta_violations_rule(const vanta_violations *violations, size_t number);

/** Frees a list of violations. NULL is allowed. */
void vanta_violations_free(vanta_violations *violations);

/* ---------------------------------------------------------------------------------------------- *
 * Pushes
 * ---------------------------------------------------------------------------------------------- */

/* -- Kinds of resources -- */

/** Vulnerabilities of API endpoints. */
#define VANTA_KIND_API_ENDPOINT_VULNERABILITY "api_endpoint_vulnerability_connectors"
/** Background checks of people. */
#define VANTA_KIND_BACKGROUND_CHECK "background_check_connector"
/** Anything else, with properties declared in the console. */
#define VANTA_KIND_CUSTOM_RESOURCE "custom_resource"
/** Computers that run macOS. */
#define VANTA_KIND_MACOS_USER_COMPUTER "macos_user_computer"
/** Vulnerabilities of packages. */
#define VANTA_KIND_PACKAGE_VULNERABILITY "package_vulnerability_connectors"
/** Secrets as inventory: their names and owners, never their values. */
#define VANTA_KIND_SECRET "secret"
/** Tasks of a security team. */
#define VANTA_KIND_SECURITY_TASK "security_task"
/** Vulnerabilities that static analysis found in code. */
#define VANTA_KIND_STATIC_ANALYSIS_VULNERABILITY "static_analysis_code_vulnerability_connectors"
/** Accounts of users. */
#define VANTA_KIND_USER_ACCOUNT "user_account"
/** Who has completed which security training. */
#define VANTA_KIND_USER_SECURITY_TRAINING_STATUS "user_security_training_status"
/** What vulnerabilities are found in; pushed before them. */
#define VANTA_KIND_VULNERABLE_COMPONENT "vulnerable_component"
/** Computers that run Windows. */
#define VANTA_KIND_WINDOWS_USER_COMPUTER "windows_user_computer"

/**
 * Replaces all records of `kind` that Vanta holds for the body's resource with the body's records.
 * A record that is missing from the body is deleted.
 *
 * Before the request is sent, every record is validated (VANTA_ERR_INVALID_RECORDS) and the
 * deletion guard reads the remote state: it rejects a body without records
 * (VANTA_ERR_EMPTY_PAYLOAD), and a push that would delete more than half of three or more live
 * records (VANTA_ERR_TOO_MANY_REMOVALS). The options of pushes set other limits.
 *
 * Pushes of one resource from one process are sent one at a time, in the order of the calls.
 * Waiting for an earlier push counts against the call's own deadline.
 *
 * Blocks until the response is read or the deadline passes. Temporary failures are retried with
 * backoff. Returns VANTA_OK only for a clear success response. VANTA_ERR_OUTCOME_UNKNOWN means
 * that the push may have taken effect: vanta_verify() settles it, and a push is idempotent, so
 * that the same body can safely be pushed again. After any other code but VANTA_ERR_INTERNAL
 * nothing was changed. vanta_status_action() says what to do.
 *
 * Sets `receipt` to the proof of the push: free it with vanta_receipt_free(). `options`, `receipt`
 * and `error` may be NULL.
 *
 *     vanta_receipt *receipt = NULL;
 *     vanta_error *error = NULL;
 *     vanta_status status =
 *         vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &receipt, &error);
 *     // Only a verify that succeeds settles it. Otherwise the outcome is still unknown.
 *     if (status == VANTA_ERR_OUTCOME_UNKNOWN &&
 *         vanta_verify(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &receipt, NULL) == VANTA_OK)
 *         status = VANTA_OK;
 *     puts(status == VANTA_OK ? vanta_receipt_line(receipt) : vanta_error_message(error));
 *     vanta_receipt_free(receipt);
 *     vanta_error_free(error);
 */
vanta_status vanta_push(const vanta_client *client,
                        const char *kind,
                        const vanta_body *body,
                        const vanta_options *options,
                        vanta_receipt **receipt,
                        vanta_error **error);

/**
 * Reads the remote state and compares it with a body: the live records must be the body's, and
 * equal in every member that the body sets. It reads up to three times within some seconds, since
 * Vanta may show a push late. Blocks until the records are equal, the last read differs, or the
 * deadline passes.
 *
 * Returns VANTA_OK, VANTA_ERR_NOT_VERIFIED with each record that is missing, unexpected or
 * different, or a network, token or response code. A member that the service returns on no row
 * counts as a difference, unless the last push of the resource is known to have been accepted with
 * the same bytes, by this process or by the audit file. Then vanta_receipt_not_comparable() lists
 * the member. Such members settle no unknown outcome; nor do members that an earlier push may have
 * set and the body does not (vanta_change_plan_is_empty() says which earlier pushes are known).
 *
 * Sets `receipt` to the proof: free it with vanta_receipt_free(). `options`, `receipt` and `error`
 * may be NULL.
 */
vanta_status vanta_verify(const vanta_client *client,
                          const char *kind,
                          const vanta_body *body,
                          const vanta_options *options,
                          vanta_receipt **receipt,
                          vanta_error **error);

/* ---------------------------------------------------------------------------------------------- *
 * Receipts
 * ---------------------------------------------------------------------------------------------- */

/* vanta_not_comparable
 *
 * Members that could not be compared, since the service returns them on no row. Borrowed from a
 * receipt or a plan: do not free it. It never changes, so any number of threads may read it. Texts
 * that getters return are valid as long as it is.
 */

/* vanta_receipt
 *
 * The proof that Vanta accepted a push, that a body was verified, or that a file was uploaded; or
 * the record of a push that was not sent. Owned by the caller: free it with vanta_receipt_free().
 * It never changes, so any number of threads may read it. Texts that getters return are valid
 * until it is freed.
 *
 *     static void print_receipt(const vanta_receipt *receipt)
 *     {
 *         printf("%s: %lu records at %s, sha256 %s\n", vanta_receipt_resource_id(receipt),
 *                (unsigned long)vanta_receipt_record_count(receipt), vanta_receipt_time(receipt),
 *                vanta_receipt_sha256(receipt));
 *     }
 */

/* -- What a receipt proves -- */

/** Nothing: there is no receipt, or a line of an audit file records an unknown outcome. */
#define VANTA_RECEIPT_NONE 0
/** Vanta accepted a push with a clear success response. */
#define VANTA_RECEIPT_PUSHED 1
/** The live records were read, and are equal to the body's. */
#define VANTA_RECEIPT_VERIFIED 2
/** Vanta accepted a file for a document. */
#define VANTA_RECEIPT_UPLOADED 3

/**
 * Nothing was sent: a list showed the records of the body. Such a receipt is no baseline, and
 * settles no unknown outcome; see vanta_options_set_only_if_changed().
 */
#define VANTA_RECEIPT_UNCHANGED 4

/** Returns the number of members. With NULL: 0. */
size_t vanta_not_comparable_count(const vanta_not_comparable *members);

/**
 * Returns the JSON pointer of a member within a record, or NULL past the last member. With NULL:
 * NULL.
 */
const char *vanta_not_comparable_pointer(const vanta_not_comparable *members, size_t number);

/**
 * Returns how many live records were pushed with a member: 0 when an earlier push may have set it
 * and this body does not, and past the last member. With NULL: 0.
 */
size_t vanta_not_comparable_records(const vanta_not_comparable *members, size_t number);

/**
 * Parses a receipt from its line of JSON, of `size` bytes, as in the audit file: for use as a
 * baseline. Free it with vanta_receipt_free(). Returns VANTA_OK, or VANTA_ERR_INVALID_ARGUMENT for
 * any other text. `error` may be NULL.
 */
vanta_status vanta_receipt_from_json(const char *json,
                                     size_t size,
                                     vanta_receipt **receipt,
                                     vanta_error **error);

/**
 * Returns what the receipt proves: one of the VANTA_RECEIPT_ numbers. With NULL:
 * VANTA_RECEIPT_NONE.
 */
int32_t vanta_receipt_kind(const vanta_receipt *receipt);

/**
 * Returns when the response came, by this machine's clock, as an RFC 3339 timestamp in UTC; never
 * NULL. With NULL: "".
 */
const char *vanta_receipt_time(const vanta_receipt *receipt);

/** Returns the kind of the records, or "document" for an upload; never NULL. With NULL: "". */
const char *vanta_receipt_resource_kind(const vanta_receipt *receipt);

/**
 * Returns the SHA-256 of the request body, or of the uploaded file, in hexadecimal; never NULL.
 * With NULL: "".
 */
const char *vanta_receipt_sha256(const vanta_receipt *receipt);

/**
 * Returns how many live records the push deleted, or -1 when the live records were not read. With
 * NULL: -1.
 */
int64_t vanta_receipt_removed(const vanta_receipt *receipt);

/**
 * Returns the id that Vanta gave to an uploaded file, or NULL for other receipts. With NULL: NULL.
 */
const char *vanta_receipt_upload_id(const vanta_receipt *receipt);

/** Returns the origin of the service, or NULL in a receipt of an older version. With NULL: NULL. */
const char *vanta_receipt_origin(const vanta_receipt *receipt);

/**
 * Returns the client id of the application, or NULL for a client with a static token, whose
 * application is not known. With NULL: NULL.
 */
const char *vanta_receipt_application(const vanta_receipt *receipt);

/**
 * Returns the members that vanta_verify() could not compare: their values are not proved. Borrowed
 * from the receipt: do not free it. With NULL: NULL.
 */
const vanta_not_comparable *vanta_receipt_not_comparable(const vanta_receipt *receipt);

/** Returns the generation of the access token of the last request. With NULL: 0. */
uint64_t vanta_receipt_token_generation(const vanta_receipt *receipt);

/**
 * Returns 1 when the receipt was written to the audit file, 0 when there is no such file or
 * writing failed. With NULL: 0.
 */
int32_t vanta_receipt_is_audited(const vanta_receipt *receipt);

/**
 * Returns the violations that are warnings; see vanta_options_set_rule(). Borrowed from the
 * receipt: do not free it. With NULL: NULL.
 */
const vanta_violations *vanta_receipt_warnings(const vanta_receipt *receipt);

/** Returns the receipt as one line of JSON, as in the audit file; never NULL. With NULL: "". */
const char *vanta_receipt_json(const vanta_receipt *receipt);

/** Returns the resource id, or the document id of an upload; never NULL. With NULL: "". */
const char *vanta_receipt_resource_id(const vanta_receipt *receipt);

/** Returns the number of records. With NULL: 0. */
size_t vanta_receipt_record_count(const vanta_receipt *receipt);

/** Returns the size of the request body, or of the uploaded file, in bytes. With NULL: 0. */
uint64_t vanta_receipt_byte_len(const vanta_receipt *receipt);

/**
 * Returns how many requests the call made in all attempts: token requests, reads (those of the
 * deletion guard too) and writes. With NULL: 0.
 */
uint32_t vanta_receipt_attempts(const vanta_receipt *receipt);

/** Returns the HTTP status code of the response. With NULL: 0. */
int32_t vanta_receipt_http_status(const vanta_receipt *receipt);

/** Returns the request id of the response, or NULL when there is none. With NULL: NULL. */
const char *vanta_receipt_request_id(const vanta_receipt *receipt);

/** Returns the receipt on one line, for a log; never NULL. With NULL: "". */
const char *vanta_receipt_line(const vanta_receipt *receipt);

/** Frees a receipt. NULL is allowed. */
void vanta_receipt_free(vanta_receipt *receipt);

/* ---------------------------------------------------------------------------------------------- *
 * Errors
 * ---------------------------------------------------------------------------------------------- */

/* vanta_error
 *
 * The description of a failed call. Owned by the caller: free it with vanta_error_free(). It never
 * changes, so any number of threads may read it. Texts that getters return are valid until it is
 * freed.
 *
 *     vanta_error *error = NULL;
 *     vanta_status status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, &error);
 *     if (status != VANTA_OK) {
 *         const vanta_violations *list = vanta_error_violations(error);
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *         for (size_t i = 0; i < vanta_violations_count(list); i++) {
 *             const char *id = vanta_violations_unique_id(list, i); // NULL: unknown
 *             if (vanta_violations_index(list, i) >= 0)             // -1: not in the body
 *                 fprintf(stderr, "record %ld, ", (long)vanta_violations_index(list, i));
 *             fprintf(stderr, "\"%s\"%s: %s\n", id != NULL ? id : "",
 *                     vanta_violations_pointer(list, i), vanta_violations_message(list, i));
 *         }
 *         if (vanta_error_is_retryable(error))
 *             fprintf(stderr, "the same call may succeed later\n");
 *     }
 *     vanta_error_free(error);
 */

/** How far a call had come when it failed: one of the VANTA_STAGE_ numbers. */
typedef int32_t vanta_stage;

/* -- Stages -- */

/** Validating the arguments, before any network access. */
#define VANTA_STAGE_VALIDATE 0
/** Resolving the host name. */
#define VANTA_STAGE_RESOLVE 1
/** Opening the connection. */
#define VANTA_STAGE_CONNECT 2
/** Performing the TLS handshake. */
#define VANTA_STAGE_TLS 3
/** Sending the request. */
#define VANTA_STAGE_SEND 4
/** Waiting for the first byte of the response. */
#define VANTA_STAGE_WAIT 5
/** Reading the response. */
#define VANTA_STAGE_READ 6

/**
 * Waiting for the rate limit, for another thread's token request or for an earlier push, or for
 * the backoff between two attempts.
 */
#define VANTA_STAGE_QUEUE 7

/** Locking, reading or writing the token store. */
#define VANTA_STAGE_STORE 8
/** Requesting a tunnel from the proxy. */
#define VANTA_STAGE_PROXY 9

/**
 * Returns the status code of the error, which its function returned too. With NULL:
 * VANTA_ERR_NULL_POINTER.
 */
vanta_status vanta_error_code(const vanta_error *error);

/**
 * Returns one line that says what the call was doing, what went wrong, and what to do; never NULL.
 * It holds no secret. With NULL: "".
 */
const char *vanta_error_message(const vanta_error *error);

/** Returns how far the call had come. With NULL: VANTA_STAGE_VALIDATE. */
vanta_stage vanta_error_stage(const vanta_error *error);

/**
 * Returns 1 when the same call may succeed later and can safely be repeated, otherwise 0: when
 * vanta_status_action() is VANTA_ACTION_RETRY_LATER or VANTA_ACTION_VERIFY_OR_REPEAT, and it is no
 * upload that may have taken effect. With NULL: 0.
 */
int32_t vanta_error_is_retryable(const vanta_error *error);

/**
 * Returns 1 when the error repeats an earlier failure without a new request, otherwise 0. With
 * NULL: 0.
 */
int32_t vanta_error_is_remembered(const vanta_error *error);

/** Returns the HTTP status code of the response, or 0 when there was none. With NULL: 0. */
int32_t vanta_error_http_status(const vanta_error *error);

/**
 * Returns how many requests the call made in all attempts: token requests, reads and writes, and
 * those that opened no connection. With NULL: 0.
 */
uint32_t vanta_error_attempts(const vanta_error *error);

/**
 * Returns how long the server requested to wait (Retry-After), in milliseconds and uncapped, or -1
 * when it did not. With NULL: -1.
 */
int64_t vanta_error_retry_after_ms(const vanta_error *error);

/**
 * Returns the request id of the response, for a report to Vanta, or NULL when there is none. With
 * NULL: NULL.
 */
const char *vanta_error_request_id(const vanta_error *error);

/**
 * Returns the beginning of the response's text on one line, with secrets redacted, or NULL when
 * there was no text. With NULL: NULL.
 */
const char *vanta_error_excerpt(const vanta_error *error);

/**
 * Returns the error code of an OAuth error response, such as "invalid_client", or NULL when there
 * is none. With NULL: NULL.
 */
const char *vanta_error_oauth_error(const vanta_error *error);

/**
 * Returns the error before this one, such as the first 401 of two, or NULL when there is none.
 * Borrowed from this error: do not free it. With NULL: NULL.
 */
const vanta_error *vanta_error_cause(const vanta_error *error);

/**
 * Returns the violations of single records: an empty list when there are none. They are errors;
 * vanta_error_warnings() has the warnings. Borrowed from the error: do not free it. With NULL:
 * NULL.
 */
const vanta_violations *vanta_error_violations(const vanta_error *error);

/**
 * Returns the violations that are warnings, of a validation that found errors too: an empty list
 * when there are none. Borrowed from the error: do not free it. With NULL: NULL.
 */
const vanta_violations *vanta_error_warnings(const vanta_error *error);

/** Frees an error and everything borrowed from it. NULL is allowed. */
void vanta_error_free(vanta_error *error);

/* ---------------------------------------------------------------------------------------------- *
 * Change plans
 * ---------------------------------------------------------------------------------------------- */

/* vanta_change_plan
 *
 * The changes that a push would make. Owned by the caller: free it with vanta_change_plan_free().
 * It never changes, so any number of threads may read it. Texts that getters return are valid
 * until it is freed.
 *
 *     vanta_change_plan *plan = NULL;
 *     vanta_status status = vanta_plan(client, VANTA_KIND_USER_ACCOUNT, body, NULL, &plan, NULL);
 *     if (status == VANTA_OK)
 *         printf("%s", vanta_change_plan_text(plan));
 *     if (status == VANTA_OK && !vanta_change_plan_is_empty(plan))
 *         status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, NULL);
 *     vanta_change_plan_free(plan);
 */

/** Returns how many records the push would add. With NULL: 0. */
size_t vanta_change_plan_added(const vanta_change_plan *plan);

/** Returns how many live records the push would change. With NULL: 0. */
size_t vanta_change_plan_changed(const vanta_change_plan *plan);

/**
 * Returns how many leavers the push would deactivate; see vanta_body_with_leavers(). They are not
 * counted as changed. With NULL: 0.
 */
size_t vanta_change_plan_deactivated(const vanta_change_plan *plan);

/** Returns how many live records the push would delete. With NULL: 0. */
size_t vanta_change_plan_removed(const vanta_change_plan *plan);

/** Returns how many live records are equal to the body's in every member. With NULL: 0. */
size_t vanta_change_plan_unchanged(const vanta_change_plan *plan);

/**
 * Returns 1 when the push would change nothing, so that a job may skip it, otherwise 0. It is also
 * 0 when members cannot be compared with the remote state, and when an earlier push may have set
 * such a member that this body does not set. Earlier pushes are known from this process and, for
 * customProperties of a kind whose schema has them, from the audit file. When neither knows the
 * resource, a member that the service returns on no row and the body does not set counts as
 * absent. With NULL: 0.
 */
int32_t vanta_change_plan_is_empty(const vanta_change_plan *plan);

/**
 * Returns the members that the service returns on no row, so that they cannot be compared.
 * Borrowed from the plan: do not free it. With NULL: NULL.
 */
const vanta_not_comparable *vanta_change_plan_not_comparable(const vanta_change_plan *plan);

/**
 * Returns 1 when the deletion guard would reject the push, for the reason in
 * vanta_change_plan_text(), otherwise 0. With NULL: 0.
 */
int32_t vanta_change_plan_is_refused(const vanta_change_plan *plan);

/**
 * Returns the plan as text for people, one line for each record that would change; never NULL.
 * With NULL: "".
 */
const char *vanta_change_plan_text(const vanta_change_plan *plan);

/**
 * Returns the plan as one JSON object with the members kind, resourceId, live, records, bytes,
 * added, changed (with the differences), deactivated, removed, unchanged, notComparable, warnings
 * and refusal; never NULL. With NULL: "".
 */
const char *vanta_change_plan_json(const vanta_change_plan *plan);

/** Frees a plan. NULL is allowed. */
void vanta_change_plan_free(vanta_change_plan *plan);

/**
 * Reads the remote state and compares it with a body. Nothing is changed. Free the plan with
 * vanta_change_plan_free(). Blocks until the plan is made or the deadline passes. Returns
 * VANTA_OK, VANTA_ERR_INVALID_RECORDS, or a network, token or response code. A push that the
 * deletion guard would reject is no error here: see vanta_change_plan_is_refused(). `options` and
 * `error` may be NULL.
 */
vanta_status vanta_plan(const vanta_client *client,
                        const char *kind,
                        const vanta_body *body,
                        const vanta_options *options,
                        vanta_change_plan **plan,
                        vanta_error **error);

/* ---------------------------------------------------------------------------------------------- *
 * Lists
 * ---------------------------------------------------------------------------------------------- */

/* vanta_listing
 *
 * The rows of a list response. Owned by the caller: free it with vanta_listing_free(). It never
 * changes, so any number of threads may read it.
 *
 *     vanta_listing *listing = NULL;
 *     vanta_status status = vanta_list(client, VANTA_KIND_USER_ACCOUNT, "66f0c0ffee0000000000a001",
 *                                      NULL, &listing, NULL);
 *     for (size_t i = 0; status == VANTA_OK && i < vanta_listing_count(listing); i++) {
 *         size_t size;
 *         const char *row = vanta_listing_row(listing, i, &size);
 *         if (!vanta_listing_row_is_deleted(listing, i))
 *             printf("%.*s\n", (int)size, row);
 *     }
 *     vanta_listing_free(listing);
 */

/**
 * Receives a row as NUL-terminated JSON, its size in bytes, whether it is soft-deleted (1 or 0),
 * and `user_data`. The text is valid during the call only. Return 0 to continue, any other number
 * to stop. It must not throw or longjmp.
 */
typedef int32_t (*vanta_row_callback)(const char *row,
                                      size_t size,
                                      int32_t deleted,
                                      void *user_data);

/**
 * Reads the records of `kind` that Vanta holds for a resource. Free the listing with
 * vanta_listing_free(). Blocks until the response is read or the deadline passes. Returns
 * VANTA_OK, VANTA_ERR_RESPONSE_TOO_LARGE for a response over vanta_config_set_list_cap(), or a
 * network, token or response code. `options` and `error` may be NULL.
 */
vanta_status vanta_list(const vanta_client *client,
                        const char *kind,
                        const char *resource_id,
                        const vanta_options *options,
                        vanta_listing **listing,
                        vanta_error **error);

/** Returns the number of rows, soft-deleted ones included. With NULL: 0. */
size_t vanta_listing_count(const vanta_listing *listing);

/** Returns the number of live rows. With NULL: 0. */
size_t vanta_listing_live_count(const vanta_listing *listing);

/**
 * Copies all rows as a JSON array, and a NUL, to `buffer`, of `size` bytes. Sets `needed` to the
 * size in bytes, with the NUL. With a NULL buffer of size 0 it only sets `needed`. Returns
 * VANTA_OK, or VANTA_ERR_BUFFER_TOO_SMALL with `buffer` set to "". `needed` and `error` may be
 * NULL.
 */
vanta_status vanta_listing_json(const vanta_listing *listing,
                                char *buffer,
                                size_t size,
                                size_t *needed,
                                vanta_error **error);

/**
 * Calls `callback` with each row, in order. Returns VANTA_OK, or VANTA_ERR_CANCELLED when the
 * callback stops. `user_data` and `error` may be NULL.
 */
vanta_status vanta_listing_each(const vanta_listing *listing,
                                vanta_row_callback callback,
                                void *user_data,
                                vanta_error **error);

/**
 * Returns a row as the JSON text of the response, and sets `size` to its length in bytes. The text
 * belongs to the listing and is not NUL-terminated. Past the last row it returns NULL and sets 0.
 * `size` may be NULL. With NULL: NULL.
 */
const char *vanta_listing_row(const vanta_listing *listing, size_t index, size_t *size);

/** Returns 1 when a row is soft-deleted, 0 when it is live or past the last row. With NULL: 0. */
int32_t vanta_listing_row_is_deleted(const vanta_listing *listing, size_t index);

/** Frees a listing. NULL is allowed. */
void vanta_listing_free(vanta_listing *listing);

/* ---------------------------------------------------------------------------------------------- *
 * Documents
 * ---------------------------------------------------------------------------------------------- */

/**
 * Uploads a file to a document, which is named by its id or slug. `effective_at_date` is a date
 * (YYYY-MM-DD), and `description` has at most 10,000 bytes. The token needs the scope
 * self:write-document, which vanta_config_set_scope() must name. Blocks until the response is read
 * or the deadline passes. A file that cannot be read is VANTA_ERR_UNREADABLE_FILE.
 *
 * Each upload adds a version to the document, so uploads are not idempotent: the library does not
 * send one again whose outcome is unknown (VANTA_ERR_OUTCOME_UNKNOWN). Look at the document before
 * you repeat it.
 *
 * Sets `receipt` to the proof: free it with vanta_receipt_free(). `effective_at_date`,
 * `description`, `options`, `receipt` and `error` may be NULL.
 *
 *     vanta_receipt *receipt = NULL;
 *     vanta_status status = vanta_upload(client, "access-review", "review.pdf", "2026-01-31",
 *                                        "Quarterly access review", NULL, &receipt, NULL);
 *     if (status == VANTA_OK)
 *         printf("uploaded as %s\n", vanta_receipt_upload_id(receipt));
 *     vanta_receipt_free(receipt);
 */
vanta_status vanta_upload(const vanta_client *client,
                          const char *document_id,
                          const char *path,
                          const char *effective_at_date,
                          const char *description,
                          const vanta_options *options,
                          vanta_receipt **receipt,
                          vanta_error **error);

/* ---------------------------------------------------------------------------------------------- *
 * Options of single calls
 * ---------------------------------------------------------------------------------------------- */

/* vanta_options
 *
 * The options of single calls. NULL in place of options means the client's settings. Owned by the
 * caller: free them with vanta_options_free(). They may be used for many calls, by one thread at a
 * time. Setters return VANTA_OK, or one of the codes that their comments name.
 *
 * Each call that blocks uses the deadline, the cancel flag and the progress callback. The other
 * options are for vanta_push() and vanta_plan(), and of these the rules, the schema and the custom
 * properties are for vanta_validate() too. The remaining calls ignore them.
 *
 *     vanta_options *options = NULL;
 *     vanta_options_new(&options);
 *     vanta_options_set_shared_deadline_ms(options, 300000);
 *     if (vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL) == VANTA_OK)
 *         vanta_verify(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL);
 *     vanta_options_free(options);
 */

/** Makes options with the defaults. Free them with vanta_options_free(). Returns VANTA_OK. */
vanta_status vanta_options_new(vanta_options **options);

/**
 * Sets the deadline of each call, in milliseconds: the timeout of the whole call. No token request
 * starts with less than 2 s left, so a call with a shorter deadline succeeds only with a cached or
 * stored token. Default: vanta_config_set_deadline_ms().
 */
vanta_status vanta_options_set_deadline_ms(vanta_options *options, uint64_t milliseconds);

/**
 * Sets one deadline for all calls with these options together, in milliseconds from now: for a
 * push and its verify, or a whole job. It replaces vanta_options_set_deadline_ms(), and the other
 * way round. Default: none.
 */
vanta_status vanta_options_set_shared_deadline_ms(vanta_options *options, uint64_t milliseconds);

/**
 * Sets the cancel flag of the calls. The options keep it alive, so it may be freed before them.
 * Default: none.
 */
vanta_status vanta_options_set_cancel(vanta_options *options, const vanta_cancel *cancel);

/** Frees options. NULL is allowed. */
void vanta_options_free(vanta_options *options);

/* ---------------------------------------------------------------------------------------------- *
 * Options of pushes
 * ---------------------------------------------------------------------------------------------- */

/** A rule for records: one of the VANTA_RULE_ numbers. */
typedef int32_t vanta_rule;
/** What happens to a record that violates a rule: one of the VANTA_LEVEL_ numbers. */
typedef int32_t vanta_level;

/**
 * Receives the bytes sent, the bytes of the whole body, the number of records, and `user_data`.
 * The thread of the call runs it. Each attempt starts again at 0. It must not call the library,
 * throw or longjmp.
 */
typedef void (*vanta_progress_callback)(uint64_t sent,
                                        uint64_t total,
                                        size_t records,
                                        void *user_data);

/* -- Rules -- */

/** The schema of the kind. Vanta rejects the whole push otherwise. Default: VANTA_LEVEL_ERROR. */
#define VANTA_RULE_SCHEMA 0
/** An optional member is left out instead of null. Default: VANTA_LEVEL_WARNING. */
#define VANTA_RULE_NULL_OPTIONAL 1
/** externalUrl is an https URL. Default: VANTA_LEVEL_WARNING. */
#define VANTA_RULE_HTTPS_URL 2
/** A task has closedTimestamp exactly when it is CLOSED. Default: VANTA_LEVEL_WARNING. */
#define VANTA_RULE_CLOSED_TIMESTAMP 3
/** Severities and confidences lie between 0 and 10. Default: VANTA_LEVEL_WARNING. */
#define VANTA_RULE_ZERO_TO_TEN 4
/** A vulnerability names a known component. Default: VANTA_LEVEL_WARNING. */
#define VANTA_RULE_UNKNOWN_COMPONENT 5

/**
 * A uniqueId differs from another in more than letter case, leading or trailing blanks (invisible
 * characters count as blanks) or Unicode normalisation. Default: VANTA_LEVEL_WARNING.
 */
#define VANTA_RULE_SIMILAR_IDS 6

/* -- Levels -- */

/** The rule is not applied. */
#define VANTA_LEVEL_OFF 0
/** The record is pushed, and the receipt lists the violation as a warning. */
#define VANTA_LEVEL_WARNING 1
/** Nothing is sent: VANTA_ERR_INVALID_RECORDS. */
#define VANTA_LEVEL_ERROR 2

/**
 * Sets what happens to records that violate a rule: one of the VANTA_RULE_ and one of the
 * VANTA_LEVEL_ numbers; another is VANTA_ERR_INVALID_ARGUMENT. Defaults: see the rules.
 */
vanta_status vanta_options_set_rule(vanta_options *options, vanta_rule rule, vanta_level level);

/**
 * Sets a schema of your own for whole records, which replaces the schema of the kind: JSON Type
 * Definition (RFC 8927), of `size` bytes, as the Developer Console shows it. A malformed schema is
 * VANTA_ERR_INVALID_ARGUMENT. Default: the schema of the kind. `error` may be NULL.
 */
vanta_status vanta_options_set_schema(vanta_options *options,
                                      const char *json,
                                      size_t size,
                                      vanta_error **error);

/**
 * Sets the schema of customProperties, of `size` bytes, as the Developer Console shows it. Each
 * record must then have them. A malformed schema is VANTA_ERR_INVALID_ARGUMENT. Default: none.
 * `error` may be NULL.
 */
vanta_status vanta_options_set_custom_properties(vanta_options *options,
                                                 const char *json,
                                                 size_t size,
                                                 vanta_error **error);

/**
 * Adds the components of a body to those that vulnerabilities may name: a body that was, or will
 * be, pushed before the vulnerabilities.
 */
vanta_status vanta_options_add_components(vanta_options *options, const vanta_body *body);

/**
 * Sets the resource whose live components are read before vulnerabilities are pushed, and added to
 * those that they may name. Default: none.
 */
vanta_status vanta_options_set_live_components(vanta_options *options, const char *resource_id);

/**
 * Allows (1) or rejects (0) a push without records. The deletion guard still applies. Options hold
 * for every push that is made with them: use others for another resource. Default: 0.
 */
vanta_status vanta_options_allow_empty(vanta_options *options, int32_t allow);

/**
 * Allows a push to delete at most `most` live records. A negative number converted to size_t is
 * VANTA_ERR_INVALID_ARGUMENT. Default: half of them, or all when there are fewer than three.
 *
 *     vanta_options *options = NULL;
 *     vanta_options_new(&options);
 *     vanta_options_expect_removals(options, 40);
 *     vanta_options_set_rule(options, VANTA_RULE_HTTPS_URL, VANTA_LEVEL_ERROR);
 *     vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, NULL, NULL);
 *     vanta_options_free(options);
 */
vanta_status vanta_options_expect_removals(vanta_options *options, size_t most);

/**
 * Disables (1) or enables (0) the deletion guard. Without it nothing is read before the push, and
 * every live record that is not in the body is deleted. Default: 0.
 */
vanta_status vanta_options_allow_any_removals(vanta_options *options, int32_t allow);

/**
 * Sets whether a push is sent only if the remote state is not that of the body (1) or always (0).
 * The live records are read and compared as vanta_plan() does, once for this and for the deletion
 * guard. When nothing would change, nothing is sent, and the receipt is VANTA_RECEIPT_UNCHANGED.
 * The push is sent when members cannot be compared, and within 60 seconds of a push of the
 * resource by this process that was accepted or whose outcome is unknown: a list may not show that
 * one yet. Live records that cannot be read fail the push. Default: 0.
 *
 *     vanta_options *options = NULL;
 *     vanta_receipt *receipt = NULL;
 *     vanta_options_new(&options);
 *     vanta_options_set_only_if_changed(options, 1);
 *     vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, options, &receipt, NULL);
 *     if (vanta_receipt_kind(receipt) == VANTA_RECEIPT_UNCHANGED)
 *         printf("nothing to do\n");
 *     vanta_receipt_free(receipt);
 *     vanta_options_free(options);
 */
vanta_status vanta_options_set_only_if_changed(vanta_options *options, int32_t only_if_changed);

/**
 * Sets a receipt whose record count the deletion guard uses instead of reading the live records.
 * Use it when the token has no read scope. The receipt must be of a push or verify of the same
 * origin, application, kind and resource; otherwise the push is VANTA_ERR_INVALID_ARGUMENT and
 * sends nothing. The receipt may be freed afterwards. Default: none.
 */
vanta_status vanta_options_set_baseline(vanta_options *options, const vanta_receipt *receipt);

/**
 * Sets the baseline, as vanta_options_set_baseline() does, to the newest receipt of a resource in
 * an audit file, pushed or verified by the application that pushes. Receipts of other applications
 * are ignored; a push for which there is none is VANTA_ERR_INVALID_ARGUMENT. `error` may be NULL.
 */
vanta_status vanta_options_set_baseline_from_audit(vanta_options *options,
                                                   const char *path,
                                                   const char *kind,
                                                   const char *resource_id,
                                                   vanta_error **error);

/**
 * Sets the progress callback. NULL disables it. Default: NULL. `callback` and `user_data` may be
 * NULL.
 */
vanta_status vanta_options_set_progress(vanta_options *options,
                                        vanta_progress_callback callback,
                                        void *user_data);

/* ---------------------------------------------------------------------------------------------- *
 * Cancelling calls
 * ---------------------------------------------------------------------------------------------- */

/* vanta_cancel
 *
 * A flag that cancels calls. Owned by the caller: free it with vanta_cancel_free(), when no thread
 * and no signal handler will set it any more. Any thread may set it and read it.
 *
 *     static vanta_cancel *interrupted;
 *
 *     static void on_signal(int number)
 *     {
 *         (void)number;
 *         vanta_cancel_set(interrupted);
 *     }
 *
 *     static vanta_status cancel_on_interrupt(vanta_options *options)
 *     {
 *         vanta_status status = vanta_cancel_new(&interrupted);
 *         if (status == VANTA_OK)
 *             status = vanta_options_set_cancel(options, interrupted);
 *         signal(SIGINT, on_signal);
 *         return status;
 *     }
 */

/** Makes a flag that is not set. Free it with vanta_cancel_free(). Returns VANTA_OK. */
vanta_status vanta_cancel_new(vanta_cancel **cancel);

/**
 * Sets the flag. Calls with this flag return within 200 ms, with VANTA_ERR_CANCELLED or
 * VANTA_ERR_OUTCOME_UNKNOWN, and later calls return at once; only vanta_token() still returns a
 * cached token. The flag stays set. Safe to call from any thread and from a signal handler. With
 * NULL: nothing.
 */
void vanta_cancel_set(const vanta_cancel *cancel);

/**
 * Returns 1 when the flag is set, otherwise 0: for a wait of the program's own between two calls.
 * Safe to call from any thread and from a signal handler. With NULL: 0.
 */
int32_t vanta_cancel_is_set(const vanta_cancel *cancel);

/** Frees a flag. NULL is allowed. */
void vanta_cancel_free(vanta_cancel *cancel);

/* ---------------------------------------------------------------------------------------------- *
 * Tokens
 * ---------------------------------------------------------------------------------------------- */

/**
 * Copies an access token (a bearer token for an Authorization header field of your own) and a NUL
 * to `buffer`, of `size` bytes. The token's lifetime left is longer than the expiry margin. Sets
 * `needed` to the size in bytes, with the NUL. With a NULL buffer of size 0 it only sets `needed`.
 * Blocks until a cached or stored token is found, or a token request ends; a token request revokes
 * the previous token. Returns VANTA_OK, VANTA_ERR_BUFFER_TOO_SMALL with `buffer` set to "", or a
 * network or token code. Wipe the buffer with vanta_wipe(). `options`, `needed` and `error` may be
 * NULL.
 *
 *     char token[16385]; // the longest access token has 16,384 bytes
 *     vanta_status status = vanta_token(client, NULL, token, sizeof token, NULL, NULL);
 *     if (status == VANTA_OK)
 *         printf("a token of %lu bytes\n", (unsigned long)strlen(token));
 *     vanta_wipe(token, sizeof token);
 */
vanta_status vanta_token(const vanta_client *client,
                         const vanta_options *options,
                         char *buffer,
                         size_t size,
                         size_t *needed,
                         vanta_error **error);

/**
 * Copies an access token that is valid for at least `seconds` seconds; otherwise the same as
 * vanta_token(). Blocks until a cached or stored token is found, or a token request ends.
 * `options`, `needed` and `error` may be NULL.
 */
vanta_status vanta_token_valid_for(const vanta_client *client,
                                   uint64_t seconds,
                                   const vanta_options *options,
                                   char *buffer,
                                   size_t size,
                                   size_t *needed,
                                   vanta_error **error);

/**
 * Returns the serial number of the access token that vanta_token() would copy without waiting, or
 * 0 when it would have to wait. Each token of the process has its own number, so a caller that
 * keeps a copy of the token copies it again only when the number changes. Does not block. With
 * NULL: 0.
 */
uint64_t vanta_token_serial(const vanta_client *client);

/**
 * Reports that Vanta rejected an access token, of `size` bytes, with 401 in a request of your own.
 * The library does not return this token again. A token that was replaced meanwhile changes
 * nothing. Returns VANTA_OK.
 */
vanta_status vanta_report_token_rejected(const vanta_client *client,
                                         const char *token,
                                         size_t size);

/**
 * Overwrites `size` bytes of memory that held a secret with zeros, in a way that a compiler cannot
 * remove. With NULL: nothing.
 */
void vanta_wipe(void *memory, size_t size);

/* ---------------------------------------------------------------------------------------------- *
 * Snapshots of the token state
 * ---------------------------------------------------------------------------------------------- */

/* vanta_snapshot
 *
 * The state of an application's access token in this process, without the token itself. Owned by
 * the caller: free it with vanta_snapshot_free(). It never changes, so any number of threads may
 * read it. Texts that getters return are valid until it is freed.
 */

/** A number in a snapshot: one of the VANTA_SNAPSHOT_ constants. */
typedef int32_t vanta_snapshot_field;

/* -- Where a token came from -- */

/** There is no token. */
#define VANTA_SOURCE_NONE 0
/** This process requested the token. */
#define VANTA_SOURCE_REQUESTED 1
/** Another process requested the token, and it was read from the store. */
#define VANTA_SOURCE_STORE 2
/** The configuration has a static token. */
#define VANTA_SOURCE_STATIC 3

/* -- Why a token was requested -- */

/** There was no token. */
#define VANTA_REASON_NONE 0
/** The token had expired, or less lifetime left than the expiry margin. */
#define VANTA_REASON_EXPIRED 1
/** Vanta had rejected the token. */
#define VANTA_REASON_REJECTED 2
/** The token did not have all scopes that were needed. */
#define VANTA_REASON_SCOPE 3

/* -- Numbers of a snapshot -- */

/**
 * The number of the application's current access token, counted from 1; 0 when there was none yet.
 */
#define VANTA_SNAPSHOT_GENERATION 0

/** Where the token came from: one of the VANTA_SOURCE_ numbers. */
#define VANTA_SNAPSHOT_SOURCE 1
/** The token's lifetime left, in seconds; 0 when there is no token. */
#define VANTA_SNAPSHOT_SECONDS_LEFT 2
/** 1 when the token response has no lifetime, and one hour is assumed; otherwise 0. */
#define VANTA_SNAPSHOT_LIFETIME_ASSUMED 3

/**
 * 1 when a later token request got no clear response, so that this token may be revoked; otherwise
 * 0.
 */
#define VANTA_SNAPSHOT_MAYBE_REVOKED 4

/** How many calls used the cached token. */
#define VANTA_SNAPSHOT_CACHE_HITS 5
/** How many calls waited for another thread's token request. */
#define VANTA_SNAPSHOT_WAITS 6
/** How many tokens were read from the store. */
#define VANTA_SNAPSHOT_FROM_STORE 7
/** How many token requests of this process succeeded. */
#define VANTA_SNAPSHOT_TOKEN_REQUESTS 8
/** How many times the previous token was used because the renewal failed. */
#define VANTA_SNAPSHOT_RENEWAL_FAILURES 9
/** How many times a token was rejected with 401. */
#define VANTA_SNAPSHOT_REJECTIONS 10
/** Token requests of all jobs within the last minute, as of the last read of the store. */
#define VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE 11
/** Token requests that the rate limit still allows in this minute. */
#define VANTA_SNAPSHOT_REQUESTS_LEFT 12

/**
 * Tokens that were revoked long before they expired, within ten minutes; from 3 on it is
 * contention.
 */
#define VANTA_SNAPSHOT_REVOKED 13

/**
 * Why the last token was requested: one of the VANTA_REASON_ numbers; -1 when none was requested.
 */
#define VANTA_SNAPSHOT_LAST_REASON 14

/** The status code of the last failure; 0 when there was none since the last success. */
#define VANTA_SNAPSHOT_LAST_ERROR_CODE 15
/** The stage of the last failure: one of the VANTA_STAGE_ numbers; -1 when there was none. */
#define VANTA_SNAPSHOT_LAST_ERROR_STAGE 16

/**
 * Takes a snapshot of the state of the access token. Free it with vanta_snapshot_free(). Uses
 * neither network nor store. Returns VANTA_OK. `error` may be NULL.
 *
 *     vanta_snapshot *snapshot = NULL;
 *     if (vanta_client_snapshot(client, &snapshot, NULL) == VANTA_OK)
 *         printf("%ld token requests, %ld s left\n",
 *                (long)vanta_snapshot_number(snapshot, VANTA_SNAPSHOT_TOKEN_REQUESTS),
 *                (long)vanta_snapshot_number(snapshot, VANTA_SNAPSHOT_SECONDS_LEFT));
 *     vanta_snapshot_free(snapshot);
 */
vanta_status vanta_client_snapshot(const vanta_client *client,
                                   vanta_snapshot **snapshot,
                                   vanta_error **error);

/** Returns a number of the snapshot, or -1 for an unknown field. With NULL: -1. */
int64_t vanta_snapshot_number(const vanta_snapshot *snapshot, vanta_snapshot_field field);

/** Returns the snapshot on one line, for a log; never NULL. With NULL: "". */
const char *vanta_snapshot_line(const vanta_snapshot *snapshot);

/**
 * Returns the name of the token store, "memory" when no store is shared; never NULL. With NULL:
 * "".
 */
const char *vanta_snapshot_store(const vanta_snapshot *snapshot);

/**
 * Returns the granted scopes, separated by spaces, or NULL when there is no token. With NULL:
 * NULL.
 */
const char *vanta_snapshot_scope(const vanta_snapshot *snapshot);

/**
 * Returns the message of the last failure, or NULL when there was none since the last success.
 * With NULL: NULL.
 */
const char *vanta_snapshot_last_error(const vanta_snapshot *snapshot);

/**
 * Returns the last failure of the store and how it was handled, or NULL when the last use of the
 * store succeeded. With NULL: NULL.
 */
const char *vanta_snapshot_store_error(const vanta_snapshot *snapshot);

/** Frees a snapshot. NULL is allowed. */
void vanta_snapshot_free(vanta_snapshot *snapshot);

/* ---------------------------------------------------------------------------------------------- *
 * Custom token stores
 * ---------------------------------------------------------------------------------------------- */

/**
 * The functions of a custom token store. All but destroy and read are required. Threads inside
 * calls of the library run them, several at a time. They must not call the library. `key` names
 * the application; each key has a lock and a record of its own.
 *
 *     static int32_t try_lock(void *db, const char *key, uint64_t hold_ms)
 *     {
 *         return db_lock(db, key, hold_ms) ? VANTA_STORE_RESULT_DONE : VANTA_STORE_RESULT_BUSY;
 *     }
 *
 *     static vanta_status use_database(vanta_config *config, void *db)
 *     {
 *         vanta_store store = {sizeof store, "database", try_lock, db_load, db_save, db_unlock,
 *                              NULL, NULL};
 *         return vanta_config_set_custom_token_store(config, &store, db);
 *     }
 */
typedef struct {
  /** sizeof(vanta_store), so that later versions can add members. */
  size_t size;
  /** The name of the store in messages, without a password. It is copied. */
  const char *name;
  /**
   * Takes the lock of `key` without waiting, or returns VANTA_STORE_RESULT_BUSY. A store that
   * cannot notice that the holder has ended releases the lock after `hold_ms` milliseconds.
   */
  int32_t (*try_lock)(void *user_data, const char *key, uint64_t hold_ms);
  /**
   * Copies the record of `key` to `record`, which has `room` bytes, and sets `*size` to its
   * size: 0 when there is none. When the room is too small, it only sets `*size`, and is called
   * again. The lock is held.
   */
  int32_t (*load)(void *user_data, const char *key, void *record, size_t room, size_t *size);
  /**
   * Replaces the record with `size` bytes, completely or not at all, and only while the lock is
   * held.
   */
  int32_t (*save)(void *user_data, const char *key, const void *record, size_t size);
  /** Releases the lock of `key`. */
  void (*unlock)(void *user_data, const char *key);
  /**
   * Releases what `user_data` points to. It is called once, when neither the configuration nor
   * any client needs the store any more. May be NULL.
   */
  void (*destroy)(void *user_data);
  /**
   * Copies the record of `key` as load does, without the lock, so that a valid token is used
   * while another process holds it. It must return a record that was saved completely, never a
   * partial one. May be NULL, or return VANTA_STORE_RESULT_UNSUPPORTED; the record is then read
   * under the lock.
   */
  int32_t (*read)(void *user_data, const char *key, void *record, size_t room, size_t *size);
} vanta_store;

/* -- Results of its functions -- */

/** The function succeeded. */
#define VANTA_STORE_RESULT_DONE 0

/**
 * Another process holds the lock. Only for try_lock, which is called again until the call's
 * deadline.
 */
#define VANTA_STORE_RESULT_BUSY 1

/** The store cannot be reached or failed. Any unknown number means the same. */
#define VANTA_STORE_RESULT_UNAVAILABLE 2
/** The store cannot be used until it is repaired. */
#define VANTA_STORE_RESULT_UNUSABLE 3

/**
 * The store cannot read without the lock. Only for read; the record is then read under the lock.
 */
#define VANTA_STORE_RESULT_UNSUPPORTED 4

/**
 * Sets a token store of your own. The struct is copied. Its functions are called with `user_data`
 * until its destroy is called. A struct of another size, or without a required function, is
 * VANTA_ERR_INVALID_ARGUMENT. When this function fails, destroy is not called. Default: none.
 * `user_data` may be NULL.
 */
vanta_status vanta_config_set_custom_token_store(vanta_config *config,
                                                 const vanta_store *store,
                                                 void *user_data);

/* ---------------------------------------------------------------------------------------------- *
 * Events
 * ---------------------------------------------------------------------------------------------- */

/**
 * Something that happened inside a call: one of the VANTA_EVENT_ numbers. Later versions may add
 * more.
 */
typedef int32_t vanta_event;

/**
 * Receives an event, whether it is a warning (1 or 0), a line for a log, and `user_data`. The line
 * is valid during the call only, and holds no secret. Threads inside calls run the callback,
 * several at a time. It must not call the library, throw or longjmp.
 */
typedef void (*vanta_event_callback)(vanta_event event,
                                     int32_t is_warning,
                                     const char *line,
                                     void *user_data);

/* -- Events -- */

/** An event of a later version. */
#define VANTA_EVENT_OTHER 0
/** A token request succeeded. It revoked the previous access token. */
#define VANTA_EVENT_NEW_TOKEN 1
/** An access token that another job requested was read from the store. */
#define VANTA_EVENT_TOKEN_FROM_STORE 2
/** The token response has no token_type. A warning. */
#define VANTA_EVENT_TOKEN_TYPE_MISSING 3
/** The token store failed, or its record is malformed. A warning. */
#define VANTA_EVENT_STORE_FAILED 4

/**
 * Access tokens were revoked long before they expired: another program requests tokens. A warning.
 */
#define VANTA_EVENT_CONTENTION 5

/**
 * An access token was rejected within about a second of its issue. It is tried once more after a
 * moment.
 */
#define VANTA_EVENT_NEW_TOKEN_REJECTED 6

/** The server granted other scopes than were requested. A warning. */
#define VANTA_EVENT_SCOPE_DIFFERS 7
/** An access token could not be renewed; the previous one is still valid and is used. A warning. */
#define VANTA_EVENT_RENEWAL_FAILED 8
/** A request was rejected with 401 and is sent once more with another access token. */
#define VANTA_EVENT_TOKEN_REJECTED 9

/**
 * The jobs of this application have reached the rate limit, of requests or of token requests. The
 * call waits.
 */
#define VANTA_EVENT_RATE_LIMIT_REACHED 10

/** A request or a token request failed temporarily and is sent again after a backoff. */
#define VANTA_EVENT_RETRYING 11
/** The call succeeded, and its receipt could not be written to the audit file. A warning. */
#define VANTA_EVENT_AUDIT_FAILED 12

/**
 * Timestamps in the token store show that the clock of this machine, or of another that shares the
 * store, is wrong. Calls go on. A warning.
 */
#define VANTA_EVENT_CLOCK_SKEW 13

/**
 * Sets the callback for events. `destroy` is called when neither the configuration nor any client
 * needs `user_data` any more; not when this function fails. Default: none. `user_data` and
 * `destroy` may be NULL.
 *
 *     static void log_event(vanta_event event, int32_t is_warning, const char *line,
 *                           void *user_data)
 *     {
 *         (void)event;
 *         fprintf((FILE *)user_data, "vanta %s: %s\n", is_warning ? "warning" : "info", line);
 *     }
 *
 *     static vanta_status log_events(vanta_config *config)
 *     {
 *         return vanta_config_on_event(config, log_event, stderr, NULL);
 *     }
 */
vanta_status vanta_config_on_event(vanta_config *config,
                                   vanta_event_callback callback,
                                   void *user_data,
                                   vanta_destroy_callback destroy);

/* ---------------------------------------------------------------------------------------------- *
 * Version
 * ---------------------------------------------------------------------------------------------- */

/** The major version of this header. 0 means that the ABI may still change. */
#define VANTA_VERSION_MAJOR 0
/** The minor version of this header. It grows when functions are added. */
#define VANTA_VERSION_MINOR 1
/** The patch version of this header. It grows when defects are corrected. */
#define VANTA_VERSION_PATCH 0
/** The version of this header as one number, for #if: major * 10000 + minor * 100 + patch. */
#define VANTA_VERSION_NUMBER 100

/**
 * The version of the ABI: the number in the library's soname. It changes only when programs must
 * be compiled again.
 */
#define VANTA_ABI_VERSION 0

/**
 * Returns the version of the loaded library, such as "0.1.0". The text is valid until the process
 * ends, never NULL.
 */
const char *vanta_version(void);

/**
 * Returns the ABI version of the loaded library.
 *
 *     if (vanta_abi_version() != VANTA_ABI_VERSION)
 *         fprintf(stderr, "compiled for another ABI than libvanta %s has\n", vanta_version());
 */
uint32_t vanta_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif /* VANTA_H */
