#ifndef VANTA_H
#define VANTA_H 
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct vanta_body vanta_body;
typedef struct vanta_call vanta_call;
typedef struct vanta_cancel vanta_cancel;
typedef struct vanta_client vanta_client;
typedef struct vanta_config vanta_config;
typedef struct vanta_error vanta_error;
typedef struct vanta_faults vanta_faults;
typedef struct vanta_listing vanta_listing;
typedef struct vanta_not_comparable vanta_not_comparable;
typedef struct vanta_plan vanta_plan;
typedef struct vanta_receipt vanta_receipt;
typedef struct vanta_records vanta_records;
typedef struct vanta_snapshot vanta_snapshot;
typedef int32_t vanta_status;
typedef int32_t vanta_action;
#define VANTA_OK 0
#define VANTA_INVALID_ARGUMENT (-1)
#define VANTA_NULL_POINTER (-2)
#define VANTA_BUFFER_TOO_SMALL (-3)
#define VANTA_INVALID_UTF8 (-4)
#define VANTA_REENTRANT (-5)
#define VANTA_INVALID_PAYLOAD (-10)
#define VANTA_EMPTY_PAYLOAD (-11)
#define VANTA_INVALID_UNIQUE_ID (-12)
#define VANTA_DUPLICATE_UNIQUE_ID (-13)
#define VANTA_PAYLOAD_TOO_LARGE (-14)
#define VANTA_INVALID_RECORDS (-15)
#define VANTA_TOO_MANY_REMOVALS (-16)
#define VANTA_INVALID_CONFIG (-20)
#define VANTA_MISSING_CREDENTIALS (-21)
#define VANTA_INSECURE_ORIGIN (-22)
#define VANTA_UNREADABLE_FILE (-23)
#define VANTA_UNUSABLE_STORE (-24)
#define VANTA_UNWRITABLE_FILE (-25)
#define VANTA_SECRET_UNAVAILABLE (-26)
#define VANTA_RESOLVE (-40)
#define VANTA_CONNECT (-41)
#define VANTA_PROXY_REFUSED (-42)
#define VANTA_TLS (-43)
#define VANTA_SEND (-44)
#define VANTA_RECEIVE (-45)
#define VANTA_DEADLINE_EXCEEDED (-46)
#define VANTA_CANCELLED (-47)
#define VANTA_REDIRECT_REFUSED (-48)
#define VANTA_ANSWER_TOO_LARGE (-49)
#define VANTA_OUTCOME_UNKNOWN (-50)
#define VANTA_GATEWAY_RESPONSE (-52)
#define VANTA_INVALID_CLIENT (-60)
#define VANTA_INVALID_SCOPE (-61)
#define VANTA_INVALID_TOKEN_REQUEST (-62)
#define VANTA_INVALID_GRANT (-63)
#define VANTA_UNAUTHORIZED_CLIENT (-64)
#define VANTA_UNSUPPORTED_GRANT_TYPE (-65)
#define VANTA_OTHER_TOKEN_REFUSAL (-66)
#define VANTA_TOKEN_RATE_LIMITED (-67)
#define VANTA_TOKEN_UNAVAILABLE (-68)
#define VANTA_TOKEN_ANSWER_LOST (-69)
#define VANTA_INVALID_TOKEN_ANSWER (-70)
#define VANTA_UNSUPPORTED_TOKEN_TYPE (-71)
#define VANTA_UNAUTHORIZED (-72)
#define VANTA_FORBIDDEN (-73)
#define VANTA_WOULD_MINT (-74)
#define VANTA_TOKEN_BUDGET_EXHAUSTED (-75)
#define VANTA_STORE_UNAVAILABLE (-76)
#define VANTA_STORE_LOCKED (-77)
#define VANTA_CONTENTION (-78)
#define VANTA_REJECTED (-80)
#define VANTA_NOT_FOUND (-81)
#define VANTA_SERVER_TOO_LARGE (-82)
#define VANTA_RATE_LIMITED (-83)
#define VANTA_UNAVAILABLE (-84)
#define VANTA_UNEXPECTED_STATUS (-85)
#define VANTA_INVALID_ANSWER (-86)
#define VANTA_NOT_VERIFIED (-87)
#define VANTA_INTERNAL (-100)
#define VANTA_OUT_OF_RESOURCES (-101)
#define VANTA_ACTION_NONE 0
#define VANTA_ACTION_FIX_CALL 1
#define VANTA_ACTION_FIX_RECORDS 2
#define VANTA_ACTION_FIX_CONFIG 3
#define VANTA_ACTION_FIX_CREDENTIALS 4
#define VANTA_ACTION_RETRY_LATER 5
#define VANTA_ACTION_VERIFY_OR_REPEAT 6
#define VANTA_ACTION_STOP 7
#define VANTA_ACTION_REPORT 8
const char *vanta_status_text(vanta_status status);
vanta_action vanta_status_action(vanta_status status);
typedef void (*vanta_destroy_callback)(void *user_data);
typedef int32_t (*vanta_secret_callback)(char *secret,
                                         size_t room,
                                         size_t *size,
                                         char *reason,
                                         size_t reason_room,
                                         void *user_data);
#define VANTA_WHEN_AWAY_REFUSE 0
#define VANTA_WHEN_AWAY_ALONE 1
#define VANTA_ROOTS_BUNDLED 0
#define VANTA_ROOTS_SYSTEM 1
#define VANTA_ROOTS_NONE 2
vanta_status vanta_config_new(vanta_config **config);
void vanta_config_free(vanta_config *config);
vanta_status vanta_config_use_environment(vanta_config *config);
vanta_status vanta_config_set_client_id(vanta_config *config, const char *client_id);
vanta_status vanta_config_set_client_secret(vanta_config *config,
                                            const char *client_secret,
                                            size_t size);
vanta_status vanta_config_set_client_secret_file(vanta_config *config, const char *path);
vanta_status vanta_config_set_origin(vanta_config *config, const char *origin);
vanta_status vanta_config_set_scope(vanta_config *config, const char *scope);
vanta_status vanta_config_set_token_store(vanta_config *config, const char *store);
vanta_status vanta_config_set_token_store_group(vanta_config *config, const char *group);
vanta_status vanta_config_set_token_store_password_file(vanta_config *config, const char *path);
vanta_status vanta_config_set_when_store_is_away(vanta_config *config, int32_t policy);
vanta_status vanta_config_set_fixed_token(vanta_config *config, const char *token, size_t size);
vanta_status vanta_config_never_mint(vanta_config *config);
vanta_status vanta_config_set_mint_budget(vanta_config *config, uint32_t a_minute);
vanta_status vanta_config_set_request_budget(vanta_config *config, uint32_t a_minute);
vanta_status vanta_config_set_audit_file(vanta_config *config, const char *path);
vanta_status vanta_config_strict_token_answers(vanta_config *config);
vanta_status vanta_config_leave_401_to_caller(vanta_config *config);
vanta_status vanta_config_set_application(vanta_config *config, const char *name);
vanta_status vanta_config_set_deadline_ms(vanta_config *config, uint64_t milliseconds);
vanta_status vanta_config_set_margin(vanta_config *config, uint64_t seconds);
vanta_status vanta_config_set_list_cap(vanta_config *config, uint64_t size);
vanta_status vanta_config_allow_plain_http_to_loopback(vanta_config *config);
vanta_status vanta_config_set_ca_file(vanta_config *config, const char *path);
vanta_status vanta_config_set_roots(vanta_config *config, int32_t roots);
vanta_status vanta_config_set_proxy(vanta_config *config, const char *proxy);
vanta_status vanta_config_set_proxy_credentials(vanta_config *config,
                                                const char *credentials,
                                                size_t size);
vanta_status vanta_config_set_proxy_credentials_file(vanta_config *config, const char *path);
vanta_status vanta_config_set_client_secret_callback(vanta_config *config,
                                                     vanta_secret_callback callback,
                                                     void *user_data,
                                                     vanta_destroy_callback destroy);
vanta_status vanta_client_new(const vanta_config *config,
                              vanta_client **client,
                              vanta_error **error);
void vanta_client_free(vanta_client *client);
typedef ptrdiff_t (*vanta_read_callback)(char *buffer, size_t size, void *user_data);
vanta_status vanta_body_from_request(const char *json,
                                     size_t size,
                                     vanta_body **body,
                                     vanta_error **error);
vanta_status vanta_body_from_file(const char *path, vanta_body **body, vanta_error **error);
vanta_status vanta_body_from_json_array(const char *resource_id,
                                        const char *json,
                                        size_t size,
                                        vanta_body **body,
                                        vanta_error **error);
vanta_status vanta_body_from_ndjson(const char *resource_id,
                                    const char *lines,
                                    size_t size,
                                    vanta_body **body,
                                    vanta_error **error);
vanta_status vanta_body_from_ndjson_file(const char *resource_id,
                                         const char *path,
                                         vanta_body **body,
                                         vanta_error **error);
vanta_status vanta_body_from_reader(vanta_read_callback callback,
                                    void *user_data,
                                    vanta_body **body,
                                    vanta_error **error);
vanta_status vanta_body_from_ndjson_reader(const char *resource_id,
                                           vanta_read_callback callback,
                                           void *user_data,
                                           vanta_body **body,
                                           vanta_error **error);
const char *vanta_body_resource_id(const vanta_body *body);
size_t vanta_body_count(const vanta_body *body);
size_t vanta_body_size(const vanta_body *body);
void vanta_body_free(vanta_body *body);
#define VANTA_KIND_API_ENDPOINT_VULNERABILITY "api_endpoint_vulnerability_connectors"
#define VANTA_KIND_BACKGROUND_CHECK "background_check_connector"
#define VANTA_KIND_CUSTOM_RESOURCE "custom_resource"
#define VANTA_KIND_MACOS_USER_COMPUTER "macos_user_computer"
#define VANTA_KIND_PACKAGE_VULNERABILITY "package_vulnerability_connectors"
#define VANTA_KIND_SECRET "secret"
#define VANTA_KIND_SECURITY_TASK "security_task"
#define VANTA_KIND_STATIC_ANALYSIS_VULNERABILITY "static_analysis_code_vulnerability_connectors"
#define VANTA_KIND_USER_ACCOUNT "user_account"
#define VANTA_KIND_USER_SECURITY_TRAINING_STATUS "user_security_training_status"
#define VANTA_KIND_VULNERABLE_COMPONENT "vulnerable_component"
#define VANTA_KIND_WINDOWS_USER_COMPUTER "windows_user_computer"
vanta_status vanta_push(const vanta_client *client,
                        const char *kind,
                        const vanta_body *body,
                        const vanta_call *call,
                        vanta_receipt **receipt,
                        vanta_error **error);
vanta_status vanta_verify(const vanta_client *client,
                          const char *kind,
                          const vanta_body *body,
                          const vanta_call *call,
                          vanta_receipt **receipt,
                          vanta_error **error);
typedef int32_t vanta_proof;
#define VANTA_PROOF_NONE 0
#define VANTA_PROOF_PUSHED 1
#define VANTA_PROOF_VERIFIED 2
#define VANTA_PROOF_UPLOADED 3
size_t vanta_not_comparable_count(const vanta_not_comparable *members);
const char *vanta_not_comparable_pointer(const vanta_not_comparable *members, size_t number);
size_t vanta_not_comparable_records(const vanta_not_comparable *members, size_t number);
vanta_status vanta_receipt_from_json(const char *json,
                                     size_t size,
                                     vanta_receipt **receipt,
                                     vanta_error **error);
vanta_proof vanta_receipt_proof(const vanta_receipt *receipt);
const char *vanta_receipt_time(const vanta_receipt *receipt);
const char *vanta_receipt_kind(const vanta_receipt *receipt);
const char *vanta_receipt_sha256(const vanta_receipt *receipt);
int64_t vanta_receipt_removed(const vanta_receipt *receipt);
const char *vanta_receipt_upload_id(const vanta_receipt *receipt);
const char *vanta_receipt_origin(const vanta_receipt *receipt);
const char *vanta_receipt_application(const vanta_receipt *receipt);
const vanta_not_comparable *vanta_receipt_not_comparable(const vanta_receipt *receipt);
uint64_t vanta_receipt_token_generation(const vanta_receipt *receipt);
int32_t vanta_receipt_is_audited(const vanta_receipt *receipt);
const vanta_faults *vanta_receipt_warnings(const vanta_receipt *receipt);
const char *vanta_receipt_json(const vanta_receipt *receipt);
const char *vanta_receipt_resource_id(const vanta_receipt *receipt);
size_t vanta_receipt_records(const vanta_receipt *receipt);
uint64_t vanta_receipt_bytes(const vanta_receipt *receipt);
uint32_t vanta_receipt_attempts(const vanta_receipt *receipt);
int32_t vanta_receipt_http_status(const vanta_receipt *receipt);
const char *vanta_receipt_request_id(const vanta_receipt *receipt);
const char *vanta_receipt_line(const vanta_receipt *receipt);
void vanta_receipt_free(vanta_receipt *receipt);
typedef int32_t vanta_step;
#define VANTA_STEP_CHECK 0
#define VANTA_STEP_RESOLVE 1
#define VANTA_STEP_CONNECT 2
#define VANTA_STEP_TLS 3
#define VANTA_STEP_SEND 4
#define VANTA_STEP_WAIT 5
#define VANTA_STEP_READ 6
#define VANTA_STEP_QUEUE 7
#define VANTA_STEP_STORE 8
#define VANTA_STEP_PROXY 9
vanta_status vanta_error_status(const vanta_error *error);
const char *vanta_error_message(const vanta_error *error);
vanta_step vanta_error_step(const vanta_error *error);
int32_t vanta_error_is_retryable(const vanta_error *error);
int32_t vanta_error_is_remembered(const vanta_error *error);
int32_t vanta_error_http_status(const vanta_error *error);
uint32_t vanta_error_attempts(const vanta_error *error);
int64_t vanta_error_retry_after_ms(const vanta_error *error);
const char *vanta_error_request_id(const vanta_error *error);
const char *vanta_error_excerpt(const vanta_error *error);
const char *vanta_error_oauth_error(const vanta_error *error);
const vanta_error *vanta_error_cause(const vanta_error *error);
size_t vanta_error_fault_count(const vanta_error *error);
int64_t vanta_error_fault_index(const vanta_error *error, size_t number);
const char *vanta_error_fault_unique_id(const vanta_error *error, size_t number);
const char *vanta_error_fault_pointer(const vanta_error *error, size_t number);
const char *vanta_error_fault_message(const vanta_error *error, size_t number);
void vanta_error_free(vanta_error *error);
vanta_status vanta_records_new(const char *resource_id,
                               vanta_records **records,
                               vanta_error **error);
vanta_status vanta_records_begin(vanta_records *records);
vanta_status vanta_records_string(vanta_records *records,
                                  const char *key,
                                  const char *text,
                                  size_t size);
vanta_status vanta_records_text(vanta_records *records, const char *key, const char *text);
vanta_status vanta_records_boolean(vanta_records *records, const char *key, int32_t value);
vanta_status vanta_records_integer(vanta_records *records, const char *key, int64_t value);
vanta_status vanta_records_number(vanta_records *records, const char *key, double value);
vanta_status vanta_records_timestamp_ms(vanta_records *records, const char *key, int64_t unix_ms);
vanta_status vanta_records_null(vanta_records *records, const char *key);
vanta_status vanta_records_json(vanta_records *records,
                                const char *key,
                                const char *json,
                                size_t size);
vanta_status vanta_records_begin_object(vanta_records *records, const char *key);
vanta_status vanta_records_begin_array(vanta_records *records, const char *key);
vanta_status vanta_records_end(vanta_records *records);
vanta_status vanta_records_finish(vanta_records *records, vanta_body **body, vanta_error **error);
void vanta_records_free(vanta_records *records);
vanta_status vanta_check(const char *kind,
                         const vanta_body *body,
                         const vanta_call *call,
                         vanta_faults **warnings,
                         vanta_error **error);
size_t vanta_faults_count(const vanta_faults *faults);
int64_t vanta_faults_index(const vanta_faults *faults, size_t number);
const char *vanta_faults_unique_id(const vanta_faults *faults, size_t number);
const char *vanta_faults_pointer(const vanta_faults *faults, size_t number);
const char *vanta_faults_message(const vanta_faults *faults, size_t number);
void vanta_faults_free(vanta_faults *faults);
vanta_status vanta_plan_new(const vanta_client *client,
                            const char *kind,
                            const vanta_body *body,
                            const vanta_call *call,
                            vanta_plan **plan,
                            vanta_error **error);
size_t vanta_plan_added(const vanta_plan *plan);
size_t vanta_plan_changed(const vanta_plan *plan);
size_t vanta_plan_removed(const vanta_plan *plan);
size_t vanta_plan_unchanged(const vanta_plan *plan);
int32_t vanta_plan_is_empty(const vanta_plan *plan);
const vanta_not_comparable *vanta_plan_not_comparable(const vanta_plan *plan);
int32_t vanta_plan_is_refused(const vanta_plan *plan);
const char *vanta_plan_text(const vanta_plan *plan);
const char *vanta_plan_json(const vanta_plan *plan);
void vanta_plan_free(vanta_plan *plan);
typedef int32_t (*vanta_row_callback)(const char *row,
                                      size_t size,
                                      int32_t deleted,
                                      void *user_data);
vanta_status vanta_list(const vanta_client *client,
                        const char *kind,
                        const char *resource_id,
                        const vanta_call *call,
                        vanta_listing **listing,
                        vanta_error **error);
size_t vanta_listing_count(const vanta_listing *listing);
size_t vanta_listing_live_count(const vanta_listing *listing);
vanta_status vanta_listing_json(const vanta_listing *listing,
                                char *buffer,
                                size_t size,
                                size_t *needed,
                                vanta_error **error);
vanta_status vanta_listing_each(const vanta_listing *listing,
                                vanta_row_callback callback,
                                void *user_data,
                                vanta_error **error);
void vanta_listing_free(vanta_listing *listing);
vanta_status vanta_upload(const vanta_client *client,
                          const char *document_id,
                          const char *path,
                          const char *effective_at_date,
                          const char *description,
                          const vanta_call *call,
                          vanta_receipt **receipt,
                          vanta_error **error);
vanta_status vanta_call_new(vanta_call **call);
vanta_status vanta_call_set_deadline_ms(vanta_call *call, uint64_t milliseconds);
vanta_status vanta_call_set_cancel(vanta_call *call, const vanta_cancel *cancel);
void vanta_call_free(vanta_call *call);
vanta_status vanta_cancel_new(vanta_cancel **cancel);
void vanta_cancel_now(const vanta_cancel *cancel);
void vanta_cancel_free(vanta_cancel *cancel);
typedef int32_t vanta_rule;
typedef int32_t vanta_level;
typedef void (*vanta_progress_callback)(uint64_t sent,
                                        uint64_t total,
                                        size_t records,
                                        void *user_data);
#define VANTA_RULE_SCHEMA 0
#define VANTA_RULE_NULL_OPTIONAL 1
#define VANTA_RULE_HTTPS_URL 2
#define VANTA_RULE_CLOSED_TIMESTAMP 3
#define VANTA_RULE_ZERO_TO_TEN 4
#define VANTA_RULE_UNKNOWN_COMPONENT 5
#define VANTA_RULE_SIMILAR_IDS 6
#define VANTA_LEVEL_OFF 0
#define VANTA_LEVEL_WARNING 1
#define VANTA_LEVEL_ERROR 2
vanta_status vanta_call_set_rule(vanta_call *call, vanta_rule rule, vanta_level level);
vanta_status vanta_call_set_schema(vanta_call *call,
                                   const char *json,
                                   size_t size,
                                   vanta_error **error);
vanta_status vanta_call_set_custom_properties(vanta_call *call,
                                              const char *json,
                                              size_t size,
                                              vanta_error **error);
vanta_status vanta_call_add_components(vanta_call *call, const vanta_body *body);
vanta_status vanta_call_set_live_components(vanta_call *call, const char *resource_id);
vanta_status vanta_call_allow_empty(vanta_call *call);
vanta_status vanta_call_expect_removals(vanta_call *call, size_t most);
vanta_status vanta_call_allow_any_removals(vanta_call *call);
vanta_status vanta_call_set_baseline(vanta_call *call, const vanta_receipt *receipt);
vanta_status vanta_call_set_baseline_from_audit(vanta_call *call,
                                                const char *path,
                                                const char *kind,
                                                const char *resource_id,
                                                vanta_error **error);
vanta_status vanta_call_set_progress(vanta_call *call,
                                     vanta_progress_callback callback,
                                     void *user_data);
vanta_status vanta_token(const vanta_client *client,
                         const vanta_call *call,
                         char *buffer,
                         size_t size,
                         size_t *needed,
                         vanta_error **error);
vanta_status vanta_token_valid_for(const vanta_client *client,
                                   uint64_t seconds,
                                   const vanta_call *call,
                                   char *buffer,
                                   size_t size,
                                   size_t *needed,
                                   vanta_error **error);
uint64_t vanta_token_serial(const vanta_client *client);
vanta_status vanta_token_refused(const vanta_client *client, const char *token, size_t size);
void vanta_wipe(void *memory, size_t size);
typedef int32_t vanta_snapshot_field;
#define VANTA_SOURCE_NONE 0
#define VANTA_SOURCE_MINTED 1
#define VANTA_SOURCE_STORE 2
#define VANTA_SOURCE_FIXED 3
#define VANTA_REASON_NONE 0
#define VANTA_REASON_EXPIRED 1
#define VANTA_REASON_REFUSED 2
#define VANTA_REASON_SCOPE 3
#define VANTA_SNAPSHOT_GENERATION 0
#define VANTA_SNAPSHOT_SOURCE 1
#define VANTA_SNAPSHOT_SECONDS_LEFT 2
#define VANTA_SNAPSHOT_LIFETIME_ASSUMED 3
#define VANTA_SNAPSHOT_SUSPECT 4
#define VANTA_SNAPSHOT_HITS 5
#define VANTA_SNAPSHOT_WAITS 6
#define VANTA_SNAPSHOT_ADOPTIONS 7
#define VANTA_SNAPSHOT_MINTS 8
#define VANTA_SNAPSHOT_KEPT 9
#define VANTA_SNAPSHOT_REFUSED 10
#define VANTA_SNAPSHOT_REQUESTS_IN_A_MINUTE 11
#define VANTA_SNAPSHOT_BUDGET_LEFT 12
#define VANTA_SNAPSHOT_KILLED 13
#define VANTA_SNAPSHOT_LAST_REASON 14
#define VANTA_SNAPSHOT_LAST_ERROR_STATUS 15
#define VANTA_SNAPSHOT_LAST_ERROR_STEP 16
vanta_status vanta_client_snapshot(const vanta_client *client,
                                   vanta_snapshot **snapshot,
                                   vanta_error **error);
int64_t vanta_snapshot_number(const vanta_snapshot *snapshot, vanta_snapshot_field field);
const char *vanta_snapshot_line(const vanta_snapshot *snapshot);
const char *vanta_snapshot_store(const vanta_snapshot *snapshot);
const char *vanta_snapshot_scope(const vanta_snapshot *snapshot);
const char *vanta_snapshot_last_error(const vanta_snapshot *snapshot);
const char *vanta_snapshot_store_trouble(const vanta_snapshot *snapshot);
void vanta_snapshot_free(vanta_snapshot *snapshot);
typedef struct {
  size_t size;
  const char *name;
  int32_t (*try_lock)(void *user_data, const char *key, uint64_t hold_ms);
  int32_t (*load)(void *user_data, const char *key, void *record, size_t room, size_t *size);
  int32_t (*save)(void *user_data, const char *key, const void *record, size_t size);
  void (*unlock)(void *user_data, const char *key);
  void (*destroy)(void *user_data);
  int32_t (*read)(void *user_data, const char *key, void *record, size_t room, size_t *size);
} vanta_store;
#define VANTA_STORE_DONE 0
#define VANTA_STORE_BUSY 1
#define VANTA_STORE_AWAY 2
#define VANTA_STORE_UNUSABLE 3
#define VANTA_STORE_UNSUPPORTED 4
vanta_status vanta_config_set_custom_token_store(vanta_config *config,
                                                 const vanta_store *store,
                                                 void *user_data);
typedef int32_t vanta_event;
typedef void (*vanta_event_callback)(vanta_event event,
                                     int32_t is_warning,
                                     const char *line,
                                     void *user_data);
#define VANTA_EVENT_OTHER 0
#define VANTA_EVENT_MINTED 1
#define VANTA_EVENT_ADOPTED 2
#define VANTA_EVENT_TOKEN_TYPE_MISSING 3
#define VANTA_EVENT_STORE_TROUBLE 4
#define VANTA_EVENT_CONTENTION 5
#define VANTA_EVENT_YOUNG_TOKEN_REFUSED 6
#define VANTA_EVENT_SCOPE_DIFFERS 7
#define VANTA_EVENT_RENEWAL_FAILED 8
#define VANTA_EVENT_TOKEN_REFUSED 9
#define VANTA_EVENT_PACED 10
#define VANTA_EVENT_RETRYING 11
#define VANTA_EVENT_AUDIT_FAILED 12
#define VANTA_EVENT_CLOCK_SKEW 13
vanta_status vanta_config_on_event(vanta_config *config,
                                   vanta_event_callback callback,
                                   void *user_data,
                                   vanta_destroy_callback destroy);
#define VANTA_VERSION_MAJOR 0
#define VANTA_VERSION_MINOR 1
#define VANTA_VERSION_PATCH 0
#define VANTA_VERSION_NUMBER 100
#define VANTA_ABI_VERSION 0
const char *vanta_version(void);
uint32_t vanta_abi_version(void);
#ifdef __cplusplus
}
#endif
#endif
