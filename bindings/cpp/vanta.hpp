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
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_call.hpp"
#include "vanta_error.hpp"
#include "vanta_records.hpp"
#include "vanta_results.hpp"
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
        return set(vanta_config_set_client_id(get(), detail::c_text(id)));
    }
    config &client_secret(std::string_view secret) {
        return set(vanta_config_set_client_secret(get(), secret.data(), secret.size()));
    }
    config &client_secret_file(const std::string &path) {
        return set(vanta_config_set_client_secret_file(get(), detail::c_text(path)));
    }
    config &origin(const std::string &origin) {
        return set(vanta_config_set_origin(get(), detail::c_text(origin)));
    }
    config &scope(const std::string &scope) {
        return set(vanta_config_set_scope(get(), detail::c_text(scope)));
    }
    config &token_store(const std::string &store) {
        return set(vanta_config_set_token_store(get(), detail::c_text(store)));
    }
    config &token_store_group(const std::string &group) {
        return set(vanta_config_set_token_store_group(get(), detail::c_text(group)));
    }
    config &token_store_password_file(const std::string &path) {
        return set(vanta_config_set_token_store_password_file(get(), detail::c_text(path)));
    }
    // One of the VANTA_WHEN_AWAY_ numbers.
    config &when_store_is_away(std::int32_t policy) {
        return set(vanta_config_set_when_store_is_away(get(), policy));
    }
    config &custom_token_store(std::shared_ptr<vanta::token_store> store) {
        const std::string name = store->name();
        const vanta_store functions = {sizeof functions,     detail::c_text(name),
                                       detail::store_try_lock, detail::store_load,
                                       detail::store_save,     detail::store_unlock,
                                       detail::store_destroy};
        auto held = std::make_unique<detail::shared_store>(std::move(store));
        set(vanta_config_set_custom_token_store(get(), &functions, held.get()));
        held.release(); // destroy has it now
        return *this;
    }
    // Is told what happens inside calls: an event of the VANTA_EVENT_ numbers, whether it is a
    // warning, and a line for a log. Several threads may call it at a time. What it throws is lost.
    config &on_event(std::function<void(vanta_event, bool, std::string_view)> listener) {
        auto held = std::make_unique<listener_type>(std::move(listener));
        set(vanta_config_on_event(get(), hear, held.get(), forget));
        held.release(); // forget has it now
        return *this;
    }
    config &fixed_token(std::string_view token) {
        return set(vanta_config_set_fixed_token(get(), token.data(), token.size()));
    }
    config &never_mint() { return set(vanta_config_never_mint(get())); }
    config &mint_budget(std::uint32_t a_minute) {
        return set(vanta_config_set_mint_budget(get(), a_minute));
    }
    config &request_budget(std::uint32_t a_minute) {
        return set(vanta_config_set_request_budget(get(), a_minute));
    }
    config &audit_file(const std::string &path) {
        return set(vanta_config_set_audit_file(get(), detail::c_text(path)));
    }
    config &strict_token_answers() { return set(vanta_config_strict_token_answers(get())); }
    config &leave_401_to_caller() { return set(vanta_config_leave_401_to_caller(get())); }
    config &ca_file(const std::string &path) {
        return set(vanta_config_set_ca_file(get(), detail::c_text(path)));
    }
    config &application(const std::string &name) {
        return set(vanta_config_set_application(get(), detail::c_text(name)));
    }
    config &deadline(std::chrono::milliseconds deadline) {
        return set(vanta_config_set_deadline_ms(get(), detail::count(deadline)));
    }
    config &margin(std::chrono::seconds margin) {
        return set(vanta_config_set_margin(get(), detail::count(margin)));
    }
    config &list_cap(std::uint64_t size) { return set(vanta_config_set_list_cap(get(), size)); }
    config &allow_plain_http_to_loopback() {
        return set(vanta_config_allow_plain_http_to_loopback(get()));
    }

    const vanta_config *get() const noexcept { return handle_.get(); }

private:
    using listener_type = std::function<void(vanta_event, bool, std::string_view)>;

    static void hear(vanta_event event, std::int32_t is_warning, const char *line,
                     void *listener) noexcept {
        try {
            (*static_cast<listener_type *>(listener))(event, is_warning != 0, line);
        } catch (...) {
        }
    }
    static void forget(void *listener) noexcept { delete static_cast<listener_type *>(listener); }

    vanta_config *get() noexcept { return handle_.get(); }
    config &set(vanta_status status) {
        detail::check(status);
        return *this;
    }

    detail::handle<vanta_config> handle_;
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

    // What pushing the body would change; nothing is written.
    vanta::plan plan(const std::string &kind, const body &body, const call *call = nullptr) const {
        vanta_plan *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_plan_new(handle_.get(), detail::c_text(kind), body.get(), raw(call), &made,
                                  error);
        });
        return vanta::plan(made);
    }

    // Replaces everything Vanta holds of the kind for the body's resource with its records.
    receipt push(const std::string &kind, const body &body, const call *call = nullptr) const {
        return proof([&](vanta_receipt **made, vanta_error **error) {
            return vanta_push(handle_.get(), detail::c_text(kind), body.get(), raw(call), made,
                              error);
        });
    }

    // Reads back what is live; throws unless it is what the body says.
    receipt verify(const std::string &kind, const body &body, const call *call = nullptr) const {
        return proof([&](vanta_receipt **made, vanta_error **error) {
            return vanta_verify(handle_.get(), detail::c_text(kind), body.get(), raw(call), made,
                                error);
        });
    }

    // Uploads a file for a document; date (YYYY-MM-DD) and description may be "".
    receipt upload(const std::string &document_id, const std::string &path,
                   const std::string &effective_at_date = "", const std::string &description = "",
                   const call *call = nullptr) const {
        const auto given = [](const std::string &text) {
            return text.empty() ? nullptr : detail::c_text(text);
        };
        return proof([&](vanta_receipt **made, vanta_error **error) {
            return vanta_upload(handle_.get(), detail::c_text(document_id), detail::c_text(path),
                                given(effective_at_date), given(description), raw(call), made,
                                error);
        });
    }

    listing list(const std::string &kind, const std::string &resource_id,
                 const call *call = nullptr) const {
        vanta_listing *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_list(handle_.get(), detail::c_text(kind), detail::c_text(resource_id),
                              raw(call), &made, error);
        });
        return listing(made);
    }

private:
    static const vanta_call *raw(const call *call) noexcept { return call ? call->get() : nullptr; }

    template <typename Make>
    static receipt proof(Make make) {
        vanta_receipt *made = nullptr;
        detail::checked([&](vanta_error **error) { return make(&made, error); });
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
