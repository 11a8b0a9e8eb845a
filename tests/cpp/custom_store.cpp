// Implements a token store, and prints which of its functions the library calls and what their results lead to.
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <vanta.hpp>

namespace {

std::optional<vanta::client> client;

vanta::code token(bool short_deadline) {
    vanta::options call;
    call.deadline(std::chrono::milliseconds(short_deadline ? 300 : 10000));
    try {
        std::string text = client->token(&call);
        vanta_wipe(&text[0], text.size());
        return vanta::code::ok;
    } catch (const vanta::error &error) {
        return error.code();
    }
}

int destroyed = 0;
bool locked = false;

struct memory_store : vanta::token_store {
    std::string record;
    int locks = 0, saves = 0, reads = 0;
    std::int32_t lock_result = VANTA_STORE_RESULT_DONE;
    bool call_back = false, readable = false;
    vanta::code reentrant_status = vanta::code::ok;

    ~memory_store() override { ++destroyed; }
    std::string name() const override { return "a store in C++"; }

    bool try_lock(const std::string &key, std::chrono::milliseconds hold) override {
        if (key.find("vci_") == std::string::npos || hold.count() == 0) throw vanta::unusable_store();
        if (lock_result == VANTA_STORE_RESULT_UNUSABLE) throw vanta::unusable_store();
        if (lock_result == VANTA_STORE_RESULT_UNAVAILABLE) throw std::runtime_error("unavailable");
        if (lock_result == VANTA_STORE_RESULT_BUSY) return false;
        ++locks;
        return locked = true;
    }
    std::string load(const std::string &) override {
        if (call_back) reentrant_status = token(false);
        return record;
    }
    void save(const std::string &, std::string_view text) override {
        record.assign(text);
        ++saves;
    }
    std::optional<std::string> read(const std::string &) override {
        if (!readable) return std::nullopt;
        ++reads;
        return record;
    }
    void unlock(const std::string &) noexcept override { locked = false; }
};

// Gets a token with a new client, which has no cached token and uses the store.
vanta::code token_of_new_client(const vanta::config &config, bool short_deadline = false) {
    client.reset();
    client.emplace(config);
    return token(short_deadline);
}

} // namespace

int main() {
    {
        auto store = std::make_shared<memory_store>();
        vanta::config config = vanta::config::from_env();
        config.custom_token_store(store).on_store_unavailable(vanta::on_store_unavailable::fail);
        std::printf("requested %d", static_cast<int>(token_of_new_client(config)));
        std::printf(" locks %d saves %d\n", store->locks, store->saves);
        std::printf("stored %d", static_cast<int>(token_of_new_client(config)));
        const vanta::snapshot snapshot = client->snapshot();
        const bool named = snapshot.store().rfind("a store in ", 0) == 0;
        std::printf(" locks %d saves %d source %d store %s\n", store->locks, store->saves,
                    static_cast<int>(snapshot.source()),
                    named ? "named" : "not named");
        store->lock_result = VANTA_STORE_RESULT_BUSY;
        std::printf("busy %d\n", static_cast<int>(token_of_new_client(config, true)));
        store->lock_result = VANTA_STORE_RESULT_UNAVAILABLE;
        std::printf("unavailable %d\n", static_cast<int>(token_of_new_client(config)));
        store->lock_result = VANTA_STORE_RESULT_UNUSABLE;
        std::printf("unusable %d\n", static_cast<int>(token_of_new_client(config)));
        store->lock_result = VANTA_STORE_RESULT_BUSY;
        store->readable = true;
        std::printf("read while locked %d", static_cast<int>(token_of_new_client(config, true)));
        std::printf(" reads %d locks %d saves %d\n", store->reads, store->locks, store->saves);
        store->readable = false;
        store->lock_result = VANTA_STORE_RESULT_DONE;
        store->call_back = true;
        std::printf("reentrant %d", static_cast<int>(token_of_new_client(config)));
        std::printf(" %d\n", static_cast<int>(store->reentrant_status));
        client.reset();
    }
    std::printf("destroyed %d locked %d\n", destroyed, static_cast<int>(locked));
}
