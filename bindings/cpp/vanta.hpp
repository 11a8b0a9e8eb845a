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
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_error.hpp"
#include "vanta_records.hpp"
#include "vanta_store.hpp"

namespace vanta {

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
    config &token_store_group(const std::string &group) {
        return set(vanta_config_set_token_store_group(get(), group.c_str()));
    }
    config &token_store_password_file(const std::string &path) {
        return set(vanta_config_set_token_store_password_file(get(), path.c_str()));
    }
    // One of the VANTA_WHEN_AWAY_ numbers.
    config &when_store_is_away(std::int32_t policy) {
        return set(vanta_config_set_when_store_is_away(get(), policy));
    }
    config &custom_token_store(std::shared_ptr<vanta::token_store> store) {
        const std::string name = store->name();
        const vanta_store functions = {sizeof functions,     name.c_str(),
                                       detail::store_try_lock, detail::store_load,
                                       detail::store_save,     detail::store_unlock,
                                       detail::store_destroy};
        auto held = std::make_unique<detail::shared_store>(std::move(store));
        set(vanta_config_set_custom_token_store(get(), &functions, held.get()));
        held.release(); // destroy has it now
        return *this;
    }
    config &fixed_token(std::string_view token) {
        return set(vanta_config_set_fixed_token(get(), token.data(), token.size()));
    }
    config &never_mint() { return set(vanta_config_never_mint(get())); }
    config &mint_budget(std::uint32_t a_minute) {
        return set(vanta_config_set_mint_budget(get(), a_minute));
    }
    config &strict_token_answers() { return set(vanta_config_strict_token_answers(get())); }
    config &leave_401_to_caller() { return set(vanta_config_leave_401_to_caller(get())); }
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
    std::uint64_t bytes() const noexcept { return vanta_receipt_bytes(handle_.get()); }
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

// The state of an application's token in this process: never the token.
class snapshot {
public:
    explicit snapshot(vanta_snapshot *handle) : handle_(handle) {}
    // One of the VANTA_SNAPSHOT_ fields.
    std::int64_t number(vanta_snapshot_field field) const noexcept {
        return vanta_snapshot_number(handle_.get(), field);
    }
    std::string line() const { return vanta_snapshot_line(handle_.get()); }
    std::string store() const { return vanta_snapshot_store(handle_.get()); }
    std::string scope() const { return detail::text(vanta_snapshot_scope(handle_.get())); }
    std::string store_trouble() const {
        return detail::text(vanta_snapshot_store_trouble(handle_.get()));
    }
    std::string last_error() const {
        return detail::text(vanta_snapshot_last_error(handle_.get()));
    }

private:
    detail::handle<vanta_snapshot> handle_;
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

    // Vanta refused the token with 401 in a request of your own.
    void token_refused(std::string_view token) const {
        detail::check(vanta_token_refused(handle_.get(), token.data(), token.size()));
    }

    vanta::snapshot snapshot() const {
        vanta_snapshot *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_client_snapshot(handle_.get(), &made, error);
        });
        return vanta::snapshot(made);
    }

    receipt push(const std::string &kind, const body &body, const call *call = nullptr) const {
        vanta_receipt *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_push(handle_.get(), kind.c_str(), body.get(), raw(call), &made, error);
        });
        return receipt(made);
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
            if (status != VANTA_BUFFER_TOO_SMALL || needed <= text.size())
                throw vanta::error(status, error);
            vanta_error_free(error);
            text.resize(needed);
        }
    }

    detail::handle<vanta_client> handle_;
};

} // namespace vanta

#endif // VANTA_HPP
