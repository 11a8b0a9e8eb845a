// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_store.hpp - part of vanta.hpp, which includes it: a token store of your own.
#ifndef VANTA_STORE_HPP
#define VANTA_STORE_HPP

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "vanta.h"

namespace vanta {

#ifdef __cpp_exceptions
// A token store of your own throws this when its configuration must be corrected before it can be
// used. Any other exception means that the store is unavailable.
struct unusable_store : std::exception {
    const char *what() const noexcept override { return "the store cannot be used"; }
};

// A token store of your own: a place for the record that all jobs of an application share. Without
// exceptions use a vanta_store of C. Threads inside calls of the library run its functions, several
// at a time. They must not call the library. See vanta_store in vanta.h for what they must do.
class token_store {
public:
    virtual ~token_store() = default;
    virtual std::string name() const = 0;
    virtual bool try_lock(const std::string &key, std::chrono::milliseconds hold) = 0;
    virtual std::string load(const std::string &key) = 0; // "" when there is no record
    virtual void save(const std::string &key, std::string_view record) = 0;
    virtual void unlock(const std::string &key) noexcept = 0;
    // Reads the record without its lock: a record that was saved completely, or "" when there is
    // none. When it returns std::nullopt, the record is read under the lock.
    virtual std::optional<std::string> read(const std::string &key) {
        (void)key;
        return std::nullopt;
    }
};

namespace detail {

using shared_store = std::shared_ptr<token_store>;

// Calls a function of the store that `user` points to; no exception passes.
template <typename Work>
std::int32_t with_store(void *user, Work work) noexcept {
    try {
        return work(**static_cast<shared_store *>(user));
    } catch (const unusable_store &) {
        return VANTA_STORE_RESULT_UNUSABLE;
    } catch (...) {
        return VANTA_STORE_RESULT_UNAVAILABLE;
    }
}

// Copies a record to the library's buffer, and wipes it.
inline std::int32_t store_copy(std::string found, void *record, std::size_t room, std::size_t *size) {
    *size = found.size();
    if (found.size() <= room) found.copy(static_cast<char *>(record), found.size());
    vanta_wipe(&found[0], found.size());
    return VANTA_STORE_RESULT_DONE;
}

inline std::int32_t store_try_lock(void *user, const char *key, std::uint64_t hold_ms) {
    return with_store(user, [&](token_store &store) {
        const bool locked = store.try_lock(key, std::chrono::milliseconds(hold_ms));
        return locked ? VANTA_STORE_RESULT_DONE : VANTA_STORE_RESULT_BUSY;
    });
}

inline std::int32_t store_load(void *user, const char *key, void *record, std::size_t room,
                               std::size_t *size) {
    return with_store(user, [&](token_store &store) {
        return store_copy(store.load(key), record, room, size);
    });
}

inline std::int32_t store_read(void *user, const char *key, void *record, std::size_t room,
                               std::size_t *size) {
    return with_store(user, [&](token_store &store) {
        std::optional<std::string> found = store.read(key);
        if (!found) return VANTA_STORE_RESULT_UNSUPPORTED;
        return store_copy(std::move(*found), record, room, size);
    });
}

inline std::int32_t store_save(void *user, const char *key, const void *record, std::size_t size) {
    return with_store(user, [&](token_store &store) {
        store.save(key, std::string_view(static_cast<const char *>(record), size));
        return VANTA_STORE_RESULT_DONE;
    });
}

inline void store_unlock(void *user, const char *key) {
    with_store(user, [&](token_store &store) {
        store.unlock(key);
        return VANTA_STORE_RESULT_DONE;
    });
}

inline void store_destroy(void *user) { delete static_cast<shared_store *>(user); }

} // namespace detail
#endif // __cpp_exceptions

} // namespace vanta

#endif // VANTA_STORE_HPP
