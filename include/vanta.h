/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * vanta.h - libvanta, an embeddable, blocking client for Vanta's private-integration API.
 * Generated from src/ffi: do not edit. This header is the manual.
 *
 *     vanta_config *config = NULL;
 *     vanta_client *client = NULL;
 *     vanta_body *body = NULL;
 *     vanta_error *error = NULL;
 *     vanta_config_new(&config);
 *     vanta_config_use_environment(config);
 *     vanta_status status = vanta_client_new(config, &client, &error);
 *     if (status == VANTA_OK)
 *         status = vanta_body_from_file("accounts.json", &body, &error);
 *     if (status == VANTA_OK)
 *         status = vanta_push(client, VANTA_KIND_USER_ACCOUNT, body, NULL, NULL, &error);
 *     if (status != VANTA_OK)
 *         fprintf(stderr, "%s\n", vanta_error_message(error));
 *     vanta_error_free(error);
 *     vanta_body_free(body);
 *     vanta_client_free(client);
 *     vanta_config_free(config);
 *
 * Contents. Handles; Status codes; Configuration; Clients; Bodies; Building a body; Validation;
 *   Pushes; Receipts; Errors; Change plans; Lists; Documents; Options of single calls; Options of
 *   pushes; Cancelling calls; Tokens; Snapshots of the token state; Custom token stores; Events;
 *   Version.
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
 *   There is no global and no thread-local error. vanta_status_action() says what to do about a
 *   status code, and vanta_action_exit_code() is the exit code of a job for it.
 *
 * Threads. Any number of threads may use a client, a body, an error, a receipt, a change plan, a
 *   listing, a snapshot, violations and a cancel flag at the same time. One thread at a time may
 *   use a configuration, options and a body builder. Free a handle when no thread uses it any more.
 *   A call needs 256 KiB of stack, and its thread must not be cancelled with pthread_cancel().
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

/** What a call came to: 0, or one of the negative numbers below. Numbers never change. */
typedef int32_t vanta_status;
/** What the caller should do about a status: one of the VANTA_ACTION_ numbers. */
typedef int32_t vanta_action;

/** Done, and sure of it. */
#define VANTA_OK 0

/* -- The call is wrong -- */

/** A kind's name, a resource id or another argument is malformed. */
#define VANTA_ERR_INVALID_ARGUMENT (-1)
/** A pointer that must not be NULL is. Only from C. */
#define VANTA_ERR_NULL_POINTER (-2)
/** The buffer is too small; the size that is needed was told. Only from C. */
#define VANTA_ERR_BUFFER_TOO_SMALL (-3)
/** A string is not valid UTF-8. Only from C. */
#define VANTA_ERR_INVALID_UTF8 (-4)
/** A callback of the program's called the library, which waits for it. */
#define VANTA_ERR_REENTRANT (-5)

/* -- The records are wrong -- */

/** The payload is not what a push takes: broken JSON, a byte order mark, a wrong shape. */
#define VANTA_ERR_INVALID_PAYLOAD (-10)
/** The set of records is empty: pushing it would delete everything of the kind. */
#define VANTA_ERR_EMPTY_PAYLOAD (-11)
/** A record's uniqueId is missing, blank or not a string. */
#define VANTA_ERR_INVALID_UNIQUE_ID (-12)
/** Two records share a uniqueId. */
#define VANTA_ERR_DUPLICATE_UNIQUE_ID (-13)
/** The request body is larger than Vanta takes (10,485,760 bytes). */
#define VANTA_ERR_PAYLOAD_TOO_LARGE (-14)

/**
 * Records break the schema of their kind, or a rule that was made an error:
 * vanta_error_violations() has every fault.
 */
#define VANTA_ERR_INVALID_RECORDS (-15)

/** The push would remove more of what is live than it may: see vanta_options_expect_removals(). */
#define VANTA_ERR_TOO_MANY_REMOVALS (-16)

/* -- The configuration is wrong -- */

/** A setting is malformed, or two settings contradict each other. */
#define VANTA_ERR_INVALID_CONFIG (-20)
/** No client id or no client secret was given. */
#define VANTA_ERR_MISSING_CREDENTIALS (-21)
/** The origin is not https (or plain http to loopback, when that was switched on). */
#define VANTA_ERR_INSECURE_ORIGIN (-22)
/** A file named in the configuration, or what records are read from, cannot be read. */
#define VANTA_ERR_UNREADABLE_FILE (-23)
/** The token store must not be used as it is: see the message for what to fix. */
#define VANTA_ERR_UNUSABLE_STORE (-24)
/** A file named in the configuration cannot be written. */
#define VANTA_ERR_UNWRITABLE_FILE (-25)
/** The client secret callback returned an error; no token was requested. */
#define VANTA_ERR_SECRET_UNAVAILABLE (-26)

/* -- On the way -- */

/** The host name could not be resolved. */
#define VANTA_ERR_RESOLVE (-40)
/** No connection could be made. */
#define VANTA_ERR_CONNECT (-41)
/** A proxy refused a tunnel, asks for credentials, or is no HTTP proxy: Vanta was not reached. */
#define VANTA_ERR_PROXY_REFUSED (-42)
/** The TLS handshake failed: see the message for the certificate's fault. */
#define VANTA_ERR_TLS (-43)
/** The connection broke before the request was sent whole: it had no effect. */
#define VANTA_ERR_SEND (-44)
/** The connection broke while the answer was awaited or read. */
#define VANTA_ERR_RECEIVE (-45)
/** The deadline passed; nothing was changed at Vanta by this call. */
#define VANTA_ERR_DEADLINE_EXCEEDED (-46)
/** The caller cancelled; nothing was changed at Vanta by this call. */
#define VANTA_ERR_CANCELLED (-47)
/** The server answered with a redirect. They are never followed: credentials stay here. */
#define VANTA_ERR_REDIRECT_REFUSED (-48)
/** The answer is larger than the cap for it. */
#define VANTA_ERR_RESPONSE_TOO_LARGE (-49)
/** The request left, and no clear yes or no came back: it may or may not have taken effect. */
#define VANTA_ERR_OUTCOME_UNKNOWN (-50)

/**
 * The response is not recognisably Vanta's: a gateway (firewall, proxy, CDN, captive portal)
 * responded, or the response is empty. It says nothing about token, scope and records.
 */
#define VANTA_ERR_GATEWAY_RESPONSE (-52)

/* -- Tokens -- */

/** Client id and secret are not accepted (invalid_client). */
#define VANTA_ERR_INVALID_CLIENT (-60)
/** A scope is not allowed for this application (invalid_scope). */
#define VANTA_ERR_INVALID_SCOPE (-61)
/** The token request is malformed in the server's eyes (invalid_request). */
#define VANTA_ERR_INVALID_TOKEN_REQUEST (-62)
/** The grant is not accepted (invalid_grant). */
#define VANTA_ERR_INVALID_GRANT (-63)
/** The application may not use client credentials (unauthorized_client). */
#define VANTA_ERR_UNAUTHORIZED_CLIENT (-64)
/** The server does not know client credentials (unsupported_grant_type). */
#define VANTA_ERR_UNSUPPORTED_GRANT_TYPE (-65)
/** Another OAuth error: vanta_error_oauth_error() has its code. */
#define VANTA_ERR_OTHER_TOKEN_REFUSAL (-66)
/** Too many token requests: Vanta allows 5 a minute for each application. */
#define VANTA_ERR_TOKEN_RATE_LIMITED (-67)
/** The token endpoint has trouble of its own (408 or 5xx). */
#define VANTA_ERR_TOKEN_UNAVAILABLE (-68)
/** The token request was sent, and no usable response came; the token before may be revoked. */
#define VANTA_ERR_TOKEN_RESPONSE_LOST (-69)
/** The token endpoint's answer is not what it should be. */
#define VANTA_ERR_INVALID_TOKEN_RESPONSE (-70)
/** The token is of a type other than Bearer. */
#define VANTA_ERR_UNSUPPORTED_TOKEN_TYPE (-71)
/** A token was refused, and so was the next one (401 twice; once where there is no next one). */
#define VANTA_ERR_UNAUTHORIZED (-72)
/** The token does not allow this call (403). */
#define VANTA_ERR_FORBIDDEN (-73)
/** A new token is needed, and this client must not ask for one. */
#define VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED (-74)
/** The jobs of this application have made as many token requests as a minute allows. */
#define VANTA_ERR_TOKEN_BUDGET_EXHAUSTED (-75)
/** The token store cannot be reached or fails, and the policy is to do nothing without it. */
#define VANTA_ERR_STORE_UNAVAILABLE (-76)
/** Another process held the token store's lock for as long as the call could wait. */
#define VANTA_ERR_STORE_LOCKED (-77)
/** Another program requests tokens for this application, which revokes ours. */
#define VANTA_ERR_CONTENTION (-78)

/* -- Answers to a push, a list or an upload -- */

/** Vanta refused the records: vanta_error_violations() says which. */
#define VANTA_ERR_RECORDS_REJECTED (-80)
/** The kind or the resource id is not declared in the console, or the path is wrong (404). */
#define VANTA_ERR_NOT_FOUND (-81)
/** The server finds the body too large (413). */
#define VANTA_ERR_SERVER_TOO_LARGE (-82)
/** Too many requests: Vanta allows 20 a minute for each application. */
#define VANTA_ERR_RATE_LIMITED (-83)
/** The server has trouble of its own (408 or 5xx). */
#define VANTA_ERR_UNAVAILABLE (-84)
/** The server answered with a status that has no meaning here. */
#define VANTA_ERR_UNEXPECTED_STATUS (-85)
/** The list that came back is not what a list should be. */
#define VANTA_ERR_INVALID_RESPONSE (-86)

/**
 * What is live is not what was pushed, or cannot be compared with it: vanta_error_violations()
 * says where.
 */
#define VANTA_ERR_NOT_VERIFIED (-87)

/* -- The library and the machine -- */

/** A defect of this library. */
#define VANTA_ERR_INTERNAL (-100)
/** The machine refused a thread, a socket or memory. */
#define VANTA_ERR_OUT_OF_RESOURCES (-101)

/* -- What to do about a status -- */

/** Nothing: all is well. */
#define VANTA_ACTION_NONE 0
/** The call itself is wrong: correct the program. */
#define VANTA_ACTION_FIX_CALL 1
/** The records are wrong: correct the data. Nothing was changed at Vanta. */
#define VANTA_ACTION_FIX_RECORDS 2
/** The configuration is wrong: correct it before the next run. */
#define VANTA_ACTION_FIX_CONFIG 3
/** Vanta does not accept the credentials or the scope: correct them in the console. */
#define VANTA_ACTION_FIX_CREDENTIALS 4
/** Run the same again later; nothing was changed by this attempt. */
#define VANTA_ACTION_RETRY_LATER 5

/**
 * It may or may not have taken effect: verify, or run the same push again. An upload adds a
 * version each time: look at the document first.
 */
#define VANTA_ACTION_VERIFY_OR_REPEAT 6

/** Nothing: the caller ended the call itself. */
#define VANTA_ACTION_STOP 7
/** An error that no caller can fix: report it, with the request id if there is one. */
#define VANTA_ACTION_REPORT 8

/** Returns what a status code means, in words: valid forever, never NULL, for any number. */
const char *vanta_status_text(vanta_status status);

/**
 * Returns the name of a status code, such as "VANTA_ERR_TLS"; "" for a number
 * that is none. Valid forever, never NULL.
 */
const char *vanta_status_name(vanta_status status);

/** What to do about a status: one of the VANTA_ACTION_ numbers; for an unknown one, report it. */
vanta_action vanta_status_action(vanta_status status);

/**
 * Returns the exit code of a job for an action: 0 for VANTA_ACTION_NONE, otherwise as in
 * sysexits.h where that has one. 64: correct the call. 65: correct the records. 70: report it. 75:
 * run the same again later. 76: verify, or run the same again. 77: correct the credentials. 78:
 * correct the configuration. 130: the call was cancelled. 70 for an unknown action.
 */
int32_t vanta_action_exit_code(vanta_action action);

/* ---------------------------------------------------------------------------------------------- *
 * Configuration
 * ---------------------------------------------------------------------------------------------- */

/* vanta_config
 *
 * How to reach Vanta, as whom, and how patiently. Owned by the caller: free it with
 * vanta_config_free(), which may be done as soon as the client is made. For one thread at a time.
 */

/** Is called once with the caller's own pointer, when it is no longer needed. */
typedef void (*vanta_destroy_callback)(void *user_data);

/**
 * Copies the client secret to `secret`, which has `room` bytes, sets `*size` to its size, and
 * returns 0. The library wipes the bytes. On failure it returns another number; it may first
 * write why, as NUL-terminated UTF-8, to `reason`, which has `reason_room` bytes. The reason is
 * quoted in the error, so it must not hold the secret. The function is called by threads that are
 * inside calls, several at a time, and must not call the library, throw or jump out.
 */
typedef int32_t (*vanta_secret_callback)(char *secret,
                                         size_t room,
                                         size_t *size,
                                         char *reason,
                                         size_t reason_room,
                                         void *user_data);

/* -- When the store is away -- */

/**
 * What to do when the store cannot be reached: a call that needs a new token fails with
 * VANTA_ERR_STORE_UNAVAILABLE. This is the default.
 */
#define VANTA_ON_STORE_UNAVAILABLE_FAIL 0

/**
 * What to do when the store cannot be reached: go on as if this process were alone. A token that
 * is asked for then kills the one that other jobs use.
 */
#define VANTA_ON_STORE_UNAVAILABLE_PROCEED 1

/* -- Which roots are trusted -- */

/** Mozilla's public roots, as they were when the library was built. This is the default. */
#define VANTA_ROOTS_BUNDLED 0
/** Those of the system's bundle. */
#define VANTA_ROOTS_SYSTEM 1
/** None: the authorities of the CA file are the only ones. */
#define VANTA_ROOTS_NONE 2

/**
 * Makes a configuration with the defaults of the README's table. Free it with vanta_config_free().
 * The environment is not read. The functions below only take a value, and the last one counts:
 * whether all is right together, vanta_client_new() tells.
 */
vanta_status vanta_config_new(vanta_config **config);

/** Frees a configuration. NULL is allowed. */
void vanta_config_free(vanta_config *config);

/**
 * Takes from the environment, when the client is made, what is not set by the functions below: the
 * variables of the README's table.
 */
vanta_status vanta_config_use_environment(vanta_config *config);

/** The application's client id, "vci_...": visible ASCII, at most 255 bytes. */
vanta_status vanta_config_set_client_id(vanta_config *config, const char *client_id);

/**
 * The application's client secret, "vcs_...", of `size` bytes: visible ASCII without blanks, at
 * most 16 KiB. It is copied; wipe yours with vanta_wipe(). Prefer a file: it survives a rotation
 * of the secret without a restart.
 */
vanta_status vanta_config_set_client_secret(vanta_config *config,
                                            const char *client_secret,
                                            size_t size);

/** A file that holds the client secret; it is read again for each token request. */
vanta_status vanta_config_set_client_secret_file(vanta_config *config, const char *path);

/**
 * Sets where the API is served: https, a host, and a port if need be. The default is https and
 * api.vanta.com. The URL of an API gateway may have a path prefix: all requests go below it.
 */
vanta_status vanta_config_set_origin(vanta_config *config, const char *origin);

/** Scopes to ask for, separated by spaces: visible ASCII without " and \, at most 4096 bytes. */
vanta_status vanta_config_set_scope(vanta_config *config, const char *scope);

/**
 * Where the token is kept: "memory" (the default), the absolute path of a file that the jobs of
 * one host share, or, in a build with Redis, a URL rediss://... of a Redis that several hosts
 * share.
 */
vanta_status vanta_config_set_token_store(vanta_config *config, const char *store);

/** The group, by name or number, whose members share the store's file (mode 0660, else 0600). */
vanta_status vanta_config_set_token_store_group(vanta_config *config, const char *group);

/** A file that holds the password of the Redis that is the store. */
vanta_status vanta_config_set_token_store_password_file(vanta_config *config, const char *path);

/**
 * What to do when the store cannot be reached: one of the VANTA_ON_STORE_UNAVAILABLE_ numbers;
 * another is VANTA_ERR_INVALID_ARGUMENT.
 */
vanta_status vanta_config_set_on_store_unavailable(vanta_config *config, int32_t policy);

/**
 * A token from outside, of `size` bytes: it is used as it is, never renewed, and a 401 goes to the
 * caller. It is copied; wipe yours with vanta_wipe().
 */
vanta_status vanta_config_set_static_token(vanta_config *config, const char *token, size_t size);

/** Never makes a token request: tokens come from the store alone, where another job puts them. */
vanta_status vanta_config_set_token_from_store_only(vanta_config *config, int32_t on);

/** How many token requests all jobs together may make in a minute, 1 to 5; default 4. */
vanta_status vanta_config_set_token_requests_per_minute(vanta_config *config, uint32_t a_minute);

/**
 * How many resource requests all jobs together may make in a minute, 1 to 20; default 20. A
 * call acquires the permits for all its requests together, first come, first served, and waits
 * for them as far as its deadline allows. 0 sets no limit, for a simulator.
 */
vanta_status vanta_config_set_requests_per_minute(vanta_config *config, uint32_t a_minute);

/**
 * A file to which each receipt is appended as a line of JSON, and synced before the call returns.
 * It is created with mode 0600. A file that is there must be the user's own, with mode 0600 and
 * one name: a symbolic link or a hard link is refused, as for the token store.
 */
vanta_status vanta_config_set_audit_file(vanta_config *config, const char *path);

/**
 * Takes a token answer that leaves token_type out, or grants less than was asked for, as an error.
 */
vanta_status vanta_config_set_strict_token_response(vanta_config *config, int32_t on);

/** A 401 goes to the caller at once: no other token is tried. See vanta_report_token_rejected(). */
vanta_status vanta_config_set_retry_on_401(vanta_config *config, int32_t on);

/** Your program's name and version, for the User-Agent: printable ASCII, at most 255 bytes. */
vanta_status vanta_config_set_user_agent(vanta_config *config, const char *name);

/**
 * How long a call may take in all, in milliseconds; default 120,000. No token request starts with
 * less than 2 s left: vanta_client_new() refuses a deadline below 3 s, unless the client requests
 * no tokens (vanta_config_set_static_token(), vanta_config_set_token_from_store_only()).
 */
vanta_status vanta_config_set_deadline_ms(vanta_config *config, uint64_t milliseconds);

/** How long a token must still live to be used, in seconds; default 30. */
vanta_status vanta_config_set_expiry_margin(vanta_config *config, uint64_t seconds);

/** The largest list response that is read, in bytes; default 64 MiB. */
vanta_status vanta_config_set_list_cap(vanta_config *config, uint64_t size);

/**
 * Allows an http:// origin on a loopback address, for a simulator. The address that is connected
 * to counts, not the name localhost: any other address, also a proxy's, is
 * VANTA_ERR_INSECURE_ORIGIN.
 */
vanta_status vanta_config_set_allow_plain_http_to_loopback(vanta_config *config, int32_t on);

/**
 * A PEM file of certificate authorities that are trusted besides the roots, or a folder of such
 * files. Each line of the file that begins something has to give a certificate; otherwise the
 * error of vanta_client_new() names the line. In the environment it is `VANTA_CA_FILE`, or else
 * OpenSSL's `SSL_CERT_FILE` and `SSL_CERT_DIR`.
 */
vanta_status vanta_config_set_ca_file(vanta_config *config, const char *path);

/**
 * Which authorities are trusted besides those of the CA file: one of the VANTA_ROOTS_ numbers;
 * another is VANTA_ERR_INVALID_ARGUMENT.
 */
vanta_status vanta_config_set_roots(vanta_config *config, int32_t roots);

/**
 * The proxy on the way to Vanta: "http://host:port", "environment" for the one that https_proxy
 * and no_proxy name, or "none" (the default). It is asked for a tunnel, so it sees the host's name
 * and no more. A URL that holds credentials is refused when the client is made: give them with
 * vanta_config_set_proxy_credentials().
 */
vanta_status vanta_config_set_proxy(vanta_config *config, const char *proxy);

/**
 * Sets the credentials for the proxy (Basic authentication): "user:password", of `size` bytes.
 * They are copied; wipe yours with vanta_wipe().
 */
vanta_status vanta_config_set_proxy_credentials(vanta_config *config,
                                                const char *credentials,
                                                size_t size);

/**
 * A file that holds user:password for the proxy (Basic authentication). It is read when the client
 * is made.
 */
vanta_status vanta_config_set_proxy_credentials_file(vanta_config *config, const char *path);

/**
 * Sets a callback that returns the client secret, for a vault. It is called for each token
 * request, and not by vanta_client_new(). No lock is held meanwhile. The deadline does not
 * interrupt it, so it needs a time limit of its own. When it fails, the call fails as
 * VANTA_ERR_SECRET_UNAVAILABLE. `destroy` is called when neither the configuration nor any client
 * needs the two any more; not when this function fails. `user_data` and `destroy` may be NULL.
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
 * thread is inside a call. Any number of threads may use it at the same time, and they share one
 * token.
 */

/**
 * Validates a configuration, of which it keeps a copy, and makes a client. Free it with
 * vanta_client_free(). Nothing is sent, so it does not tell whether Vanta knows the credentials.
 * What is wrong with it has a number from -20 to -29, such as VANTA_ERR_MISSING_CREDENTIALS.
 * `error` may be NULL.
 */
vanta_status vanta_client_new(const vanta_config *config,
                              vanta_client **client,
                              vanta_error **error);

/**
 * Frees a client and wipes its secret, and with the last client of an application in the process
 * its token. NULL is allowed.
 */
void vanta_client_free(vanta_client *client);

/* ---------------------------------------------------------------------------------------------- *
 * Bodies
 * ---------------------------------------------------------------------------------------------- */

/* vanta_body
 *
 * The full state of one resource: a resource id and all its records, ready to be pushed, planned
 * or verified. Owned by the caller: free it with vanta_body_free(). It never changes, so any
 * number of threads may use it. It holds a copy of what it was made from.
 */

/**
 * Is called for the next bytes of what is read: writes at most `size` bytes to `buffer`, and
 * returns how many; 0 at the end, and -1 when it fails, which ends the reading with an error. It
 * must not throw or jump out.
 */
typedef ptrdiff_t (*vanta_read_callback)(char *buffer, size_t size, void *user_data);

/**
 * Makes a body of a whole request body, {"resourceId": ..., "resources": [...]}, of `size` bytes
 * of JSON. Free it with vanta_body_free(). Nothing is sent. What is not such a body is
 * VANTA_ERR_INVALID_PAYLOAD, and a wrong resource id VANTA_ERR_INVALID_ARGUMENT; a uniqueId that
 * is missing, blank or repeated is VANTA_ERR_INVALID_UNIQUE_ID or VANTA_ERR_DUPLICATE_UNIQUE_ID,
 * and more than 10,485,760 bytes are VANTA_ERR_PAYLOAD_TOO_LARGE. `error` may be NULL.
 */
vanta_status vanta_body_from_request(const char *json,
                                     size_t size,
                                     vanta_body **body,
                                     vanta_error **error);

/**
 * As vanta_body_from_request(), from a file; one that cannot be read is VANTA_ERR_UNREADABLE_FILE.
 * Free the body with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_file(const char *path, vanta_body **body, vanta_error **error);

/**
 * As vanta_body_from_request(), from the JSON array of the records, of `size` bytes, and a
 * resource id of the console's. Free the body with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_json_array(const char *resource_id,
                                        const char *json,
                                        size_t size,
                                        vanta_body **body,
                                        vanta_error **error);

/**
 * As vanta_body_from_request(), from lines, each the JSON object of one record (NDJSON), of `size`
 * bytes in all, and a resource id. Free the body with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson(const char *resource_id,
                                    const char *lines,
                                    size_t size,
                                    vanta_body **body,
                                    vanta_error **error);

/**
 * As vanta_body_from_ndjson(), from a file; one that cannot be read is VANTA_ERR_UNREADABLE_FILE.
 * Free the body with vanta_body_free(). `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson_file(const char *resource_id,
                                         const char *path,
                                         vanta_body **body,
                                         vanta_error **error);

/**
 * As vanta_body_from_request(), from a reader, which is called until its end, with `user_data`. A
 * reader that fails makes no shorter body, but none: VANTA_ERR_UNREADABLE_FILE. Free the body with
 * vanta_body_free(). `user_data` and `error` may be NULL.
 */
vanta_status vanta_body_from_reader(vanta_read_callback callback,
                                    void *user_data,
                                    vanta_body **body,
                                    vanta_error **error);

/**
 * As vanta_body_from_ndjson(), from a reader; see vanta_body_from_reader(). Free the body with
 * vanta_body_free(). `user_data` and `error` may be NULL.
 */
vanta_status vanta_body_from_ndjson_reader(const char *resource_id,
                                           vanta_read_callback callback,
                                           void *user_data,
                                           vanta_body **body,
                                           vanta_error **error);

/** The resource id; never NULL. With NULL: "". */
const char *vanta_body_resource_id(const vanta_body *body);

/** How many records it has. With NULL: 0. */
size_t vanta_body_record_count(const vanta_body *body);

/** How many bytes are sent. With NULL: 0. */
size_t vanta_body_byte_len(const vanta_body *body);

/** Frees a body. NULL is allowed. */
void vanta_body_free(vanta_body *body);

/* ---------------------------------------------------------------------------------------------- *
 * Building a body
 * ---------------------------------------------------------------------------------------------- */

/* vanta_body_builder
 *
 * Records that are written field by field, without a JSON library, and become a body in the end:
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
 * Keys are NUL-terminated. A value in an object needs a key, and no key may come twice; a value in
 * an array has none: NULL.
 *
 * Every function returns a status, and the first one that is not VANTA_OK stays: nothing more is
 * written, and every later call returns it too. So it is enough to look at what
 * vanta_body_builder_finish() returns. Its error names the record, the place in it as a JSON
 * pointer, and, where text is not UTF-8, the byte. A call in the wrong place is
 * VANTA_ERR_INVALID_ARGUMENT; a value that JSON has no word for is VANTA_ERR_INVALID_PAYLOAD.
 *
 * Owned by the caller: free it with vanta_body_builder_free(). For one thread at a time. Nothing
 * is sent, nothing blocks, and what is given is copied.
 */

/**
 * Makes records for a resource id of the console's: none yet. Free them with
 * vanta_body_builder_free(). `error` may be NULL.
 */
vanta_status vanta_body_builder_new(const char *resource_id,
                                    vanta_body_builder **records,
                                    vanta_error **error);

/** Begins a record. Records do not stand in one another. */
vanta_status vanta_body_builder_begin(vanta_body_builder *records);

/**
 * Writes text of `size` bytes of UTF-8, in which a NUL is a character as any other. `key` may be
 * NULL in an array.
 */
vanta_status vanta_body_builder_string(vanta_body_builder *records,
                                       const char *key,
                                       const char *text,
                                       size_t size);

/** Writes NUL-terminated text. `key` may be NULL in an array. */
vanta_status vanta_body_builder_text(vanta_body_builder *records,
                                     const char *key,
                                     const char *text);

/** Writes false for 0, and true for anything else. `key` may be NULL in an array. */
vanta_status vanta_body_builder_boolean(vanta_body_builder *records,
                                        const char *key,
                                        int32_t value);

/** Writes a whole number. `key` may be NULL in an array. */
vanta_status vanta_body_builder_integer(vanta_body_builder *records,
                                        const char *key,
                                        int64_t value);

/**
 * Writes a number, in as few digits as read back as exactly this one, whatever the locale. An
 * infinite one, or NaN, is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_number(vanta_body_builder *records, const char *key, double value);

/**
 * Writes a point in time, in milliseconds since 1970-01-01 in UTC, as "2026-01-02T03:04:05.678Z".
 * It may be negative; outside the years 0001 to 9999 it is VANTA_ERR_INVALID_PAYLOAD. From a
 * time_t, give (int64_t)time * 1000. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_timestamp_ms(vanta_body_builder *records,
                                             const char *key,
                                             int64_t unix_ms);

/**
 * Writes null. Vanta may refuse it where a property could have been left out. `key` may be NULL in
 * an array.
 */
vanta_status vanta_body_builder_null(vanta_body_builder *records, const char *key);

/**
 * Writes a value that is JSON already, of `size` bytes, as it stands there. It is checked: other
 * text is VANTA_ERR_INVALID_PAYLOAD. `key` may be NULL in an array.
 */
vanta_status vanta_body_builder_json(vanta_body_builder *records,
                                     const char *key,
                                     const char *json,
                                     size_t size);

/**
 * Begins an object in the record, whose fields come next. `key` may be NULL in an array. No more
 * than 32 objects and arrays, the record among them, stand in one another.
 */
vanta_status vanta_body_builder_begin_object(vanta_body_builder *records, const char *key);

/**
 * Begins an array in the record, whose elements come next, without keys. `key` may be NULL in an
 * array.
 */
vanta_status vanta_body_builder_begin_array(vanta_body_builder *records, const char *key);

/** Ends the object, the array or the record that was begun last. */
vanta_status vanta_body_builder_end(vanta_body_builder *records);

/**
 * Gives out the body with all the records, checked as vanta_body_from_request() checks it, or the
 * error that came first. Free the body with vanta_body_free(). The records are used up, whatever
 * comes out, and must still be freed: a later call writes nothing, and tells the same error again,
 * or after a success VANTA_ERR_INVALID_ARGUMENT. `error` may be NULL.
 */
vanta_status vanta_body_builder_finish(vanta_body_builder *records,
                                       vanta_body **body,
                                       vanta_error **error);

/** Frees records, finished or not. A body that was made of them stays. NULL is allowed. */
void vanta_body_builder_free(vanta_body_builder *records);

/* ---------------------------------------------------------------------------------------------- *
 * Validation
 * ---------------------------------------------------------------------------------------------- */

/* vanta_violations
 *
 * Violations of single records that do not keep a push from being sent: warnings. Owned by the
 * caller where a function gives it out, and freed with vanta_violations_free(); borrowed where a
 * getter returns it. It never changes, so any number of threads may read it. Texts live as long as
 * it.
 */

/**
 * Validates the records of a body as those of `kind`, by the rules of `options`. All faults are in
 * the error (VANTA_ERR_INVALID_RECORDS). `warnings` gets what Vanta may refuse one day: free it
 * with vanta_violations_free(). Nothing is sent; does not block. `options`, `warnings` and `error`
 * may be NULL.
 */
vanta_status vanta_validate(const char *kind,
                            const vanta_body *body,
                            const vanta_options *options,
                            vanta_violations **warnings,
                            vanta_error **error);

/** How many there are. With NULL: 0. */
size_t vanta_violations_count(const vanta_violations *violations);

/**
 * Position of the record that a violation is about, from 0; -1 when it is not about one record, or
 * past the last violation. With NULL: -1.
 */
int64_t vanta_violations_index(const vanta_violations *violations, size_t number);

/**
 * The uniqueId of the record that a violation is about; NULL when it is not known, or past the
 * last violation. One of more than 300 characters is cut, and ends in an ellipsis. With NULL:
 * NULL.
 */
const char *vanta_violations_unique_id(const vanta_violations *violations, size_t number);

/**
 * JSON pointer to the violation within its record, "" for the record itself; NULL past the last
 * violation. One of more than 300 characters is cut, and ends in an ellipsis. With NULL: NULL.
 */
const char *vanta_violations_pointer(const vanta_violations *violations, size_t number);

/** What is wrong, in words; NULL past the last violation. With NULL: NULL. */
const char *vanta_violations_message(const vanta_violations *violations, size_t number);

/** Frees a list that was given out. NULL is allowed. */
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
 * Replaces everything Vanta holds of `kind` for the body's resource with the body's records.
 *
 * Before anything is sent, every record is checked (VANTA_ERR_INVALID_RECORDS), and what is live
 * is read: an empty set is refused (VANTA_ERR_EMPTY_PAYLOAD), and so is a push that would remove
 * more than half of three or more live records (VANTA_ERR_TOO_MANY_REMOVALS). The functions of
 * vanta_options set another measure.
 *
 * Pushes of one resource from one process go out one at a time, in the order of the calls. A push
 * that waits for an earlier one does so within its own deadline.
 *
 * VANTA_OK means that Vanta clearly said yes; VANTA_ERR_OUTCOME_UNKNOWN that it may or may not
 * have happened: vanta_verify() settles it, and pushing the same again does no harm. With anything
 * else, VANTA_ERR_INTERNAL apart, nothing was changed. vanta_status_action() says what to do.
 *
 * `receipt` gets the proof of a yes: free it with vanta_receipt_free(). Blocks. `options`,
 * `receipt` and `error` may be NULL.
 */
vanta_status vanta_push(const vanta_client *client,
                        const char *kind,
                        const vanta_body *body,
                        const vanta_options *options,
                        vanta_receipt **receipt,
                        vanta_error **error);

/**
 * Reads back what is live, and compares it with a body: every record of the body must be there,
 * with what the body says of it, and no other. Looks three times within some seconds, should Vanta
 * show a push late. VANTA_ERR_NOT_VERIFIED names each record that is missing, too many or
 * different. It also names members that the service returns on no row, unless the last push of the
 * resource is known to have been accepted with the same bytes, by this process or by the audit
 * file. Then vanta_receipt_not_comparable() lists these members. An unknown outcome is not settled
 * by them, nor by members that an earlier push may have set and the body does not:
 * vanta_change_plan_is_empty() says which earlier pushes are known. `receipt` gets the proof: free
 * it with vanta_receipt_free(). Blocks. `options`, `receipt` and `error` may be NULL.
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
 * live as long as it.
 */

/* vanta_receipt
 *
 * Proof of a push that Vanta accepted, of a body that was found live, or of an upload. Owned by
 * the caller: free it with vanta_receipt_free(). It never changes, so any number of threads may
 * read it. Texts live until it is freed.
 */

/* -- What a receipt proves -- */

/** Nothing: there is no receipt, or a line of an audit file tells of an unknown outcome. */
#define VANTA_RECEIPT_NONE 0
/** Vanta clearly said yes to a push. */
#define VANTA_RECEIPT_PUSHED 1
/** What is live was read back, and is what the body says. */
#define VANTA_RECEIPT_VERIFIED 2
/** Vanta took a file for a document. */
#define VANTA_RECEIPT_UPLOADED 3

/** Number of members. With NULL: 0. */
size_t vanta_not_comparable_count(const vanta_not_comparable *members);

/** JSON pointer of a member within a record; NULL past the last member. With NULL: NULL. */
const char *vanta_not_comparable_pointer(const vanta_not_comparable *members, size_t number);

/**
 * Number of live records that were pushed with a member; 0 where an earlier push may have set it
 * and this body does not, and past the last member. With NULL: 0.
 */
size_t vanta_not_comparable_records(const vanta_not_comparable *members, size_t number);

/**
 * Reads a receipt from its line of JSON, of `size` bytes, as the audit file has it: to be a
 * baseline. Free it with vanta_receipt_free(). What is no receipt is VANTA_ERR_INVALID_ARGUMENT.
 * `error` may be NULL.
 */
vanta_status vanta_receipt_from_json(const char *json,
                                     size_t size,
                                     vanta_receipt **receipt,
                                     vanta_error **error);

/** Returns what the receipt proves: a VANTA_RECEIPT_ number. With NULL: VANTA_RECEIPT_NONE. */
int32_t vanta_receipt_kind(const vanta_receipt *receipt);

/** When the answer came, by this machine's clock: RFC 3339, in UTC; never NULL. With NULL: "". */
const char *vanta_receipt_time(const vanta_receipt *receipt);

/** The kind that was pushed, "document" for an upload; never NULL. With NULL: "". */
const char *vanta_receipt_resource_kind(const vanta_receipt *receipt);

/**
 * SHA-256 of the bytes that were sent, or of the file, in hexadecimal; never NULL. With NULL: "".
 */
const char *vanta_receipt_sha256(const vanta_receipt *receipt);

/**
 * How many live records the push removed; -1 where the live records were not read. With NULL: -1.
 */
int64_t vanta_receipt_removed(const vanta_receipt *receipt);

/** The id that Vanta gave to an uploaded file; NULL for other receipts. With NULL: NULL. */
const char *vanta_receipt_upload_id(const vanta_receipt *receipt);

/** The origin of the service; NULL in a line of an older version. With NULL: NULL. */
const char *vanta_receipt_origin(const vanta_receipt *receipt);

/**
 * The client id of the application; NULL where the client has a static token, whose application it
 * does not know. With NULL: NULL.
 */
const char *vanta_receipt_application(const vanta_receipt *receipt);

/**
 * Members that vanta_verify() could not compare: what Vanta holds for them is not proved. Borrowed
 * from the receipt: do not free it. With NULL: NULL.
 */
const vanta_not_comparable *vanta_receipt_not_comparable(const vanta_receipt *receipt);

/** The generation of the token that the last request carried. With NULL: 0. */
uint64_t vanta_receipt_token_generation(const vanta_receipt *receipt);

/**
 * 1 when the receipt is in the audit file; 0 where there is none, or writing it failed. With NULL:
 * 0.
 */
int32_t vanta_receipt_is_audited(const vanta_receipt *receipt);

/**
 * What Vanta may refuse one day; see vanta_options_set_rule(). Borrowed from the receipt: do not
 * free it. With NULL: NULL.
 */
const vanta_violations *vanta_receipt_warnings(const vanta_receipt *receipt);

/** The receipt as one line of JSON, as the audit file has it; never NULL. With NULL: "". */
const char *vanta_receipt_json(const vanta_receipt *receipt);

/** The resource id, or that of the document; never NULL. With NULL: "". */
const char *vanta_receipt_resource_id(const vanta_receipt *receipt);

/** How many records there are. With NULL: 0. */
size_t vanta_receipt_record_count(const vanta_receipt *receipt);

/** How many bytes the request's body had; those of the file for an upload. With NULL: 0. */
uint64_t vanta_receipt_byte_len(const vanta_receipt *receipt);

/**
 * How many requests the call made, in all its attempts: token requests, reads (of the deletion
 * guard too) and writes. The last one was accepted. With NULL: 0.
 */
uint32_t vanta_receipt_attempts(const vanta_receipt *receipt);

/** The HTTP status of the answer. With NULL: 0. */
int32_t vanta_receipt_http_status(const vanta_receipt *receipt);

/** The request id that the server's front gave out; NULL when there is none. With NULL: NULL. */
const char *vanta_receipt_request_id(const vanta_receipt *receipt);

/** The receipt on one line, for a log; never NULL. With NULL: "". */
const char *vanta_receipt_line(const vanta_receipt *receipt);

/** Frees a receipt. NULL is allowed. */
void vanta_receipt_free(vanta_receipt *receipt);

/* ---------------------------------------------------------------------------------------------- *
 * Errors
 * ---------------------------------------------------------------------------------------------- */

/* vanta_error
 *
 * What went wrong. Owned by the caller: free it with vanta_error_free(). It never changes, so any
 * number of threads may read it. Texts are borrowed from it and live until it is freed.
 */

/** How far a call had come when it failed; one of the VANTA_STAGE_ numbers. */
typedef int32_t vanta_stage;

/* -- Steps -- */

/** Before any network. */
#define VANTA_STAGE_VALIDATE 0
/** Looking up the host name. */
#define VANTA_STAGE_RESOLVE 1
/** Opening the connection. */
#define VANTA_STAGE_CONNECT 2
/** The TLS handshake. */
#define VANTA_STAGE_TLS 3
/** Sending the request. */
#define VANTA_STAGE_SEND 4
/** Waiting for the answer to begin. */
#define VANTA_STAGE_WAIT 5
/** Reading the answer. */
#define VANTA_STAGE_READ 6
/** Waiting for another thread's token request, or between two attempts. */
#define VANTA_STAGE_QUEUE 7
/** Locking, reading or writing the token store. */
#define VANTA_STAGE_STORE 8
/** Asking a proxy for a tunnel. */
#define VANTA_STAGE_PROXY 9

/**
 * The status of the error, which is what the function that made it returned. With NULL:
 * VANTA_ERR_NULL_POINTER.
 */
vanta_status vanta_error_code(const vanta_error *error);

/** One line that says what went wrong, where, and what to do; never NULL. With NULL: "". */
const char *vanta_error_message(const vanta_error *error);

/** How far the call had come. With NULL: VANTA_STAGE_VALIDATE. */
vanta_stage vanta_error_stage(const vanta_error *error);

/**
 * 1 when running the same call again, later, can succeed and can do no harm; else 0. With NULL: 0.
 */
int32_t vanta_error_is_retryable(const vanta_error *error);

/** 1 when this is an earlier failure told again, without a new request; else 0. With NULL: 0. */
int32_t vanta_error_is_remembered(const vanta_error *error);

/** The HTTP status of the answer; 0 when there was none. With NULL: 0. */
int32_t vanta_error_http_status(const vanta_error *error);

/**
 * How many requests the call made, in all its attempts: token requests, reads and writes. One that
 * found no connection counts too. 0 when none was made. With NULL: 0.
 */
uint32_t vanta_error_attempts(const vanta_error *error);

/**
 * How long the server asks to wait, in milliseconds, uncapped; -1 when it did not say. With NULL:
 * -1.
 */
int64_t vanta_error_retry_after_ms(const vanta_error *error);

/**
 * The request id that the server's front gave out, for a report to Vanta; NULL when there is none.
 * With NULL: NULL.
 */
const char *vanta_error_request_id(const vanta_error *error);

/**
 * The beginning of what the server said, on one line, without secrets; NULL when it said nothing.
 * With NULL: NULL.
 */
const char *vanta_error_excerpt(const vanta_error *error);

/**
 * The error code of an OAuth error answer, such as "invalid_client"; NULL when there is none. With
 * NULL: NULL.
 */
const char *vanta_error_oauth_error(const vanta_error *error);

/**
 * The error before this one, such as the first 401 of a pair; NULL when there is none. Borrowed:
 * it is freed with this one. With NULL: NULL.
 */
const vanta_error *vanta_error_cause(const vanta_error *error);

/**
 * Returns what is wrong with single records; an empty list where nothing is. Borrowed from the
 * error: do not free it. With NULL: NULL.
 */
const vanta_violations *vanta_error_violations(const vanta_error *error);

/** Frees an error and all that was borrowed from it. NULL is allowed. */
void vanta_error_free(vanta_error *error);

/* ---------------------------------------------------------------------------------------------- *
 * Change plans
 * ---------------------------------------------------------------------------------------------- */

/* vanta_change_plan
 *
 * What a push would change. Owned by the caller: free it with vanta_change_plan_free(). It never
 * changes, so any number of threads may read it. Texts live until it is freed.
 */

/** How many records are not live yet. With NULL: 0. */
size_t vanta_change_plan_added(const vanta_change_plan *plan);

/** How many live records would be other than they are. With NULL: 0. */
size_t vanta_change_plan_changed(const vanta_change_plan *plan);

/** How many live records would go. With NULL: 0. */
size_t vanta_change_plan_removed(const vanta_change_plan *plan);

/** How many live records would stay as they are, in every member. With NULL: 0. */
size_t vanta_change_plan_unchanged(const vanta_change_plan *plan);

/**
 * 1 when a push would change nothing; 0 when it would, or when some members cannot be compared,
 * also where an earlier push may have set them and this body does not. A job that pushes only what
 * has changed asks this function. Earlier pushes are known from this process and, for
 * customProperties of a kind whose schema has them, from the audit file. Where neither knows the
 * resource, members that the service returns on no row and that the body does not set are taken
 * for absent. With NULL: 0.
 */
int32_t vanta_change_plan_is_empty(const vanta_change_plan *plan);

/**
 * Members that the service returns on no row, so that they cannot be compared. Borrowed from the
 * plan: do not free it. With NULL: NULL.
 */
const vanta_not_comparable *vanta_change_plan_not_comparable(const vanta_change_plan *plan);

/** 1 when the guard would refuse the push; the text says why. Else 0. With NULL: 0. */
int32_t vanta_change_plan_is_refused(const vanta_change_plan *plan);

/** The plan for people: a line for each record that would be touched; never NULL. With NULL: "". */
const char *vanta_change_plan_text(const vanta_change_plan *plan);

/**
 * The plan as one JSON object: kind, resourceId, live, records, bytes, added, changed (with the
 * differences), removed, unchanged, notComparable, warnings, refusal; never NULL. With NULL: "".
 */
const char *vanta_change_plan_json(const vanta_change_plan *plan);

/** Frees a plan. NULL is allowed. */
void vanta_change_plan_free(vanta_change_plan *plan);

/**
 * Compares a body with what is live, and tells what pushing it would change. Nothing is written.
 * Free the plan with vanta_change_plan_free(). Records that break a rule are refused here too
 * (VANTA_ERR_INVALID_RECORDS); what the guard would refuse is no error, but
 * vanta_change_plan_is_refused(). Blocks. `options` and `error` may be NULL.
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
 * The rows of one resource. Owned by the caller: free it with vanta_listing_free(). It never
 * changes, so any number of threads may read it.
 */

/**
 * Is called for each row with the row as JSON text, its size, whether it is soft-deleted (1 or 0),
 * and the caller's own pointer. The text lives for the call only. Return 0 to go on, anything else
 * to stop. It must not throw or jump out.
 */
typedef int32_t (*vanta_row_callback)(const char *row,
                                      size_t size,
                                      int32_t deleted,
                                      void *user_data);

/**
 * Reads what Vanta holds of `kind` for a resource. Free the listing with vanta_listing_free(). An
 * answer over the cap is VANTA_ERR_RESPONSE_TOO_LARGE. Blocks. `options` and `error` may be NULL.
 */
vanta_status vanta_list(const vanta_client *client,
                        const char *kind,
                        const char *resource_id,
                        const vanta_options *options,
                        vanta_listing **listing,
                        vanta_error **error);

/** How many rows there are, soft-deleted ones among them. With NULL: 0. */
size_t vanta_listing_count(const vanta_listing *listing);

/** How many rows are live. With NULL: 0. */
size_t vanta_listing_live_count(const vanta_listing *listing);

/**
 * Copies all rows as a JSON array and a NUL into `buffer`, of `size` bytes; `needed` gets the size
 * that it takes. With a NULL buffer of size 0 only the size is told. A buffer that is too small is
 * left holding "" (VANTA_ERR_BUFFER_TOO_SMALL). Nothing is sent. `needed` and `error` may be NULL.
 */
vanta_status vanta_listing_json(const vanta_listing *listing,
                                char *buffer,
                                size_t size,
                                size_t *needed,
                                vanta_error **error);

/**
 * Calls `callback` for each row, in order, with `user_data`; see vanta_row_callback. A callback
 * that stops makes this return VANTA_ERR_CANCELLED. Nothing is sent. `user_data` and `error` may
 * be NULL.
 */
vanta_status vanta_listing_each(const vanta_listing *listing,
                                vanta_row_callback callback,
                                void *user_data,
                                vanta_error **error);

/**
 * Returns a row as the JSON text that the server sent, and sets `size` to its length in bytes. The
 * text belongs to the listing and is not NUL-terminated. NULL and 0 past the last row. `size` may
 * be NULL. With NULL: NULL.
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
 * Uploads a file for a document, given by its id or slug, with a date (YYYY-MM-DD) and a
 * description of at most 10,000 bytes where they are given. Each upload that Vanta takes adds a
 * version to the document, so one whose outcome is unknown (VANTA_ERR_OUTCOME_UNKNOWN) is not sent
 * again: look at the document first. The token needs the scope self:write-document, which the
 * configuration must name.
 * `receipt` gets the proof: free it with vanta_receipt_free(). Blocks. `effective_at_date`,
 * `description`, `options`, `receipt` and `error` may be NULL.
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
 * Options of single calls; where a function takes them, NULL means the client's own. Owned by the
 * caller: free them with vanta_options_free(). They may be used for many calls, by one thread at a
 * time.
 */

/** Makes options that change nothing. Free them with vanta_options_free(). */
vanta_status vanta_options_new(vanta_options **options);

/**
 * Sets the deadline of each call, in milliseconds: the timeout of the whole call. Default: the
 * client's. No token request starts with less than 2 s left: a call with a shorter deadline
 * succeeds only with a cached or stored token.
 */
vanta_status vanta_options_set_deadline_ms(vanta_options *options, uint64_t milliseconds);

/**
 * Sets one deadline for all calls with these options together, in milliseconds from now: for a
 * push and its verify, or a whole job. It replaces that of vanta_options_set_deadline_ms(), and
 * the other way round.
 */
vanta_status vanta_options_set_shared_deadline_ms(vanta_options *options, uint64_t milliseconds);

/**
 * Sets the cancel flag of the calls. The options keep it alive: it may be freed before they are.
 */
vanta_status vanta_options_set_cancel(vanta_options *options, const vanta_cancel *cancel);

/** Frees options. NULL is allowed. */
void vanta_options_free(vanta_options *options);

/* ---------------------------------------------------------------------------------------------- *
 * Options of pushes
 * ---------------------------------------------------------------------------------------------- */

/** A rule that a record may break; one of the VANTA_RULE_ numbers. */
typedef int32_t vanta_rule;
/** What becomes of a record that breaks a rule; one of the VANTA_LEVEL_ numbers. */
typedef int32_t vanta_level;

/**
 * Is told how far the sending of a body has come: bytes sent, bytes in all, and records, with the
 * caller's own pointer. It is called on the thread of the call, begins anew with each attempt, and
 * must not call the library, throw or jump out.
 */
typedef void (*vanta_progress_callback)(uint64_t sent,
                                        uint64_t total,
                                        size_t records,
                                        void *user_data);

/* -- Rules -- */

/** The schema of the kind: an error unless set otherwise, since Vanta refuses the whole push. */
#define VANTA_RULE_SCHEMA 0
/** An optional property is null instead of left out: a warning unless set otherwise. */
#define VANTA_RULE_NULL_OPTIONAL 1
/** externalUrl is not https: a warning unless set otherwise. */
#define VANTA_RULE_HTTPS_URL 2
/** A task has closedTimestamp exactly when it is CLOSED: a warning unless set otherwise. */
#define VANTA_RULE_CLOSED_TIMESTAMP 3
/** Severities and confidences lie between 0 and 10: a warning unless set otherwise. */
#define VANTA_RULE_ZERO_TO_TEN 4
/** A vulnerability names a component that is not known: a warning unless set otherwise. */
#define VANTA_RULE_UNKNOWN_COMPONENT 5

/**
 * A uniqueId differs from an earlier record's only in letter case, in leading or trailing blanks
 * (invisible characters count as blanks) or in Unicode normalisation: a warning unless set
 * otherwise.
 */
#define VANTA_RULE_SIMILAR_IDS 6

/* -- Levels -- */

/** The rule is not looked at. */
#define VANTA_LEVEL_OFF 0
/** The record is pushed, and the receipt tells of it. */
#define VANTA_LEVEL_WARNING 1
/** Nothing is sent: VANTA_ERR_INVALID_RECORDS. */
#define VANTA_LEVEL_ERROR 2

/**
 * What becomes of records that break a rule: one of the VANTA_RULE_ and one of the VANTA_LEVEL_
 * numbers; another is VANTA_ERR_INVALID_ARGUMENT.
 */
vanta_status vanta_options_set_rule(vanta_options *options, vanta_rule rule, vanta_level level);

/**
 * A schema of your own for whole records, in the place of the kind's: JSON Type Definition (RFC
 * 8927), of `size` bytes, as the Developer Console shows it. What is no such schema is
 * VANTA_ERR_INVALID_ARGUMENT. `error` may be NULL.
 */
vanta_status vanta_options_set_schema(vanta_options *options,
                                      const char *json,
                                      size_t size,
                                      vanta_error **error);

/**
 * The schema of the custom properties, of `size` bytes, as they are declared in the Developer
 * Console: each record must have them then. What is no schema is VANTA_ERR_INVALID_ARGUMENT.
 * `error` may be NULL.
 */
vanta_status vanta_options_set_custom_properties(vanta_options *options,
                                                 const char *json,
                                                 size_t size,
                                                 vanta_error **error);

/**
 * The components that vulnerabilities may name, besides those given before: a body that was, or
 * will be, pushed before them.
 */
vanta_status vanta_options_add_components(vanta_options *options, const vanta_body *body);

/**
 * Reads the live components of a resource before vulnerabilities are pushed: those that they may
 * name.
 */
vanta_status vanta_options_set_live_components(vanta_options *options, const char *resource_id);

/**
 * Allows a push without records (1), or refuses it (0, the default). The deletion guard still
 * applies. Like all settings it holds for every push that is made with `options`: make others for
 * another resource.
 */
vanta_status vanta_options_allow_empty(vanta_options *options, int32_t allow);

/**
 * Allows a push to delete at most `most` live records. The default is half of them, or all of very
 * few. A negative number that became a size is VANTA_ERR_INVALID_ARGUMENT.
 */
vanta_status vanta_options_expect_removals(vanta_options *options, size_t most);

/**
 * Switches the deletion guard off (1) or on (0, the default). Without it nothing is read before
 * the push, and every live record that is not in the body is deleted.
 */
vanta_status vanta_options_allow_any_removals(vanta_options *options, int32_t allow);

/**
 * Compares the number of records with this receipt instead of reading the live records. Use it
 * when the token has no read scope. It must be a receipt of a push or verify of the same origin,
 * application, kind and resource; otherwise the push is VANTA_ERR_INVALID_ARGUMENT and sends
 * nothing. The receipt may be freed afterwards.
 */
vanta_status vanta_options_set_baseline(vanta_options *options, const vanta_receipt *receipt);

/**
 * As vanta_options_set_baseline(), with the newest receipt of a resource in an audit file, pushed
 * or verified by the application that pushes. Receipts of other applications are ignored; a push
 * for which there is none is VANTA_ERR_INVALID_ARGUMENT. `error` may be NULL.
 */
vanta_status vanta_options_set_baseline_from_audit(vanta_options *options,
                                                   const char *path,
                                                   const char *kind,
                                                   const char *resource_id,
                                                   vanta_error **error);

/**
 * Sets the progress callback, which gets `user_data`; a NULL callback is never called. `callback`
 * and `user_data` may be NULL.
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
 * and no signal handler will set it any more. Any thread may set it.
 */

/** Makes a flag that is not set. Free it with vanta_cancel_free(). */
vanta_status vanta_cancel_new(vanta_cancel **cancel);

/**
 * Sets the flag. The calls that were given it end within 200 ms, with VANTA_ERR_CANCELLED or
 * VANTA_ERR_OUTCOME_UNKNOWN, and later ones at once; only vanta_token() still returns a cached
 * token. The flag stays set. Safe to call from any thread and from a signal handler. With NULL:
 * nothing.
 */
void vanta_cancel_set(const vanta_cancel *cancel);

/** Frees a flag. NULL is allowed. */
void vanta_cancel_free(vanta_cancel *cancel);

/* ---------------------------------------------------------------------------------------------- *
 * Tokens
 * ---------------------------------------------------------------------------------------------- */

/**
 * Copies a token, and a NUL, into `buffer` of `size` bytes: for an Authorization header of your
 * own. It lives longer than the margin. `needed` gets the size that it takes; a buffer that is too
 * small is left holding "" (VANTA_ERR_BUFFER_TOO_SMALL). With a NULL buffer of size 0 only the
 * size is told. Wipe the buffer with vanta_wipe(). Blocks when a new token must be asked for.
 * `options`, `needed` and `error` may be NULL.
 */
vanta_status vanta_token(const vanta_client *client,
                         const vanta_options *options,
                         char *buffer,
                         size_t size,
                         size_t *needed,
                         vanta_error **error);

/**
 * As vanta_token(), for a token that lives at least so many seconds. Blocks when a new token must
 * be asked for. `options`, `needed` and `error` may be NULL.
 */
vanta_status vanta_token_valid_for(const vanta_client *client,
                                   uint64_t seconds,
                                   const vanta_options *options,
                                   char *buffer,
                                   size_t size,
                                   size_t *needed,
                                   vanta_error **error);

/**
 * The number of the token that vanta_token() would copy without waiting, or 0 where it would have
 * to wait. A caller that keeps a copy with its number copies again only when the number changes.
 * No other token of the process has it. Does not block. With NULL: 0.
 */
uint64_t vanta_token_serial(const vanta_client *client);

/**
 * Tells that Vanta refused a token, of `size` bytes, with 401 in a request of your own: it is
 * given out no more. A token that was replaced meanwhile changes nothing.
 */
vanta_status vanta_report_token_rejected(const vanta_client *client,
                                         const char *token,
                                         size_t size);

/**
 * Wipes `size` bytes of memory that held a secret, in a way that no compiler leaves out. With
 * NULL: nothing.
 */
void vanta_wipe(void *memory, size_t size);

/* ---------------------------------------------------------------------------------------------- *
 * Snapshots of the token state
 * ---------------------------------------------------------------------------------------------- */

/* vanta_snapshot
 *
 * The state of an application's token in this process: never the token. Owned by the caller: free
 * it with vanta_snapshot_free(). It never changes, so any number of threads may read it.
 */

/** A number of a snapshot: one of the VANTA_SNAPSHOT_ constants. */
typedef int32_t vanta_snapshot_field;

/* -- Where a token came from -- */

/** There is no token. */
#define VANTA_SOURCE_NONE 0
/** This process asked for it. */
#define VANTA_SOURCE_REQUESTED 1
/** Another process asked for it; it was taken from the store. */
#define VANTA_SOURCE_STORE 2
/** The configuration gave it. */
#define VANTA_SOURCE_STATIC 3

/* -- Why a token was asked for -- */

/** There was no token. */
#define VANTA_REASON_NONE 0
/** The token had too little of its life left. */
#define VANTA_REASON_EXPIRED 1
/** Vanta had refused the token. */
#define VANTA_REASON_REJECTED 2
/** The token did not hold all scopes that were needed. */
#define VANTA_REASON_SCOPE 3

/* -- Numbers of a snapshot -- */

/** Counts the tokens of the application, from 1; 0 when none was seen yet. */
#define VANTA_SNAPSHOT_GENERATION 0
/** Where the token came from: a VANTA_SOURCE_ number. */
#define VANTA_SNAPSHOT_SOURCE 1
/** Seconds that the token still lives; 0 when there is none. */
#define VANTA_SNAPSHOT_SECONDS_LEFT 2
/** 1 when the server did not say how long the token lives, and an hour is assumed. */
#define VANTA_SNAPSHOT_LIFETIME_ASSUMED 3
/** 1 when a later token request got no clear response: this token may be revoked. */
#define VANTA_SNAPSHOT_MAYBE_REVOKED 4
/** Tokens given out from memory. */
#define VANTA_SNAPSHOT_CACHE_HITS 5
/** Tokens given out after waiting for another thread's request. */
#define VANTA_SNAPSHOT_WAITS 6
/** Tokens taken from the store. */
#define VANTA_SNAPSHOT_FROM_STORE 7
/** Token requests of this process that brought a token. */
#define VANTA_SNAPSHOT_TOKEN_REQUESTS 8
/** Times that the old token was given out because no new one could be had. */
#define VANTA_SNAPSHOT_RENEWAL_FAILURES 9
/** Answers 401 that were reported of tokens. */
#define VANTA_SNAPSHOT_REJECTIONS 10
/** Token requests within the last minute, of all jobs as far as the store was last seen. */
#define VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE 11
/** Token requests that this minute still allows. */
#define VANTA_SNAPSHOT_REQUESTS_LEFT 12
/** Tokens killed long before their time within ten minutes; from 3 on it is contention. */
#define VANTA_SNAPSHOT_REVOKED 13
/** Why the last token was asked for: a VANTA_REASON_ number; -1 when none was. */
#define VANTA_SNAPSHOT_LAST_REASON 14
/** The status of the last failure; 0 when there was none since the last success. */
#define VANTA_SNAPSHOT_LAST_ERROR_CODE 15
/** The step of the last failure: a VANTA_STAGE_ number; -1 when there was none. */
#define VANTA_SNAPSHOT_LAST_ERROR_STAGE 16

/**
 * Takes a snapshot. Free it with vanta_snapshot_free(). It neither waits for the network nor asks
 * the store. `error` may be NULL.
 */
vanta_status vanta_client_snapshot(const vanta_client *client,
                                   vanta_snapshot **snapshot,
                                   vanta_error **error);

/** A number of the snapshot; -1 for an unknown field. With NULL: -1. */
int64_t vanta_snapshot_number(const vanta_snapshot *snapshot, vanta_snapshot_field field);

/** The snapshot on one line, for a log; never NULL. With NULL: "". */
const char *vanta_snapshot_line(const vanta_snapshot *snapshot);

/** The store, by its name; "memory" where there is none; never NULL. With NULL: "". */
const char *vanta_snapshot_store(const vanta_snapshot *snapshot);

/**
 * The scopes that were granted, separated by spaces; NULL when there is no token. With NULL: NULL.
 */
const char *vanta_snapshot_scope(const vanta_snapshot *snapshot);

/** The last failure in words; NULL when there was none since the last success. With NULL: NULL. */
const char *vanta_snapshot_last_error(const vanta_snapshot *snapshot);

/**
 * What was last wrong with the store, and what was done about it; NULL when the last visit was
 * good. With NULL: NULL.
 */
const char *vanta_snapshot_store_error(const vanta_snapshot *snapshot);

/** Frees a snapshot. NULL is allowed. */
void vanta_snapshot_free(vanta_snapshot *snapshot);

/* ---------------------------------------------------------------------------------------------- *
 * Custom token stores
 * ---------------------------------------------------------------------------------------------- */

/**
 * A token store of your own, for vanta_config_set_custom_token_store(). All functions but destroy
 * and read must be given. They are called by threads that are inside a call of the library,
 * several at a time, and must not call it. `key` names the application; a lock is for one key.
 */
typedef struct {
  /** sizeof(vanta_store), so that later versions can add to it. */
  size_t size;
  /** What the store is called in messages: never a password. Copied. */
  const char *name;
  /**
   * Takes the lock of `key`, at once or not at all (VANTA_STORE_RESULT_BUSY). A store that
   * cannot notice the death of a holder ends the lock after `hold_ms`.
   */
  int32_t (*try_lock)(void *user_data, const char *key, uint64_t hold_ms);
  /**
   * Copies the record of `key` to `record`, which has `room` bytes, and puts its size into
   * `*size`: 0 when there is none. When the room is too small, only the size is told, and the
   * function is called again. The lock is held.
   */
  int32_t (*load)(void *user_data, const char *key, void *record, size_t room, size_t *size);
  /** Puts `size` bytes in the place of the record: all or none, and only while the lock is held. */
  int32_t (*save)(void *user_data, const char *key, const void *record, size_t size);
  /** Gives the lock of `key` back. */
  void (*unlock)(void *user_data, const char *key);
  /**
   * Is called once, when neither the configuration nor any client needs the store any more. May
   * be NULL.
   */
  void (*destroy)(void *user_data);
  /**
   * Copies the record of `key` as load does, but without its lock: a good token is used even
   * while another process holds the lock. It never gives a partial record, only one that was
   * saved whole. May be NULL, or say VANTA_STORE_RESULT_UNSUPPORTED; then the record is read
   * under the lock.
   */
  int32_t (*read)(void *user_data, const char *key, void *record, size_t room, size_t *size);
} vanta_store;

/* -- What its functions answer -- */

/** What a function of a store answers: done. */
#define VANTA_STORE_RESULT_DONE 0

/**
 * Another process holds the lock. Only from try_lock; it is tried again until the call's deadline.
 */
#define VANTA_STORE_RESULT_BUSY 1

/** The store cannot be reached or failed. So is any other number that is not named here. */
#define VANTA_STORE_RESULT_UNAVAILABLE 2
/** The store cannot be used until it is repaired. */
#define VANTA_STORE_RESULT_UNUSABLE 3
/** The store cannot read without the lock, so its record is read under it. Only from read. */
#define VANTA_STORE_RESULT_UNSUPPORTED 4

/**
 * A store of your own. The struct is copied; its functions are called with `user_data` until its
 * destroy is called. A struct of another size, or without one of the functions, is
 * VANTA_ERR_INVALID_ARGUMENT; when this function fails, destroy is not called. `user_data` may be
 * NULL.
 */
vanta_status vanta_config_set_custom_token_store(vanta_config *config,
                                                 const vanta_store *store,
                                                 void *user_data);

/* ---------------------------------------------------------------------------------------------- *
 * Events
 * ---------------------------------------------------------------------------------------------- */

/**
 * Something that happened inside a call; one of the VANTA_EVENT_ numbers. Later versions may tell
 * of more.
 */
typedef int32_t vanta_event;

/**
 * Is told what happens: which event, whether it is a warning (1 or 0), a line for a log, and the
 * caller's own pointer. The line lives for the call only, and holds no secret. It is called by the
 * threads that are inside calls, several at a time, and must not call the library, throw or jump
 * out.
 */
typedef void (*vanta_event_callback)(vanta_event event,
                                     int32_t is_warning,
                                     const char *line,
                                     void *user_data);

/* -- Events -- */

/** Something of a later version. */
#define VANTA_EVENT_OTHER 0
/** A token request succeeded, which revokes the token before. */
#define VANTA_EVENT_NEW_TOKEN 1
/** A token that another job asked for was taken from the store. */
#define VANTA_EVENT_TOKEN_FROM_STORE 2
/** The token answer does not say of what type the token is. A warning. */
#define VANTA_EVENT_TOKEN_TYPE_MISSING 3
/** The token store could not be used, or its record could not be read. A warning. */
#define VANTA_EVENT_STORE_FAILED 4
/** Tokens were revoked long before they expired: another program requests tokens. A warning. */
#define VANTA_EVENT_CONTENTION 5
/** A token that is hardly a second old was refused: it is tried once more after a moment. */
#define VANTA_EVENT_NEW_TOKEN_REJECTED 6
/** The server granted other scopes than were asked for. A warning. */
#define VANTA_EVENT_SCOPE_DIFFERS 7
/** A token could not be renewed, but the old one still lives and goes on being used. A warning. */
#define VANTA_EVENT_RENEWAL_FAILED 8
/** A request was refused with 401 and is sent once more with another token. */
#define VANTA_EVENT_TOKEN_REJECTED 9
/** The jobs of this application have made as many requests as a minute allows. */
#define VANTA_EVENT_RATE_LIMIT_REACHED 10
/** A request failed in a way that may pass, and is made again. */
#define VANTA_EVENT_RETRYING 11
/** Vanta said yes, and the receipt could not be written to the audit file. A warning. */
#define VANTA_EVENT_AUDIT_FAILED 12

/**
 * Timestamps in the token store show that the clock of this machine, or of another that shares
 * the store, is wrong. Calls go on. A warning.
 */
#define VANTA_EVENT_CLOCK_SKEW 13

/**
 * Sets the callback for events inside calls. Default: none. `destroy` is called when neither the
 * configuration nor any client needs the two any more; not when this function fails. `user_data`
 * and `destroy` may be NULL.
 */
vanta_status vanta_config_on_event(vanta_config *config,
                                   vanta_event_callback callback,
                                   void *user_data,
                                   vanta_destroy_callback destroy);

/* ---------------------------------------------------------------------------------------------- *
 * Version
 * ---------------------------------------------------------------------------------------------- */

/** The major version of this header: larger than 0 when it keeps what it promises for good. */
#define VANTA_VERSION_MAJOR 0
/** The minor version of this header: a larger one has more. */
#define VANTA_VERSION_MINOR 1
/** The patch version of this header: a larger one has fewer faults. */
#define VANTA_VERSION_PATCH 0

/**
 * The three as one number, for #if: major * 10000 + minor * 100 + patch. vanta_version() tells
 * that of the library that is loaded.
 */
#define VANTA_VERSION_NUMBER 100

/**
 * The version of the ABI: the number in the library's soname. It changes only when a program
 * would have to be compiled again.
 */
#define VANTA_ABI_VERSION 0

/** The version of the library, such as "0.1.0"; always valid, never NULL. */
const char *vanta_version(void);

/** The ABI version of the library that is loaded; compare it with VANTA_ABI_VERSION. */
uint32_t vanta_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif /* VANTA_H */
