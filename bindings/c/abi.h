#ifndef VANTA_H
#define VANTA_H 
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
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
typedef int32_t vanta_status;
typedef int32_t vanta_action;
#define VANTA_OK 0
#define VANTA_ERR_INVALID_ARGUMENT (-1)
#define VANTA_ERR_NULL_POINTER (-2)
#define VANTA_ERR_BUFFER_TOO_SMALL (-3)
#define VANTA_ERR_INVALID_UTF8 (-4)
#define VANTA_ERR_REENTRANT (-5)
#define VANTA_ERR_INVALID_PAYLOAD (-10)
#define VANTA_ERR_EMPTY_PAYLOAD (-11)
#define VANTA_ERR_INVALID_UNIQUE_ID (-12)
#define VANTA_ERR_DUPLICATE_UNIQUE_ID (-13)
#define VANTA_ERR_PAYLOAD_TOO_LARGE (-14)
#define VANTA_ERR_INVALID_RECORDS (-15)
#define VANTA_ERR_TOO_MANY_REMOVALS (-16)
#define VANTA_ERR_INVALID_CONFIG (-20)
#define VANTA_ERR_MISSING_CREDENTIALS (-21)
#define VANTA_ERR_INSECURE_ORIGIN (-22)
#define VANTA_ERR_UNREADABLE_FILE (-23)
#define VANTA_ERR_UNUSABLE_STORE (-24)
#define VANTA_ERR_UNWRITABLE_FILE (-25)
#define VANTA_ERR_SECRET_UNAVAILABLE (-26)
#define VANTA_ERR_RESOLVE (-40)
#define VANTA_ERR_CONNECT (-41)
#define VANTA_ERR_PROXY_REFUSED (-42)
#define VANTA_ERR_TLS (-43)
#define VANTA_ERR_SEND (-44)
#define VANTA_ERR_RECEIVE (-45)
#define VANTA_ERR_DEADLINE_EXCEEDED (-46)
#define VANTA_ERR_CANCELLED (-47)
#define VANTA_ERR_REDIRECT_REFUSED (-48)
#define VANTA_ERR_RESPONSE_TOO_LARGE (-49)
#define VANTA_ERR_OUTCOME_UNKNOWN (-50)
#define VANTA_ERR_GATEWAY_RESPONSE (-52)
#define VANTA_ERR_INVALID_CLIENT (-60)
#define VANTA_ERR_INVALID_SCOPE (-61)
#define VANTA_ERR_INVALID_TOKEN_REQUEST (-62)
#define VANTA_ERR_INVALID_GRANT (-63)
#define VANTA_ERR_UNAUTHORIZED_CLIENT (-64)
#define VANTA_ERR_UNSUPPORTED_GRANT_TYPE (-65)
#define VANTA_ERR_OTHER_TOKEN_REFUSAL (-66)
#define VANTA_ERR_TOKEN_RATE_LIMITED (-67)
#define VANTA_ERR_TOKEN_UNAVAILABLE (-68)
#define VANTA_ERR_TOKEN_RESPONSE_LOST (-69)
#define VANTA_ERR_INVALID_TOKEN_RESPONSE (-70)
#define VANTA_ERR_UNSUPPORTED_TOKEN_TYPE (-71)
#define VANTA_ERR_UNAUTHORIZED (-72)
#define VANTA_ERR_FORBIDDEN (-73)
#define VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED (-74)
#define VANTA_ERR_TOKEN_RATE_LIMIT_REACHED (-75)
#define VANTA_ERR_STORE_UNAVAILABLE (-76)
#define VANTA_ERR_STORE_LOCKED (-77)
#define VANTA_ERR_CONTENTION (-78)
#define VANTA_ERR_RECORDS_REJECTED (-80)
#define VANTA_ERR_NOT_FOUND (-81)
#define VANTA_ERR_SERVER_TOO_LARGE (-82)
#define VANTA_ERR_RATE_LIMITED (-83)
#define VANTA_ERR_UNAVAILABLE (-84)
#define VANTA_ERR_UNEXPECTED_STATUS (-85)
#define VANTA_ERR_INVALID_RESPONSE (-86)
#define VANTA_ERR_NOT_VERIFIED (-87)
#define VANTA_ERR_INTERNAL (-100)
#define VANTA_ERR_OUT_OF_RESOURCES (-101)
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
const char *vanta_status_name(vanta_status status);
vanta_action vanta_status_action(vanta_status status);
int32_t vanta_action_exit_code(vanta_action action);
typedef void (*vanta_destroy_callback)(void *user_data);
typedef int32_t (*vanta_secret_callback)(char *secret,
                                         size_t room,
                                         size_t *size,
                                         char *reason,
                                         size_t reason_room,
                                         void *user_data);
#define VANTA_ON_STORE_UNAVAILABLE_FAIL 0
#define VANTA_ON_STORE_UNAVAILABLE_PROCEED 1
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
vanta_status vanta_config_set_on_store_unavailable(vanta_config *config, int32_t policy);
vanta_status vanta_config_set_static_token(vanta_config *config, const char *token, size_t size);
vanta_status vanta_config_set_token_from_store_only(vanta_config *config, int32_t on);
vanta_status vanta_config_set_token_requests_per_minute(vanta_config *config, uint32_t a_minute);
vanta_status vanta_config_set_requests_per_minute(vanta_config *config, uint32_t a_minute);
vanta_status vanta_config_set_audit_file(vanta_config *config, const char *path);
vanta_status vanta_config_set_strict_token_response(vanta_config *config, int32_t on);
vanta_status vanta_config_set_retry_on_401(vanta_config *config, int32_t on);
vanta_status vanta_config_set_user_agent(vanta_config *config, const char *name);
vanta_status vanta_config_set_deadline_ms(vanta_config *config, uint64_t milliseconds);
vanta_status vanta_config_set_expiry_margin(vanta_config *config, uint64_t seconds);
vanta_status vanta_config_set_list_cap(vanta_config *config, uint64_t size);
vanta_status vanta_config_set_allow_plain_http_to_loopback(vanta_config *config, int32_t on);
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
vanta_status vanta_body_with_leavers(const vanta_body *body,
                                     const vanta_listing *listing,
                                     uint64_t keep_for_seconds,
                                     int64_t now_unix_ms,
                                     vanta_body **with_leavers,
                                     vanta_error **error);
const char *vanta_body_resource_id(const vanta_body *body);
size_t vanta_body_record_count(const vanta_body *body);
size_t vanta_body_byte_len(const vanta_body *body);
void vanta_body_free(vanta_body *body);
vanta_status vanta_body_builder_new(const char *resource_id,
                                    vanta_body_builder **records,
                                    vanta_error **error);
vanta_status vanta_body_builder_begin(vanta_body_builder *records);
vanta_status vanta_body_builder_string(vanta_body_builder *records,
                                       const char *key,
                                       const char *text,
                                       size_t size);
vanta_status vanta_body_builder_text(vanta_body_builder *records,
                                     const char *key,
                                     const char *text);
vanta_status vanta_body_builder_boolean(vanta_body_builder *records,
                                        const char *key,
                                        int32_t value);
vanta_status vanta_body_builder_integer(vanta_body_builder *records,
                                        const char *key,
                                        int64_t value);
vanta_status vanta_body_builder_number(vanta_body_builder *records, const char *key, double value);
vanta_status vanta_body_builder_timestamp_ms(vanta_body_builder *records,
                                             const char *key,
                                             int64_t unix_ms);
vanta_status vanta_body_builder_null(vanta_body_builder *records, const char *key);
vanta_status vanta_body_builder_json(vanta_body_builder *records,
                                     const char *key,
                                     const char *json,
                                     size_t size);
vanta_status vanta_body_builder_begin_object(vanta_body_builder *records, const char *key);
vanta_status vanta_body_builder_begin_array(vanta_body_builder *records, const char *key);
vanta_status vanta_body_builder_end(vanta_body_builder *records);
vanta_status vanta_body_builder_finish(vanta_body_builder *records,
                                       vanta_body **body,
                                       vanta_error **error);
void vanta_body_builder_free(vanta_body_builder *records);
vanta_status vanta_validate(const char *kind,
                            const vanta_body *body,
                            const vanta_options *options,
                            vanta_violations **warnings,
                            vanta_error **error);
size_t vanta_violations_count(const vanta_violations *violations);
int64_t vanta_violations_index(const vanta_violations *violations, size_t number);
const char *vanta_violations_unique_id(const vanta_violations *violations, size_t number);
const char *vanta_violations_pointer(const vanta_violations *violations, size_t number);
const char *vanta_violations_message(const vanta_violations *violations, size_t number);
const char *vanta_violations_rule(const vanta_violations *violations, size_t number);
void vanta_violations_free(vanta_violations *violations);
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
                        const vanta_options *options,
                        vanta_receipt **receipt,
                        vanta_error **error);
vanta_status vanta_verify(const vanta_client *client,
                          const char *kind,
                          const vanta_body *body,
                          const vanta_options *options,
                          vanta_receipt **receipt,
                          vanta_error **error);
#define VANTA_RECEIPT_NONE 0
#define VANTA_RECEIPT_PUSHED 1
#define VANTA_RECEIPT_VERIFIED 2
#define VANTA_RECEIPT_UPLOADED 3
#define VANTA_RECEIPT_UNCHANGED 4
size_t vanta_not_comparable_count(const vanta_not_comparable *members);
const char *vanta_not_comparable_pointer(const vanta_not_comparable *members, size_t number);
size_t vanta_not_comparable_records(const vanta_not_comparable *members, size_t number);
vanta_status vanta_receipt_from_json(const char *json,
                                     size_t size,
                                     vanta_receipt **receipt,
                                     vanta_error **error);
int32_t vanta_receipt_kind(const vanta_receipt *receipt);
const char *vanta_receipt_time(const vanta_receipt *receipt);
const char *vanta_receipt_resource_kind(const vanta_receipt *receipt);
const char *vanta_receipt_sha256(const vanta_receipt *receipt);
int64_t vanta_receipt_removed(const vanta_receipt *receipt);
const char *vanta_receipt_upload_id(const vanta_receipt *receipt);
const char *vanta_receipt_origin(const vanta_receipt *receipt);
const char *vanta_receipt_application(const vanta_receipt *receipt);
const vanta_not_comparable *vanta_receipt_not_comparable(const vanta_receipt *receipt);
uint64_t vanta_receipt_token_generation(const vanta_receipt *receipt);
int32_t vanta_receipt_is_audited(const vanta_receipt *receipt);
const vanta_violations *vanta_receipt_warnings(const vanta_receipt *receipt);
const char *vanta_receipt_json(const vanta_receipt *receipt);
const char *vanta_receipt_resource_id(const vanta_receipt *receipt);
size_t vanta_receipt_record_count(const vanta_receipt *receipt);
uint64_t vanta_receipt_byte_len(const vanta_receipt *receipt);
uint32_t vanta_receipt_attempts(const vanta_receipt *receipt);
int32_t vanta_receipt_http_status(const vanta_receipt *receipt);
const char *vanta_receipt_request_id(const vanta_receipt *receipt);
const char *vanta_receipt_line(const vanta_receipt *receipt);
void vanta_receipt_free(vanta_receipt *receipt);
typedef int32_t vanta_stage;
#define VANTA_STAGE_VALIDATE 0
#define VANTA_STAGE_RESOLVE 1
#define VANTA_STAGE_CONNECT 2
#define VANTA_STAGE_TLS 3
#define VANTA_STAGE_SEND 4
#define VANTA_STAGE_WAIT 5
#define VANTA_STAGE_READ 6
#define VANTA_STAGE_QUEUE 7
#define VANTA_STAGE_STORE 8
#define VANTA_STAGE_PROXY 9
vanta_status vanta_error_code(const vanta_error *error);
const char *vanta_error_message(const vanta_error *error);
vanta_stage vanta_error_stage(const vanta_error *error);
int32_t vanta_error_is_retryable(const vanta_error *error);
int32_t vanta_error_is_remembered(const vanta_error *error);
int32_t vanta_error_http_status(const vanta_error *error);
uint32_t vanta_error_attempts(const vanta_error *error);
int64_t vanta_error_retry_after_ms(const vanta_error *error);
const char *vanta_error_request_id(const vanta_error *error);
const char *vanta_error_excerpt(const vanta_error *error);
const char *vanta_error_oauth_error(const vanta_error *error);
const vanta_error *vanta_error_cause(const vanta_error *error);
const vanta_violations *vanta_error_violations(const vanta_error *error);
const vanta_violations *vanta_error_warnings(const vanta_error *error);
void vanta_error_free(vanta_error *error);
size_t vanta_change_plan_added(const vanta_change_plan *plan);
size_t vanta_change_plan_changed(const vanta_change_plan *plan);
size_t vanta_change_plan_deactivated(const vanta_change_plan *plan);
size_t vanta_change_plan_removed(const vanta_change_plan *plan);
size_t vanta_change_plan_unchanged(const vanta_change_plan *plan);
int32_t vanta_change_plan_is_empty(const vanta_change_plan *plan);
const vanta_not_comparable *vanta_change_plan_not_comparable(const vanta_change_plan *plan);
int32_t vanta_change_plan_is_refused(const vanta_change_plan *plan);
const char *vanta_change_plan_text(const vanta_change_plan *plan);
const char *vanta_change_plan_json(const vanta_change_plan *plan);
void vanta_change_plan_free(vanta_change_plan *plan);
vanta_status vanta_plan(const vanta_client *client,
                        const char *kind,
                        const vanta_body *body,
                        const vanta_options *options,
                        vanta_change_plan **plan,
                        vanta_error **error);
typedef int32_t (*vanta_row_callback)(const char *row,
                                      size_t size,
                                      int32_t deleted,
                                      void *user_data);
vanta_status vanta_list(const vanta_client *client,
                        const char *kind,
                        const char *resource_id,
                        const vanta_options *options,
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
const char *vanta_listing_row(const vanta_listing *listing, size_t index, size_t *size);
int32_t vanta_listing_row_is_deleted(const vanta_listing *listing, size_t index);
void vanta_listing_free(vanta_listing *listing);
vanta_status vanta_upload(const vanta_client *client,
                          const char *document_id,
                          const char *path,
                          const char *effective_at_date,
                          const char *description,
                          const vanta_options *options,
                          vanta_receipt **receipt,
                          vanta_error **error);
vanta_status vanta_options_new(vanta_options **options);
vanta_status vanta_options_set_deadline_ms(vanta_options *options, uint64_t milliseconds);
vanta_status vanta_options_set_shared_deadline_ms(vanta_options *options, uint64_t milliseconds);
vanta_status vanta_options_set_cancel(vanta_options *options, const vanta_cancel *cancel);
void vanta_options_free(vanta_options *options);
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
vanta_status vanta_options_set_rule(vanta_options *options, vanta_rule rule, vanta_level level);
vanta_status vanta_options_set_schema(vanta_options *options,
                                      const char *json,
                                      size_t size,
                                      vanta_error **error);
vanta_status vanta_options_set_custom_properties(vanta_options *options,
                                                 const char *json,
                                                 size_t size,
                                                 vanta_error **error);
vanta_status vanta_options_add_components(vanta_options *options, const vanta_body *body);
vanta_status vanta_options_set_live_components(vanta_options *options, const char *resource_id);
vanta_status vanta_options_allow_empty(vanta_options *options, int32_t allow);
vanta_status vanta_options_expect_removals(vanta_options *options, size_t most);
vanta_status vanta_options_allow_any_removals(vanta_options *options, int32_t allow);
vanta_status vanta_options_set_only_if_changed(vanta_options *options, int32_t only_if_changed);
vanta_status vanta_options_set_baseline(vanta_options *options, const vanta_receipt *receipt);
vanta_status vanta_options_set_baseline_from_audit(vanta_options *options,
                                                   const char *path,
                                                   const char *kind,
                                                   const char *resource_id,
                                                   vanta_error **error);
vanta_status vanta_options_set_progress(vanta_options *options,
                                        vanta_progress_callback callback,
                                        void *user_data);
vanta_status vanta_cancel_new(vanta_cancel **cancel);
void vanta_cancel_set(const vanta_cancel *cancel);
int32_t vanta_cancel_is_set(const vanta_cancel *cancel);
void vanta_cancel_free(vanta_cancel *cancel);
vanta_status vanta_token(const vanta_client *client,
                         const vanta_options *options,
                         char *buffer,
                         size_t size,
                         size_t *needed,
                         vanta_error **error);
vanta_status vanta_token_valid_for(const vanta_client *client,
                                   uint64_t seconds,
                                   const vanta_options *options,
                                   char *buffer,
                                   size_t size,
                                   size_t *needed,
                                   vanta_error **error);
uint64_t vanta_token_serial(const vanta_client *client);
vanta_status vanta_report_token_rejected(const vanta_client *client,
                                         const char *token,
                                         size_t size);
void vanta_wipe(void *memory, size_t size);
typedef int32_t vanta_snapshot_field;
#define VANTA_SOURCE_NONE 0
#define VANTA_SOURCE_REQUESTED 1
#define VANTA_SOURCE_STORE 2
#define VANTA_SOURCE_STATIC 3
#define VANTA_REASON_NONE 0
#define VANTA_REASON_EXPIRED 1
#define VANTA_REASON_REJECTED 2
#define VANTA_REASON_SCOPE 3
#define VANTA_SNAPSHOT_GENERATION 0
#define VANTA_SNAPSHOT_SOURCE 1
#define VANTA_SNAPSHOT_SECONDS_LEFT 2
#define VANTA_SNAPSHOT_LIFETIME_ASSUMED 3
#define VANTA_SNAPSHOT_MAYBE_REVOKED 4
#define VANTA_SNAPSHOT_CACHE_HITS 5
#define VANTA_SNAPSHOT_WAITS 6
#define VANTA_SNAPSHOT_FROM_STORE 7
#define VANTA_SNAPSHOT_TOKEN_REQUESTS 8
#define VANTA_SNAPSHOT_RENEWAL_FAILURES 9
#define VANTA_SNAPSHOT_REJECTIONS 10
#define VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE 11
#define VANTA_SNAPSHOT_REQUESTS_LEFT 12
#define VANTA_SNAPSHOT_REVOKED 13
#define VANTA_SNAPSHOT_LAST_REASON 14
#define VANTA_SNAPSHOT_LAST_ERROR_CODE 15
#define VANTA_SNAPSHOT_LAST_ERROR_STAGE 16
vanta_status vanta_client_snapshot(const vanta_client *client,
                                   vanta_snapshot **snapshot,
                                   vanta_error **error);
int64_t vanta_snapshot_number(const vanta_snapshot *snapshot, vanta_snapshot_field field);
const char *vanta_snapshot_line(const vanta_snapshot *snapshot);
const char *vanta_snapshot_store(const vanta_snapshot *snapshot);
const char *vanta_snapshot_scope(const vanta_snapshot *snapshot);
const char *vanta_snapshot_last_error(const vanta_snapshot *snapshot);
const char *vanta_snapshot_store_error(const vanta_snapshot *snapshot);
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
#define VANTA_STORE_RESULT_DONE 0
#define VANTA_STORE_RESULT_BUSY 1
#define VANTA_STORE_RESULT_UNAVAILABLE 2
#define VANTA_STORE_RESULT_UNUSABLE 3
#define VANTA_STORE_RESULT_UNSUPPORTED 4
vanta_status vanta_config_set_custom_token_store(vanta_config *config,
                                                 const vanta_store *store,
                                                 void *user_data);
typedef int32_t vanta_event;
typedef void (*vanta_event_callback)(vanta_event event,
                                     int32_t is_warning,
                                     const char *line,
                                     void *user_data);
#define VANTA_EVENT_OTHER 0
#define VANTA_EVENT_NEW_TOKEN 1
#define VANTA_EVENT_TOKEN_FROM_STORE 2
#define VANTA_EVENT_TOKEN_TYPE_MISSING 3
#define VANTA_EVENT_STORE_FAILED 4
#define VANTA_EVENT_CONTENTION 5
#define VANTA_EVENT_NEW_TOKEN_REJECTED 6
#define VANTA_EVENT_SCOPE_DIFFERS 7
#define VANTA_EVENT_RENEWAL_FAILED 8
#define VANTA_EVENT_TOKEN_REJECTED 9
#define VANTA_EVENT_RATE_LIMIT_REACHED 10
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
