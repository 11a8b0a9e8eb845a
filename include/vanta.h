/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libvanta: an embeddable client for Vanta's private-integration API. Generated: do not edit. */

#ifndef VANTA_H
#define VANTA_H

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library, such as `0.1.0`, as a NUL-terminated string that is always valid.
 */
const char *vanta_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VANTA_H */
