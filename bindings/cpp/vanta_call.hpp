// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_call.hpp - part of vanta.hpp, which includes it: the settings of single calls.
#ifndef VANTA_CALL_HPP
#define VANTA_CALL_HPP

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
#include "vanta_error.hpp"
#include "vanta_results.hpp"

namespace vanta {

// A switch that ends calls, from any thread and from a signal handler.
class cancel {
public:
    explicit cancel(error &error) { make(&error); }
#ifdef __cpp_exceptions
    cancel() { make(nullptr); }
#endif
    void now() const noexcept { vanta_cancel_now(handle_.get()); }
    const vanta_cancel *get() const noexcept { return handle_.get(); }

private:
    void make(error *error) {
        vanta_cancel *made = nullptr;
        detail::teller(error).run([&](vanta_error **) { return vanta_cancel_new(&made); });
        handle_.reset(made);
    }

    detail::handle<vanta_cancel> handle_;
};

// Settings of single calls: how long, until when, and how a push is checked and guarded. Given an
// error, which must live as long as they do, they tell it what is wrong, and throw nothing.
class call {
public:
    explicit call(error &error) : tell_(&error) { make(); }
#ifdef __cpp_exceptions
    call() : tell_(nullptr) { make(); }
#endif
    // No token request starts with less than 2 s left: a call with a shorter deadline succeeds only with a
    // cached or stored token.
    template <typename Number, typename Period>
    call &deadline(std::chrono::duration<Number, Period> deadline) {
        return set(vanta_call_set_deadline_ms, detail::count<std::chrono::milliseconds>(deadline));
    }
    call &cancel(const vanta::cancel &cancel) { return set(vanta_call_set_cancel, cancel.get()); }
    // One of the VANTA_RULE_ and one of the VANTA_LEVEL_ numbers.
    call &rule(vanta_rule rule, vanta_level level) { return set(vanta_call_set_rule, rule, level); }
    // Schemas in JSON Type Definition (RFC 8927): of whole records, and of the custom properties.
    call &schema(std::string_view json) {
        return told([&](vanta_error **told) {
            return vanta_call_set_schema(handle_.get(), json.data(), json.size(), told);
        });
    }
    call &custom_properties(std::string_view json) {
        return told([&](vanta_error **told) {
            return vanta_call_set_custom_properties(handle_.get(), json.data(), json.size(), told);
        });
    }
    // The components that vulnerabilities may name.
    call &add_components(const body &components) {
        return set(vanta_call_add_components, components.get());
    }
    call &live_components(const std::string &resource_id) {
        return told([&](vanta_error **) {
            return vanta_call_set_live_components(handle_.get(), resource_id.c_str());
        }, resource_id);
    }
    call &allow_empty() { return set(vanta_call_allow_empty); }
    // Allows a push to delete at most `most` live records.
    template <typename Integer>
    call &expect_removals(Integer most) {
        static_assert(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>,
                      "give a whole number");
        return told([&](vanta_error **) {
            if (most < Integer(0)) return VANTA_INVALID_ARGUMENT; // or all of them might go
            return vanta_call_expect_removals(handle_.get(), static_cast<std::size_t>(most));
        });
    }
    call &allow_any_removals() { return set(vanta_call_allow_any_removals); }
    // The receipt of the last good push, in the place of what is live.
    call &baseline(const receipt &receipt) { return set(vanta_call_set_baseline, receipt.get()); }
    call &baseline_from_audit(const std::string &path, const std::string &kind,
                              const std::string &resource_id) {
        return told([&](vanta_error **told) {
            return vanta_call_set_baseline_from_audit(handle_.get(), path.c_str(), kind.c_str(),
                                                      resource_id.c_str(), told);
        }, path, kind, resource_id);
    }
    // Is told bytes sent, bytes in all, and records. What it throws is lost.
    call &progress(std::function<void(std::uint64_t, std::uint64_t, std::size_t)> watcher) {
        auto held = std::make_unique<watcher_type>(std::move(watcher));
        return told([&](vanta_error **) {
            const auto told = *held ? tell : nullptr;
            const auto status = vanta_call_set_progress(handle_.get(), told, held.get());
            if (status == VANTA_OK) watcher_ = std::move(held);
            return status;
        });
    }
    const vanta_call *get() const noexcept { return handle_.get(); }

    // NULL means no settings to C: those that were moved away, or lack one, must not come to that.
    static const vanta_call *of(const call *call, error &error) {
        if (call && !call->get() && !error) error = vanta::error(VANTA_NULL_POINTER);
        return call ? call->get() : nullptr;
    }

private:
    using watcher_type = std::function<void(std::uint64_t, std::uint64_t, std::size_t)>;

    static void tell(std::uint64_t sent, std::uint64_t total, std::size_t records,
                     void *watcher) noexcept {
        detail::contained([&] { (*static_cast<watcher_type *>(watcher))(sent, total, records); },
                          [] {});
    }
    void make() {
        vanta_call *made = nullptr;
        tell_.run([&](vanta_error **) { return vanta_call_new(&made); });
        handle_.reset(made);
    }
    template <typename Call, typename... Texts>
    call &told(Call make, const Texts &...texts) {
        tell_.set(handle_, make, texts...);
        return *this;
    }
    template <typename... Parameters, typename... Values>
    call &set(vanta_status (*setter)(vanta_call *, Parameters...), Values... values) {
        return told([&](vanta_error **) { return setter(handle_.get(), values...); });
    }

    detail::teller tell_;
    std::unique_ptr<watcher_type> watcher_;
    detail::handle<vanta_call> handle_; // goes first: it may call the watcher
};

// Checks all records of a body, and sends nothing: tells every fault, and gives back what Vanta may
// refuse one day.
inline std::vector<fault> check(const std::string &kind, const body &body, error &error,
                                const call *call = nullptr) {
    vanta_faults *made = nullptr;
    const vanta_call *settings = call::of(call, error);
    detail::run(error, [&](vanta_error **told) {
        return vanta_check(kind.c_str(), body.get(), settings, &made, told);
    }, kind);
    const detail::handle<vanta_faults> warnings(made);
    return detail::faults(made);
}
#ifdef __cpp_exceptions
inline std::vector<fault> check(const std::string &kind, const body &body,
                                const call *call = nullptr) {
    return detail::or_throw([&](error &error) { return check(kind, body, error, call); });
}
#endif

} // namespace vanta

#endif // VANTA_CALL_HPP
