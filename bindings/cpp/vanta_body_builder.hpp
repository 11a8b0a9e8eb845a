// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_body_builder.hpp - part of vanta.hpp, which includes it: records that are written field by
// field.
#ifndef VANTA_BODY_BUILDER_HPP
#define VANTA_BODY_BUILDER_HPP

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "vanta.h"
#include "vanta_body.hpp"
#include "vanta_error.hpp"

namespace vanta {

// Builds a body field by field, without a JSON library:
//
//     vanta::body_builder records("66f0c0ffee0000000000a001");
//     records.begin().string("uniqueId", "acct-7").boolean("mfaEnabled", true);
//     records.timestamp("createdTimestamp", std::chrono::system_clock::now());
//     records.strings("mfaMethods", {"OTP"}).end();
//     vanta::body body = records.finish();
//
// From a range, with a function that writes one element: records.each(accounts, write).finish().
//
// A value in an object needs a key that the object does not have yet; a value in an array has none.
// A wrong call throws an error that names the record, the JSON pointer of the value, and for
// invalid UTF-8 the byte. After an error the builder cannot be used any more: every later call
// throws the same error. A builder that was made with an error sets it instead, and throws nothing;
// the error must live as long as the builder.
//
// Only one thread at a time may use it. Values are copied.
class body_builder {
public:
    template <typename Duration>
    using time_point = std::chrono::time_point<std::chrono::system_clock, Duration>;

    body_builder(const std::string &resource_id, error &error) : tell_(&error) { make(resource_id); }
#ifdef __cpp_exceptions
    explicit body_builder(const std::string &resource_id) : tell_(nullptr) { make(resource_id); }
#endif

    // Adds a record for each element of a range, or from one iterator to another: `write` gets the
    // builder and the element, and adds the members.
    template <typename Range, typename Write>
    body_builder &each(Range &&range, Write write) {
        for (auto &&element : range) one(write, element);
        return *this;
    }
    template <typename Iterator, typename End, typename Write>
    body_builder &each(Iterator first, End last, Write write) {
        for (; first != last; ++first) one(write, *first);
        return *this;
    }

    // Begins a record; end() ends what was begun last.
    body_builder &begin() { return write(vanta_body_builder_begin); }
    body_builder &begin_object() { return write(vanta_body_builder_begin_object, nullptr); }
    body_builder &begin_object(std::string_view key) {
        return keyed(key, vanta_body_builder_begin_object);
    }
    body_builder &begin_array() { return write(vanta_body_builder_begin_array, nullptr); }
    body_builder &begin_array(std::string_view key) {
        return keyed(key, vanta_body_builder_begin_array);
    }
    body_builder &end() { return write(vanta_body_builder_end); }

    body_builder &string(std::string_view text) {
        return write(vanta_body_builder_string, nullptr, text.data(), text.size());
    }
    body_builder &string(std::string_view key, std::string_view text) {
        return keyed(key, vanta_body_builder_string, text.data(), text.size());
    }

    // Adds an array of strings, from braces or from any container of them.
    template <typename Texts = std::initializer_list<std::string_view>>
    body_builder &strings(std::string_view key, const Texts &texts) {
        return array(key, texts, [](body_builder &to, std::string_view text) { to.string(text); });
    }

    // Adds an array: `write` gets the builder and an element, and adds one value.
    template <typename Range, typename Write>
    body_builder &array(std::string_view key, Range &&range, Write write) {
        begin_array(key);
        for (auto &&element : range) write(*this, element);
        return end();
    }

    body_builder &boolean(bool value) { return write(vanta_body_builder_boolean, nullptr, value); }
    body_builder &boolean(std::string_view key, bool value) {
        return keyed(key, vanta_body_builder_boolean, value);
    }
    // Prevents a pointer, such as a string, from being added as true.
    body_builder &boolean(const void *) = delete;
    body_builder &boolean(std::string_view, const void *) = delete;

    template <typename Integer>
    body_builder &integer(Integer value) {
        return write(vanta_body_builder_integer, nullptr, whole(value));
    }
    template <typename Integer>
    body_builder &integer(std::string_view key, Integer value) {
        return keyed(key, vanta_body_builder_integer, whole(value));
    }

    // Adds a number. An infinity or NaN is an error.
    body_builder &number(double value) { return write(vanta_body_builder_number, nullptr, value); }
    body_builder &number(std::string_view key, double value) {
        return keyed(key, vanta_body_builder_number, value);
    }

    // Adds a point in time in UTC, rounded down to the millisecond. Years outside 0001 to 9999 are
    // an error; time points in nanoseconds, as most clocks have them, do not reach them.
    template <typename Duration>
    body_builder &timestamp(time_point<Duration> time) {
        return write(vanta_body_builder_timestamp_ms, nullptr, unix_ms(time));
    }
    template <typename Duration>
    body_builder &timestamp(std::string_view key, time_point<Duration> time) {
        return keyed(key, vanta_body_builder_timestamp_ms, unix_ms(time));
    }

    body_builder &null() { return write(vanta_body_builder_null, nullptr); }
    body_builder &null(std::string_view key) {
        return keyed(key, vanta_body_builder_null);
    }

    // Adds a value that is JSON already. Malformed JSON is an error.
    body_builder &json(std::string_view json) {
        return write(vanta_body_builder_json, nullptr, json.data(), json.size());
    }
    body_builder &json(std::string_view key, std::string_view json) {
        return keyed(key, vanta_body_builder_json, json.data(), json.size());
    }

    // Makes the body from the records that were added. Every later call is an error.
    body finish() {
        return tell_.tell([&](error &to) { return finish(to); });
    }

private:
    void make(const std::string &resource_id) {
        vanta_body_builder *made = nullptr;
        const auto call = [&](vanta_error **told) {
            return vanta_body_builder_new(resource_id.c_str(), &made, told);
        };
        tell_.run(call, resource_id);
        handle_.reset(made);
    }
    body finish(error &to) {
        const auto call = [&](vanta_body **made, vanta_error **told) {
            return vanta_body_builder_finish(handle_.get(), made, told);
        };
        return detail::make<body, vanta_body>(to, call);
    }
    template <typename Write, typename Element>
    void one(Write &write, Element &&element) {
        begin();
        write(*this, element);
        end();
    }

    // The builder keeps the first error; finish() has its message.
    template <typename... Parameters, typename... Values>
    body_builder &write(vanta_status (*writer)(vanta_body_builder *, Parameters...), Values... values) {
        tell_.tell([&](error &to) {
            if (to) handle_.reset(); // records that lack something become no body
            else if (writer(handle_.get(), values...) != VANTA_OK) finish(to);
            return true;
        });
        return *this;
    }
    // A key of C's ends at its first NUL: one that goes on would lose its end without a word. The
    // records are spoilt then, as by any other mistake: a value is missing in them.
    template <typename... Parameters, typename... Values>
    body_builder &keyed(std::string_view key,
                   vanta_status (*writer)(vanta_body_builder *, const char *, Parameters...),
                   Values... values) {
        if (!detail::is_cut(key)) return write(writer, std::string(key).c_str(), values...);
        vanta_body_builder_text(handle_.get(), nullptr, nullptr);
        tell_.run([](vanta_error **) { return VANTA_ERR_INVALID_ARGUMENT; });
        return *this;
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
        // What no std::int64_t has room for, the library refuses as a moment that is too far away.
        using limits = std::numeric_limits<std::int64_t>;
        using exact = std::chrono::duration<long double, std::milli>;
        const long double ms = exact(time.time_since_epoch()).count();
        constexpr long double most = 1e15L;
        if (!(ms > -most && ms < most)) return ms < 0 ? limits::min() : limits::max();
        return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
    }

    detail::teller tell_;
    detail::handle<vanta_body_builder> handle_;
};

} // namespace vanta

#endif // VANTA_BODY_BUILDER_HPP
