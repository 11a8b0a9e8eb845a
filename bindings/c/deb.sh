#!/bin/sh
# Makes Debian packages of what install.sh installs, for a repository of one's own: libvanta0 (the
# library), libvanta-dev (headers, archive, pkg-config, CMake) and vanta-cli (the program). Needs debhelper.
#   deb.sh FOLDER [--with-redis] [--with-all-ecdsa]    DEBFULLNAME and DEBEMAIL name who made them.
# No --glibc: which libc6 they depend on is for the Debian to say that this runs on.
set -eu

folder=${1:?usage: deb.sh FOLDER [--with-redis] [--with-all-ecdsa]}
shift
for word; do
  case $word in --with-redis | --with-all-ecdsa) continue ;; esac
  echo "usage: $0 FOLDER [--with-redis] [--with-all-ecdsa]" >&2
  exit 2
done
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
maker="${DEBFULLNAME:-libvanta} <${DEBEMAIL:-libvanta@example.org}>"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The release has the licences of everything that is in the library.
"$here/release.sh" "$work" "$@"
mkdir -p "$work/libvanta/debian"
cd "$work/libvanta"
rm "$work"/*-debug.tar.gz
tar -xzf "$work"/*.tar.gz --strip-components=1
lib=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
DESTDIR=$PWD "$here/install.sh" --prefix /usr --libdir "${lib#usr/}" --with-program "$@"

printf 'libvanta (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' \
  "$version-1" "$maker" "$(date -u -R -d "@$time")" > debian/changelog
cat > debian/control <<END
Source: libvanta
Section: libs
Priority: optional
Maintainer: $maker
Build-Depends: debhelper-compat (= 13)
Standards-Version: 4.6.2

Package: libvanta0
Architecture: any
Multi-Arch: same
Depends: \${shlibs:Depends}, \${misc:Depends}
Description: client for Vanta's private-integration API
 A blocking library that gets a token, pushes the full state of resources,
 and sees them arrive.

Package: libvanta-dev
Section: libdevel
Architecture: any
Multi-Arch: same
Depends: libvanta0 (= \${binary:Version}), \${misc:Depends}
Description: client for Vanta's private-integration API - development files
 Headers for C and C++, the static library, and what pkg-config and CMake read.

Package: vanta-cli
Section: utils
Architecture: any
Depends: \${shlibs:Depends}, \${misc:Depends}
Description: client for Vanta's private-integration API - program
 Validates, pushes and verifies records of JSON and CSV files, and prints the
 access token that scripts share.
END
cat LICENSE-MIT THIRD-PARTY > debian/copyright
echo "$lib/libvanta.so.*" > debian/libvanta0.install
printf '%s\n' usr/include "$lib/libvanta.so" "$lib/*.a" "$lib/pkgconfig" "$lib/cmake" \
  usr/share/man/man3 usr/share/doc/libvanta > debian/libvanta-dev.install
printf '%s\n' usr/bin usr/share/man/man1 usr/share/bash-completion usr/share/fish \
  "usr/share/zsh/site-functions/_vanta usr/share/zsh/vendor-completions" > debian/vanta-cli.install
# A function that is here and not there, or there and not here, ends this (-c4).
{ printf '%s\n' "libvanta.so.0 libvanta0 #MINVER#" " (optional)VANTA_0@VANTA_0 0.1.0"
  sed 's/.*/ &@VANTA_0 0.1.0/' "$here/symbols"; } > debian/libvanta0.symbols
printf '%s\n' '#!/usr/bin/make -f' '%:' '	dh $@' 'override_dh_auto_%:' \
  'override_dh_makeshlibs:' '	dh_makeshlibs -- -c4' \
  'override_dh_strip:' '	dh_strip --no-automatic-dbgsym' > debian/rules
chmod +x debian/rules
SOURCE_DATE_EPOCH=$time dpkg-buildpackage -b -us -uc > "$work/told" 2>&1 || { cat "$work/told"; exit 1; }
mv "$work"/*.deb "$folder/"
