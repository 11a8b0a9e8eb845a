// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_body.hpp - part of vanta.hpp, which includes it: the records of a push.
#ifndef VANTA_BODY_HPP
#define VANTA_BODY_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "vanta.h"
#include "vanta_error.hpp"
#include "vanta_results.hpp"

namespace vanta {

// Writes at most `size` bytes to `buffer`, and returns how many; 0 at the end.
using reader = std::function<std::size_t(char *buffer, std::size_t size)>;

// The full state of one resource: a resource id and all its records.
class body {
public:
    explicit body(vanta_body *handle) noexcept : handle_(handle) {}

    // Makes a body from a whole request body, {"resourceId": ..., "resources": [...]}.
    static body from_request(std::string_view json, error &error) {
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_request(json.data(), json.size(), made, told);
        });
    }
    static body from_file(const std::string &path, error &error) {
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_file(path.c_str(), made, told);
        }, path);
    }
    static body from_json_array(const std::string &resource_id, std::string_view json,
                                error &error) {
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_json_array(resource_id.c_str(), json.data(), json.size(), made,
                                              told);
        }, resource_id);
    }
    // Makes a body from newline-delimited JSON (NDJSON): one record on each line.
    static body from_ndjson(const std::string &resource_id, std::string_view lines, error &error) {
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_ndjson(resource_id.c_str(), lines.data(), lines.size(), made,
                                          told);
        }, resource_id);
    }
    static body from_ndjson_file(const std::string &resource_id, const std::string &path,
                                 error &error) {
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_ndjson_file(resource_id.c_str(), path.c_str(), made, told);
        }, resource_id, path);
    }
    // Makes a body from what a reader reads. An exception of the reader is rethrown: no body is
    // made.
    static body from_reader(const reader &read, error &error) {
        source from(read);
        return from.after(make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_reader(next_bytes, &from, made, told);
        }));
    }
    static body from_ndjson_reader(const std::string &resource_id, const reader &read,
                                   error &error) {
        source from(read);
        return from.after(make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_from_ndjson_reader(resource_id.c_str(), next_bytes, &from, made, told);
        }, resource_id));
    }

#ifdef __cpp_exceptions
    static body from_request(std::string_view json) {
        return detail::or_throw([&](error &error) { return from_request(json, error); });
    }
    static body from_file(const std::string &path) {
        return detail::or_throw([&](error &error) { return from_file(path, error); });
    }
    static body from_json_array(const std::string &resource_id, std::string_view json) {
        return detail::or_throw([&](error &error) {
            return from_json_array(resource_id, json, error);
        });
    }
    static body from_ndjson(const std::string &resource_id, std::string_view lines) {
        return detail::or_throw([&](error &error) {
            return from_ndjson(resource_id, lines, error);
        });
    }
    static body from_ndjson_file(const std::string &resource_id, const std::string &path) {
        return detail::or_throw([&](error &error) {
            return from_ndjson_file(resource_id, path, error);
        });
    }
    static body from_reader(const reader &read) {
        return detail::or_throw([&](error &error) { return from_reader(read, error); });
    }
    static body from_ndjson_reader(const std::string &resource_id, const reader &read) {
        return detail::or_throw([&](error &error) {
            return from_ndjson_reader(resource_id, read, error);
        });
    }
#endif

    // Returns this body with the live accounts of a listing that are missing here, as DEACTIVATED
    // since now. They are left out again `keep_for` later: see vanta_body_with_leavers().
    template <typename Number, typename Period>
    body with_leavers(const listing &listing, std::chrono::duration<Number, Period> keep_for,
                      std::chrono::system_clock::time_point now, error &error) const {
        const auto seconds = detail::count<std::chrono::seconds>(keep_for);
        const auto time =
            std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
        return make(error, [&](vanta_body **made, vanta_error **told) {
            return vanta_body_with_leavers(get(), listing.get(), seconds,
                                           static_cast<std::int64_t>(time.count()), made, told);
        });
    }
#ifdef __cpp_exceptions
    template <typename Number, typename Period>
    body with_leavers(const listing &listing, std::chrono::duration<Number, Period> keep_for,
                      std::chrono::system_clock::time_point now =
                          std::chrono::system_clock::now()) const {
        return detail::or_throw([&](error &error) {
            return with_leavers(listing, keep_for, now, error);
        });
    }
#endif

    std::string resource_id() const { return vanta_body_resource_id(get()); }
    std::size_t record_count() const noexcept { return vanta_body_record_count(get()); }
    std::size_t byte_len() const noexcept { return vanta_body_byte_len(get()); }
    const vanta_body *get() const noexcept { return handle_.get(); }

private:
    template <typename Call, typename... Texts>
    static body make(error &error, Call call, const Texts &...texts) {
        return detail::make<body, vanta_body>(error, call, texts...);
    }

    // A reader, and what it threw.
    struct source {
        explicit source(const reader &given) noexcept : read(given) {}
        body after(body made) const {
#ifdef __cpp_exceptions
            if (thrown) std::rethrow_exception(thrown);
#endif
            return made;
        }

        const reader &read;
        std::exception_ptr thrown;
    };

    static std::ptrdiff_t next_bytes(char *buffer, std::size_t size, void *user_data) noexcept {
        auto &from = *static_cast<source *>(user_data);
        return detail::contained(
            [&] { return static_cast<std::ptrdiff_t>(from.read(buffer, size)); },
            [&] {
                from.thrown = std::current_exception();
                return std::ptrdiff_t(-1);
            });
    }

    detail::handle<vanta_body> handle_;
};

} // namespace vanta

#endif // VANTA_BODY_HPP
