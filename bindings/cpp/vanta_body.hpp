// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_body.hpp - part of vanta.hpp, which includes it: the records of a push.
#ifndef VANTA_BODY_HPP
#define VANTA_BODY_HPP

#include <string>
#include <string_view>

#include "vanta.h"
#include "vanta_error.hpp"

namespace vanta {

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
            return vanta_body_from_file(path.c_str(), made, error);
        });
    }
    static body from_json_array(const std::string &resource_id, std::string_view json) {
        return make([&](vanta_body **made, vanta_error **error) {
            return vanta_body_from_json_array(resource_id.c_str(), json.data(), json.size(), made,
                                              error);
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

    detail::handle<vanta_body> handle_;
};

} // namespace vanta

#endif // VANTA_BODY_HPP
