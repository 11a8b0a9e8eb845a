// Gets the client secret from a callback, which may throw and must not call the library.
#include "check.hpp"
#include <optional>
#include <stdexcept>
#include <string>
#include <vanta.hpp>

int main(int argc, char **argv) {
    CHECK(argc == 2);
    const std::string secret = argv[1];
    int calls = 0;
    bool sealed = true;
    std::optional<vanta::client> client;
    const auto token = [&] {
        vanta::error error;
        client->token(error);
        return error;
    };
    vanta::config config = vanta::config::from_env();
    config.client_secret_callback([&] {
        if (sealed) throw std::runtime_error("the vault is sealed");
        calls++;
        std::printf("inside %d\n", static_cast<int>(token().code()));
        return secret;
    });
    client.emplace(config);
    std::printf("calls %d\n", calls);
    const vanta::error failed = token();
    const bool quoted = std::string(failed.what()).find("the vault is sealed") != std::string::npos;
    std::printf("sealed %d %d\n", static_cast<int>(failed.code()), quoted);
    sealed = false;
    std::printf("token %d\n", static_cast<int>(token().code()));
    std::printf("calls %d\n", calls);
    client->list(vanta::kind::user_account, "66f0c0ffee0000000000a001");
    std::printf("list 0\ncalls %d\n", calls);
    bool refused = false;
    try {
        vanta::config().client_secret_callback(nullptr);
    } catch (const vanta::error &error) {
        refused = error.code() == VANTA_ERR_NULL_POINTER;
    }
    CHECK(refused);
    return 0;
}
