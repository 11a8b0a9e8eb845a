#!/bin/sh
# Makes libvanta-<version>-<target>.tar.gz in a folder: what install.sh installs, with examples,
# documentation and licences. The same sources and tools make the same bytes (GNU tar and gzip).
#   release.sh FOLDER [--with-redis]
set -eu

folder=${1:?usage: release.sh FOLDER [--with-redis]}
case ${2:-} in '' | --with-redis) ;; *) echo "usage: $0 FOLDER [--with-redis]" >&2; exit 2 ;; esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
name=libvanta-$version-$(rustc -vV | sed -n 's/^host: //p')
name=$name${2:+-redis}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
to=$stage/$name

"$here/install.sh" --prefix "$to" ${2:+"$2"}
mkdir "$to/examples" "$to/docs"
cd "$root"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$to/"
cp docs/*.md "$to/docs/"
cp examples/push.c examples/push.cpp examples/Makefile examples/CMakeLists.txt \
  examples/meson.build tests/fixtures/01_user_account_3.json "$to/examples/"

"$here/third-party.sh" ${2:+"$2"} > "$to/THIRD-PARTY"

# The time of everything is that of the last commit, if nobody says otherwise.
time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
mkdir -p "$folder"
tar -C "$stage" --sort=name --format=gnu --mtime="@$time" --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX -cf - "$name" | gzip -9n > "$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
