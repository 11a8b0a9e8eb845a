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

// Settings of single calls: how long, until when, and how a push is checked and guarded.
class call {
public:
    call() {
        vanta_call *made = nullptr;
        detail::check(vanta_call_new(&made));
        handle_.reset(made);
    }
    call &deadline(std::chrono::milliseconds deadline) {
        return set(vanta_call_set_deadline_ms(handle_.get(), detail::count(deadline)));
    }
    call &cancel(const vanta::cancel &cancel) {
        detail::check(vanta_call_set_cancel(handle_.get(), cancel.get()));
        return *this;
    }
    // One of the VANTA_RULE_ and one of the VANTA_LEVEL_ numbers.
    call &rule(vanta_rule rule, vanta_level level) {
        return set(vanta_call_set_rule(handle_.get(), rule, level));
    }
    // Schemas in JSON Type Definition (RFC 8927): of whole records, and of the custom properties.
    call &schema(std::string_view json) {
        detail::checked([&](vanta_error **error) {
            return vanta_call_set_schema(handle_.get(), json.data(), json.size(), error);
        });
        return *this;
    }
    call &custom_properties(std::string_view json) {
        detail::checked([&](vanta_error **error) {
            return vanta_call_set_custom_properties(handle_.get(), json.data(), json.size(), error);
        });
        return *this;
    }
    // The components that vulnerabilities may name.
    call &add_components(const body &components) {
        return set(vanta_call_add_components(handle_.get(), components.get()));
    }
    call &live_components(const std::string &resource_id) {
        return set(vanta_call_set_live_components(handle_.get(), detail::c_text(resource_id)));
    }
    call &allow_empty() { return set(vanta_call_allow_empty(handle_.get())); }
    // So many live records may go, and not one more.
    template <typename Integer>
    call &expect_removals(Integer most) {
        static_assert(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>,
                      "give a whole number");
        if (most < Integer(0)) throw error(VANTA_INVALID_ARGUMENT); // or all of them might go
        return set(vanta_call_expect_removals(handle_.get(), static_cast<std::size_t>(most)));
    }
    call &allow_any_removals() { return set(vanta_call_allow_any_removals(handle_.get())); }
    // The receipt of the last good push, in the place of what is live.
    call &baseline(const receipt &receipt) {
        return set(vanta_call_set_baseline(handle_.get(), receipt.get()));
    }
    call &baseline_from_audit(const std::string &path, const std::string &kind,
                              const std::string &resource_id) {
        detail::checked([&](vanta_error **error) {
            return vanta_call_set_baseline_from_audit(handle_.get(), detail::c_text(path),
                                                      detail::c_text(kind),
                                                      detail::c_text(resource_id), error);
        });
        return *this;
    }
    // Is told bytes sent, bytes in all, and records. What it throws is lost.
    call &progress(std::function<void(std::uint64_t, std::uint64_t, std::size_t)> watcher) {
        auto held = std::make_unique<watcher_type>(std::move(watcher));
        set(vanta_call_set_progress(handle_.get(), tell, held.get()));
        watcher_ = std::move(held);
        return *this;
    }
    const vanta_call *get() const noexcept { return handle_.get(); }

private:
    using watcher_type = std::function<void(std::uint64_t, std::uint64_t, std::size_t)>;

    static void tell(std::uint64_t sent, std::uint64_t total, std::size_t records,
                     void *watcher) noexcept {
        try {
            (*static_cast<watcher_type *>(watcher))(sent, total, records);
        } catch (...) {
        }
    }
    call &set(vanta_status status) {
        detail::check(status);
        return *this;
    }

    std::unique_ptr<watcher_type> watcher_;
    detail::handle<vanta_call> handle_; // goes first: it may call the watcher
};

// Checks all records of a body, and sends nothing: throws with every fault, and gives back what
// Vanta may refuse one day.
inline std::vector<fault> check(const std::string &kind, const body &body,
                                const call *call = nullptr) {
    vanta_faults *made = nullptr;
    detail::checked([&](vanta_error **error) {
        return vanta_check(detail::c_text(kind), body.get(), call ? call->get() : nullptr, &made,
                           error);
    });
    const detail::handle<vanta_faults> warnings(made);
    return detail::faults(made);
}

} // namespace vanta

#endif // VANTA_CALL_HPP
