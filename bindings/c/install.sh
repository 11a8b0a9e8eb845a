#!/bin/sh
# Builds the C library and installs .so, .a, header and pkg-config file.
#   install.sh [--prefix DIR] [--with-redis]    DESTDIR is put before the prefix, for packagers.
set -eu

prefix=/usr/local
features=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    --with-redis) features="--features redis"; shift ;;
    *) echo "usage: $0 [--prefix DIR] [--with-redis]" >&2; exit 2 ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$here/../..
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
target=${CARGO_TARGET_DIR:-$root/target}

# shellcheck disable=SC2086 # nothing, or two words
cargo build --locked --profile c-release --manifest-path "$here/Cargo.toml" $features

to=${DESTDIR:-}$prefix
mkdir -p "$to/include" "$to/lib/pkgconfig"
install -m 644 "$root/include/vanta.h" "$root"/bindings/cpp/*.hpp "$to/include/"
install -m 755 "$target/c-release/libvanta.so" "$to/lib/libvanta.so.$version"
install -m 644 "$target/c-release/libvanta.a" "$to/lib/libvanta.a"
ln -sf "libvanta.so.$version" "$to/lib/libvanta.so.0"
ln -sf libvanta.so.0 "$to/lib/libvanta.so"
sed "s/@VERSION@/$version/" "$here/vanta.pc.in" > "$to/lib/pkgconfig/vanta.pc"
echo "installed libvanta $version under $to"
