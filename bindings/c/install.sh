#!/bin/sh
# Builds the C library and installs .so, .a, headers, pkg-config file and CMake package. What is
# installed can be moved as a whole.
#   install.sh [--prefix DIR] [--libdir DIR] [--with-redis]
# --libdir is within the prefix (lib64, lib/x86_64-linux-gnu). DESTDIR is put before the prefix.
set -eu

usage() { echo "usage: $0 [--prefix DIR] [--libdir DIR] [--with-redis]" >&2; exit 2; }
prefix=/usr/local
libdir=lib
with=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    --libdir) libdir=${2:?--libdir needs a folder}; shift 2 ;;
    --libdir=*) libdir=${1#--libdir=}; shift ;;
    --with-redis) with=--with-redis; shift ;;
    *) usage ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
libdir=${libdir#"$prefix"/}
case $libdir in /* | '' | .. | ../* | */..*) echo "$0: --libdir must be within $prefix" >&2; exit 2 ;; esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
abi=$(sed -n 's/^#define VANTA_ABI_VERSION //p' "$root/include/vanta.h")

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
# shellcheck disable=SC2086 # nothing, or a word
"$here/build.sh" "$built" $with

# The way from the folder of libraries back to the prefix.
up=$(printf '%s' "$libdir" | sed 's|//*|/|g; s|/$||; s|[^/][^/]*|..|g')
libraries=$(cat "$built/libraries")
filled() {
  sed "s|@VERSION@|$version|; s|@ABI@|$abi|; s|@LIBDIR@|$libdir|; s|@UP@|$up|; s|@LIBRARIES@|$libraries|; \
    s|@LIBRARY_LIST@|$(printf '%s' "$libraries" | sed 's/-l//g; s/ /;/g')|" "$1" > "$built/filled"
  install -m 644 "$built/filled" "$2"
}

to=${DESTDIR:-}$prefix
lib=$to/$libdir
install -d -m 755 "$to/include" "$lib/pkgconfig" "$lib/cmake/vanta"
install -m 644 "$root/include/vanta.h" "$root"/bindings/cpp/*.hpp "$to/include/"
install -m 755 "$built/libvanta.so" "$lib/libvanta.so.$version"
install -m 644 "$built/libvanta.a" "$lib/libvanta.a"
ln -sf "libvanta.so.$version" "$lib/libvanta.so.$abi"
ln -sf "libvanta.so.$abi" "$lib/libvanta.so"
filled "$here/vanta.pc.in" "$lib/pkgconfig/vanta.pc"
filled "$here/vantaConfig.cmake.in" "$lib/cmake/vanta/vantaConfig.cmake"
filled "$here/vantaConfigVersion.cmake.in" "$lib/cmake/vanta/vantaConfigVersion.cmake"
echo "installed libvanta $version under $to"
