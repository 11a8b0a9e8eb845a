// SPDX-License-Identifier: MIT OR Apache-2.0
//
// vanta_kind.hpp - part of vanta.hpp, which includes it: the kinds of resources.
#ifndef VANTA_KIND_HPP
#define VANTA_KIND_HPP

#include "vanta.h"

namespace vanta {

// The kinds of Vanta's published specification, for functions that take a kind. Another well-formed
// name is taken too; with "exact:" before it also one that resembles a known kind.
namespace kind {
// -- generated from src/resource/kind.rs --
inline constexpr const char *api_endpoint_vulnerability = VANTA_KIND_API_ENDPOINT_VULNERABILITY;
inline constexpr const char *background_check = VANTA_KIND_BACKGROUND_CHECK;
inline constexpr const char *custom_resource = VANTA_KIND_CUSTOM_RESOURCE;
inline constexpr const char *macos_user_computer = VANTA_KIND_MACOS_USER_COMPUTER;
inline constexpr const char *package_vulnerability = VANTA_KIND_PACKAGE_VULNERABILITY;
inline constexpr const char *secret = VANTA_KIND_SECRET;
inline constexpr const char *security_task = VANTA_KIND_SECURITY_TASK;
inline constexpr const char *static_analysis_vulnerability =
    VANTA_KIND_STATIC_ANALYSIS_VULNERABILITY;
inline constexpr const char *user_account = VANTA_KIND_USER_ACCOUNT;
inline constexpr const char *user_security_training_status =
    VANTA_KIND_USER_SECURITY_TRAINING_STATUS;
inline constexpr const char *vulnerable_component = VANTA_KIND_VULNERABLE_COMPONENT;
inline constexpr const char *windows_user_computer = VANTA_KIND_WINDOWS_USER_COMPUTER;
// -- end of what is generated --
}  // namespace kind

}  // namespace vanta

#endif  // VANTA_KIND_HPP
