# Links for Windows with the programs of mingw. link.sh reads this file, and has set CC, LD, AR,
# OBJCOPY, archive, out, work and roots; "$work/exports" and "$out/libraries" are there.
# shellcheck shell=sh disable=SC2154 # link.sh sets these

# rustc names the libraries of the standard library alone. These are for random numbers, access
# control and the system's certificates; a library that is not used leaves no trace.
echo "$(cat "$out/libraries") -lbcrypt -ladvapi32 -lcrypt32" > "$work/libraries"
cp "$work/libraries" "$out/libraries"

{ echo "LIBRARY vanta.dll"; echo EXPORTS; cat "$work/exports"; } > "$work/vanta.def"

# Threads and thread-local data outlive a FreeLibrary. No option of the linker keeps a DLL loaded, so it
# asks the system for that, as it is loaded.
cat > "$work/stay.c" <<'END'
#include <windows.h>
BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, LPVOID unused)
{
    const DWORD flags = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
    HMODULE same;
    (void)unused;
    return reason != DLL_PROCESS_ATTACH || GetModuleHandleExW(flags, (LPCWSTR)library, &same);
}
END
$CC -Os -c "$work/stay.c" -o "$work/stay.o"

# libgcc has the unwinder; a DLL of its own would have to be installed too. The time of the build is
# left out, so that the same sources make the same bytes.
# shellcheck disable=SC2046 # several words
$CC -shared -static-libgcc -o "$work/vanta.dll" "$work/vanta.def" "$work/stay.o" \
  $(echo $roots | sed 's/-u /-Wl,-u,/g') "$archive" $(cat "$out/libraries") \
  -Wl,--gc-sections,--no-insert-timestamp,--dynamicbase,--nxcompat,--high-entropy-va \
  -Wl,--out-implib,"$out/libvanta.dll.a"
$OBJCOPY --strip-all "$work/vanta.dll" "$out/vanta.dll"
chmod +x "$out/vanta.dll"

# One object whose other names are local, as in ELF. Members that import functions of a DLL stay as
# they are: merged, the tables of the DLLs would run into each other. rustc names them after the DLL.
# Where a linked file refers to the table of thread-local data, GNU ld wants it to be there, though
# mingw's start code has it: so it has another name meanwhile.
$OBJCOPY --redefine-sym _tls_used=vanta_tls_used --remove-section=.llvmbc --remove-section=.llvmcmd \
  "$archive" "$work/code.a"
$AR t "$work/code.a" > "$work/members"
grep '\.dll[hts][0-9]*\.o$' "$work/members" > "$work/imports"
grep -v '\.dll[hts][0-9]*\.o$' "$work/members" > "$work/code"
cp "$work/code.a" "$work/libvanta.a"
xargs $AR d "$work/code.a" < "$work/imports"
xargs $AR d "$work/libvanta.a" < "$work/code"
# shellcheck disable=SC2086 # several words
$LD -r -o "$work/vanta.o" $roots "$work/code.a"
$OBJCOPY --redefine-sym vanta_tls_used=_tls_used "$work/vanta.o"
$OBJCOPY --keep-global-symbols="$work/exports" --strip-unneeded "$work/vanta.o"
$AR rcsD "$work/libvanta.a" "$work/vanta.o"
rm -f "$out/libvanta.a"
cp "$work/libvanta.a" "$out/libvanta.a"
