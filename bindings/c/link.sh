#!/bin/sh
# Makes the finished libraries of cargo's static one, which is for development: cargo gives its .so
# no symbol versions, and its .a shows 1,300 names of its own to every program. This file links ELF;
# link-macos.sh and link-windows.sh are for others.
#   link.sh ARCHIVE HEADER FOLDER    CC, LD, AR and OBJCOPY are honoured; LD must be GNU ld.
# CARGO_BUILD_TARGET is the target of the archive, by default the host. For another target, the
# tools are named as Debian names them unless the variables are set: aarch64-linux-gnu-gcc, -ld, …
# With GLIBC=2.17, say, the .so runs on that glibc too: zig links it (ZIG="python3 -m ziglang" does
# as well), which has lists of what each glibc had.
set -eu

archive=$1 header=$2 out=$3
host=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_BUILD_TARGET:-$host}
case ${GLIBC:+$target} in
  '' | *-linux-gnu*) ;;
  *) echo "$0: GLIBC=$GLIBC is for a target with glibc, not for $target" >&2; exit 2 ;;
esac

# tool NAME: the program of this name for the target, if there is one.
tool() {
  arch=${target%%-*}
  case $arch in armv7) arch=arm ;; riscv64gc) arch=riscv64 ;; esac
  case $target in
    *-windows-gnu) prefixed=$arch-w64-mingw32-$1 ;;
    *) prefixed=$arch-${target#*-unknown-}-$1 ;;
  esac
  if [ "$target" != "$host" ] && command -v "$prefixed" > /dev/null; then echo "$prefixed"
  elif [ "${target%%-*}" = "${host%%-*}" ]; then echo "$1"
  else echo "$0: $prefixed is needed for $target" >&2; exit 1
  fi
}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What is exported is what the header declares; the version is that of the ABI, as in the soname.
sed -n 's/^[a-z].*[ *]\(vanta_[a-z0-9_]*\)(.*/\1/p' "$header" | LC_ALL=C sort > "$work/exports"
abi=$(sed -n 's/^#define VANTA_ABI_VERSION //p' "$header")

# The compiler driver names libgcc_s itself, and so links statically too.
: | rustc --crate-name none --crate-type staticlib --target "$target" \
  --print native-static-libs="$work/libraries" -o "$work/none.a" - 2> "$work/messages" ||
  { cat "$work/messages" >&2; exit 1; }
sed 's/-lgcc_s *//; s/ *-lc$//' "$work/libraries" > "$out/libraries"

case $target in
  *-apple-*) . "${0%/*}/link-macos.sh"; exit ;;
esac

CC=${CC:-$(if [ "$target" = "$host" ]; then echo cc; else tool gcc; fi)}
LD=${LD:-$(tool ld)}
AR=${AR:-$(tool ar)}
OBJCOPY=${OBJCOPY:-$(tool objcopy)}
roots=$(sed 's/^/-u /' "$work/exports")
case $target in
  *-windows-*) . "${0%/*}/link-windows.sh"; exit ;;
esac

{ echo "VANTA_$abi { global:"; sed 's/$/;/' "$work/exports"; echo "local: *; };"; } > "$work/versions"

linker=$CC
if [ -n "${GLIBC:-}" ]; then
  arch=${target%%-*}
  case $arch in i?86) arch=x86 ;; armv7) arch=arm ;; riscv64gc) arch=riscv64 ;; esac
  linker="${ZIG:-zig} cc -target $arch-linux-${target##*-}.$GLIBC"
  # The one library that zig does not know; its functions are as old as exceptions.
  echo "$(cat "$out/libraries") $($CC -print-file-name=libgcc_s.so.1)" > "$work/libraries"
else
  cp "$out/libraries" "$work/libraries"
fi

# nodelete: threads and thread-local data outlive a dlclose. defs: what is not found is an error
# here, not in the program.
# shellcheck disable=SC2046,SC2086 # several words
$linker -shared -o "$work/libvanta.so" $(echo $roots | sed 's/-u /-Wl,-u,/g') "$archive" \
  -Wl,--gc-sections,--version-script="$work/versions",-soname,"libvanta.so.$abi" \
  -Wl,-z,relro,-z,now,-z,nodelete,-z,defs,-z,noexecstack,--build-id=sha1,--as-needed \
  $(cat "$work/libraries")

# The names of what is within are for debuggers, in a file of their own. Line numbers would be those
# of others' code, and tell the builder's folders.
$OBJCOPY --strip-debug "$work/libvanta.so"
$OBJCOPY --only-keep-debug "$work/libvanta.so" "$out/libvanta.so.debug"
chmod -x "$out/libvanta.so.debug"
$OBJCOPY --strip-all --add-gnu-debuglink="$out/libvanta.so.debug" \
  "$work/libvanta.so" "$out/libvanta.so"

# One object whose other names are local: two Rust libraries can be in one program, which else
# define the same names. Sections are merged, since their headers took a third of the size; bitcode
# is for rustc alone, and makes older ar and nm fail. The unwind tables are kept expressly: with a
# script, ld would collect them.
cat > "$work/merge.ld" <<'END'
SECTIONS {
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.*) }
  .gcc_except_table : { *(.gcc_except_table .gcc_except_table.*) }
  .eh_frame : { KEEP(*(.eh_frame)) }
  .data.rel.ro : { *(.data.rel.ro .data.rel.ro.*) }
  .data : { *(.data .data.*) }
  .tdata : { *(.tdata .tdata.*) }
  .tbss : { *(.tbss .tbss.*) }
  .bss : { *(.bss .bss.*) }
}
END
# shellcheck disable=SC2086 # several words
$LD -r --force-group-allocation --gc-sections -T "$work/merge.ld" -o "$work/vanta.o" \
  $roots "$archive"
$OBJCOPY --remove-section=.llvmbc --remove-section=.llvmcmd \
  --keep-global-symbols="$work/exports" --strip-unneeded "$work/vanta.o"
rm -f "$out/libvanta.a"
$AR rcsD "$out/libvanta.a" "$work/vanta.o"
