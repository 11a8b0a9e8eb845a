#!/bin/sh
# Builds the C library and installs .so, .a, headers, pkg-config file and CMake package, and with
# --with-program the command-line program. What is installed can be moved as a whole. On macOS, the
# shared library is libvanta.dylib, and on Windows vanta.dll, in bin.
#   install.sh [--prefix DIR] [--libdir DIR] [--debug] [--with-redis] [--with-all-ecdsa] [--with-program]
#     [--target TRIPLE] [--glibc VERSION]
#   install.sh [--prefix DIR] [--libdir DIR] [--debug] --built FOLDER
#   install.sh [--prefix DIR] [--libdir DIR] --uninstall
# --libdir is within the prefix (lib64, lib/x86_64-linux-gnu). DESTDIR is put before the prefix.
# --debug adds the names for debuggers, in .debug beside the library; --glibc is for older systems
# than this one (build.sh). --built installs what build.sh made earlier. --uninstall removes the
# files that this version installs.
set -eu

usage() { sed -n '1,/^set/s/^#   /usage: /p' "$0" | sed 's/^usage:   /        /' >&2; exit 2; }
prefix=/usr/local
libdir=lib
options=
debug=
uninstall=
built=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    --libdir) libdir=${2:?--libdir needs a folder}; shift 2 ;;
    --libdir=*) libdir=${1#--libdir=}; shift ;;
    --debug) debug=1; shift ;;
    --uninstall) uninstall=1; shift ;;
    --with-redis | --with-all-ecdsa | --with-program) options="$options $1"; shift ;;
    --target) options="$options --target ${2:?--target needs a target triple}"; shift 2 ;;
    --glibc) options="$options --glibc ${2:?--glibc needs a version}"; shift 2 ;;
    --built) built=${2:?--built needs a folder}; shift 2 ;;
    *) usage ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
libdir=${libdir#"$prefix"/}
case $libdir in
  /* | '' | .* | */.* | *[!A-Za-z0-9._+/-]*) echo "$0: --libdir is a plain folder within $prefix" >&2; exit 2 ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
abi=$(sed -n 's/^#define VANTA_ABI_VERSION //p' "$root/include/vanta.h")

to=${DESTDIR:-}$prefix
lib=$to/$libdir
share=$to/share
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$uninstall" ]; then
  # shellcheck disable=SC2086 # several words, or none
  [ -n "$built" ] || "$here/build.sh" "${built:=$work}" $options
  # Only ELF has that file.
  [ -e "$built/libvanta.so.debug" ] || debug=
  install -d -m 755 "$to/include" "$lib/pkgconfig" "$lib/cmake/vanta" "$share/man/man3" "$share/doc/libvanta"
fi

# put MODE FROM TO, and link WORDS TO; or away with it.
put() { if [ -n "$uninstall" ]; then rm -f "$3"; else install -m "$1" "$2" "$3"; fi; }
link() { if [ -n "$uninstall" ]; then rm -f "$2"; else ln -sf "$1" "$2"; fi; }

# The way from the folder of libraries back to the prefix.
up=$(printf '%s' "$libdir" | sed 's|//*|/|g; s|/$||; s|[^/][^/]*|..|g')
libraries=$(cat "$built/libraries" 2>/dev/null || true)
filled() {
  sed "s|@VERSION@|$version|; s|@LIBDIR@|$libdir|; s|@UP@|$up|; s|@LIBRARIES@|$libraries|; \
    s|@SHARED@|$shared|; s|@PROPERTY@|$property|; s|@STATIC@|$static|; \
    s|@LIBRARY_LIST@|$(printf '%s' "$libraries" | sed 's/-l//g; s/ /;/g')|" "$1" > "$work/filled"
  put 644 "$work/filled" "$2"
}

for header in "$root/include/vanta.h" "$root"/bindings/cpp/*.hpp; do
  put 644 "$header" "$to/include/${header##*/}"
done
targets=$(cat "$built/target" 2>/dev/null || echo linux)
# Those of each system are removed: for which one they were installed is no longer known.
[ -z "$uninstall" ] || targets="-windows- -apple- linux"
for target in $targets; do
  . "$here/names.sh"
  case $target in
    *-windows-*)
      [ -n "$uninstall" ] || install -d -m 755 "$to/bin"
      put 755 "$built/$file" "$to/bin/$file"
      put 644 "$built/$linked" "$lib/$linked"
      ;;
    *)
      put 755 "$built/$file" "$lib/$installed"
      link "$installed" "$lib/$loaded"
      link "$loaded" "$lib/$linked"
      ;;
  esac
done
put 644 "$built/libvanta.a" "$lib/libvanta.a"
for form in man html; do
  awk -v form=$form -v version="$version" -f "$here/manual.awk" "$root/include/vanta.h" > "$work/manual.$form"
done
put 644 "$work/manual.man" "$share/man/man3/vanta.3"
put 644 "$work/manual.html" "$share/doc/libvanta/vanta.h.html"
put 644 "$here/valgrind.supp" "$share/doc/libvanta/valgrind.supp"
filled "$here/vanta.pc.in" "$lib/pkgconfig/vanta.pc"
filled "$here/vanta-static.pc.in" "$lib/pkgconfig/vanta-static.pc"
filled "$here/vantaConfig.cmake.in" "$lib/cmake/vanta/vantaConfig.cmake"
filled "$here/vantaConfigVersion.cmake.in" "$lib/cmake/vanta/vantaConfigVersion.cmake"
if [ -n "$uninstall" ] || [ -e "$built/vanta$exe" ]; then "$root/bindings/cli/install.sh" "$to" "${built:-}" "$exe" $uninstall; fi
[ -z "$debug" ] || install -d -m 755 "$lib/.debug"
[ -z "$debug$uninstall" ] || put 644 "$built/libvanta.so.debug" "$lib/.debug/libvanta.so.debug"

if [ -n "$uninstall" ]; then
  # These folders are nobody else's.
  rmdir "$lib/cmake/vanta" "$lib/.debug" "$share/doc/libvanta" 2>/dev/null || true
  echo "removed libvanta $version from $to"
else
  echo "installed libvanta $version under $to"
  # A system searches its own folders; what is staged for a package is used elsewhere.
  case ${DESTDIR:+staged}$prefix in
    staged* | /usr | /usr/local) ;;
    *) printf 'export PKG_CONFIG_PATH="%s/pkgconfig"%s\n' "$lib" "${search:+ $search=\"$lib\"}" ;;
  esac
fi
