// Builds the records of tests/c/builder.c field by field, and makes mistakes, which throw.
#include "check.hpp"
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vanta.hpp>
#include <vector>

namespace {

using std::chrono::milliseconds;

const char resource[] = "66f0c0ffee0000000000a001";

vanta::body_builder::time_point<milliseconds> at(std::int64_t unix_ms) {
    return vanta::body_builder::time_point<milliseconds>(milliseconds(unix_ms));
}

void account(vanta::body_builder &records, std::string_view id, std::string_view name) {
    records.begin()
        .string("uniqueId", id)
        .string("displayName", name)
        .string("externalUrl", "https://ledger.example.com/\"quoted\"")
        .string("fullName", name)
        .string("accountName", id)
        .string("email", std::string("a@example.com"))
        .string("permissionLevel", "BASE")
        .timestamp("createdTimestamp", at(951782400001))
        .string("status", "ACTIVE")
        .boolean("mfaEnabled", true)
        .strings("mfaMethods", {"OTP", "SMS"})
        .string("authMethod", "SSO")
        .string("roleDescription", {})
        .json("groupIds", "[\"g1\", \"g2\"]")
        .end();
}

vanta::body accounts() {
    using namespace std::string_view_literals;
    vanta::body_builder records(resource);
    account(records, "acct-1", "\"\\/\b\f\n\r\t\x01\x1f\x7f\0 \xe2\x80\xa8 \xf0\x9f\x98\x80"sv);
    account(records, "acct-2", "Freja");
    return records.finish();
}

void user(vanta::body_builder &records, std::string_view name, int policies) {
    records.begin_object().string("username", name).begin_array("screenlockPolicies");
    while (policies--) {
        records.begin_object();
        records.boolean("requiresPassword", true).integer("screenSleepTimeoutMs", 300000).end();
    }
    records.end().begin_object("screenlockSettings");
    records.boolean("requiresPassword", false).integer("screenSleepTimeoutMs", 0).end().end();
}

vanta::body macs() {
    const std::vector<std::string> none;
    vanta::body_builder records(resource);
    records.begin()
        .string("uniqueId", "mac-1")
        .string("displayName", "Freja's Mac")
        .string("externalUrl", "https://mdm.example.com/1")
        .timestamp("collectedTimestamp", at(1767323045678) + std::chrono::microseconds(999))
        .string("osName", "macOS")
        .string("osVersion", "15.2")
        .string("hardwareUuid", "0A1B")
        .string("serialNumber", "C02")
        .strings("applications", none)
        .strings("browserExtensions", {})
        .begin_array("drives")
        .begin_object()
        .string("name", "Macintosh HD")
        .boolean("encrypted", true)
        .boolean("filevaultEnabled", true)
        .end()
        .end()
        .begin_array("users");
    user(records, "freja", 2);
    user(records, "lior", 0);
    records.end().begin_array("systemScreenlockPolicies").end();
    records.boolean("isManaged", true).boolean("autoUpdatesEnabled", false).end();
    vanta::body_builder moved(std::move(records));
    return moved.finish();
}

// Checks what a mistake throws. Every later call of the builder throws the same.
template <typename Call>
void check_mistake(vanta_status status, const char *place, const char *words, Call call) {
    vanta::body_builder records(resource);
    records.begin().string("uniqueId", "acct-1");
    for (int again = 0; again < 2; again++) {
        try {
            if (again)
                records.null("later");
            else
                call(records);
            CHECK(!"it must throw");
        } catch (const vanta::error &error) {
            CHECK(error.code() == status);
            const std::string message = error.what();
            CHECK(message.find(words) != message.npos);
            CHECK(error.violations().at(0).message.find(words) != std::string::npos);
            CHECK(error.violations().at(0).index == 0 && error.violations().at(0).pointer == place);
        }
    }
}

void make_mistakes() {
    using vanta::body_builder;
    check_mistake(VANTA_ERR_INVALID_UTF8, "/fullName", "byte 3 of the text is not valid UTF-8",
         [](vanta::body_builder &r) { r.string("fullName", "Fre\xffja"); });
    check_mistake(VANTA_ERR_INVALID_UTF8, "", "byte 1 of the key", [](vanta::body_builder &r) { r.null("k\xff"); });
    check_mistake(VANTA_ERR_INVALID_ARGUMENT, "", "needs a key", [](vanta::body_builder &r) { r.string("Freja"); });
    check_mistake(VANTA_ERR_INVALID_ARGUMENT, "/users/1", "has no key",
         [](vanta::body_builder &r) { r.begin_array("users").null().integer("n", 1); });
    check_mistake(VANTA_ERR_INVALID_PAYLOAD, "/n/0", "JSON has no number inf",
         [](vanta::body_builder &r) { r.begin_array("n").number(std::numeric_limits<double>::infinity()); });
    check_mistake(VANTA_ERR_INVALID_ARGUMENT, "/users", "vanta::body_builder::end() is missing 2 times",
         [](vanta::body_builder &r) { r.begin_array("users").finish(); });
    check_mistake(VANTA_ERR_INVALID_ARGUMENT, "", "vanta::body_builder::end() is missing once",
         [](vanta::body_builder &r) { r.finish(); });
    check_mistake(VANTA_ERR_INVALID_PAYLOAD, "/t", "outside the years",
         [](vanta::body_builder &r) { r.timestamp("t", at(-62135596800001)); });
}

// Calls every setter with a key and without one.
void both_forms() {
    vanta::body_builder records(resource);
    const unsigned small = 7;
    records.begin().timestamp("now", std::chrono::system_clock::time_point());
    records.string("uniqueId", "a").boolean("b", true).integer("i", small).number("n", 5);
    records.null("z").json("j", "{}").timestamp("t", at(-1)).begin_object("o").end();
    records.begin_array("all").string("s").boolean(false).integer(-1).number(0.1).null();
    records.json("[]").timestamp(at(0)).begin_object().end().begin_array().end().end().end();
    const vanta::body body = records.finish();
    const std::string expected =
        "{\"resourceId\":\"66f0c0ffee0000000000a001\",\"resources\":[{\"now\":"
        "\"1970-01-01T00:00:00.000Z\",\"uniqueId\":\"a\",\"b\":true,"
        "\"i\":7,\"n\":5.0,\"z\":null,\"j\":{},\"t\":\"1969-12-31T23:59:59.999Z\",\"o\":{},\"all\":"
        "[\"s\",false,-1,0.1,null,[],\"1970-01-01T00:00:00.000Z\",{},[]]}]}";
    CHECK(body.byte_len() == expected.size() && body.record_count() == 1);
    try {
        records.begin();
        CHECK(!"it must throw");
    } catch (const vanta::error &error) {
        const std::string message = error.what();
        CHECK(message.find("the body was built already") != message.npos);
    }
    vanta::body_builder others(resource);
    try {
        others.begin().string("uniqueId", "a").null(std::string_view("a\0b", 3));
        CHECK(!"it must throw");
    } catch (const vanta::error &error) {
        CHECK(error.code() == VANTA_ERR_INVALID_ARGUMENT);
    }
    try {
        others.end().finish();
        CHECK(!"a record with an error is not built");
    } catch (const vanta::error &) {
    }
}

} // namespace

int main() {
    const vanta::client client(vanta::config::from_env());
    for (const auto &kind : {"user_account", "macos_user_computer"}) {
        const vanta::body body = std::string_view(kind) == "user_account" ? accounts() : macs();
        client.push(kind, body);
        CHECK(client.list(kind, resource).live_count() == body.record_count());
    }
    make_mistakes();
    both_forms();
    std::puts("passed");
}
