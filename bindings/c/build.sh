#!/bin/sh
# Builds the finished libvanta.so and libvanta.a into a folder, and beside them libvanta.so.debug,
# the list of libraries that a program needs for the archive, the name of the target, and
# vanta-uninstalled.pc, with which pkg-config finds all this where it is. --with-program adds the
# command-line program, which has Redis always. The shared library is libvanta.dylib on macOS, and
# vanta.dll with libvanta.dll.a on Windows.
#   build.sh FOLDER [--with-redis] [--with-all-ecdsa] [--with-program] [--target TRIPLE] [--glibc 2.17]
# Cargo's own settings apply: RUSTFLAGS, CARGO_TARGET_DIR, CARGO_BUILD_TARGET and the configuration
# files that cargo finds from the current folder. The source tree may be read-only if the target
# folder is elsewhere. For the tools of another target see link.sh.
set -eu

usage() { sed -n 's/^#   /usage: /p' "$0" >&2; exit 2; }
out=${1:-}
features=
program=
GLIBC=${GLIBC:-}
case $out in '' | -*) usage ;; esac
shift
while [ $# -gt 0 ]; do
  case $1 in
    --with-redis | --with-all-ecdsa) features="$features --features ${1#--with-}"; shift ;;
    --with-program) program=1; shift ;;
    --target) export CARGO_BUILD_TARGET="${2:?--target needs a target triple}"; shift 2 ;;
    --glibc) GLIBC=${2:?--glibc needs a version}; shift 2 ;;
    *) usage ;;
  esac
done
export GLIBC
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Panic messages contain the names of source files. The folders are left out of them, so that every
# machine builds the same bytes. The crates are fetched first, so that their folders exist.
cargo fetch --locked --manifest-path "$here/Cargo.toml"
target_dir=$(cargo metadata --locked --no-deps --format-version 1 --manifest-path "$here/Cargo.toml" |
  sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
sysroot=$(rustc --print sysroot)
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
flags=${CARGO_ENCODED_RUSTFLAGS:-$(printf '%s' "${RUSTFLAGS:-}" | tr -s ' ' '\037')}
without() { flags=$flags${flags:+$(printf '\037')}--remap-path-prefix=$1=$2; }
without "$root" libvanta
without "$target_dir" target
without "$sysroot/lib/rustlib/src/rust" "/rustc/$commit"
for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do without "$folder" crates; done

# shellcheck disable=SC2086 # words, or nothing
CARGO_ENCODED_RUSTFLAGS=$flags cargo rustc --locked --profile c-release \
  --message-format json-render-diagnostics --manifest-path "$here/Cargo.toml" \
  --lib --crate-type staticlib $features > "$work/messages"

# Cargo reports where the archive is: TARGET/[TRIPLE/]c-release/libvanta.a. The triple can come from
# an option, the environment or a configuration file.
archive=$(sed -n 's/.*"filenames":\["\([^"]*\/libvanta\.a\)".*/\1/p' "$work/messages")
[ -f "$archive" ] || { echo "$0: expected one archive, but cargo reports: $archive" >&2; exit 1; }
target=${archive#"$target_dir"/}
target=${target%c-release/libvanta.a}
target=${target%/}
echo "${target:=$(rustc -vV | sed -n 's/^host: //p')}" > "$out/target"
CARGO_BUILD_TARGET=$target "$here/link.sh" "$archive" "$root/include/vanta.h" "$out"

abi=$(sed -n 's/^#define VANTA_ABI_VERSION //p' "$root/include/vanta.h")
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
. "$here/names.sh"
[ "$loaded" = "$file" ] || ln -sf "$file" "$out/$loaded"
cat > "$out/vanta-uninstalled.pc" <<END
Name: vanta
Description: libvanta where it was built
Version: $version
Libs: -L\${pcfiledir} -lvanta
Libs.private: $(cat "$out/libraries")
Cflags: "-I$root/include" "-I$root/bindings/cpp"
END

[ -n "$program" ] || exit 0
case $features in *all-ecdsa*) features='--features all-ecdsa' ;; *) features= ;; esac
host=$(rustc -vV | sed -n 's/^host: //p')
# Apple's linker is that of both kinds of Macs.
case $host,$target in *-apple-*,*-apple-*) host=$target ;; esac
if [ "$target" != "$host" ] || [ -n "$GLIBC" ]; then
  # Cargo does not build again for another linker: each glibc has a folder.
  export CARGO_BUILD_TARGET="$target" CARGO_TARGET_DIR="$target_dir${GLIBC:+/glibc-$GLIBC}"
  linker=CARGO_TARGET_$(echo "$target" | tr 'a-z-' 'A-Z_')_LINKER
  eval "export $linker=\"\${$linker:-$root/bindings/cli/linker.sh}\""
fi
# shellcheck disable=SC2086 # words, or nothing
CARGO_ENCODED_RUSTFLAGS=$flags cargo build --locked --profile c-release \
  --message-format json-render-diagnostics --manifest-path "$here/../cli/Cargo.toml" \
  $features > "$work/messages"
install -m 755 "$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$work/messages")" "$out/vanta$exe"
