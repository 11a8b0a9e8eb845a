// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_options.hpp - part of vanta.hpp, which includes it: the settings of single calls.
#ifndef VANTA_OPTIONS_HPP
#define VANTA_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_enum.hpp"
#include "vanta_error.hpp"
#include "vanta_results.hpp"

namespace vanta {

// Cancels calls, from any thread and from a signal handler.
class cancel {
public:
    explicit cancel(error &error) { make(&error); }
#ifdef __cpp_exceptions
    cancel() { make(nullptr); }
#endif
    void set() const noexcept { vanta_cancel_set(handle_.get()); }
    // Returns whether the flag is set, for a wait of the program's own between two calls.
    bool is_set() const noexcept { return vanta_cancel_is_set(handle_.get()) != 0; }
    const vanta_cancel *get() const noexcept { return handle_.get(); }

private:
    void make(error *error) {
        vanta_cancel *made = nullptr;
        detail::teller(error).run([&](vanta_error **) { return vanta_cancel_new(&made); });
        handle_.reset(made);
    }

    detail::handle<vanta_cancel> handle_;
};

// The options of single calls. Options that were made with an error set it and throw nothing; the
// error must live as long as the options.
class options {
public:
    explicit options(error &error) : tell_(&error) { make(); }
#ifdef __cpp_exceptions
    options() : tell_(nullptr) { make(); }
#endif
    // Sets the deadline of each call: the timeout of the whole call. No token request starts with
    // less than 2 s left, so a call with a shorter one succeeds only with a cached or stored token.
    template <typename Number, typename Period>
    options &deadline(std::chrono::duration<Number, Period> deadline) {
        return set(vanta_options_set_deadline_ms, detail::count<std::chrono::milliseconds>(deadline));
    }
    // Sets one deadline for all calls with these options together, counted from now.
    template <typename Number, typename Period>
    options &shared_deadline(std::chrono::duration<Number, Period> deadline) {
        return set(vanta_options_set_shared_deadline_ms,
                   detail::count<std::chrono::milliseconds>(deadline));
    }
    options &cancel(const vanta::cancel &cancel) { return set(vanta_options_set_cancel, cancel.get()); }
    // Sets what happens to records that violate a rule.
    options &rule(vanta::rule rule, vanta::level level) {
        return set(vanta_options_set_rule, static_cast<vanta_rule>(rule),
                   static_cast<vanta_level>(level));
    }
    // Sets the schema of whole records (JSON Type Definition, RFC 8927).
    options &schema(std::string_view json) {
        return told([&](vanta_error **told) {
            return vanta_options_set_schema(handle_.get(), json.data(), json.size(), told);
        });
    }
    options &custom_properties(std::string_view json) {
        return told([&](vanta_error **told) {
            return vanta_options_set_custom_properties(handle_.get(), json.data(), json.size(), told);
        });
    }
    // Adds the components of a body to those that vulnerabilities may name.
    options &add_components(const body &components) {
        return set(vanta_options_add_components, components.get());
    }
    options &live_components(const std::string &resource_id) {
        return told([&](vanta_error **) {
            return vanta_options_set_live_components(handle_.get(), resource_id.c_str());
        }, resource_id);
    }
    options &allow_empty(bool allow = true) { return set(vanta_options_allow_empty, allow); }
    // Allows a push to delete at most `most` live records.
    template <typename Integer>
    options &expect_removals(Integer most) {
        static_assert(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>,
                      "give a whole number");
        return told([&](vanta_error **) {
            if (most < Integer(0)) return VANTA_ERR_INVALID_ARGUMENT; // or all of them might go
            return vanta_options_expect_removals(handle_.get(), static_cast<std::size_t>(most));
        });
    }
    options &allow_any_removals(bool allow = true) {
        return set(vanta_options_allow_any_removals, allow);
    }
    // Sends nothing when the remote state is that of the body: the receipt is `unchanged` then.
    options &only_if_changed(bool only = true) {
        return set(vanta_options_set_only_if_changed, only);
    }
    // Sets a receipt whose record count the deletion guard uses instead of the remote state.
    options &baseline(const receipt &receipt) { return set(vanta_options_set_baseline, receipt.get()); }
    options &baseline_from_audit(const std::string &path, const std::string &kind,
                              const std::string &resource_id) {
        return told([&](vanta_error **told) {
            return vanta_options_set_baseline_from_audit(handle_.get(), path.c_str(), kind.c_str(),
                                                      resource_id.c_str(), told);
        }, path, kind, resource_id);
    }
    // Sets the progress callback: bytes sent, bytes of the body, and records. Exceptions that it
    // throws are ignored.
    options &progress(std::function<void(std::uint64_t, std::uint64_t, std::size_t)> watcher) {
        auto held = std::make_unique<watcher_type>(std::move(watcher));
        return told([&](vanta_error **) {
            const auto told = *held ? tell : nullptr;
            const auto status = vanta_options_set_progress(handle_.get(), told, held.get());
            if (status == VANTA_OK) watcher_ = std::move(held);
            return status;
        });
    }
    const vanta_options *get() const noexcept { return handle_.get(); }

    // Options that were moved away or failed must not become NULL, which means the defaults in C.
    static const vanta_options *of(const options *given, error &error) {
        if (given && !given->get() && !error) error = vanta::error(VANTA_ERR_NULL_POINTER);
        return given ? given->get() : nullptr;
    }

private:
    using watcher_type = std::function<void(std::uint64_t, std::uint64_t, std::size_t)>;

    static void tell(std::uint64_t sent, std::uint64_t total, std::size_t records,
                     void *watcher) noexcept {
        detail::contained([&] { (*static_cast<watcher_type *>(watcher))(sent, total, records); },
                          [] {});
    }
    void make() {
        vanta_options *made = nullptr;
        tell_.run([&](vanta_error **) { return vanta_options_new(&made); });
        handle_.reset(made);
    }
    template <typename Call, typename... Texts>
    options &told(Call make, const Texts &...texts) {
        tell_.set(handle_, make, texts...);
        return *this;
    }
    template <typename... Parameters, typename... Values>
    options &set(vanta_status (*setter)(vanta_options *, Parameters...), Values... values) {
        return told([&](vanta_error **) { return setter(handle_.get(), values...); });
    }

    detail::teller tell_;
    std::unique_ptr<watcher_type> watcher_;
    detail::handle<vanta_options> handle_; // destroyed first: it may call the callback
};

// Validates all records of a body; nothing is sent. Returns the warnings. On failure the error lists
// every violation, and has the warnings too: error::violations() and error::warnings().
inline std::vector<violation> validate(const std::string &kind, const body &body, error &error,
                                const vanta::options *options = nullptr) {
    vanta_violations *made = nullptr;
    const vanta_options *settings = vanta::options::of(options, error);
    detail::run(error, [&](vanta_error **told) {
        return vanta_validate(kind.c_str(), body.get(), settings, &made, told);
    }, kind);
    const detail::handle<vanta_violations> warnings(made);
    return detail::violations(made);
}
#ifdef __cpp_exceptions
inline std::vector<violation> validate(const std::string &kind, const body &body,
                                const vanta::options *options = nullptr) {
    return detail::or_throw([&](error &error) { return validate(kind, body, error, options); });
}
#endif

} // namespace vanta

#endif // VANTA_OPTIONS_HPP
