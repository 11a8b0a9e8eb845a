// Uses the functions that report to a vanta::error& and throw nothing. The first error stays in it until it is cleared.
// Compiled with exceptions and without.
#include "check.hpp"
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <sstream>
#include <string>
#include <type_traits>
#include <vanta.hpp>
#include <vector>
#if __cplusplus >= 202002L && !defined(__clang__)
#include <ranges>
#endif

static std::size_t allocations = 0;

void *operator new(std::size_t size) {
    ++allocations;
    if (void *made = std::malloc(size)) return made;
    std::abort();
}
void operator delete(void *made) noexcept { std::free(made); }
void operator delete(void *made, std::size_t) noexcept { std::free(made); }

vanta::body body_of_second_unit(const std::string &resource_id, vanta::error &error);

namespace {

template <typename... Handles>
constexpr bool move_and_destroy_without_throwing() {
    return (... && (std::is_nothrow_move_constructible_v<Handles> &&
                    std::is_nothrow_move_assignable_v<Handles> &&
                    std::is_nothrow_destructible_v<Handles> &&
                    !std::is_copy_constructible_v<Handles> && !std::is_copy_assignable_v<Handles>));
}
static_assert(move_and_destroy_without_throwing<vanta::config, vanta::client, vanta::body, vanta::body_builder,
                                   vanta::options, vanta::cancel, vanta::receipt, vanta::change_plan,
                                   vanta::listing, vanta::snapshot>());
static_assert(std::is_nothrow_default_constructible_v<vanta::error> &&
              std::is_nothrow_copy_constructible_v<vanta::error> &&
              std::is_nothrow_move_assignable_v<vanta::error>);
// Getters of numbers and of borrowed texts throw nothing.
using std::declval;
static_assert(noexcept(declval<vanta::error>().what(), declval<vanta::error>().code(),
                       declval<vanta::error>().action(), declval<vanta::error>().retry_after(),
                       declval<vanta::error>().cause_code(), declval<vanta::error &>().clear(),
                       bool(declval<vanta::error>())));
static_assert(noexcept(declval<vanta::receipt>().removed(), declval<vanta::receipt>().record_count(),
                       declval<vanta::change_plan>().is_refused(), declval<vanta::listing>().count(),
                       declval<vanta::snapshot>().number(vanta::snapshot_field::source), declval<vanta::cancel>().set(),
                       declval<vanta::cancel>().is_set(),
                       declval<vanta::body>().record_count()));

const char resource[] = "66f0c0ffee0000000000a001";
const char kind[] = "custom_resource";

struct account {
    std::string id;
    std::string name;
};

void write(vanta::body_builder &to, const account &from) {
    to.string("uniqueId", from.id).string("displayName", from.name);
    to.string("externalUrl", "https://x.example.com/" + from.id);
}

// Makes a record of each element of a vector, of a range of iterators and of a map.
vanta::body of_ranges(vanta::error &error) {
    const std::vector<account> accounts = {{"a", "Freja"}, {"b", "Lior"}};
    const account more[] = {{"c", "Ana"}, {"d", "Wei"}, {"e", "left out"}};
    const std::map<std::string, std::string> names = {{"f", "Femi"}, {"g", "Gita"}};
    vanta::body_builder records(resource, error);
    records.each(accounts, write).each(std::begin(more), std::end(more) - 1, write);
    records.each(names, [](vanta::body_builder &to, const auto &pair) {
        write(to, account{pair.first, pair.second});
    });
    return records.finish();
}

// Makes an array of a range; of a view where the standard library has them.
void arrays() {
    const std::vector<int> numbers = {1, 2, 3, 4};
#if defined(__cpp_lib_ranges) && !defined(__clang__)
    auto even = numbers | std::views::filter([](int number) { return number % 2 == 0; });
#else
    const std::vector<int> even = {2, 4};
#endif
    vanta::error error;
    vanta::body_builder records(resource, error);
    records.begin().string("uniqueId", "a").array("n", even, [](vanta::body_builder &to, int number) {
        to.begin_object().integer("is", number).end();
    });
    const std::string expected = "{\"resourceId\":\"66f0c0ffee0000000000a001\",\"resources\":"
                                 "[{\"uniqueId\":\"a\",\"n\":[{\"is\":2},{\"is\":4}]}]}";
    CHECK(records.end().finish().byte_len() == expected.size() && !error);
}

void calls_without_an_error(const vanta::client &client) {
    vanta::error error;
    vanta::options call(error);
    call.deadline(std::chrono::seconds(30)).rule(vanta::rule::https_url, vanta::level::error);
    const vanta::body body = of_ranges(error);
    CHECK(body.record_count() == 6 && body.resource_id() == resource);
    CHECK(vanta::validate(kind, body, error, &call).empty());
    CHECK(client.plan(kind, body, error, &call).added() == 6);
    CHECK(client.push(kind, body, error, &call).record_count() == 6);
    CHECK(client.verify(kind, body, error).receipt_kind() == VANTA_RECEIPT_VERIFIED);
    const vanta::listing listing = client.list(kind, resource, error);
    CHECK(listing.live_count() == 6 && listing.json(error).find("Wei") != std::string::npos);
    CHECK(!client.token(error).empty() && !client.token_valid_for(60, error).empty());
    CHECK(client.snapshot(error).number(vanta::snapshot_field::token_requests) == 1);
    CHECK(body_of_second_unit(resource, error).record_count() == 1);
    const vanta::cancel cancel(error);
    CHECK(!cancel.is_set());
    cancel.set();
    CHECK(cancel.is_set());
    CHECK(!error && error.code() == VANTA_OK);
}

void the_first_error_stays(const vanta::client &client) {
    vanta::error error;
    const vanta::body none = vanta::body::from_file("/nowhere", error);
    CHECK(error && error.code() == VANTA_ERR_UNREADABLE_FILE && none.get() == nullptr);
    const std::string message = error.what();
    CHECK(message.find("/nowhere") != std::string::npos);
    const vanta::body good = body_of_second_unit(resource, error);
    CHECK(good.get() == nullptr && good.record_count() == 0 && good.resource_id().empty());
    const vanta::receipt receipt = client.push(kind, none, error);
    CHECK(receipt.get() == nullptr && receipt.line().empty() && !receipt.removed());
    CHECK(client.token(error).empty() && client.list(kind, resource, error).count() == 0);
    client.report_token_rejected("x", error);
    CHECK(error.code() == VANTA_ERR_UNREADABLE_FILE && message == error.what());
    vanta::error copy = error;
    error.clear();
    CHECK(!error && copy && message == copy.what() && std::string(error.what()).empty());
    // After clear(), the next call fails because its body is missing.
    CHECK(!client.push(kind, none, error).get() && error.code() == VANTA_ERR_NULL_POINTER);
}

// Options, configurations and records that had an error are not used, even after the error is cleared.
void objects_with_an_error_are_not_used(const vanta::client &client) {
    vanta::error error;
    const vanta::body body = body_of_second_unit(resource, error);
    vanta::options call(error);
    call.allow_empty().expect_removals(-1).deadline(std::chrono::seconds(9));
    CHECK(error.code() == VANTA_ERR_INVALID_ARGUMENT);
    error.clear();
    CHECK(!client.push(kind, body, error, &call).get() && error.code() == VANTA_ERR_NULL_POINTER);
    error.clear();
    vanta::options kept(error);
    const vanta::options moved = std::move(kept);
    CHECK(vanta::validate(kind, body, error, &kept).empty() && error.code() == VANTA_ERR_NULL_POINTER);
    error.clear();
    CHECK(!client.plan(std::string("a\0b", 3), body, error, &moved).added());
    CHECK(error.code() == VANTA_ERR_INVALID_ARGUMENT);
    error.clear();
    vanta::config config = vanta::config::from_env(error);
    config.scope(std::string("a\0b", 3)).expiry_margin(std::chrono::seconds(1));
    CHECK(error.code() == VANTA_ERR_INVALID_ARGUMENT);
    error.clear();
    const vanta::client unmade(config, error);
    CHECK(error.code() == VANTA_ERR_NULL_POINTER);
    error.clear();
    CHECK(unmade.token(error).empty() && error.code() == VANTA_ERR_NULL_POINTER);
    error.clear();
    vanta::body_builder records(resource, error);
    write(records.begin(), {"a", "Fre\xffja"});
    CHECK(error.code() == VANTA_ERR_INVALID_UTF8 && error.violations().at(0).pointer == "/displayName");
    CHECK(records.end().finish().get() == nullptr && error.code() == VANTA_ERR_INVALID_UTF8);
    error = vanta::error(VANTA_ERR_CANCELLED);
    vanta::body_builder others(resource, error);
    CHECK(others.finish().get() == nullptr);
    error.clear();
    vanta::body_builder skipped(resource, error);
    skipped.each(std::vector<account>{{"a", "a"}}, write);
    error = vanta::error(VANTA_ERR_CANCELLED);
    skipped.each(std::vector<account>{{"b", "b"}}, write);
    error.clear();
    CHECK(skipped.finish().get() == nullptr && error.code() == VANTA_ERR_NULL_POINTER);
    error.clear();
    vanta::body_builder cut(resource, error);
    cut.begin().null(std::string_view("a\0b", 3));
    CHECK(error.code() == VANTA_ERR_INVALID_ARGUMENT);
    error.clear();
    CHECK(cut.end().finish().get() == nullptr && error);
}

// Uses a token store of C functions.
void store_of_c_functions() {
    const auto try_lock = [](void *calls, const char *, std::uint64_t) -> std::int32_t {
        ++*static_cast<int *>(calls);
        return VANTA_STORE_RESULT_UNUSABLE;
    };
    const auto load = [](void *, const char *, void *, std::size_t, std::size_t *size) {
        *size = 0;
        return std::int32_t(VANTA_STORE_RESULT_DONE);
    };
    const auto save = [](void *, const char *, const void *, std::size_t) {
        return std::int32_t(VANTA_STORE_RESULT_DONE);
    };
    const auto unlock = [](void *, const char *) {};
    const vanta_store functions = {sizeof functions, "C's", try_lock, load, save, unlock, nullptr, nullptr};
    int calls = 0;
    vanta::error error;
    vanta::config config = vanta::config::from_env(error);
    config.client_id("vci_of_another_application").custom_token_store(functions, &calls);
    const vanta::client client(config, error);
    CHECK(!error && client.token(error).empty());
    CHECK(error.code() == VANTA_ERR_UNUSABLE_STORE && calls == 1);
}

void reader(const std::string &line) {
    vanta::error error;
    std::size_t at = 0;
    const vanta::reader five = [&](char *buffer, std::size_t size) {
        const std::size_t some = line.copy(buffer, size < 5 ? size : 5, at);
        at += some;
        return some;
    };
    CHECK(vanta::body::from_ndjson_reader(resource, five, error).record_count() == 1 && !error);
    CHECK(!vanta::body::from_reader(five, error).get() && error.code() == VANTA_ERR_INVALID_PAYLOAD);
}

void self_move_works_and_destructors_allocate_nothing(const vanta::client &) {
    vanta::error error;
    std::size_t before = 0;
    {
        vanta::config config = vanta::config::from_env(error);
        config.on_event([](vanta::event, bool, std::string_view) {});
        vanta::client own(config, error), spare(config, error);
        vanta::client &same = own;
        own = std::move(same);
        CHECK(!own.token(error).empty() && !error);
        own = std::move(spare);
        vanta::body body = of_ranges(error);
        vanta::body &alias = body;
        body = std::move(alias);
        CHECK(body.record_count() == 6);
        vanta::cancel cancel(error);
        vanta::options call(error);
        call.cancel(cancel).progress([](std::uint64_t, std::uint64_t, std::size_t) {});
        vanta::options &settings = call;
        call = std::move(settings);
        const vanta::receipt receipt = own.push(kind, body, error, &call);
        const vanta::change_plan plan = own.plan(kind, body, error, &call);
        const vanta::listing listing = own.list(kind, resource, error);
        const vanta::snapshot snapshot = own.snapshot(error);
        vanta::body_builder unfinished(resource, error);
        unfinished.begin();
        const vanta::error with_text(VANTA_ERR_CANCELLED);
        CHECK(receipt.record_count() == 6 && plan.unchanged() == 6 && !error);
        CHECK(snapshot.number(vanta::snapshot_field::cache_hits) > 0 && listing.count() == 6);
        before = allocations;
    }
    CHECK(allocations == before);
}

// Writes numbers, errors and violations to a stream.
template <typename Value>
std::string written(const Value &value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

void streams() {
    CHECK(written(vanta::code::tls) == "tls" && written(vanta::code::ok) == "ok");
    CHECK(written(vanta::code::invalid_records) == "invalid_records");
    CHECK(written(vanta::code(-9999)) == "-9999" && written(vanta::action(77)) == "77");
    CHECK(written(vanta::action::fix_records) == "fix_records");
    CHECK(written(vanta::stage::proxy) == "proxy" && written(vanta::level::off) == "off");
    CHECK(written(vanta::event::clock_skew) == "clock_skew");
    CHECK(written(vanta::receipt_kind::verified) == "verified");
    CHECK(vanta::code::tls == VANTA_ERR_TLS && vanta::code::tls != VANTA_ERR_SEND);
    CHECK(vanta::text(vanta::code::ok) == "done");
    CHECK(vanta::exit_code(vanta::action::none) == 0);
    CHECK(vanta::exit_code(vanta::action::fix_records) == 65);
    CHECK(written(vanta::violation{2, "acct-7", "/email", "is missing"}) ==
          "record 2: acct-7: /email: is missing");
    CHECK(written(vanta::error(vanta::code::cancelled)) == vanta::text(vanta::code::cancelled));
}

#ifdef __cpp_exceptions
// Checks that a call throws the error that the other style reports.
template <typename Call>
void check_thrown(const vanta::error &reported, Call call) {
    try {
        call();
        CHECK(!"it must throw");
    } catch (const vanta::error &error) {
        CHECK(error.code() == reported.code() && std::string(error.what()) == reported.what());
        CHECK(error.violations().size() == reported.violations().size());
    }
}

void both_styles_give_the_same_error(const vanta::client &client) {
    vanta::error error;
    const vanta::body body = body_of_second_unit(resource, error);
    client.push("no such kind", body, error);
    check_thrown(error, [&] { client.push("no such kind", body); });
    error.clear();
    vanta::body::from_request("{", error);
    check_thrown(error, [&] { vanta::body::from_request("{"); });
    error.clear();
    vanta::validate("user_account", body, error);
    CHECK(error.violations().size() > 3);
    check_thrown(error, [&] { vanta::validate("user_account", body); });
    error.clear();
    vanta::receipt::from_json("{}", error);
    check_thrown(error, [&] { vanta::receipt::from_json("{}"); });
    vanta::options call;
    vanta::options moved = std::move(call);
    check_thrown(vanta::error(VANTA_ERR_NULL_POINTER), [&] { client.push(kind, body, &call); });
}
#else
void both_styles_give_the_same_error(const vanta::client &) {}
#endif

} // namespace

int main() {
    vanta::error error;
    const vanta::client client(vanta::config::from_env(error), error);
    arrays();
    streams();
    calls_without_an_error(client);
    the_first_error_stays(client);
    objects_with_an_error_are_not_used(client);
    store_of_c_functions();
    reader("{\"uniqueId\":\"a\",\"displayName\":\"a\",\"externalUrl\":\"https://x\"}\n");
    self_move_works_and_destructors_allocate_nothing(client);
    both_styles_give_the_same_error(client);
    CHECK(!error);
    std::puts("passed");
}
