// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta.hpp - libvanta for C++17 and later, header only, over vanta.h.
//
// Handles free themselves and can be moved, not copied. A failure is thrown as vanta::error. What
// vanta.h says of threads, blocking and strings holds here too.
#ifndef VANTA_HPP
#define VANTA_HPP

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vanta.h"

namespace vanta {

namespace detail {

struct deleter {
    void operator()(vanta_config *handle) const noexcept { vanta_config_free(handle); }
    void operator()(vanta_client *handle) const noexcept { vanta_client_free(handle); }
    void operator()(vanta_call *handle) const noexcept { vanta_call_free(handle); }
    void operator()(vanta_cancel *handle) const noexcept { vanta_cancel_free(handle); }
    void operator()(vanta_receipt *handle) const noexcept { vanta_receipt_free(handle); }
    void operator()(vanta_listing *handle) const noexcept { vanta_listing_free(handle); }
    void operator()(vanta_error *handle) const noexcept { vanta_error_free(handle); }
};

template <typename T>
using handle = std::unique_ptr<T, deleter>;

inline std::string text(const char *text) { return text ? text : ""; }

} // namespace detail

// One thing that is wrong with one record.
struct fault {
    std::int64_t index;    // position of the record, from 0; -1 when it is not known
    std::string unique_id; // "" when it is not known
    std::string pointer;   // JSON pointer within the record
    std::string message;
};

// What went wrong. what() is one line that says what, where, and what to do.
class error : public std::exception {
public:
    // Takes the handle over; without one there is the status alone.
    explicit error(vanta_status status, vanta_error *handle = nullptr)
        : status_(status), handle_(handle, detail::deleter{}),
          what_(handle ? vanta_error_message(handle) : vanta_status_text(status)) {}

    const char *what() const noexcept override { return what_.c_str(); }
    vanta_status status() const noexcept { return status_; }
    vanta_action action() const noexcept { return vanta_status_action(status_); }
    bool is_retryable() const noexcept { return vanta_error_is_retryable(get()) != 0; }
    bool is_remembered() const noexcept { return vanta_error_is_remembered(get()) != 0; }
    int http_status() const noexcept { return vanta_error_http_status(get()); }
    unsigned attempts() const noexcept { return vanta_error_attempts(get()); }
    std::string request_id() const { return detail::text(vanta_error_request_id(get())); }
    std::string excerpt() const { return detail::text(vanta_error_excerpt(get())); }
    std::string oauth_error() const { return detail::text(vanta_error_oauth_error(get())); }

    // The status of the error before this one, such as the first 401 of a pair; VANTA_OK for none.
    vanta_status cause_status() const noexcept {
        const vanta_error *cause = vanta_error_cause(get());
        return cause ? vanta_error_status(cause) : VANTA_OK;
    }
    // What it says; "" for none.
    std::string cause() const { return vanta_error_message(vanta_error_cause(get())); }

    // How long the server asks to wait, if it does.
    std::optional<std::chrono::milliseconds> retry_after() const {
        const auto wait = vanta_error_retry_after_ms(get());
        if (wait < 0) return std::nullopt;
        return std::chrono::milliseconds(wait);
    }

    std::vector<fault> faults() const {
        std::vector<fault> found;
        for (std::size_t i = 0; i < vanta_error_fault_count(get()); ++i) {
            found.push_back({vanta_error_fault_index(get(), i),
                             detail::text(vanta_error_fault_unique_id(get(), i)),
                             detail::text(vanta_error_fault_pointer(get(), i)),
                             detail::text(vanta_error_fault_message(get(), i))});
        }
        return found;
    }

private:
    const vanta_error *get() const noexcept { return handle_.get(); }

    vanta_status status_;
    std::shared_ptr<vanta_error> handle_; // exceptions are copied
    std::string what_;
};

namespace detail {

inline void check(vanta_status status) {
    if (status != VANTA_OK) throw error(status);
}

// Makes a call that has an error output. The output is read after the call, whatever order the
// compiler gives to arguments.
template <typename Call>
void checked(Call call) {
    vanta_error *handle = nullptr;
    const vanta_status status = call(&handle);
    if (status != VANTA_OK) throw error(status, handle);
}

} // namespace detail

// How to reach Vanta, as whom, and how patiently. For one thread at a time.
class config {
public:
    config() {
        vanta_config *made = nullptr;
        detail::check(vanta_config_new(&made));
        handle_.reset(made);
    }

    // Defaults, and the environment for what is not set here.
    static config from_env() {
        config made;
        detail::check(vanta_config_use_environment(made.get()));
        return made;
    }

    config &client_id(const std::string &id) {
        return set(vanta_config_set_client_id(get(), id.c_str()));
    }
    config &client_secret(std::string_view secret) {
        return set(vanta_config_set_client_secret(get(), secret.data(), secret.size()));
    }
    config &client_secret_file(const std::string &path) {
        return set(vanta_config_set_client_secret_file(get(), path.c_str()));
    }
    config &origin(const std::string &origin) {
        return set(vanta_config_set_origin(get(), origin.c_str()));
    }
    config &scope(const std::string &scope) {
        return set(vanta_config_set_scope(get(), scope.c_str()));
    }
    config &token_store(const std::string &store) {
        return set(vanta_config_set_token_store(get(), store.c_str()));
    }
    config &ca_file(const std::string &path) {
        return set(vanta_config_set_ca_file(get(), path.c_str()));
    }
    config &application(const std::string &name) {
        return set(vanta_config_set_application(get(), name.c_str()));
    }
    config &deadline(std::chrono::milliseconds deadline) {
        return set(vanta_config_set_deadline_ms(get(), static_cast<std::uint64_t>(deadline.count())));
    }
    config &margin(std::chrono::seconds margin) {
        return set(vanta_config_set_margin(get(), static_cast<std::uint64_t>(margin.count())));
    }
    config &list_cap(std::uint64_t size) { return set(vanta_config_set_list_cap(get(), size)); }
    config &allow_plain_http_to_loopback() {
        return set(vanta_config_allow_plain_http_to_loopback(get()));
    }

    const vanta_config *get() const noexcept { return handle_.get(); }

private:
    vanta_config *get() noexcept { return handle_.get(); }
    config &set(vanta_status status) {
        detail::check(status);
        return *this;
    }

    detail::handle<vanta_config> handle_;
};

// A switch that ends calls, from any thread and from a signal handler.
class cancel {
public:
    cancel() {
        vanta_cancel *made = nullptr;
        detail::check(vanta_cancel_new(&made));
        handle_.reset(made);
    }
    void now() const noexcept { vanta_cancel_now(handle_.get()); }
    const vanta_cancel *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vanta_cancel> handle_;
};

// Settings of single calls.
class call {
public:
    call() {
        vanta_call *made = nullptr;
        detail::check(vanta_call_new(&made));
        handle_.reset(made);
    }
    call &deadline(std::chrono::milliseconds deadline) {
        detail::check(vanta_call_set_deadline_ms(handle_.get(),
                                                 static_cast<std::uint64_t>(deadline.count())));
        return *this;
    }
    call &cancel(const vanta::cancel &cancel) {
        detail::check(vanta_call_set_cancel(handle_.get(), cancel.get()));
        return *this;
    }
    const vanta_call *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vanta_call> handle_;
};

// Proof of a push that Vanta accepted.
class receipt {
public:
    explicit receipt(vanta_receipt *handle) : handle_(handle) {}
    std::size_t records() const noexcept { return vanta_receipt_records(handle_.get()); }
    std::size_t bytes() const noexcept { return vanta_receipt_bytes(handle_.get()); }
    unsigned attempts() const noexcept { return vanta_receipt_attempts(handle_.get()); }
    int http_status() const noexcept { return vanta_receipt_http_status(handle_.get()); }
    std::string resource_id() const { return vanta_receipt_resource_id(handle_.get()); }
    std::string request_id() const { return detail::text(vanta_receipt_request_id(handle_.get())); }
    std::string line() const { return vanta_receipt_line(handle_.get()); }

private:
    detail::handle<vanta_receipt> handle_;
};

// What Vanta holds of one resource.
class listing {
public:
    explicit listing(vanta_listing *handle) : handle_(handle) {}
    std::size_t count() const noexcept { return vanta_listing_count(handle_.get()); }
    std::size_t live_count() const noexcept { return vanta_listing_live_count(handle_.get()); }

    // All rows as a JSON array.
    std::string json() const {
        std::size_t needed = 0;
        detail::checked([&](vanta_error **error) {
            return vanta_listing_json(handle_.get(), nullptr, 0, &needed, error);
        });
        std::string text(needed, '\0');
        detail::checked([&](vanta_error **error) {
            return vanta_listing_json(handle_.get(), text.data(), needed, nullptr, error);
        });
        text.pop_back(); // the NUL
        return text;
    }

private:
    detail::handle<vanta_listing> handle_;
};

// A client of one application, for any number of threads.
class client {
public:
    explicit client(const config &config) {
        vanta_client *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_client_new(config.get(), &made, error);
        });
        handle_.reset(made);
    }

    // Wipe the text when it has been used: vanta_wipe(token.data(), token.size()).
    std::string token(const call *call = nullptr) const {
        return fill([&](char *buffer, std::size_t size, std::size_t *needed, vanta_error **error) {
            return vanta_token(handle_.get(), raw(call), buffer, size, needed, error);
        });
    }
    std::string token_valid_for(std::uint64_t seconds, const call *call = nullptr) const {
        return fill([&](char *buffer, std::size_t size, std::size_t *needed, vanta_error **error) {
            return vanta_token_valid_for(handle_.get(), seconds, raw(call), buffer, size, needed,
                                         error);
        });
    }

    receipt push_json(const std::string &kind, std::string_view json,
                      const call *call = nullptr) const {
        return push([&](vanta_receipt **made, vanta_error **error) {
            return vanta_push_json(handle_.get(), kind.c_str(), json.data(), json.size(), raw(call),
                                   made, error);
        });
    }
    receipt push_records(const std::string &kind, const std::string &resource_id,
                         std::string_view json, const call *call = nullptr) const {
        return push([&](vanta_receipt **made, vanta_error **error) {
            return vanta_push_records(handle_.get(), kind.c_str(), resource_id.c_str(), json.data(),
                                      json.size(), raw(call), made, error);
        });
    }
    receipt push_file(const std::string &kind, const std::string &path,
                      const call *call = nullptr) const {
        return push([&](vanta_receipt **made, vanta_error **error) {
            return vanta_push_file(handle_.get(), kind.c_str(), path.c_str(), raw(call), made, error);
        });
    }

    listing list(const std::string &kind, const std::string &resource_id,
                 const call *call = nullptr) const {
        vanta_listing *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_list(handle_.get(), kind.c_str(), resource_id.c_str(), raw(call), &made,
                              error);
        });
        return listing(made);
    }

private:
    static const vanta_call *raw(const call *call) noexcept { return call ? call->get() : nullptr; }

    template <typename Push>
    static receipt push(Push push) {
        vanta_receipt *made = nullptr;
        detail::checked([&](vanta_error **error) { return push(&made, error); });
        return receipt(made);
    }

    // Another thread may renew the token between the two calls: then it may be longer.
    template <typename Get>
    static std::string fill(Get get) {
        std::string text(128, '\0');
        for (;;) {
            std::size_t needed = 0;
            vanta_error *error = nullptr;
            const auto status = get(text.data(), text.size(), &needed, &error);
            if (status == VANTA_OK) {
                text.resize(needed - 1);
                return text;
            }
            if (status != VANTA_BUFFER_TOO_SMALL) throw vanta::error(status, error);
            vanta_error_free(error);
            text.resize(needed);
        }
    }

    detail::handle<vanta_client> handle_;
};

} // namespace vanta

#endif // VANTA_HPP
