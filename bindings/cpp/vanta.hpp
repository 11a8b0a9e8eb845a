// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta.hpp - libvanta for C++17 and later, header only, over vanta.h.
//
// Handles free themselves and can be moved, not copied. What vanta.h says of threads, blocking and
// strings holds here too.
//
// A failure is thrown as vanta::error. Or, to each function that can fail, a vanta::error can be
// given after what else it needs: then the failure is told there, and nothing is thrown. The first
// one stays, and what comes after it does nothing:
//
//     vanta::error error;
//     const vanta::client client(vanta::config::from_env(error), error);
//     const vanta::body body = vanta::body::from_file("accounts.json", error);
//     const vanta::receipt receipt = client.push(vanta::kind::user_account, body, error);
//     if (error) std::fprintf(stderr, "%s\n", error.what());
//
// A configuration or settings of a call that a value was refused to are of no use any more.
//
// With -fno-exceptions there are these functions alone; all files of a program agree on that.
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
#include "vanta_kind.hpp"
#include "vanta_records.hpp"
#include "vanta_results.hpp"
#include "vanta_secret.hpp"
#include "vanta_store.hpp"

namespace vanta {

// How to reach Vanta, as whom, and how patiently. For one thread at a time. Given an error, which must
// live as long as it does, it tells what is wrong there, and throws nothing.
class config {
public:
    explicit config(error &error) : tell_(&error) { make(); }
    // Defaults, and the environment for what is not set here.
    static config from_env(error &error) { return config(error).use_environment(); }
#ifdef __cpp_exceptions
    config() : tell_(nullptr) { make(); }
    static config from_env() { return config().use_environment(); }
#endif

    config &client_id(const std::string &id) { return text(vanta_config_set_client_id, id); }
    config &client_secret(std::string_view secret) {
        return set(vanta_config_set_client_secret, secret.data(), secret.size());
    }
    config &client_secret_file(const std::string &path) {
        return text(vanta_config_set_client_secret_file, path);
    }
    // Sets a callback that returns the client secret, for a vault: called for each token request, by
    // several threads at a time. It must not call the library. The text is wiped after it was copied.
    // What it throws fails the call as VANTA_SECRET_UNAVAILABLE; what() of it is quoted in the error.
    config &client_secret_callback(std::function<std::string()> read) {
        auto held = std::make_unique<detail::secret_reader>(std::move(read));
        return given(held, [&](void *user) {
            const auto called =
                *static_cast<detail::secret_reader *>(user) ? detail::read_secret : nullptr;
            return vanta_config_set_client_secret_callback(handle_.get(), called, user,
                                                           detail::forget_secret);
        });
    }
    config &origin(const std::string &origin) { return text(vanta_config_set_origin, origin); }
    config &scope(const std::string &scope) { return text(vanta_config_set_scope, scope); }
    config &token_store(const std::string &store) {
        return text(vanta_config_set_token_store, store);
    }
    config &token_store_group(const std::string &group) {
        return text(vanta_config_set_token_store_group, group);
    }
    config &token_store_password_file(const std::string &path) {
        return text(vanta_config_set_token_store_password_file, path);
    }
    // One of the VANTA_WHEN_AWAY_ numbers.
    config &when_store_is_away(std::int32_t policy) {
        return set(vanta_config_set_when_store_is_away, policy);
    }
#ifdef __cpp_exceptions
    config &custom_token_store(std::shared_ptr<vanta::token_store> store) {
        const std::string name = store->name();
        const vanta_store functions = {sizeof functions,       name.c_str(),
                                       detail::store_try_lock, detail::store_load,
                                       detail::store_save,     detail::store_unlock,
                                       detail::store_destroy,  detail::store_read};
        auto held = std::make_unique<detail::shared_store>(std::move(store));
        return given(held, [&](void *user) {
            return vanta_config_set_custom_token_store(handle_.get(), &functions, user);
        }, name);
    }
#endif
    config &custom_token_store(const vanta_store &functions, void *user_data) {
        return set(vanta_config_set_custom_token_store, &functions, user_data);
    }
    // Is told what happens inside calls: an event of the VANTA_EVENT_ numbers, whether it is a
    // warning, and a line for a log. Several threads may call it at a time. What it throws is lost.
    config &on_event(std::function<void(vanta_event, bool, std::string_view)> listener) {
        auto held = std::make_unique<listener_type>(std::move(listener));
        return given(held, [&](void *user) {
            const auto told = *static_cast<listener_type *>(user) ? hear : nullptr;
            return vanta_config_on_event(handle_.get(), told, user, forget);
        });
    }
    config &fixed_token(std::string_view token) {
        return set(vanta_config_set_fixed_token, token.data(), token.size());
    }
    config &never_mint() { return set(vanta_config_never_mint); }
    config &mint_budget(std::uint32_t a_minute) {
        return set(vanta_config_set_mint_budget, a_minute);
    }
    config &request_budget(std::uint32_t a_minute) {
        return set(vanta_config_set_request_budget, a_minute);
    }
    config &audit_file(const std::string &path) { return text(vanta_config_set_audit_file, path); }
    config &strict_token_answers() { return set(vanta_config_strict_token_answers); }
    config &leave_401_to_caller() { return set(vanta_config_leave_401_to_caller); }
    config &ca_file(const std::string &path) { return text(vanta_config_set_ca_file, path); }
    // One of the VANTA_ROOTS_ numbers.
    config &roots(std::int32_t roots) { return set(vanta_config_set_roots, roots); }
    config &proxy(const std::string &proxy) { return text(vanta_config_set_proxy, proxy); }
    // "user:password". It is copied, and the copy is wiped with the last client that uses it.
    config &proxy_credentials(std::string_view credentials) {
        return set(vanta_config_set_proxy_credentials, credentials.data(), credentials.size());
    }
    config &proxy_credentials_file(const std::string &path) {
        return text(vanta_config_set_proxy_credentials_file, path);
    }
    config &application(const std::string &name) {
        return text(vanta_config_set_application, name);
    }
    // No token request starts with less than 2 s left: the client refuses a deadline below 3 s, unless it
    // requests no tokens.
    template <typename Number, typename Period>
    config &deadline(std::chrono::duration<Number, Period> deadline) {
        return set(vanta_config_set_deadline_ms, detail::count<std::chrono::milliseconds>(deadline));
    }
    template <typename Number, typename Period>
    config &margin(std::chrono::duration<Number, Period> margin) {
        return set(vanta_config_set_margin, detail::count<std::chrono::seconds>(margin));
    }
    config &list_cap(std::uint64_t size) { return set(vanta_config_set_list_cap, size); }
    config &allow_plain_http_to_loopback() {
        return set(vanta_config_allow_plain_http_to_loopback);
    }

    const vanta_config *get() const noexcept { return handle_.get(); }

private:
    using listener_type = std::function<void(vanta_event, bool, std::string_view)>;

    static void hear(vanta_event event, std::int32_t is_warning, const char *line,
                     void *listener) noexcept {
        detail::contained(
            [&] { (*static_cast<listener_type *>(listener))(event, is_warning != 0, line); },
            [] {});
    }
    static void forget(void *listener) noexcept { delete static_cast<listener_type *>(listener); }

    void make() {
        vanta_config *made = nullptr;
        tell_.run([&](vanta_error **) { return vanta_config_new(&made); });
        handle_.reset(made);
    }
    config &&use_environment() { return std::move(set(vanta_config_use_environment)); }
    template <typename... Parameters, typename... Values>
    config &set(vanta_status (*setter)(vanta_config *, Parameters...), Values... values) {
        return told([&](vanta_error **) { return setter(handle_.get(), values...); });
    }
    config &text(vanta_status (*setter)(vanta_config *, const char *), const std::string &text) {
        return told([&](vanta_error **) { return setter(handle_.get(), text.c_str()); }, text);
    }
    // Gives what is held away when the setter takes it: the configuration frees it then.
    template <typename Held, typename Setter, typename... Texts>
    config &given(std::unique_ptr<Held> &held, Setter setter, const Texts &...texts) {
        return told([&](vanta_error **) {
            const auto status = setter(held.get());
            if (status == VANTA_OK) static_cast<void>(held.release());
            return status;
        }, texts...);
    }
    template <typename Call, typename... Texts>
    config &told(Call make, const Texts &...texts) {
        tell_.set(handle_, make, texts...);
        return *this;
    }

    detail::teller tell_;
    detail::handle<vanta_config> handle_;
};

// A client of one application, for any number of threads.
class client {
public:
    client(const config &config, error &error) {
        vanta_client *made = nullptr;
        detail::run(error, [&](vanta_error **told) {
            return vanta_client_new(config.get(), &made, told);
        });
        handle_.reset(made);
    }

    // Wipe the text when it has been used: vanta_wipe(token.data(), token.size()).
    std::string token(error &error, const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return fill(error, [&](char *buffer, std::size_t size, std::size_t *needed,
                               vanta_error **told) {
            return vanta_token(handle_.get(), settings, buffer, size, needed, told);
        });
    }
    std::string token_valid_for(std::uint64_t seconds, error &error,
                                const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return fill(error, [&](char *buffer, std::size_t size, std::size_t *needed,
                               vanta_error **told) {
            return vanta_token_valid_for(handle_.get(), seconds, settings, buffer, size, needed,
                                         told);
        });
    }

    // A copy of the token stays valid while this number is the same. 0 where token() would have to wait.
    std::uint64_t token_serial() const noexcept { return vanta_token_serial(handle_.get()); }

    // Vanta refused the token with 401 in a request of your own.
    void token_refused(std::string_view token, error &error) const {
        detail::run(error, [&](vanta_error **) {
            return vanta_token_refused(handle_.get(), token.data(), token.size());
        });
    }

    vanta::snapshot snapshot(error &error) const {
        return detail::make<vanta::snapshot, vanta_snapshot>(
            error, [&](vanta_snapshot **made, vanta_error **told) {
                return vanta_client_snapshot(handle_.get(), made, told);
            });
    }

    // What pushing the body would change; nothing is written.
    vanta::plan plan(const std::string &kind, const body &body, error &error,
                     const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return detail::make<vanta::plan, vanta_plan>(
            error, [&](vanta_plan **made, vanta_error **told) {
                return vanta_plan_new(handle_.get(), kind.c_str(), body.get(), settings, made, told);
            }, kind);
    }

    // Replaces everything Vanta holds of the kind for the body's resource with its records.
    receipt push(const std::string &kind, const body &body, error &error,
                 const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return proof(error, [&](vanta_receipt **made, vanta_error **told) {
            return vanta_push(handle_.get(), kind.c_str(), body.get(), settings, made, told);
        }, kind);
    }

    // Reads back what is live; an error unless it is what the body says.
    receipt verify(const std::string &kind, const body &body, error &error,
                   const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return proof(error, [&](vanta_receipt **made, vanta_error **told) {
            return vanta_verify(handle_.get(), kind.c_str(), body.get(), settings, made, told);
        }, kind);
    }

    // Uploads a file for a document; date (YYYY-MM-DD) and description (at most 10,000 bytes)
    // may be "".
    receipt upload(const std::string &document_id, const std::string &path, error &error,
                   const std::string &effective_at_date = "", const std::string &description = "",
                   const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        const auto given = [](const std::string &text) {
            return text.empty() ? nullptr : text.c_str();
        };
        return proof(error, [&](vanta_receipt **made, vanta_error **told) {
            return vanta_upload(handle_.get(), document_id.c_str(), path.c_str(),
                                given(effective_at_date), given(description), settings, made,
                                told);
        }, document_id, path, effective_at_date, description);
    }

    listing list(const std::string &kind, const std::string &resource_id, error &error,
                 const call *call = nullptr) const {
        const vanta_call *settings = call::of(call, error);
        return detail::make<listing, vanta_listing>(
            error, [&](vanta_listing **made, vanta_error **told) {
                return vanta_list(handle_.get(), kind.c_str(), resource_id.c_str(), settings, made,
                                  told);
            }, kind, resource_id);
    }

#ifdef __cpp_exceptions
    explicit client(const config &config)
        : client(detail::or_throw([&](error &error) { return client(config, error); })) {}

    std::string token(const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return token(error, call); });
    }
    std::string token_valid_for(std::uint64_t seconds, const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return token_valid_for(seconds, error, call); });
    }
    void token_refused(std::string_view token) const {
        detail::or_throw([&](error &error) {
            token_refused(token, error);
            return true;
        });
    }
    vanta::snapshot snapshot() const {
        return detail::or_throw([&](error &error) { return snapshot(error); });
    }
    vanta::plan plan(const std::string &kind, const body &body, const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return plan(kind, body, error, call); });
    }
    receipt push(const std::string &kind, const body &body, const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return push(kind, body, error, call); });
    }
    receipt verify(const std::string &kind, const body &body, const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return verify(kind, body, error, call); });
    }
    receipt upload(const std::string &document_id, const std::string &path,
                   const std::string &effective_at_date = "", const std::string &description = "",
                   const call *call = nullptr) const {
        return detail::or_throw([&](error &error) {
            return upload(document_id, path, error, effective_at_date, description, call);
        });
    }
    listing list(const std::string &kind, const std::string &resource_id,
                 const call *call = nullptr) const {
        return detail::or_throw([&](error &error) { return list(kind, resource_id, error, call); });
    }
#endif

private:
    template <typename Call, typename... Texts>
    static receipt proof(error &error, Call call, const Texts &...texts) {
        return detail::make<receipt, vanta_receipt>(error, call, texts...);
    }

    // Another thread may renew the token between the two calls: then it may be longer.
    template <typename Get>
    static std::string fill(error &error, Get get) {
        std::string text(128, '\0');
        for (std::size_t needed = 0;; text.resize(needed)) {
            vanta::error told;
            if (!error) detail::run(told, [&](vanta_error **made) {
                return get(text.data(), text.size(), &needed, made);
            });
            if (told.status() == VANTA_BUFFER_TOO_SMALL && needed > text.size()) continue;
            if (told) error = told;
            text.resize(error ? 0 : needed - 1);
            return text;
        }
    }

    detail::handle<vanta_client> handle_;
};

} // namespace vanta

#endif // VANTA_HPP
