// The other file of tests/cpp/styles.cpp, compiled by another standard of C++.
#include <vanta.hpp>

vanta::body made_elsewhere(const std::string &resource_id, vanta::error &error);

vanta::body made_elsewhere(const std::string &resource_id, vanta::error &error) {
    vanta::body_builder records(resource_id, error);
    records.begin().string("uniqueId", "elsewhere").string("displayName", "Elsewhere");
    return records.string("externalUrl", "https://x.example.com").end().finish();
}
