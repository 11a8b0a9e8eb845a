// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_records.hpp - part of vanta.hpp, which includes it: records that are written field by field.
#ifndef VANTA_RECORDS_HPP
#define VANTA_RECORDS_HPP

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_error.hpp"

namespace vanta {

// Records that are written field by field, without a JSON library, and become a body in the end:
//
//     vanta::records records("66f0c0ffee0000000000a001");
//     records.begin().string("uniqueId", "acct-7").boolean("mfaEnabled", true);
//     records.timestamp("createdTimestamp", std::chrono::system_clock::now());
//     records.strings("mfaMethods", {"OTP"}).end();
//     vanta::body body = records.finish();
//
// In an object a value has a key, and no key comes twice; in an array it has none. The call that is
// wrong throws, and its error names the record, the place in it as a JSON pointer, and, where text
// is not UTF-8, the byte. The records are of no use then: every later call throws the same.
//
// For one thread at a time. What is given is copied.
class records {
public:
    template <typename Duration>
    using time_point = std::chrono::time_point<std::chrono::system_clock, Duration>;

    explicit records(const std::string &resource_id) {
        vanta_records *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_records_new(detail::c_text(resource_id), &made, error);
        });
        handle_.reset(made);
    }

    // Begins a record; end() ends what was begun last.
    records &begin() { return checked(vanta_records_begin(get())); }
    records &begin_object() { return checked(vanta_records_begin_object(get(), nullptr)); }
    records &begin_object(std::string_view key) {
        return checked(vanta_records_begin_object(get(), c_key(key).c_str()));
    }
    records &begin_array() { return checked(vanta_records_begin_array(get(), nullptr)); }
    records &begin_array(std::string_view key) {
        return checked(vanta_records_begin_array(get(), c_key(key).c_str()));
    }
    records &end() { return checked(vanta_records_end(get())); }

    records &string(std::string_view text) {
        return checked(vanta_records_string(get(), nullptr, text.data(), text.size()));
    }
    records &string(std::string_view key, std::string_view text) {
        return checked(vanta_records_string(get(), c_key(key).c_str(), text.data(), text.size()));
    }

    // A whole array of texts, from braces or from any container of them.
    template <typename Texts = std::initializer_list<std::string_view>>
    records &strings(std::string_view key, const Texts &texts) {
        begin_array(key);
        for (const auto &text : texts) string(text);
        return end();
    }

    records &boolean(bool value) { return checked(vanta_records_boolean(get(), nullptr, value)); }
    records &boolean(std::string_view key, bool value) {
        return checked(vanta_records_boolean(get(), c_key(key).c_str(), value));
    }
    // Any pointer would be a true boolean: text is not one.
    records &boolean(const void *) = delete;
    records &boolean(std::string_view, const void *) = delete;

    template <typename Integer>
    records &integer(Integer value) {
        return checked(vanta_records_integer(get(), nullptr, whole(value)));
    }
    template <typename Integer>
    records &integer(std::string_view key, Integer value) {
        return checked(vanta_records_integer(get(), c_key(key).c_str(), whole(value)));
    }

    // Infinite numbers and NaN are refused.
    records &number(double value) { return checked(vanta_records_number(get(), nullptr, value)); }
    records &number(std::string_view key, double value) {
        return checked(vanta_records_number(get(), c_key(key).c_str(), value));
    }

    // In UTC, to the millisecond at or before it; years 0001 to 9999, which time points in
    // nanoseconds, as most clocks have them, do not reach.
    template <typename Duration>
    records &timestamp(time_point<Duration> time) {
        return checked(vanta_records_timestamp_ms(get(), nullptr, unix_ms(time)));
    }
    template <typename Duration>
    records &timestamp(std::string_view key, time_point<Duration> time) {
        return checked(vanta_records_timestamp_ms(get(), c_key(key).c_str(), unix_ms(time)));
    }

    records &null() { return checked(vanta_records_null(get(), nullptr)); }
    records &null(std::string_view key) {
        return checked(vanta_records_null(get(), c_key(key).c_str()));
    }

    // A value that is JSON already; it is checked.
    records &json(std::string_view json) {
        return checked(vanta_records_json(get(), nullptr, json.data(), json.size()));
    }
    records &json(std::string_view key, std::string_view json) {
        return checked(vanta_records_json(get(), c_key(key).c_str(), json.data(), json.size()));
    }

    // The body with all the records. They are used up, and every later call throws.
    body finish() {
        vanta_body *made = nullptr;
        detail::checked([&](vanta_error **error) {
            return vanta_records_finish(get(), &made, error);
        });
        return body(made);
    }

private:
    vanta_records *get() noexcept { return handle_.get(); }

    // The error that a call met stays with the records; finish() has its words.
    records &checked(vanta_status status) {
        if (status != VANTA_OK) finish();
        return *this;
    }

    // A key of C's ends at its first NUL: one that goes on would lose its end without a word. The
    // records are spoilt then, as by any other slip: a value is missing in them.
    std::string c_key(std::string_view key) {
        if (key.find('\0') == key.npos) return std::string(key);
        vanta_records_text(get(), nullptr, nullptr);
        throw error(VANTA_INVALID_ARGUMENT);
    }

    template <typename Integer>
    static std::int64_t whole(Integer value) {
        static_assert(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>,
                      "give a whole number");
        static_assert(std::is_signed_v<Integer> || sizeof(Integer) < sizeof(std::int64_t),
                      "give a std::int64_t: not every number of this type is one");
        return value;
    }

    template <typename Duration>
    static std::int64_t unix_ms(time_point<Duration> time) {
        return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
    }

    detail::handle<vanta_records> handle_;
};

} // namespace vanta

#endif // VANTA_RECORDS_HPP
