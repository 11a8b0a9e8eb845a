// Passes each duration and time that vanta.hpp takes with its smallest and largest value and with NaN. Configured from
// the environment.
#include "check.hpp"
#include <chrono>
#include <cstdio>
#include <limits>
#include <vanta.hpp>

namespace {

const char resource[] = "66f0c0ffee0000000000a001";

using real_seconds = std::chrono::duration<double>;

template <typename Duration>
vanta::code list_with(Duration deadline) {
    const vanta::client client(vanta::config::from_env().expiry_margin(deadline));
    vanta::options call;
    vanta::error error;
    call.deadline(deadline);
    client.list("user_account", resource, error, &call);
    return error.code();
}

template <typename Duration>
vanta::code written(Duration since_1970) {
    try {
        vanta::body_builder records(resource);
        records.begin().string("uniqueId", "a").timestamp("b", vanta::body_builder::time_point<Duration>(since_1970)).end();
        records.finish();
    } catch (const vanta::error &thrown) {
        return thrown.code();
    }
    return vanta::code::ok;
}

} // namespace

int main() {
    using namespace std::chrono;
    using limits = std::numeric_limits<double>;

    CHECK(list_with(nanoseconds(0)) == VANTA_ERR_DEADLINE_EXCEEDED);
    CHECK(list_with(hours::min()) == VANTA_ERR_DEADLINE_EXCEEDED);
    CHECK(list_with(real_seconds(limits::quiet_NaN())) == VANTA_ERR_DEADLINE_EXCEEDED);
    CHECK(list_with(hours::max()) == VANTA_OK);
    CHECK(list_with(nanoseconds::max()) == VANTA_OK);
    CHECK(list_with(real_seconds(limits::infinity())) == VANTA_OK);

    CHECK(written(seconds(0)) == VANTA_OK);
    CHECK(written(milliseconds(-1)) == VANTA_OK);
    CHECK(written(hours::max()) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(written(hours::min()) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(written(milliseconds::max()) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(written(real_seconds(limits::quiet_NaN())) == VANTA_ERR_INVALID_PAYLOAD);
    CHECK(written(real_seconds(limits::infinity())) == VANTA_ERR_INVALID_PAYLOAD);
    std::puts("every value was accepted or refused");
}
