#!/bin/sh
# Makes libvanta-<version>-<target>.tar.gz in a folder: what install.sh installs, with examples,
# documentation and licences. The same sources and tools make the same bytes (GNU tar and gzip).
# Beside it: SHA-256 sums, and -debug.tar.gz, which is unpacked over it. Nothing is signed here.
#   release.sh FOLDER [--with-redis] [--glibc VERSION]
set -eu

folder=${1:?usage: release.sh FOLDER [--with-redis] [--glibc VERSION]}
shift
case "$* " in *--with-redis\ *) features="--features redis" ;; *) features= ;; esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
name=libvanta-$version-$(rustc -vV | sed -n 's/^host: //p')
for word in "$@"; do word=${word#--with-}; name=$name-${word#--}; done
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
to=$stage/$name

"$here/install.sh" --prefix "$to" --debug "$@"
mkdir -p "$stage/debug/$name/lib"
mv "$to/lib/.debug" "$stage/debug/$name/lib/"
mkdir "$to/examples" "$to/docs"
cd "$root"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$to/"
cp docs/*.md "$to/docs/"
cp examples/push.c examples/push.cpp examples/Makefile examples/CMakeLists.txt \
  examples/meson.build tests/fixtures/01_user_account_3.json "$to/examples/"

# The libraries contain other people's work, and most of their licences ask to be passed on. Where
# there is a choice, it is MIT. What is not known to allow that stops the release.
# shellcheck disable=SC2086 # nothing, or two words
crates=$(cargo tree --locked -p libvanta-c -e normal,no-proc-macro --prefix none --no-dedupe \
  $features -f '{p}|{l}' | LC_ALL=C sort -u | grep -v '^libvanta' | sed 's/ (.*|/|/; s/ v/|/; s,/, OR ,')
{
  echo "libvanta contains the standard library of Rust (MIT OR Apache-2.0) and these crates:"
  echo "$crates" | while IFS='|' read -r crate number licence; do
    package=$crate-$number
    unknown=$(echo "$licence" | sed 's/ OR /\n/g; s/ AND /\n/g' | tr -d '()' \
      | grep -vxE 'MIT|Apache-2.0|Apache-2.0 WITH LLVM-exception|BSD-[23]-Clause|ISC|Zlib|Unlicense|CC0-1.0|0BSD|CDLA-Permissive-2.0|Unicode-3.0|BSL-1.0' || true)
    [ -z "$unknown" ] || { echo "$0: is $unknown of $package a licence to pass on?" >&2; exit 1; }
    set -- "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$package"
    printf '\n==== %s (%s)\n' "$package" "$licence"
    texts=$(find "$1" -maxdepth 1 -iname 'LICENSE-MIT*')
    [ -n "$texts" ] || texts=$(find "$1" -maxdepth 1 -iname 'LICEN[CS]E*' -o -maxdepth 1 -iname 'COPYING*' | LC_ALL=C sort)
    [ -n "$texts" ] || { echo "$0: $package has no licence text" >&2; exit 1; }
    echo "$texts" | while read -r text; do printf '\n'; tr -d '\r' < "$text"; done
  done
} > "$to/THIRD-PARTY"

# The same list for programs that look for known faults (CycloneDX).
{
  printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"component":'
  printf '{"type":"library","name":"libvanta","version":"%s"}},"components":[' "$version"
  echo "$crates" | sed 's/\([^|]*\)|\([^|]*\)|\(.*\)/{"type":"library","name":"\1","version":"\2",\
"purl":"pkg:cargo\/\1@\2","licenses":[{"expression":"\3"}]}/' | sed '/}$/{$!s/$/,/}'
  echo ']}'
} > "$to/sbom.cdx.json"

# The time of everything is that of the last commit, if nobody says otherwise.
time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
# pack FOLDER ARCHIVE
pack() {
  tar -C "$1" --sort=name --format=gnu --mtime="@$time" --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX -cf - "$name" | gzip -9n > "$2"
}
mkdir -p "$folder"
pack "$stage" "$folder/$name.tar.gz"
pack "$stage/debug" "$folder/$name-debug.tar.gz"
(cd "$folder" && sha256sum "$name.tar.gz" "$name-debug.tar.gz" > "$name.sha256")
echo "$folder/$name.tar.gz"
