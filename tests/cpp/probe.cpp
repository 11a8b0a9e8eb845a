// Makes one call and prints what came of it, in the lines that the probes of all languages print.
#include <iostream>
#include <type_traits>
#include <vanta.hpp>

static_assert(!std::is_copy_constructible_v<vanta::client>);
static_assert(std::is_nothrow_move_constructible_v<vanta::client>);

static std::string shown(const std::string &text) { return text.empty() ? "-" : text; }

static void print(const vanta::error &error) {
    const auto wait = error.retry_after();
    std::cout << "http " << error.http_status() << "\nattempts " << error.attempts()
              << "\nretryable " << error.is_retryable() << "\nretry_after_ms "
              << (wait ? wait->count() : -1) << "\noauth_error " << shown(error.oauth_error())
              << "\nexcerpt " << shown(error.excerpt()) << "\n";
    for (const auto &fault : error.faults())
        std::cout << "fault " << fault.index << "|" << shown(fault.unique_id) << "|"
                  << fault.pointer << "|" << fault.message << "\n";
    std::cout << "cause " << error.cause_status() << "\n";
    std::cout << "message " << error.what() << "\n";
}

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    try {
        vanta::client made(vanta::config::from_env());
        const vanta::client client = std::move(made);
        vanta::call call;
        call.deadline(std::chrono::seconds(10));
        if (std::string(argv[1]) == "push") {
            const auto receipt = client.push(argv[2], vanta::body::from_file(argv[3]), &call);
            std::cout << "status 0\nrecords " << receipt.records() << "\nattempts "
                      << receipt.attempts() << "\n";
        } else {
            const auto listing = client.list(argv[2], argv[3], &call);
            if (listing.json().front() != '[') return 1;
            std::cout << "status 0\nrows " << listing.count() << "\nlive " << listing.live_count()
                      << "\n";
        }
    } catch (const vanta::error &error) {
        const vanta::error copy = error;
        std::cout << "status " << copy.status() << "\n";
        print(copy);
    }
    return 0;
}
