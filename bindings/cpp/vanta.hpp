// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta.hpp - libvanta for C++17 and later, header only, over vanta.h.
//
// Handles free themselves. They can be moved, but not copied. The rules of vanta.h about threads,
// blocking, timeouts and strings hold here too.
//
// A failure is thrown as vanta::error. Each function that can fail also has a form that takes a
// vanta::error after its other arguments: it sets this error and throws nothing. The first error
// stays, and later calls with it do nothing:
//
//     vanta::error error;
//     const vanta::client client(vanta::config::from_env(error), error);
//     const vanta::body body = vanta::body::from_file("accounts.json", error);
//     const vanta::receipt receipt = client.push(vanta::kind::user_account, body, error);
//     if (error) std::fprintf(stderr, "%s\n", error.what());
//
// A configuration and options that a value was rejected for cannot be used any more.
//
// With -fno-exceptions only the second form exists. All files of a program must agree on it.
#ifndef VANTA_HPP
#define VANTA_HPP

#if !(__cplusplus >= 201703L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L))
#error "vanta.hpp needs C++17 or later: compile with -std=c++17, or use vanta.h"
#endif

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_options.hpp"
#include "vanta_config.hpp"
#include "vanta_enum.hpp"
#include "vanta_error.hpp"
#include "vanta_kind.hpp"
#include "vanta_body_builder.hpp"
#include "vanta_results.hpp"
#include "vanta_secret.hpp"
#include "vanta_store.hpp"

namespace vanta {

// A client of one application. Any number of threads may use it at the same time.
class client {
public:
    client(const config &config, error &error) {
        vanta_client *made = nullptr;
        detail::run(error, [&](vanta_error **told) {
            return vanta_client_new(config.get(), &made, told);
        });
        handle_.reset(made);
    }

    // Returns an access token; blocks until it is found or requested. Wipe the text afterwards:
    // vanta_wipe(token.data(), token.size()).
    std::string token(error &error, const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return fill(error, [&](char *buffer, std::size_t size, std::size_t *needed,
                               vanta_error **told) {
            return vanta_token(handle_.get(), settings, buffer, size, needed, told);
        });
    }
    std::string token_valid_for(std::uint64_t seconds, error &error,
                                const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return fill(error, [&](char *buffer, std::size_t size, std::size_t *needed,
                               vanta_error **told) {
            return vanta_token_valid_for(handle_.get(), seconds, settings, buffer, size, needed,
                                         told);
        });
    }

    // Returns the serial number of the token that token() would return without waiting, or 0 when
    // it would have to wait. A copy of the token can be used as long as the number is the same.
    std::uint64_t token_serial() const noexcept { return vanta_token_serial(handle_.get()); }

    // Reports that Vanta rejected the token with 401 in a request of your own.
    void report_token_rejected(std::string_view token, error &error) const {
        detail::run(error, [&](vanta_error **) {
            return vanta_report_token_rejected(handle_.get(), token.data(), token.size());
        });
    }

    vanta::snapshot snapshot(error &error) const {
        return detail::make<vanta::snapshot, vanta_snapshot>(
            error, [&](vanta_snapshot **made, vanta_error **told) {
                return vanta_client_snapshot(handle_.get(), made, told);
            });
    }

    // Reads the remote state and compares it with the body; nothing is changed. Blocks. A push that
    // the deletion guard would reject is no error here: see change_plan::is_refused().
    vanta::change_plan plan(const std::string &kind, const body &body, error &error,
                     const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return detail::make<vanta::change_plan, vanta_change_plan>(
            error, [&](vanta_change_plan **made, vanta_error **told) {
                return vanta_plan(handle_.get(), kind.c_str(), body.get(), settings, made, told);
            }, kind);
    }

    // Replaces all records that Vanta holds of the kind for the body's resource. Blocks.
    receipt push(const std::string &kind, const body &body, error &error,
                 const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return proof(error, [&](vanta_receipt **made, vanta_error **told) {
            return vanta_push(handle_.get(), kind.c_str(), body.get(), settings, made, told);
        }, kind);
    }

    // Reads the remote state; an error unless it is equal to the body. Blocks.
    receipt verify(const std::string &kind, const body &body, error &error,
                   const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return proof(error, [&](vanta_receipt **made, vanta_error **told) {
            return vanta_verify(handle_.get(), kind.c_str(), body.get(), settings, made, told);
        }, kind);
    }

    // Uploads a file to a document; date (YYYY-MM-DD) and description (at most 10,000 bytes) may be
    // "". Blocks.
    receipt upload(const std::string &document_id, const std::string &path, error &error,
                   const std::string &effective_at_date = "", const std::string &description = "",
                   const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
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
                 const vanta::options *options = nullptr) const {
        const vanta_options *settings = vanta::options::of(options, error);
        return detail::make<listing, vanta_listing>(
            error, [&](vanta_listing **made, vanta_error **told) {
                return vanta_list(handle_.get(), kind.c_str(), resource_id.c_str(), settings, made,
                                  told);
            }, kind, resource_id);
    }

#ifdef __cpp_exceptions
    explicit client(const config &config)
        : client(detail::or_throw([&](error &error) { return client(config, error); })) {}

    std::string token(const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return token(error, options); });
    }
    std::string token_valid_for(std::uint64_t seconds, const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return token_valid_for(seconds, error, options); });
    }
    void report_token_rejected(std::string_view token) const {
        detail::or_throw([&](error &error) {
            report_token_rejected(token, error);
            return true;
        });
    }
    vanta::snapshot snapshot() const {
        return detail::or_throw([&](error &error) { return snapshot(error); });
    }
    vanta::change_plan plan(const std::string &kind, const body &body, const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return plan(kind, body, error, options); });
    }
    receipt push(const std::string &kind, const body &body, const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return push(kind, body, error, options); });
    }
    receipt verify(const std::string &kind, const body &body, const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return verify(kind, body, error, options); });
    }
    receipt upload(const std::string &document_id, const std::string &path,
                   const std::string &effective_at_date = "", const std::string &description = "",
                   const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) {
            return upload(document_id, path, error, effective_at_date, description, options);
        });
    }
    listing list(const std::string &kind, const std::string &resource_id,
                 const vanta::options *options = nullptr) const {
        return detail::or_throw([&](error &error) { return list(kind, resource_id, error, options); });
    }
#endif

private:
    template <typename Call, typename... Texts>
    static receipt proof(error &error, Call call, const Texts &...texts) {
        return detail::make<receipt, vanta_receipt>(error, call, texts...);
    }

    // Another thread may renew the token between the two calls, and the new one may be longer.
    template <typename Get>
    static std::string fill(error &error, Get get) {
        std::string text(128, '\0');
        for (std::size_t needed = 0;; text.resize(needed)) {
            vanta::error told;
            if (!error) detail::run(told, [&](vanta_error **made) {
                return get(text.data(), text.size(), &needed, made);
            });
            if (told.code() == VANTA_ERR_BUFFER_TOO_SMALL && needed > text.size()) continue;
            if (told) error = told;
            text.resize(error ? 0 : needed - 1);
            return text;
        }
    }

    detail::handle<vanta_client> handle_;
};

} // namespace vanta

#endif // VANTA_HPP
