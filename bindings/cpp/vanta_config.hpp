// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_config.hpp - part of vanta.hpp, which includes it: the configuration of a client.
#ifndef VANTA_CONFIG_HPP
#define VANTA_CONFIG_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "vanta.h"
#include "vanta_enum.hpp"
#include "vanta_error.hpp"
#include "vanta_secret.hpp"
#include "vanta_store.hpp"

namespace vanta {

// The settings of a client. Only one thread at a time may use them. A configuration that was made
// with an error sets it and throws nothing; the error must live as long as the configuration.
class config {
public:
    explicit config(error &error) : tell_(&error) { make(); }
    // Makes a configuration that reads from the environment what no setter sets.
    static config from_env(error &error) { return config(error).use_environment(); }
#ifdef __cpp_exceptions
    config() : tell_(nullptr) { make(); }
    static config from_env() { return config().use_environment(); }
#endif

    // Sets a callback that returns the client secret, for a vault. It is called for each token
    // request, by several threads at a time, and must not call the library. The text is wiped after
    // it was copied. An exception fails the call as VANTA_ERR_SECRET_UNAVAILABLE, which quotes
    // what().
    config &client_secret_callback(std::function<std::string()> read) {
        auto held = std::make_unique<detail::secret_reader>(std::move(read));
        return given(held, [&](void *user) {
            const auto called =
                *static_cast<detail::secret_reader *>(user) ? detail::read_secret : nullptr;
            return vanta_config_set_client_secret_callback(handle_.get(), called, user,
                                                           detail::forget_secret);
        });
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
    // Sets the callback for events: it gets the event, whether it is a warning, and a line for a
    // log. Several threads may call it at a time. Exceptions that it throws are ignored.
    config &on_event(std::function<void(event, bool, std::string_view)> listener) {
        auto held = std::make_unique<listener_type>(std::move(listener));
        return given(held, [&](void *user) {
            const auto told = *static_cast<listener_type *>(user) ? hear : nullptr;
            return vanta_config_on_event(handle_.get(), told, user, forget);
        });
    }
    // -- generated from src/config/table.rs --
    // The application's id, `vci_...`.
    config &client_id(const std::string &value) { return text(vanta_config_set_client_id, value); }
    // The application's secret, `vcs_...`.
    config &client_secret(std::string_view value) {
        return set(vanta_config_set_client_secret, value.data(), value.size());
    }
    // A file that holds the client secret, read again for each token request.
    config &client_secret_file(const std::string &value) {
        return text(vanta_config_set_client_secret_file, value);
    }
    // Where the API is served: https, a host, and a path prefix if an API gateway has one.
    config &origin(const std::string &value) { return text(vanta_config_set_origin, value); }
    // Scopes, separated by spaces.
    config &scope(const std::string &value) { return text(vanta_config_set_scope, value); }
    // Where the access token is stored: `memory`, the absolute path of a file, or a URL
    // `rediss://...`.
    config &token_store(const std::string &value) {
        return text(vanta_config_set_token_store, value);
    }
    // The group that shares the file.
    config &token_store_group(const std::string &value) {
        return text(vanta_config_set_token_store_group, value);
    }
    // A file that holds the password of Redis.
    config &token_store_password_file(const std::string &value) {
        return text(vanta_config_set_token_store_password_file, value);
    }
    // `fail` or `proceed`: what to do when the store cannot be reached; one of the
    // VANTA_ON_STORE_UNAVAILABLE_ numbers.
    config &on_store_unavailable(std::int32_t value) {
        return set(vanta_config_set_on_store_unavailable, value);
    }
    // A token from outside, never renewed.
    config &static_token(std::string_view value) {
        return set(vanta_config_set_static_token, value.data(), value.size());
    }
    // Take tokens from the store alone.
    config &token_from_store_only(bool value) {
        return set(vanta_config_set_token_from_store_only, value ? 1 : 0);
    }
    // Token requests a minute of all jobs together, 1 to 5.
    config &token_requests_per_minute(std::uint32_t value) {
        return set(vanta_config_set_token_requests_per_minute, value);
    }
    // Resource requests a minute of all jobs together, 1 to 20; 0 for a simulator without limits.
    config &requests_per_minute(std::uint32_t value) {
        return set(vanta_config_set_requests_per_minute, value);
    }
    // A token response without `token_type`, or that grants less, is an error.
    config &strict_token_response(bool value) {
        return set(vanta_config_set_strict_token_response, value ? 1 : 0);
    }
    // On a 401, try another token once.
    config &retry_on_401(bool value) { return set(vanta_config_set_retry_on_401, value ? 1 : 0); }
    // PEM file, or folder of such files, of authorities that are trusted besides the roots; in its
    // place `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    config &ca_file(const std::string &value) { return text(vanta_config_set_ca_file, value); }
    // `bundled`, `system` or `none`; one of the VANTA_ROOTS_ numbers.
    config &roots(std::int32_t value) { return set(vanta_config_set_roots, value); }
    // `http://host:port`, `environment` (takes `https_proxy` and `no_proxy`) or `none`: see the
    // way to Vanta.
    config &proxy(const std::string &value) { return text(vanta_config_set_proxy, value); }
    // `user:password` for the proxy (Basic authentication).
    config &proxy_credentials(std::string_view value) {
        return set(vanta_config_set_proxy_credentials, value.data(), value.size());
    }
    // A file that holds `user:password` for the proxy.
    config &proxy_credentials_file(const std::string &value) {
        return text(vanta_config_set_proxy_credentials_file, value);
    }
    // A file to which receipts are appended.
    config &audit_file(const std::string &value) {
        return text(vanta_config_set_audit_file, value);
    }
    // Your program's name in the `User-Agent`.
    config &user_agent(const std::string &value) {
        return text(vanta_config_set_user_agent, value);
    }
    // How long a call may take in all; no token request starts with less than 2 s left, so one
    // below 3 s is refused where tokens are requested.
    template <typename Number, typename Period>
    config &deadline(std::chrono::duration<Number, Period> value) {
        return set(vanta_config_set_deadline_ms, detail::count<std::chrono::milliseconds>(value));
    }
    // How long a token must still live to be used.
    template <typename Number, typename Period>
    config &expiry_margin(std::chrono::duration<Number, Period> value) {
        return set(vanta_config_set_expiry_margin, detail::count<std::chrono::seconds>(value));
    }
    // Largest list response that is read.
    config &list_cap(std::uint64_t value) { return set(vanta_config_set_list_cap, value); }
    // Allows an `http://127.0.0.1` or `http://localhost` origin, for a simulator; the address that
    // is connected to must be loopback.
    config &allow_plain_http_to_loopback(bool value) {
        return set(vanta_config_set_allow_plain_http_to_loopback, value ? 1 : 0);
    }
    // -- end of what is generated --

    const vanta_config *get() const noexcept { return handle_.get(); }

private:
    using listener_type = std::function<void(event, bool, std::string_view)>;

    static void hear(vanta_event number, std::int32_t is_warning, const char *line,
                     void *listener) noexcept {
        detail::contained(
            [&] { (*static_cast<listener_type *>(listener))(event(number), is_warning != 0, line); },
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
    // Releases what is held once the setter takes it: the configuration then frees it.
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

}  // namespace vanta

#endif  // VANTA_CONFIG_HPP
