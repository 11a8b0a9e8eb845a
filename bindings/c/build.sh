#!/bin/sh
# Builds the finished libvanta.so and libvanta.a into a folder, with the list of libraries beside
# them that a program needs for the second.
#   build.sh FOLDER [--with-redis]    RUSTFLAGS and CARGO_TARGET_DIR are honoured, see also link.sh.
set -eu

out=${1:?usage: build.sh FOLDER [--with-redis]}
features=
case ${2:-} in
  '') ;;
  --with-redis) features="--features redis" ;;
  *) echo "usage: $0 FOLDER [--with-redis]" >&2; exit 2 ;;
esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
mkdir -p "${CARGO_TARGET_DIR:-$root/target}"
target=$(CDPATH='' cd -- "${CARGO_TARGET_DIR:-$root/target}" && pwd -P)

# Panic messages name source files: without the folders they are the same wherever this is built,
# and tell nobody about the machine. Fetched first, so that the folders of the sources exist.
cargo fetch --locked --manifest-path "$here/Cargo.toml"
sysroot=$(rustc --print sysroot)
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
flags=${CARGO_ENCODED_RUSTFLAGS:-$(printf '%s' "${RUSTFLAGS:-}" | tr -s ' ' '\037')}
without() { flags=$flags${flags:+$(printf '\037')}--remap-path-prefix=$1=$2; }
without "$root" libvanta
without "$target" target
without "$sysroot/lib/rustlib/src/rust" "/rustc/$commit"
for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do without "$folder" crates; done

# shellcheck disable=SC2086 # nothing, or two words
CARGO_ENCODED_RUSTFLAGS=$flags cargo rustc --locked --profile c-release --target-dir "$target" \
  --manifest-path "$here/Cargo.toml" --lib --crate-type staticlib $features
"$here/link.sh" "$target/c-release/libvanta.a" "$root/include/vanta.h" "$out"
