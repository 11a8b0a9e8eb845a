// Pushes leavers, and pushes only if something has changed. argv[1] is a body with the remote records, argv[2] one in
// which the account "d" is missing.
#include "check.hpp"
#include <chrono>
#include <cstdio>
#include <string>
#include <vanta.hpp>

namespace {

using days = std::chrono::duration<int, std::ratio<24 * 60 * 60>>;

constexpr days keep_for(90);
const std::string kind = VANTA_KIND_USER_ACCOUNT;
const std::string resource = "66f0c0ffee0000000000a001";
// 2026-01-02T00:00:00Z
const std::chrono::system_clock::time_point now{std::chrono::seconds(1767312000)};

vanta::receipt_kind pushed_if_changed(const vanta::client &client, const vanta::body &body) {
    vanta::options options;
    options.only_if_changed();
    return client.push(kind, body, &options).receipt_kind();
}

void leave(const vanta::client &client, const vanta::body &four, const vanta::body &three) {
    CHECK(pushed_if_changed(client, four) == vanta::receipt_kind::unchanged);
    const auto whole = three.with_leavers(client.list(kind, resource), keep_for, now);
    CHECK(three.record_count() == 3 && whole.record_count() == 4);
    const auto plan = client.plan(kind, whole);
    CHECK(plan.deactivated() == 1 && plan.changed() == 0);
    CHECK(pushed_if_changed(client, whole) == vanta::receipt_kind::pushed);
    // A list may not show a push of this process yet.
    CHECK(pushed_if_changed(client, whole) == vanta::receipt_kind::pushed);
    const auto listing = client.list(kind, resource);
    CHECK(three.with_leavers(listing, keep_for, now + keep_for).record_count() == 3);
    const auto before = now + keep_for - std::chrono::milliseconds(1);
    CHECK(three.with_leavers(listing, keep_for, before).record_count() == 4);
    CHECK(three.with_leavers(listing, std::chrono::hours(1)).record_count() == 3);
    vanta::error error;
    const auto other = client.list("secret", resource);
    CHECK(!three.with_leavers(other, keep_for, now, error).get());
    CHECK(error.code() == vanta::code::invalid_argument);
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 3);
    const vanta::client client(vanta::config::from_env());
    leave(client, vanta::body::from_file(argv[1]), vanta::body::from_file(argv[2]));
    std::puts("leavers are deactivated");
    return 0;
}
