// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_error.hpp - part of vanta.hpp, which includes it: handles that free themselves, and what is
// thrown.
#ifndef VANTA_ERROR_HPP
#define VANTA_ERROR_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "vanta.h"
#include "vanta_enum.hpp"

namespace vanta {

namespace detail {

struct deleter {
    void operator()(vanta_config *handle) const noexcept { vanta_config_free(handle); }
    void operator()(vanta_body *handle) const noexcept { vanta_body_free(handle); }
    void operator()(vanta_body_builder *handle) const noexcept { vanta_body_builder_free(handle); }
    void operator()(vanta_client *handle) const noexcept { vanta_client_free(handle); }
    void operator()(vanta_options *handle) const noexcept { vanta_options_free(handle); }
    void operator()(vanta_cancel *handle) const noexcept { vanta_cancel_free(handle); }
    void operator()(vanta_receipt *handle) const noexcept { vanta_receipt_free(handle); }
    void operator()(vanta_change_plan *handle) const noexcept { vanta_change_plan_free(handle); }
    void operator()(vanta_violations *handle) const noexcept { vanta_violations_free(handle); }
    void operator()(vanta_listing *handle) const noexcept { vanta_listing_free(handle); }
    void operator()(vanta_error *handle) const noexcept { vanta_error_free(handle); }
    void operator()(vanta_snapshot *handle) const noexcept { vanta_snapshot_free(handle); }
};

template <typename T>
using handle = std::unique_ptr<T, deleter>;

inline std::string text(const char *text) { return text ? text : ""; }

// A message with the names of C++: vanta::options::allow_any_removals().
inline std::string own_names(std::string message) {
    for (const std::string type : {"options", "config", "body_builder"}) {
        const std::string prefix = "vanta_" + type + "_";
        for (auto at = message.find(prefix); at != std::string::npos;
             at = message.find(prefix, at + 1)) {
            const auto begin = at + prefix.size();
            const auto end = message.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin);
            if (end == std::string::npos || message[end] != '(') continue;
            std::string name = message.substr(begin, end - begin);
            if (name.compare(0, 4, "set_") == 0) name.erase(0, 4);
            if (name == "use_environment") name = "from_env";
            message.replace(at, end - at, "vanta::" + type + "::" + name);
        }
    }
    return message;
}

} // namespace detail

// A violation of one record.
struct violation {
    std::int64_t index;    // position of the record, from 0; -1 when it is not known
    std::string unique_id; // "" when it is not known
    std::string pointer;   // JSON pointer within the record
    std::string message;
    std::optional<vanta::rule> rule = std::nullopt; // whose level options::rule() sets, if any
};

inline std::ostream &operator<<(std::ostream &out, const violation &violation) {
    if (violation.index >= 0) out << "record " << violation.index << ": ";
    if (!violation.unique_id.empty()) out << violation.unique_id << ": ";
    if (!violation.pointer.empty()) out << violation.pointer << ": ";
    return out << violation.message;
}

namespace detail {

// Returns the rule of this name, such as "https_url"; none for NULL and for one of a later version.
inline std::optional<rule> rule_of(const char *found) noexcept {
    for (int number = 0; found && !name(static_cast<rule>(number)).empty(); ++number)
        if (name(static_cast<rule>(number)) == found) return static_cast<rule>(number);
    return std::nullopt;
}

inline std::vector<violation> violations(const vanta_violations *list) {
    std::vector<violation> found;
    for (std::size_t i = 0; i < vanta_violations_count(list); ++i)
        found.push_back({vanta_violations_index(list, i), text(vanta_violations_unique_id(list, i)),
                         text(vanta_violations_pointer(list, i)),
                         own_names(text(vanta_violations_message(list, i))),
                         rule_of(vanta_violations_rule(list, i))});
    return found;
}

} // namespace detail

// The description of a failed call. what() is one line: what went wrong, and what to do.
//
// It is thrown, or set by a function that takes one, which then throws nothing. The first error
// stays: while there is one, calls with it do nothing and return an empty handle. So a program may
// make several calls and test the error once.
class error : public std::exception {
public:
    // Makes no error, to pass to functions.
    error() noexcept = default;
    // Makes an error with a status code, and takes ownership of the handle.
    explicit error(vanta_status status, vanta_error *handle = nullptr)
        : status_(status), handle_(handle, detail::deleter{}) {
        if (!handle) return;
        message_ = std::make_shared<std::string>(detail::own_names(vanta_error_message(handle)));
    }

    explicit error(vanta::code code) : error(static_cast<vanta_status>(code)) {}

    // Returns whether there is an error.
    explicit operator bool() const noexcept { return status_ != VANTA_OK; }
    void clear() noexcept { *this = error(); }

    // Returns the message, "" where there is no error. It is valid as long as this error or a copy
    // of it.
    const char *what() const noexcept override {
        if (message_) return message_->c_str();
        return status_ == VANTA_OK ? "" : vanta_status_text(status_);
    }
    // Returns what went wrong; `out << error.code()` writes a name such as invalid_records.
    vanta::code code() const noexcept { return vanta::code(status_); }
    // Returns what to do about it; vanta::exit_code() returns the exit code of a job for it.
    vanta::action action() const noexcept { return vanta::action(vanta_status_action(status_)); }
    // Returns how far the call had come.
    vanta::stage stage() const noexcept { return vanta::stage(vanta_error_stage(get())); }
    // Returns whether the same call may succeed later and can safely be repeated: the action is
    // retry_later or verify_or_repeat, and it is no upload that may have taken effect.
    bool is_retryable() const noexcept { return vanta_error_is_retryable(get()) != 0; }
    bool is_remembered() const noexcept { return vanta_error_is_remembered(get()) != 0; }
    int http_status() const noexcept { return vanta_error_http_status(get()); }
    // Returns how many requests the call made: token requests, reads and writes.
    unsigned attempts() const noexcept { return vanta_error_attempts(get()); }
    std::string request_id() const { return detail::text(vanta_error_request_id(get())); }
    std::string excerpt() const { return detail::text(vanta_error_excerpt(get())); }
    std::string oauth_error() const { return detail::text(vanta_error_oauth_error(get())); }

    // Returns the code of the error before this one, such as the first 401 of two;
    // vanta::code::ok for none.
    vanta::code cause_code() const noexcept {
        const vanta_error *cause = vanta_error_cause(get());
        return cause ? vanta::code(vanta_error_code(cause)) : vanta::code::ok;
    }
    // Returns the message of the error before this one; "" for none.
    std::string cause() const {
        return detail::own_names(vanta_error_message(vanta_error_cause(get())));
    }

    // Returns how long the server requested to wait (Retry-After), if it did.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const auto wait = vanta_error_retry_after_ms(get());
        if (wait < 0) return std::nullopt;
        return std::chrono::milliseconds(wait);
    }

    // Returns what is wrong with which record.
    std::vector<violation> violations() const {
        return detail::violations(vanta_error_violations(get()));
    }
    // Returns the violations that are only warnings, of a validation that found errors too.
    std::vector<violation> warnings() const {
        return detail::violations(vanta_error_warnings(get()));
    }

private:
    const vanta_error *get() const noexcept { return handle_.get(); }

    vanta_status status_ = VANTA_OK;
    std::shared_ptr<vanta_error> handle_; // exceptions are copied
    std::shared_ptr<const std::string> message_;
};

inline std::ostream &operator<<(std::ostream &out, const error &error) {
    return out << error.what();
}

namespace detail {

// C text ends at its first NUL: a longer one would be cut without notice.
inline bool is_cut(std::string_view text) noexcept { return text.find('\0') != text.npos; }

// Makes a call that has an error output, unless there is an error already or a text would be cut.
template <typename Call, typename... Texts>
void run(error &error, Call call, const Texts &...texts) {
    if (error) return;
    vanta_error *handle = nullptr;
    const bool cut = (false || ... || is_cut(texts));
    const vanta_status status = cut ? VANTA_ERR_INVALID_ARGUMENT : call(&handle);
    if (status != VANTA_OK) error = vanta::error(status, handle);
}

// Returns what the call makes, which may be nothing, in its class.
template <typename Made, typename Handle, typename Call, typename... Texts>
Made make(error &error, Call call, const Texts &...texts) {
    Handle *made = nullptr;
    run(error, [&](vanta_error **told) { return call(&made, told); }, texts...);
    return Made(made);
}

// Reports failures: sets the error that was given, which must live as long as this, or throws.
class teller {
public:
    explicit teller(error *to) noexcept : to_(to) {}

    // Returns what the work makes; the work gets the error to set.
    template <typename Work>
    auto tell(Work work) const {
        error own;
        auto made = work(to_ ? *to_ : own);
#ifdef __cpp_exceptions
        if (own) throw own;
#endif
        return made;
    }
    // Sets something. A handle that lacks a setting is not used, even where the failure is caught.
    template <typename Handle, typename Call, typename... Texts>
    void set(Handle &handle, Call call, const Texts &...texts) const {
        tell([&](error &to) {
            detail::run(to, call, texts...);
            if (to) handle.reset();
            return true;
        });
    }
    // Returns whether the call succeeded.
    template <typename Call, typename... Texts>
    bool run(Call call, const Texts &...texts) const {
        return tell([&](error &to) {
            detail::run(to, call, texts...);
            return !to;
        });
    }

private:
    error *to_;
};

template <typename Work>
auto or_throw(Work work) {
    return teller(nullptr).tell(work);
}

// Runs a callback of the program inside the library, which no exception may pass.
template <typename Work, typename Failed>
auto contained(Work work, [[maybe_unused]] Failed failed) noexcept -> decltype(work()) {
#ifdef __cpp_exceptions
    try {
        return work();
    } catch (...) {
        return failed();
    }
#else
    return work();
#endif
}

// Converts a duration to the units of C: a negative one to 0, and one that is too long to the
// largest number.
template <typename Unit, typename Length>
std::uint64_t count(Length length) noexcept {
    constexpr std::uint64_t most = 1000000000000000;
    using units = std::chrono::duration<long double, typename Unit::period>;
    const long double found = units(length).count();
    if (!(found > 0)) return 0;
    return found < static_cast<long double>(most) ? static_cast<std::uint64_t>(found) : most;
}

} // namespace detail

} // namespace vanta

#endif // VANTA_ERROR_HPP
