#!/bin/sh
# Builds the finished libvanta.so and libvanta.a into a folder, and beside them libvanta.so.debug,
# the list of libraries that a program needs for the archive, and vanta-uninstalled.pc, with which
# pkg-config finds all this where it is.
#   build.sh FOLDER [--with-redis] [--with-all-ecdsa] [--glibc 2.17]
# RUSTFLAGS and CARGO_TARGET_DIR are honoured, see also link.sh.
set -eu

usage() { echo "usage: $0 FOLDER [--with-redis] [--with-all-ecdsa] [--glibc VERSION]" >&2; exit 2; }
out=${1:-}
features=
GLIBC=${GLIBC:-}
case $out in '' | -*) usage ;; esac
shift
while [ $# -gt 0 ]; do
  case $1 in
    --with-redis | --with-all-ecdsa) features="$features --features ${1#--with-}"; shift ;;
    --glibc) GLIBC=${2:?--glibc needs a version}; shift 2 ;;
    *) usage ;;
  esac
done
export GLIBC
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

# shellcheck disable=SC2086 # words, or nothing
CARGO_ENCODED_RUSTFLAGS=$flags cargo rustc --locked --profile c-release --target-dir "$target" \
  --manifest-path "$here/Cargo.toml" --lib --crate-type staticlib $features
"$here/link.sh" "$target/c-release/libvanta.a" "$root/include/vanta.h" "$out"

abi=$(sed -n 's/^#define VANTA_ABI_VERSION //p' "$root/include/vanta.h")
ln -sf libvanta.so "$out/libvanta.so.$abi"
cat > "$out/vanta-uninstalled.pc" <<END
Name: vanta
Description: libvanta where it was built
Version: $(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
Libs: -L\${pcfiledir} -lvanta
Libs.private: $(cat "$out/libraries")
Cflags: "-I$root/include" "-I$root/bindings/cpp"
END
