#!/bin/sh
# Links the program for another target, or with GLIBC=2.17, say, for an older glibc. build.sh names
# this to cargo; the tools are those of bindings/c/link.sh.
set -eu

triple=${CARGO_BUILD_TARGET:?is set by build.sh}
arch=${triple%%-*}
case $arch in armv7) arch=arm ;; riscv64gc) arch=riscv64 ;; esac
if [ -z "${GLIBC:-}" ]; then
  case $triple in *-windows-gnu) exec "${CC:-$arch-w64-mingw32-gcc}" "$@" ;; esac
  exec "${CC:-$arch-${triple#*-unknown-}-gcc}" "$@"
fi
case $arch in i?86) arch=x86 ;; esac
# The one library that zig does not know; its functions are as old as exceptions. What it uses of
# this machine's glibc itself is not the program's.
unwind=$(${CC:-cc} -print-file-name=libgcc_s.so.1)
for word; do
  shift
  case $word in -lgcc_s) word=$unwind ;; esac
  set -- "$@" "$word"
done
# shellcheck disable=SC2086 # several words
exec ${ZIG:-zig} cc -target "$arch-linux-${triple##*-}.$GLIBC" -Wl,--allow-shlib-undefined "$@"
