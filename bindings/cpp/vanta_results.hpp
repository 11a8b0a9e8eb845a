// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_results.hpp - part of vanta.hpp, which includes it: what calls give back.
#ifndef VANTA_RESULTS_HPP
#define VANTA_RESULTS_HPP

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "vanta.h"
#include "vanta_enum.hpp"
#include "vanta_error.hpp"

namespace vanta {

// A member that could not be compared, since the service returns it on no row.
struct not_comparable {
    std::string pointer; // JSON pointer within a record
    std::size_t records; // live records that were pushed with the member; 0: an earlier push, maybe
};

namespace detail {

inline std::vector<vanta::not_comparable> members(const vanta_not_comparable *list) {
    std::vector<vanta::not_comparable> found;
    for (std::size_t i = 0; i < vanta_not_comparable_count(list); ++i)
        found.push_back({text(vanta_not_comparable_pointer(list, i)),
                         vanta_not_comparable_records(list, i)});
    return found;
}

} // namespace detail

// The proof of a push, of a verification or of an upload.
class receipt {
public:
    explicit receipt(vanta_receipt *handle) noexcept : handle_(handle) {}

    // Parses a line of an audit file, for use as a baseline.
    static receipt from_json(std::string_view line, error &error) {
        const auto call = [&](vanta_receipt **made, vanta_error **told) {
            return vanta_receipt_from_json(line.data(), line.size(), made, told);
        };
        return detail::make<receipt, vanta_receipt>(error, call);
    }
#ifdef __cpp_exceptions
    static receipt from_json(std::string_view line) {
        return detail::or_throw([&](error &error) { return from_json(line, error); });
    }
#endif

    // Returns what the receipt proves.
    vanta::receipt_kind receipt_kind() const noexcept {
        return vanta::receipt_kind(vanta_receipt_kind(get()));
    }
    std::string time() const { return vanta_receipt_time(get()); }
    std::string resource_kind() const { return vanta_receipt_resource_kind(get()); }
    std::string resource_id() const { return vanta_receipt_resource_id(get()); }
    std::size_t record_count() const noexcept { return vanta_receipt_record_count(get()); }
    std::uint64_t byte_len() const noexcept { return vanta_receipt_byte_len(get()); }
    std::string sha256() const { return vanta_receipt_sha256(get()); }
    // Returns how many requests the call made: token requests, reads and writes.
    unsigned attempts() const noexcept { return vanta_receipt_attempts(get()); }
    int http_status() const noexcept { return vanta_receipt_http_status(get()); }
    std::string request_id() const { return detail::text(vanta_receipt_request_id(get())); }
    std::string upload_id() const { return detail::text(vanta_receipt_upload_id(get())); }
    // Returns the origin of the service; "" in a receipt of an older version.
    std::string origin() const { return detail::text(vanta_receipt_origin(get())); }
    // Returns the client id; "" for a client with a static token.
    std::string application() const { return detail::text(vanta_receipt_application(get())); }
    // Returns the members that verify() could not compare: their values are not proved.
    std::vector<vanta::not_comparable> not_comparable() const {
        return detail::members(vanta_receipt_not_comparable(get()));
    }
    std::uint64_t token_generation() const noexcept { return vanta_receipt_token_generation(get()); }
    // Returns how many live records the push deleted, if the remote state was read.
    std::optional<std::int64_t> removed() const noexcept {
        const auto removed = vanta_receipt_removed(get());
        return removed < 0 ? std::nullopt : std::optional(removed);
    }
    bool is_audited() const noexcept { return vanta_receipt_is_audited(get()) != 0; }
    // Returns the violations that are warnings.
    std::vector<violation> warnings() const { return detail::violations(vanta_receipt_warnings(get())); }
    std::string line() const { return vanta_receipt_line(get()); }
    std::string json() const { return vanta_receipt_json(get()); }
    const vanta_receipt *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vanta_receipt> handle_;
};

inline std::ostream &operator<<(std::ostream &out, const receipt &receipt) {
    return out << receipt.line();
}

// The changes that a push would make.
class change_plan {
public:
    explicit change_plan(vanta_change_plan *handle) noexcept : handle_(handle) {}
    std::size_t added() const noexcept { return vanta_change_plan_added(handle_.get()); }
    std::size_t changed() const noexcept { return vanta_change_plan_changed(handle_.get()); }
    // Returns how many leavers the push would deactivate: see body::with_leavers().
    std::size_t deactivated() const noexcept { return vanta_change_plan_deactivated(handle_.get()); }
    std::size_t removed() const noexcept { return vanta_change_plan_removed(handle_.get()); }
    std::size_t unchanged() const noexcept { return vanta_change_plan_unchanged(handle_.get()); }
    // Returns whether the push would change nothing: see vanta_change_plan_is_empty().
    bool is_empty() const noexcept { return vanta_change_plan_is_empty(handle_.get()) != 0; }
    std::vector<vanta::not_comparable> not_comparable() const {
        return detail::members(vanta_change_plan_not_comparable(handle_.get()));
    }
    // Returns whether the deletion guard would reject the push; text() says why.
    bool is_refused() const noexcept { return vanta_change_plan_is_refused(handle_.get()) != 0; }
    // Returns the plan as text for people, one line for each record that would change.
    std::string text() const {
        return with_own_names(vanta_change_plan_text(handle_.get()), "\nthis would be refused: ", '\n');
    }
    std::string json() const {
        return with_own_names(vanta_change_plan_json(handle_.get()), "\"refusal\":\"", '"');
    }

private:
    // Replaces names of C in the refusal, which begins after the last `begin`. Records stay as they
    // are, also where they contain the name of a setting.
    std::string with_own_names(const std::string &text, const std::string &begin, char end) const {
        const auto found = text.rfind(begin);
        if (!is_refused() || found == std::string::npos) return text;
        const auto from = found + begin.size();
        auto to = from;
        while (to < text.size() && text[to] != end) to += text[to] == '\\' ? 2 : 1;
        const auto refusal = detail::own_names(text.substr(from, to - from));
        return text.substr(0, from) + refusal + text.substr((std::min)(to, text.size()));
    }

    detail::handle<vanta_change_plan> handle_;
};

inline std::ostream &operator<<(std::ostream &out, const change_plan &plan) {
    return out << plan.text();
}

// The rows of a list response.
class listing {
public:
    explicit listing(vanta_listing *handle) noexcept : handle_(handle) {}
    std::size_t count() const noexcept { return vanta_listing_count(handle_.get()); }
    std::size_t live_count() const noexcept { return vanta_listing_live_count(handle_.get()); }

    // Returns all rows as a JSON array.
    std::string json(error &error) const {
        std::size_t needed = 0;
        detail::run(error, [&](vanta_error **told) {
            return vanta_listing_json(handle_.get(), nullptr, 0, &needed, told);
        });
        std::string text(needed, '\0');
        detail::run(error, [&](vanta_error **told) {
            return vanta_listing_json(handle_.get(), text.data(), needed, nullptr, told);
        });
        text.resize(needed ? needed - 1 : 0); // without the NUL
        return text;
    }
#ifdef __cpp_exceptions
    std::string json() const {
        return detail::or_throw([&](error &error) { return json(error); });
    }
#endif
    const vanta_listing *get() const noexcept { return handle_.get(); }

private:
    detail::handle<vanta_listing> handle_;
};

// The state of an application's access token in this process, without the token itself.
class snapshot {
public:
    explicit snapshot(vanta_snapshot *handle) noexcept : handle_(handle) {}
    std::int64_t number(snapshot_field field) const noexcept {
        return vanta_snapshot_number(handle_.get(), static_cast<vanta_snapshot_field>(field));
    }
    token_source source() const noexcept {
        return static_cast<token_source>(number(snapshot_field::source));
    }
    renewal_reason last_reason() const noexcept {
        return static_cast<renewal_reason>(number(snapshot_field::last_reason));
    }
    std::string line() const { return vanta_snapshot_line(handle_.get()); }
    std::string store() const { return vanta_snapshot_store(handle_.get()); }
    std::string scope() const { return detail::text(vanta_snapshot_scope(handle_.get())); }
    std::string store_error() const {
        return detail::text(vanta_snapshot_store_error(handle_.get()));
    }
    std::string last_error() const {
        return detail::text(vanta_snapshot_last_error(handle_.get()));
    }

private:
    detail::handle<vanta_snapshot> handle_;
};

} // namespace vanta

#endif // VANTA_RESULTS_HPP
