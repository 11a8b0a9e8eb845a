// Throws in callbacks, which the call rethrows. Passes negative numbers and texts with NULs, which are refused.
//   callbacks AUDIT-FILE        configured from the environment
#include <algorithm>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <vanta.hpp>

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            return 1; \
        } \
    } while (0)

namespace {

const std::string RESOURCE = "66f0c0ffee0000000000a001";

// Returns the status of a call.
template <typename Call>
vanta::code status(Call call) {
    try {
        call();
        return vanta::code::ok;
    } catch (const vanta::error &error) {
        return error.code();
    }
}

template <typename Make>
std::string thrown(Make make) {
    try {
        make();
        return "nothing";
    } catch (const std::runtime_error &error) {
        return error.what();
    }
}

} // namespace

int main() {
    const std::string line = "{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x\"}";
    std::size_t at = 0;
    const vanta::reader failing = [&](char *buffer, std::size_t size) -> std::size_t {
        if (at == line.size()) throw std::runtime_error("its own");
        const std::size_t some = line.copy(buffer, std::min<std::size_t>(size, 5), at);
        at += some;
        return some;
    };
    CHECK(thrown([&] { vanta::body::from_ndjson_reader(RESOURCE, failing); }) == "its own");
    at = 0;
    CHECK(thrown([&] { vanta::body::from_reader(failing); }) == "its own");
    const vanta::reader too_long = [](char *, std::size_t size) { return size + 1; };
    CHECK(status([&] { vanta::body::from_reader(too_long); }) == VANTA_ERR_UNREADABLE_FILE);
    const vanta::reader none = [](char *, std::size_t) -> std::size_t { return 0; };
    CHECK(vanta::body::from_ndjson_reader(RESOURCE, none).record_count() == 0);
    const vanta::reader empty;
    CHECK(status([&] { vanta::body::from_reader(none); }) == VANTA_ERR_INVALID_PAYLOAD);
    try {
        vanta::body::from_reader(empty);
        return 1;
    } catch (const std::bad_function_call &) {
    }

    // Options with a refused setting are not used, even if the program catches the exception.
    vanta::options invalid;
    CHECK(status([&] { invalid.expect_removals(-1); }) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(status([&] { invalid.expect_removals(7); }) == VANTA_ERR_NULL_POINTER);
    vanta::options call;
    CHECK(status([&] { call.expect_removals(0).expect_removals(std::size_t(7)); }) == VANTA_OK);
    CHECK(status([&] { call.live_components(std::string("a\0b", 3)); }) == VANTA_ERR_INVALID_ARGUMENT);
    const std::string cut = RESOURCE + std::string("\0x", 2);
    CHECK(status([&] { vanta::body::from_ndjson(cut, line); }) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(status([&] { vanta::body::from_json_array(cut, "[]"); }) == VANTA_ERR_INVALID_ARGUMENT);

    const vanta::client client(vanta::config::from_env());
    const vanta::body body = vanta::body::from_ndjson(RESOURCE, line);
    CHECK(status([&] { client.list(std::string("a\0b", 3), RESOURCE); }) == VANTA_ERR_INVALID_ARGUMENT);
    CHECK(status([&] { client.push("custom_resource", body, &invalid); }) == VANTA_ERR_NULL_POINTER);
    vanta::options late;
    late.deadline(std::chrono::milliseconds(-1));
    CHECK(status([&] { client.push("custom_resource", body, &late); }) == VANTA_ERR_DEADLINE_EXCEEDED);

    // Options move with their progress callback, and the last callback that was set is called.
    int first = 0, second = 0;
    vanta::options options;
    options.progress([&](auto, auto, auto) { ++first; });
    options.progress([&](auto sent, auto total, auto records) {
        second += sent <= total && records == 1;
        throw 7;
    });
    const vanta::options moved = std::move(options);
    const vanta::receipt receipt = client.push("custom_resource", body, &moved);
    CHECK(receipt.receipt_kind() == VANTA_RECEIPT_PUSHED && receipt.record_count() == 1);
    CHECK(first == 0 && second > 0);
    std::puts("passed");
}
