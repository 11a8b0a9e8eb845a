// The second translation unit of error_style.cpp, compiled by another standard of C++.
#include <vanta.hpp>

vanta::body body_of_second_unit(const std::string &resource_id, vanta::error &error);

vanta::body body_of_second_unit(const std::string &resource_id, vanta::error &error) {
    vanta::body_builder records(resource_id, error);
    records.begin().string("uniqueId", "second").string("displayName", "Second");
    return records.string("externalUrl", "https://x.example.com").end().finish();
}
