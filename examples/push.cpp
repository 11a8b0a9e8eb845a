// Pushes a file of records, verifies that they arrived, and exits with a code that says what to do.
//   push KIND PAYLOAD.json        configured from the environment, see README.md
#include <iostream>
#include <vanta.hpp>

// The README's table of exit codes.
static int exit_code(vanta_action action) {
    switch (action) {
    case VANTA_ACTION_NONE: return 0;
    case VANTA_ACTION_FIX_CALL: return 64;
    case VANTA_ACTION_FIX_RECORDS: return 65;
    case VANTA_ACTION_RETRY_LATER: return 75;
    case VANTA_ACTION_VERIFY_OR_REPEAT: return 76;
    case VANTA_ACTION_FIX_CREDENTIALS: return 77;
    case VANTA_ACTION_FIX_CONFIG: return 78;
    case VANTA_ACTION_STOP: return 130;
    default: return 70;
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        std::cerr << "usage: push KIND PAYLOAD.json\n";
        return 64;
    }
    try {
        const vanta::client client(vanta::config::from_env());
        const auto body = vanta::body::from_file(argv[2]);
        std::cout << client.push(argv[1], body).line() << "\n";
        std::cout << client.verify(argv[1], body).line() << "\n";
        return 0;
    } catch (const vanta::error &error) {
        std::cerr << error.what() << "\n";
        return exit_code(error.action());
    }
}
