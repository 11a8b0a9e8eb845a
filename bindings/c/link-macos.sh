# Links for macOS. link.sh reads this file: it has set archive, out, work, host, target, abi, and
# made "$work/exports" and "$out/libraries". Apple's tools are needed, or others with their options.
# On another system, CC names a compiler for the target that links as Apple's does.

case $target in aarch64-*) arch=arm64 ;; *) arch=${target%%-*} ;; esac
case $host in
  *-apple-*) CC=${CC:-cc -arch $arch} AR=${AR:-ar} ;;
  *) : "${CC:?names a compiler and linker for $target}" ;;
esac
AR=${AR:-llvm-ar --format=darwin}
sysroot=$(rustc --print sysroot)
llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
[ -n "${OBJCOPY:-}" ] || [ "$llvm" -ge 20 ] || {
  echo "$0: for macOS, Rust 1.87 or later is needed, or OBJCOPY names an llvm-objcopy of version 20 or later" >&2
  exit 1
}
# Rust has one that can make names of Mach-O local; those of LLVM can since version 20.
OBJCOPY=${OBJCOPY:-env LD_LIBRARY_PATH=$sysroot/lib $sysroot/lib/rustlib/$host/bin/rust-objcopy}
# The oldest macOS that Rust supports.
[ -n "${MACOSX_DEPLOYMENT_TARGET:-}" ] ||
  MACOSX_DEPLOYMENT_TARGET=$(rustc --print deployment-target --target "$target" | sed 's/.*=//')
export MACOSX_DEPLOYMENT_TARGET

# On macOS, a C function has an underscore before its name.
sed 's/^/_/' "$work/exports" > "$work/exported"
# A library with thread-local data is never unloaded there, so nothing else keeps it loaded.
# shellcheck disable=SC2046 # several words
$CC -dynamiclib -o "$out/libvanta.dylib" $(sed 's/^/-Wl,-u,/' "$work/exported") "$archive" \
  -Wl,-exported_symbols_list,"$work/exported" -Wl,-install_name,"@rpath/libvanta.$abi.dylib" \
  -Wl,-dead_strip,-S $(cat "$out/libraries")

# One object whose other names are local, without the bitcode, which is for rustc alone.
mkdir "$work/objects"
case $archive in /*) ;; *) archive=$PWD/$archive ;; esac
(cd "$work/objects" && $AR x "$archive" && rm -f __.SYMDEF*)
$CC -r -nostdlib -o "$work/merged.o" "$work"/objects/*
$OBJCOPY --remove-section=__LLVM,__bitcode --remove-section=__LLVM,__cmdline \
  --keep-global-symbols="$work/exported" "$work/merged.o" "$work/vanta.o"
rm -f "$out/libvanta.a"
ZERO_AR_DATE=1 $AR rcs "$out/libvanta.a" "$work/vanta.o"
