#!/bin/sh
# Makes libvanta-<version>-<target>.tar.gz in a folder: what install.sh installs, the command-line
# program too, with examples, documentation and licences. The same sources and tools make the same bytes (GNU tar and gzip).
# Beside it: SHA-256 sums, and -debug.tar.gz, which is unpacked over it. Nothing is signed here.
#   release.sh FOLDER [--with-redis] [--with-all-ecdsa] [--target TRIPLE] [--glibc VERSION]
set -eu

folder=${1:?usage: release.sh FOLDER [--with-redis] [--with-all-ecdsa] [--target TRIPLE] [--glibc VERSION]}
shift
features=
for word; do case $word in --with-*) features="$features $word" ;; esac; done
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
"$here/build.sh" "$stage/built" --with-program "$@"

target=$(cat "$stage/built/target")
name=libvanta-$version-$target
while [ $# -gt 0 ]; do
  case $1 in --with-*) name=$name-${1#--with-} ;; --glibc) name=$name-glibc-$2 ;; esac
  shift
done
to=$stage/$name
"$here/install.sh" --prefix "$to" --debug --built "$stage/built"
mkdir -p "$stage/debug/$name/lib"
mv "$to/lib/.debug" "$stage/debug/$name/lib/"
mkdir "$to/examples" "$to/docs"
cd "$root"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$to/"
cp docs/*.md "$to/docs/"
cp examples/push.c examples/push.cpp examples/Makefile examples/CMakeLists.txt \
  examples/meson.build tests/fixtures/01_user_account_3.json "$to/examples/"

# shellcheck disable=SC2086 # words, or nothing
"$here/third-party.sh" --target "$target" --with-program $features > "$to/THIRD-PARTY"
# shellcheck disable=SC2086
"$here/third-party.sh" --sbom --target "$target" --with-program $features > "$to/sbom.cdx.json"

# The time of everything is that of the last commit, if nobody says otherwise.
time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
# pack FOLDER ARCHIVE
pack() {
  tar -C "$1" --sort=name --format=gnu --mtime="@$time" --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX -cf - "$name" | gzip -9n > "$2"
}
pack "$stage" "$folder/$name.tar.gz"
pack "$stage/debug" "$folder/$name-debug.tar.gz"
(cd "$folder" && sha256sum "$name.tar.gz" "$name-debug.tar.gz" > "$name.sha256")
echo "$folder/$name.tar.gz"
