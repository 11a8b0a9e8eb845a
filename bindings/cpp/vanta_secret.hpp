// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_secret.hpp - part of vanta.hpp, which includes it: a client secret from a callback.
#ifndef VANTA_SECRET_HPP
#define VANTA_SECRET_HPP

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <string>

#include "vanta.h"

namespace vanta {
namespace detail {

using secret_reader = std::function<std::string()>;

// Copies the secret to the library's buffer, and wipes the text.
inline std::int32_t copy_secret(std::string found, char *secret, std::size_t room,
                                std::size_t *size) {
    *size = found.size();
    if (found.size() <= room) found.copy(secret, found.size());
    vanta_wipe(&found[0], found.size());
    return 0;
}

// Calls the reader; no exception passes.
inline std::int32_t read_secret(char *secret, std::size_t room, std::size_t *size, char *reason,
                                std::size_t reason_room, void *user) noexcept {
    const secret_reader &read = *static_cast<secret_reader *>(user);
#ifdef __cpp_exceptions
    try {
        return copy_secret(read(), secret, room, size);
    } catch (const std::exception &failure) {
        const char *words = failure.what();
        const std::size_t length = std::min(std::strlen(words), reason_room - 1);
        std::fill_n(std::copy_n(words, length, reason), 1, '\0');
        return 1;
    } catch (...) {
        return 1;
    }
#else
    static_cast<void>(reason);
    static_cast<void>(reason_room);
    return copy_secret(read(), secret, room, size);
#endif
}

inline void forget_secret(void *user) noexcept { delete static_cast<secret_reader *>(user); }

} // namespace detail
} // namespace vanta

#endif // VANTA_SECRET_HPP
