// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_enum.hpp - part of vanta.hpp, which includes it: the numbers of vanta.h as enumerations.
//
// Each enumerator has the number of its constant in vanta.h, whose comment describes it. A value
// compares with that constant too, and `out << value` writes the name of the enumerator, such as
// invalid_records or fix_records. A later version of the library may return numbers that have no
// enumerator, which are written as numbers.
#ifndef VANTA_ENUM_HPP
#define VANTA_ENUM_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include "vanta.h"

namespace vanta {

namespace detail {

// Returns the name at the place of the number, or "".
template <std::size_t Count, typename Enum>
constexpr std::string_view name_of(const std::array<std::string_view, Count> &names,
                                   Enum value) noexcept {
    const auto place = static_cast<std::size_t>(value);
    return place < Count ? names[place] : std::string_view();
}

} // namespace detail

// -- generated from include/vanta.h --
enum class code : vanta_status {
    ok = VANTA_OK,
    invalid_argument = VANTA_ERR_INVALID_ARGUMENT,
    null_pointer = VANTA_ERR_NULL_POINTER,
    buffer_too_small = VANTA_ERR_BUFFER_TOO_SMALL,
    invalid_utf8 = VANTA_ERR_INVALID_UTF8,
    reentrant = VANTA_ERR_REENTRANT,
    invalid_payload = VANTA_ERR_INVALID_PAYLOAD,
    empty_payload = VANTA_ERR_EMPTY_PAYLOAD,
    invalid_unique_id = VANTA_ERR_INVALID_UNIQUE_ID,
    duplicate_unique_id = VANTA_ERR_DUPLICATE_UNIQUE_ID,
    payload_too_large = VANTA_ERR_PAYLOAD_TOO_LARGE,
    invalid_records = VANTA_ERR_INVALID_RECORDS,
    too_many_removals = VANTA_ERR_TOO_MANY_REMOVALS,
    invalid_config = VANTA_ERR_INVALID_CONFIG,
    missing_credentials = VANTA_ERR_MISSING_CREDENTIALS,
    insecure_origin = VANTA_ERR_INSECURE_ORIGIN,
    unreadable_file = VANTA_ERR_UNREADABLE_FILE,
    unusable_store = VANTA_ERR_UNUSABLE_STORE,
    unwritable_file = VANTA_ERR_UNWRITABLE_FILE,
    secret_unavailable = VANTA_ERR_SECRET_UNAVAILABLE,
    resolve = VANTA_ERR_RESOLVE,
    connect = VANTA_ERR_CONNECT,
    proxy_refused = VANTA_ERR_PROXY_REFUSED,
    tls = VANTA_ERR_TLS,
    send = VANTA_ERR_SEND,
    receive = VANTA_ERR_RECEIVE,
    deadline_exceeded = VANTA_ERR_DEADLINE_EXCEEDED,
    cancelled = VANTA_ERR_CANCELLED,
    redirect_refused = VANTA_ERR_REDIRECT_REFUSED,
    response_too_large = VANTA_ERR_RESPONSE_TOO_LARGE,
    outcome_unknown = VANTA_ERR_OUTCOME_UNKNOWN,
    gateway_response = VANTA_ERR_GATEWAY_RESPONSE,
    invalid_client = VANTA_ERR_INVALID_CLIENT,
    invalid_scope = VANTA_ERR_INVALID_SCOPE,
    invalid_token_request = VANTA_ERR_INVALID_TOKEN_REQUEST,
    invalid_grant = VANTA_ERR_INVALID_GRANT,
    unauthorized_client = VANTA_ERR_UNAUTHORIZED_CLIENT,
    unsupported_grant_type = VANTA_ERR_UNSUPPORTED_GRANT_TYPE,
    other_token_refusal = VANTA_ERR_OTHER_TOKEN_REFUSAL,
    token_rate_limited = VANTA_ERR_TOKEN_RATE_LIMITED,
    token_unavailable = VANTA_ERR_TOKEN_UNAVAILABLE,
    token_response_lost = VANTA_ERR_TOKEN_RESPONSE_LOST,
    invalid_token_response = VANTA_ERR_INVALID_TOKEN_RESPONSE,
    unsupported_token_type = VANTA_ERR_UNSUPPORTED_TOKEN_TYPE,
    unauthorized = VANTA_ERR_UNAUTHORIZED,
    forbidden = VANTA_ERR_FORBIDDEN,
    token_request_not_allowed = VANTA_ERR_TOKEN_REQUEST_NOT_ALLOWED,
    token_rate_limit_reached = VANTA_ERR_TOKEN_RATE_LIMIT_REACHED,
    store_unavailable = VANTA_ERR_STORE_UNAVAILABLE,
    store_locked = VANTA_ERR_STORE_LOCKED,
    contention = VANTA_ERR_CONTENTION,
    records_rejected = VANTA_ERR_RECORDS_REJECTED,
    not_found = VANTA_ERR_NOT_FOUND,
    server_too_large = VANTA_ERR_SERVER_TOO_LARGE,
    rate_limited = VANTA_ERR_RATE_LIMITED,
    unavailable = VANTA_ERR_UNAVAILABLE,
    unexpected_status = VANTA_ERR_UNEXPECTED_STATUS,
    invalid_response = VANTA_ERR_INVALID_RESPONSE,
    not_verified = VANTA_ERR_NOT_VERIFIED,
    internal = VANTA_ERR_INTERNAL,
    out_of_resources = VANTA_ERR_OUT_OF_RESOURCES,
};

enum class action : vanta_action {
    none = VANTA_ACTION_NONE,
    fix_call = VANTA_ACTION_FIX_CALL,
    fix_records = VANTA_ACTION_FIX_RECORDS,
    fix_config = VANTA_ACTION_FIX_CONFIG,
    fix_credentials = VANTA_ACTION_FIX_CREDENTIALS,
    retry_later = VANTA_ACTION_RETRY_LATER,
    verify_or_repeat = VANTA_ACTION_VERIFY_OR_REPEAT,
    stop = VANTA_ACTION_STOP,
    report = VANTA_ACTION_REPORT,
};
inline std::string_view name(action value) noexcept {
    constexpr std::array<std::string_view, 9> names{{
        "none",
        "fix_call",
        "fix_records",
        "fix_config",
        "fix_credentials",
        "retry_later",
        "verify_or_repeat",
        "stop",
        "report",
    }};
    return detail::name_of(names, value);
}

enum class stage : vanta_stage {
    validate = VANTA_STAGE_VALIDATE,
    resolve = VANTA_STAGE_RESOLVE,
    connect = VANTA_STAGE_CONNECT,
    tls = VANTA_STAGE_TLS,
    send = VANTA_STAGE_SEND,
    wait = VANTA_STAGE_WAIT,
    read = VANTA_STAGE_READ,
    queue = VANTA_STAGE_QUEUE,
    store = VANTA_STAGE_STORE,
    proxy = VANTA_STAGE_PROXY,
};
inline std::string_view name(stage value) noexcept {
    constexpr std::array<std::string_view, 10> names{{
        "validate",
        "resolve",
        "connect",
        "tls",
        "send",
        "wait",
        "read",
        "queue",
        "store",
        "proxy",
    }};
    return detail::name_of(names, value);
}

enum class rule : vanta_rule {
    schema = VANTA_RULE_SCHEMA,
    null_optional = VANTA_RULE_NULL_OPTIONAL,
    https_url = VANTA_RULE_HTTPS_URL,
    closed_timestamp = VANTA_RULE_CLOSED_TIMESTAMP,
    zero_to_ten = VANTA_RULE_ZERO_TO_TEN,
    unknown_component = VANTA_RULE_UNKNOWN_COMPONENT,
    similar_ids = VANTA_RULE_SIMILAR_IDS,
};
inline std::string_view name(rule value) noexcept {
    constexpr std::array<std::string_view, 7> names{{
        "schema",
        "null_optional",
        "https_url",
        "closed_timestamp",
        "zero_to_ten",
        "unknown_component",
        "similar_ids",
    }};
    return detail::name_of(names, value);
}

enum class level : vanta_level {
    off = VANTA_LEVEL_OFF,
    warning = VANTA_LEVEL_WARNING,
    error = VANTA_LEVEL_ERROR,
};
inline std::string_view name(level value) noexcept {
    constexpr std::array<std::string_view, 3> names{{
        "off",
        "warning",
        "error",
    }};
    return detail::name_of(names, value);
}

enum class receipt_kind : std::int32_t {
    none = VANTA_RECEIPT_NONE,
    pushed = VANTA_RECEIPT_PUSHED,
    verified = VANTA_RECEIPT_VERIFIED,
    uploaded = VANTA_RECEIPT_UPLOADED,
    unchanged = VANTA_RECEIPT_UNCHANGED,
};
inline std::string_view name(receipt_kind value) noexcept {
    constexpr std::array<std::string_view, 5> names{{
        "none",
        "pushed",
        "verified",
        "uploaded",
        "unchanged",
    }};
    return detail::name_of(names, value);
}

enum class on_store_unavailable : std::int32_t {
    fail = VANTA_ON_STORE_UNAVAILABLE_FAIL,
    proceed = VANTA_ON_STORE_UNAVAILABLE_PROCEED,
};
inline std::string_view name(on_store_unavailable value) noexcept {
    constexpr std::array<std::string_view, 2> names{{
        "fail",
        "proceed",
    }};
    return detail::name_of(names, value);
}

enum class roots : std::int32_t {
    bundled = VANTA_ROOTS_BUNDLED,
    system = VANTA_ROOTS_SYSTEM,
    none = VANTA_ROOTS_NONE,
};
inline std::string_view name(roots value) noexcept {
    constexpr std::array<std::string_view, 3> names{{
        "bundled",
        "system",
        "none",
    }};
    return detail::name_of(names, value);
}

enum class token_source : std::int32_t {
    none = VANTA_SOURCE_NONE,
    requested = VANTA_SOURCE_REQUESTED,
    store = VANTA_SOURCE_STORE,
    static_ = VANTA_SOURCE_STATIC,
};
inline std::string_view name(token_source value) noexcept {
    constexpr std::array<std::string_view, 4> names{{
        "none",
        "requested",
        "store",
        "static",
    }};
    return detail::name_of(names, value);
}

enum class renewal_reason : std::int32_t {
    none = VANTA_REASON_NONE,
    expired = VANTA_REASON_EXPIRED,
    rejected = VANTA_REASON_REJECTED,
    scope = VANTA_REASON_SCOPE,
};
inline std::string_view name(renewal_reason value) noexcept {
    constexpr std::array<std::string_view, 4> names{{
        "none",
        "expired",
        "rejected",
        "scope",
    }};
    return detail::name_of(names, value);
}

enum class snapshot_field : vanta_snapshot_field {
    generation = VANTA_SNAPSHOT_GENERATION,
    source = VANTA_SNAPSHOT_SOURCE,
    seconds_left = VANTA_SNAPSHOT_SECONDS_LEFT,
    lifetime_assumed = VANTA_SNAPSHOT_LIFETIME_ASSUMED,
    maybe_revoked = VANTA_SNAPSHOT_MAYBE_REVOKED,
    cache_hits = VANTA_SNAPSHOT_CACHE_HITS,
    waits = VANTA_SNAPSHOT_WAITS,
    from_store = VANTA_SNAPSHOT_FROM_STORE,
    token_requests = VANTA_SNAPSHOT_TOKEN_REQUESTS,
    renewal_failures = VANTA_SNAPSHOT_RENEWAL_FAILURES,
    rejections = VANTA_SNAPSHOT_REJECTIONS,
    requests_last_minute = VANTA_SNAPSHOT_REQUESTS_LAST_MINUTE,
    requests_left = VANTA_SNAPSHOT_REQUESTS_LEFT,
    revoked = VANTA_SNAPSHOT_REVOKED,
    last_reason = VANTA_SNAPSHOT_LAST_REASON,
    last_error_code = VANTA_SNAPSHOT_LAST_ERROR_CODE,
    last_error_stage = VANTA_SNAPSHOT_LAST_ERROR_STAGE,
};
inline std::string_view name(snapshot_field value) noexcept {
    constexpr std::array<std::string_view, 17> names{{
        "generation",
        "source",
        "seconds_left",
        "lifetime_assumed",
        "maybe_revoked",
        "cache_hits",
        "waits",
        "from_store",
        "token_requests",
        "renewal_failures",
        "rejections",
        "requests_last_minute",
        "requests_left",
        "revoked",
        "last_reason",
        "last_error_code",
        "last_error_stage",
    }};
    return detail::name_of(names, value);
}

enum class event : vanta_event {
    other = VANTA_EVENT_OTHER,
    new_token = VANTA_EVENT_NEW_TOKEN,
    token_from_store = VANTA_EVENT_TOKEN_FROM_STORE,
    token_type_missing = VANTA_EVENT_TOKEN_TYPE_MISSING,
    store_failed = VANTA_EVENT_STORE_FAILED,
    contention = VANTA_EVENT_CONTENTION,
    new_token_rejected = VANTA_EVENT_NEW_TOKEN_REJECTED,
    scope_differs = VANTA_EVENT_SCOPE_DIFFERS,
    renewal_failed = VANTA_EVENT_RENEWAL_FAILED,
    token_rejected = VANTA_EVENT_TOKEN_REJECTED,
    rate_limit_reached = VANTA_EVENT_RATE_LIMIT_REACHED,
    retrying = VANTA_EVENT_RETRYING,
    audit_failed = VANTA_EVENT_AUDIT_FAILED,
    clock_skew = VANTA_EVENT_CLOCK_SKEW,
};
inline std::string_view name(event value) noexcept {
    constexpr std::array<std::string_view, 14> names{{
        "other",
        "new_token",
        "token_from_store",
        "token_type_missing",
        "store_failed",
        "contention",
        "new_token_rejected",
        "scope_differs",
        "renewal_failed",
        "token_rejected",
        "rate_limit_reached",
        "retrying",
        "audit_failed",
        "clock_skew",
    }};
    return detail::name_of(names, value);
}
// -- end of what is generated --

// Returns the name of a status code, such as "tls", or "" for a number that is none.
// vanta_status_name() has that of its constant.
inline std::string name(code value) {
    std::string name = vanta_status_name(static_cast<vanta_status>(value));
    name.erase(0, name.find_first_of('_') + 1);
    if (name.compare(0, 4, "ERR_") == 0) name.erase(0, 4);
    for (char &letter : name)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return name;
}

// Returns what the status code means, in words.
inline std::string_view text(code value) noexcept {
    return vanta_status_text(static_cast<vanta_status>(value));
}

// Returns the exit code of a job for an action: see vanta_action_exit_code().
inline int exit_code(action value) noexcept {
    return vanta_action_exit_code(static_cast<vanta_action>(value));
}

namespace detail {

// The type of an enumeration's numbers; none for any other type.
template <typename Enum>
using number_of =
    typename std::conditional_t<std::is_enum_v<Enum>, std::underlying_type<Enum>,
                                std::enable_if<false>>::type;

} // namespace detail

// Writes the name, or the number when it has no name.
template <typename Enum, typename Number = detail::number_of<Enum>,
          typename = decltype(name(Enum()))>
std::ostream &operator<<(std::ostream &out, Enum value) {
    const auto found = name(value);
    return found.empty() ? out << static_cast<Number>(value) : out << found;
}

// Compares with a constant of vanta.h.
template <typename Enum, typename Number = detail::number_of<Enum>,
          typename = decltype(name(Enum()))>
constexpr bool operator==(Enum left, detail::number_of<Enum> right) noexcept {
    return static_cast<Number>(left) == right;
}
template <typename Enum, typename Number = detail::number_of<Enum>,
          typename = decltype(name(Enum()))>
constexpr bool operator!=(Enum left, detail::number_of<Enum> right) noexcept {
    return static_cast<Number>(left) != right;
}

} // namespace vanta

#endif // VANTA_ENUM_HPP
