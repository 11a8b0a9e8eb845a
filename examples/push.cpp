// Pushes a file of records, verifies that they arrived, and exits with a code that says what to do.
//   push KIND PAYLOAD.json        configured from the environment, see docs/configuration.md
#include <iostream>
#include <vanta.hpp>

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
        return vanta::exit_code(error.action());
    }
}
