// Makes one call and prints its result, in the format that the probes of all languages share: see tests/c/probe.c.
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <type_traits>
#include <vanta.hpp>

static_assert(!std::is_copy_constructible_v<vanta::client>);
static_assert(std::is_nothrow_move_constructible_v<vanta::client>);
static_assert(std::is_move_assignable_v<vanta::options>);

namespace {

const std::string RESOURCE = "66f0c0ffee0000000000a001";

std::string shown(const std::string &text) { return text.empty() ? "-" : text; }

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) std::exit(66);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void print(const char *name, const std::vector<vanta::violation> &violations) {
    for (const auto &violation : violations)
        std::cout << name << " " << violation.index << "|" << shown(violation.unique_id) << "|"
                  << violation.pointer << "|" << violation.message << "\nrule "
                  << (violation.rule ? vanta::name(*violation.rule) : "-") << "\n";
}

template <typename Enum>
int number(Enum value) {
    return static_cast<int>(value);
}

void print(const vanta::error &error) {
    const auto wait = error.retry_after();
    std::cout << "status " << number(error.code()) << "\naction " << number(error.action())
              << "\nstage " << number(error.stage()) << "\nhttp "
              << error.http_status() << "\nattempts " << error.attempts() << "\nretryable "
              << error.is_retryable() << "\nretry_after_ms " << (wait ? wait->count() : -1)
              << "\nrequest_id " << shown(error.request_id()) << "\noauth_error "
              << shown(error.oauth_error()) << "\nexcerpt " << shown(error.excerpt()) << "\n";
    print("violation", error.violations());
    print("warning", error.warnings());
    std::cout << "cause " << number(error.cause_code()) << "\nmessage " << error.what() << "\n";
}

void print(const std::vector<vanta::not_comparable> &members) {
    for (const auto &member : members)
        std::cout << "not_comparable " << member.pointer << "|" << member.records << "\n";
}

void print(const vanta::receipt &receipt) {
    std::cout << "status 0\nreceipt_kind " << number(receipt.receipt_kind()) << "\ntime " << receipt.time() << "\nkind "
              << receipt.resource_kind() << "\nresource_id " << receipt.resource_id() << "\nrecords "
              << receipt.record_count() << "\nbytes " << receipt.byte_len() << "\nsha256 "
              << receipt.sha256() << "\nhttp " << receipt.http_status() << "\nattempts "
              << receipt.attempts() << "\ngeneration " << receipt.token_generation()
              << "\nremoved " << receipt.removed().value_or(-1) << "\naudited "
              << receipt.is_audited() << "\nrequest_id " << shown(receipt.request_id())
              << "\nupload_id " << shown(receipt.upload_id()) << "\norigin "
              << shown(receipt.origin()) << "\napplication " << shown(receipt.application())
              << "\n";
    print(receipt.not_comparable());
    print("warning", receipt.warnings());
    std::cout << "line " << receipt.line() << "\njson " << receipt.json() << "\n";
}

void print(const vanta::change_plan &plan) {
    std::cout << "status 0\nadded " << plan.added() << "\nchanged " << plan.changed()
              << "\nremoved " << plan.removed() << "\nunchanged " << plan.unchanged()
              << "\nrefused " << plan.is_refused() << "\nempty " << plan.is_empty() << "\n";
    print(plan.not_comparable());
    std::cout << "text " << plan.text() << "json " << plan.json() << "\n";
}

vanta::reader from(std::ifstream &file) {
    return [&file](char *buffer, std::size_t size) {
        file.read(buffer, static_cast<std::streamsize>(std::min<std::size_t>(size, 1000)));
        return static_cast<std::size_t>(file.gcount());
    };
}

vanta::body read_body(const std::string &what) {
    const auto colon = what.find(':');
    const std::string source = what.substr(0, colon);
    const std::string path = what.substr(colon == what.npos ? 0 : colon + 1);
    std::ifstream file(path, std::ios::binary);
    if (source == "request") return vanta::body::from_request(read_file(path));
    if (source == "array") return vanta::body::from_json_array(RESOURCE, read_file(path));
    if (source == "ndjson") return vanta::body::from_ndjson(RESOURCE, read_file(path));
    if (source == "ndjson-file") return vanta::body::from_ndjson_file(RESOURCE, path);
    if (source == "ndjson-reader") return vanta::body::from_ndjson_reader(RESOURCE, from(file));
    if (source == "reader") return vanta::body::from_reader(from(file));
    return vanta::body::from_file(path);
}

struct progress_calls {
    std::uint64_t sent = 0, total = 0;
    std::size_t records = 0;
    int restarts = 0, called = 0, callback_status = 0;
};

struct probe {
    const vanta::client &client;
    std::string verb, kind, what;
    std::optional<vanta::body> body;
    vanta::options call;
    vanta::cancel cancel;
    progress_calls seen;
    std::string date, description;

    void rule(const std::string &name, const std::string &level) {
        const std::map<std::string, vanta::rule> rules = {
            {"schema", vanta::rule::schema},
            {"null_optional", vanta::rule::null_optional},
            {"https_url", vanta::rule::https_url},
            {"closed_timestamp", vanta::rule::closed_timestamp},
            {"zero_to_ten", vanta::rule::zero_to_ten},
            {"unknown_component", vanta::rule::unknown_component},
            {"similar_ids", vanta::rule::similar_ids}};
        const std::map<std::string, vanta::level> levels = {{"off", vanta::level::off},
                                                           {"warning", vanta::level::warning},
                                                           {"error", vanta::level::error}};
        call.rule(rules.at(name), levels.at(level));
    }

    void set_progress(const std::string &action) {
        call.progress([this, action](std::uint64_t sent, std::uint64_t total, std::size_t records) {
            seen.restarts += seen.called++ > 0 && sent < seen.sent;
            seen.sent = sent;
            seen.total = total;
            seen.records = records;
            if (action == "throw") throw std::runtime_error("lost");
            if (action == "cancel") cancel.set();
            if (action != "call") return;
            try {
                client.list("user_account", RESOURCE);
            } catch (const vanta::error &error) {
                seen.callback_status = number(error.code());
            }
        });
    }

    void word(const std::string &word) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const std::string is = equals == word.npos ? "" : word.substr(equals + 1);
        if (name == "allow_empty") call.allow_empty();
        else if (name == "only_if_changed") call.only_if_changed();
        else if (name == "allow_any_removals") call.allow_any_removals();
        else if (name == "cancelled") cancel.set();
        else if (name == "expect_removals") call.expect_removals(std::stoul(is));
        else if (name == "deadline_ms") call.deadline(std::chrono::milliseconds(std::stol(is)));
        else if (name.rfind("rule:", 0) == 0) rule(name.substr(5), is);
        else if (name == "schema") call.schema(read_file(is));
        else if (name == "custom_properties") call.custom_properties(read_file(is));
        else if (name == "components") call.add_components(vanta::body::from_file(is));
        else if (name == "live_components") call.live_components(is);
        else if (name == "baseline") call.baseline(vanta::receipt::from_json(read_file(is)));
        else if (name == "baseline_from_audit")
            call.baseline_from_audit(is, kind, body->resource_id());
        else if (name == "date") date = is;
        else if (name == "description") description = is;
        else if (name == "progress") set_progress(is);
        else std::exit(64);
    }

    void run() {
        if (verb == "push") print(client.push(kind, *body, &call));
        else if (verb == "verify") print(client.verify(kind, *body, &call));
        else if (verb == "plan") print(client.plan(kind, *body, &call));
        else if (verb == "upload") print(client.upload(kind, what, date, description, &call));
        else if (verb == "check") {
            const auto warnings = vanta::validate(kind, *body, &call);
            std::cout << "status 0\n";
            print("warning", warnings);
        } else {
            const auto listing = client.list(kind, what, &call);
            if (listing.json().front() != '[') std::exit(70);
            std::cout << "status 0\nrows " << listing.count() << "\nlive " << listing.live_count()
                      << "\n";
        }
    }
};

} // namespace

int main(int argc, char **argv) {
    if (argc < 4) return 64;
    try {
        vanta::client made(vanta::config::from_env());
        const vanta::client client = std::move(made);
        probe it{client, argv[1], argv[2], argv[3], {}, {}, {}, {}, {}, {}};
        try {
            it.call.cancel(it.cancel).deadline(std::chrono::seconds(30));
            if (it.verb != "list" && it.verb != "upload") it.body = read_body(it.what);
            for (int i = 4; i < argc; ++i) it.word(argv[i]);
            it.run();
        } catch (const vanta::error &error) {
            const vanta::error copy = error;
            print(copy);
        }
        if (it.seen.called)
            std::cout << "progress " << it.seen.sent << " of " << it.seen.total << ", "
                      << it.seen.records << " records, restarts " << it.seen.restarts
                      << ", callback status " << it.seen.callback_status << "\n";
    } catch (const vanta::error &error) {
        print(error);
    }
    return 0;
}
