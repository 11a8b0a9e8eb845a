// A token store of the program's own: what the library asks of it, and what its answers lead to.
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <vanta.hpp>

namespace {

std::optional<vanta::client> client;

vanta::code token(bool hasty) {
    vanta::options call;
    call.deadline(std::chrono::milliseconds(hasty ? 300 : 10000));
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

struct kept : vanta::token_store {
    std::string record;
    int locks = 0, saves = 0, reads = 0;
    std::int32_t answer = VANTA_STORE_RESULT_DONE;
    bool call_back = false, readable = false;
    vanta::code called_back = vanta::code::ok;

    ~kept() override { ++destroyed; }
    std::string name() const override { return "a store in C++"; }

    bool try_lock(const std::string &key, std::chrono::milliseconds hold) override {
        if (key.find("vci_") == std::string::npos || hold.count() == 0) throw vanta::unusable_store();
        if (answer == VANTA_STORE_RESULT_UNUSABLE) throw vanta::unusable_store();
        if (answer == VANTA_STORE_RESULT_UNAVAILABLE) throw std::runtime_error("away");
        if (answer == VANTA_STORE_RESULT_BUSY) return false;
        ++locks;
        return locked = true;
    }
    std::string load(const std::string &) override {
        if (call_back) called_back = token(false);
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

// A new client has no token in memory: it must ask the store.
vanta::code fresh(const vanta::config &config, bool hasty = false) {
    client.reset();
    client.emplace(config);
    return token(hasty);
}

} // namespace

int main() {
    {
        auto store = std::make_shared<kept>();
        vanta::config config = vanta::config::from_env();
        config.custom_token_store(store).on_store_unavailable(vanta::on_store_unavailable::fail);
        std::printf("minted %d", static_cast<int>(fresh(config)));
        std::printf(" locks %d saves %d\n", store->locks, store->saves);
        std::printf("adopted %d", static_cast<int>(fresh(config)));
        const vanta::snapshot snapshot = client->snapshot();
        const bool named = snapshot.store().rfind("a store in ", 0) == 0;
        std::printf(" locks %d saves %d source %d store %s\n", store->locks, store->saves,
                    static_cast<int>(snapshot.source()),
                    named ? "named" : "not named");
        store->answer = VANTA_STORE_RESULT_BUSY;
        std::printf("busy %d\n", static_cast<int>(fresh(config, true)));
        store->answer = VANTA_STORE_RESULT_UNAVAILABLE;
        std::printf("away %d\n", static_cast<int>(fresh(config)));
        store->answer = VANTA_STORE_RESULT_UNUSABLE;
        std::printf("unusable %d\n", static_cast<int>(fresh(config)));
        store->answer = VANTA_STORE_RESULT_BUSY;
        store->readable = true;
        std::printf("read while locked %d", static_cast<int>(fresh(config, true)));
        std::printf(" reads %d locks %d saves %d\n", store->reads, store->locks, store->saves);
        store->readable = false;
        store->answer = VANTA_STORE_RESULT_DONE;
        store->call_back = true;
        std::printf("called back %d", static_cast<int>(fresh(config)));
        std::printf(" %d\n", static_cast<int>(store->called_back));
        client.reset();
    }
    std::printf("destroyed %d locked %d\n", destroyed, static_cast<int>(locked));
}
