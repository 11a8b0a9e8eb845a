// Sets proxy credentials in code: the proxy is TEST_PROXY, its credentials are TEST_PROXY_CREDENTIALS.
#include <vanta.hpp>

#include "check.hpp"

int main() {
    vanta::config config = vanta::config::from_env();
    config.proxy(std::getenv("TEST_PROXY"));
    config.proxy_credentials(std::getenv("TEST_PROXY_CREDENTIALS"));
    try {
        vanta::client(config).token();
    } catch (const vanta::error &error) {
        CHECK(error.code() == VANTA_ERR_PROXY_REFUSED);
        std::puts(error.what());
        return 0;
    }
    return 1;
}
