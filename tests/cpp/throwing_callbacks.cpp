// Throws an exception out of a callback of C, which the header forbids: the process is aborted.
//   throwing_callbacks event|reader        configured from the environment
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vanta.h>

static void on_event(vanta_event, int32_t, const char *, void *) { throw std::runtime_error("out of an event handler"); }

static ptrdiff_t read_body(char *, size_t, void *) { throw std::runtime_error("out of a reader"); }

int main(int argc, char **argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    vanta_config *config = nullptr;
    vanta_client *client = nullptr;
    vanta_body *body = nullptr;
    char token[256];

    try {
        vanta_config_new(&config);
        vanta_config_use_environment(config);
        vanta_config_on_event(config, on_event, nullptr, nullptr);
        vanta_client_new(config, &client, nullptr);
        if (what == "reader")
            vanta_body_from_reader(read_body, nullptr, &body, nullptr);
        else
            vanta_token(client, nullptr, token, sizeof token, nullptr, nullptr);
    } catch (const std::exception &) {
        return 1; // it passed through the library
    }
    return 0;
}
