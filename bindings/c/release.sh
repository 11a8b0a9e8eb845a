#!/bin/sh
# Makes libvanta-<version>-<target>.tar.gz in a folder: what install.sh installs, with examples,
# documentation and licences. The same sources and tools make the same bytes (GNU tar and gzip).
# Beside it: SHA-256 sums, and -debug.tar.gz, which is unpacked over it. Nothing is signed here.
#   release.sh FOLDER [--with-redis] [--with-all-ecdsa] [--glibc VERSION]
set -eu

folder=${1:?usage: release.sh FOLDER [--with-redis] [--with-all-ecdsa] [--glibc VERSION]}
shift
features=
for word; do case $word in --with-*) features="$features $word" ;; esac; done
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
name=libvanta-$version-$(rustc -vV | sed -n 's/^host: //p')
for word in "$@"; do word=${word#--with-}; name=$name-${word#--}; done
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd)
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

# shellcheck disable=SC2086 # words, or nothing
"$here/third-party.sh" $features > "$to/THIRD-PARTY"
# shellcheck disable=SC2086
"$here/third-party.sh" --sbom $features > "$to/sbom.cdx.json"

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
