// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_body.hpp - part of vanta.hpp, which includes it: the records of a push.
#ifndef VANTA_BODY_HPP
#define VANTA_BODY_HPP

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "vanta.h"
#include "vanta_error.hpp"

namespace vanta {

// Writes at most `size` bytes to `buffer`, and returns how many; 0 at the end.
using reader = std::function<std::size_t(char *buffer, std::size_t size)>;

// The full state of one resource: a resource id and all its records.
class body {
public:
    explicit body(vanta_body *handle) : handle_(handle) {}

    // A whole request body, {"resourceId": ..., "resources": [...]}.
    static body from_request(std::string_view json) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_request(json.data(), json.size(), made, error);
        });
    }
    static body from_file(const std::string &path) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_file(detail::c_text(path), made, error);
        });
    }
    static body from_json_array(const std::string &resource_id, std::string_view json) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_json_array(detail::c_text(resource_id), json.data(),
                                              json.size(), made, error);
        });
    }
    // Lines, each the JSON object of one record.
    static body from_ndjson(const std::string &resource_id, std::string_view lines) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_ndjson(detail::c_text(resource_id), lines.data(),
                                          lines.size(), made, error);
        });
    }
    static body from_ndjson_file(const std::string &resource_id, const std::string &path) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_ndjson_file(detail::c_text(resource_id), detail::c_text(path),
                                               made, error);
        });
    }
    // A whole request body, or lines, from a reader. What it throws comes out: there is no body.
    static body from_reader(const reader &read) {
        return make_by(read, [](void *source, vanta_body **made, vanta_error **error) {
            return vanta_body_from_reader(next_bytes, source, made, error);
        });
    }
    static body from_ndjson_reader(const std::string &resource_id, const reader &read) {
        return make_by(read, [&](void *source, vanta_body **made, vanta_error **error) {
            return vanta_body_from_ndjson_reader(detail::c_text(resource_id), next_bytes, source,
                                                 made, error);
        });
    }

    std::string resource_id() const { return vanta_body_resource_id(get()); }
    std::size_t count() const noexcept { return vanta_body_count(get()); }
    std::size_t size() const noexcept { return vanta_body_size(get()); }
    const vanta_body *get() const noexcept { return handle_.get(); }

private:
    template <typename Make>
    static body make(Make make) {
        vanta_body *made = nullptr;
        detail::checked([&](vanta_error **error) { return make(&made, error); });
        return body(made);
    }

    struct source {
        const reader &read;
        std::exception_ptr thrown;
    };

    static std::ptrdiff_t next_bytes(char *buffer, std::size_t size, void *user_data) noexcept {
        auto &from = *static_cast<source *>(user_data);
        try {
            return static_cast<std::ptrdiff_t>(from.read(buffer, size));
        } catch (...) { // nothing may be thrown through the library
            from.thrown = std::current_exception();
            return -1;
        }
    }

    template <typename Make>
    static body make_by(const reader &read, Make how) {
        source from{read, nullptr};
        try {
            return make([&](vanta_body **made, vanta_error **error) {
                return how(&from, made, error);
            });
        } catch (const error &) {
            if (from.thrown) std::rethrow_exception(from.thrown);
            throw;
        }
    }

    detail::handle<vanta_body> handle_;
};

} // namespace vanta

#endif // VANTA_BODY_HPP
