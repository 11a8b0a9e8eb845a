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
    // Sets the application's client id, "vci_...": visible ASCII, at most 255 bytes. Default:
    // none, required. Environment: VANTA_CLIENT_ID.
    config &client_id(const std::string &value) { return text(vanta_config_set_client_id, value); }
    // Sets the application's client secret, "vcs_...": visible ASCII without blanks, at most 16
    // KiB. The secret is copied; wipe yours with vanta_wipe(). Exactly one of secret, secret file
    // and secret callback is required. A file is preferable: a rotation of the secret needs no
    // restart. Default: none. Environment: VANTA_CLIENT_SECRET.
    config &client_secret(std::string_view value) {
        return set(vanta_config_set_client_secret, value.data(), value.size());
    }
    // Sets the path of a file that holds the client secret. The file is read for each token
    // request. Blanks and line ends around the secret are ignored. Default: none. Environment:
    // VANTA_CLIENT_SECRET_FILE.
    config &client_secret_file(const std::string &value) {
        return text(vanta_config_set_client_secret_file, value);
    }
    // Sets where the API is served: https, a host, and a port if it is not 443. The URL of an API
    // gateway may have a path prefix; all requests then go below it. Default:
    // `https://api.vanta.com`. Environment: VANTA_ORIGIN.
    config &origin(const std::string &value) { return text(vanta_config_set_origin, value); }
    // Sets the scopes to request, separated by spaces: visible ASCII without " and \, at most 4096
    // bytes. Default: "connectors.self:write-resource connectors.self:read-resource". Environment:
    // VANTA_SCOPE.
    config &scope(const std::string &value) { return text(vanta_config_set_scope, value); }
    // Sets where the access token is stored. "memory" keeps it in this process. The absolute path
    // of a file shares it among the jobs of one host. A URL rediss://... of a Redis, in a build
    // with Redis, shares it among hosts. Jobs of one application must share a store, since each
    // token request revokes the previous token. Default: "memory". Environment: VANTA_TOKEN_STORE.
    config &token_store(const std::string &value) {
        return text(vanta_config_set_token_store, value);
    }
    // Sets the group, by name or number, that may use the store's file. The file then has mode
    // 0660 instead of 0600. Default: none. Environment: VANTA_TOKEN_STORE_GROUP.
    config &token_store_group(const std::string &value) {
        return text(vanta_config_set_token_store_group, value);
    }
    // Sets the path of a file that holds the password of the Redis store. Default: none.
    // Environment: VANTA_TOKEN_STORE_PASSWORD_FILE.
    config &token_store_password_file(const std::string &value) {
        return text(vanta_config_set_token_store_password_file, value);
    }
    // Sets what a call does when the token store is unavailable. Default:
    // VANTA_ON_STORE_UNAVAILABLE_FAIL. Environment: VANTA_ON_STORE_UNAVAILABLE ("fail" or
    // "proceed").
    config &on_store_unavailable(vanta::on_store_unavailable value) {
        return set(vanta_config_set_on_store_unavailable, static_cast<std::int32_t>(value));
    }
    // Sets an access token of your own. The library never renews it and requests no other, so a
    // 401 fails the call. The token is copied; wipe yours with vanta_wipe(). Default: none.
    config &static_token(std::string_view value) {
        return set(vanta_config_set_static_token, value.data(), value.size());
    }
    // Sets whether access tokens come from the store only (true), where another job puts them. The
    // client then makes no token request and needs no client secret. Default: false.
    config &token_from_store_only(bool value) {
        return set(vanta_config_set_token_from_store_only, value ? 1 : 0);
    }
    // Sets the rate limit of token requests, in requests a minute of all jobs together: 1 to 5.
    // Vanta allows 5. Default: 4.
    config &token_requests_per_minute(std::uint32_t value) {
        return set(vanta_config_set_token_requests_per_minute, value);
    }
    // Sets the rate limit of resource requests, in requests a minute of all jobs together: 1 to
    // 20, or 0 for no limit, against a simulator. Vanta allows 20. A call acquires the permits of
    // all its requests together, first come, first served, and waits for them until its deadline.
    // Default: 20. Environment: VANTA_REQUESTS_PER_MINUTE.
    config &requests_per_minute(std::uint32_t value) {
        return set(vanta_config_set_requests_per_minute, value);
    }
    // Sets whether a token response without token_type, or with fewer scopes than requested, is an
    // error (true) or an event (false). Default: false.
    config &strict_token_response(bool value) {
        return set(vanta_config_set_strict_token_response, value ? 1 : 0);
    }
    // Sets what happens when a request is rejected with 401. With true, the client checks whether
    // a newer token exists, requests at most one, and sends the same request once more. With
    // false, the call fails; see client::report_token_rejected(). Default: true.
    config &retry_on_401(bool value) { return set(vanta_config_set_retry_on_401, value ? 1 : 0); }
    // Sets a PEM file of certificate authorities, or a folder of such files, to trust in addition
    // to the roots. When a certificate in the file is malformed, vanta_client_new() fails and
    // names the line. Default: none. Environment: VANTA_CA_FILE, otherwise OpenSSL's SSL_CERT_FILE
    // and SSL_CERT_DIR.
    config &ca_file(const std::string &value) { return text(vanta_config_set_ca_file, value); }
    // Sets which certificate authorities are trusted in addition to those of the CA file. Default:
    // VANTA_ROOTS_BUNDLED. Environment: VANTA_ROOTS ("bundled", "system" or "none").
    config &roots(vanta::roots value) {
        return set(vanta_config_set_roots, static_cast<std::int32_t>(value));
    }
    // Sets the proxy: "http://host:port", "environment" for the variables https_proxy and
    // no_proxy, or "none". The library requests a tunnel (CONNECT), so the proxy sees the host
    // name only. vanta_client_new() rejects a URL that holds credentials: set them with
    // config::proxy_credentials(). Default: "none". Environment: VANTA_PROXY.
    config &proxy(const std::string &value) { return text(vanta_config_set_proxy, value); }
    // Sets the credentials for the proxy (Basic authentication): "user:password". They are copied;
    // wipe yours with vanta_wipe(). Default: none.
    config &proxy_credentials(std::string_view value) {
        return set(vanta_config_set_proxy_credentials, value.data(), value.size());
    }
    // Sets the path of a file that holds user:password for the proxy. vanta_client_new() reads it.
    // Default: none. Environment: VANTA_PROXY_CREDENTIALS_FILE.
    config &proxy_credentials_file(const std::string &value) {
        return text(vanta_config_set_proxy_credentials_file, value);
    }
    // Sets the path of a file to which each receipt is appended as one line of JSON, synced before
    // the call returns. A new file gets mode 0600. An existing file must belong to the user, have
    // mode 0600, and be no symbolic or hard link. Default: none. Environment: VANTA_AUDIT_FILE.
    config &audit_file(const std::string &value) {
        return text(vanta_config_set_audit_file, value);
    }
    // Sets your program's name and version, which are appended to the User-Agent header field:
    // printable ASCII, at most 255 bytes. Default: "".
    config &user_agent(const std::string &value) {
        return text(vanta_config_set_user_agent, value);
    }
    // Sets the deadline of each call: the timeout of the whole call, retries included. No token
    // request starts with less than 2 s left. Below 3 s, vanta_client_new() returns
    // VANTA_ERR_INVALID_CONFIG, unless the client requests no tokens (config::static_token(),
    // config::token_from_store_only()). Default: 120 s.
    template <typename Number, typename Period>
    config &deadline(std::chrono::duration<Number, Period> value) {
        return set(vanta_config_set_deadline_ms, detail::count<std::chrono::milliseconds>(value));
    }
    // Sets the expiry margin: an access token with less lifetime left is renewed before it is
    // used. A larger expiry margin renews earlier, and each renewal revokes the token that other
    // jobs use. Default: 30 s.
    template <typename Number, typename Period>
    config &expiry_margin(std::chrono::duration<Number, Period> value) {
        return set(vanta_config_set_expiry_margin, detail::count<std::chrono::seconds>(value));
    }
    // Sets the largest response to a list request, in bytes. A larger one is
    // VANTA_ERR_RESPONSE_TOO_LARGE. Default: 67,108,864 (64 MiB).
    config &list_cap(std::uint64_t value) { return set(vanta_config_set_list_cap, value); }
    // Sets whether the origin may be http:// on a loopback address (true), for a simulator. The
    // address of the connection must be a loopback address, whatever the host name; any other,
    // also a proxy's, is VANTA_ERR_INSECURE_ORIGIN. Default: false.
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
