# How the library's files are named on a system. build.sh and install.sh read this file after they have
# set target, abi and version.
#   file       the shared library as link.sh writes it
#   loaded     as programs find it when they run
#   installed  the file that `loaded` is a link to
#   linked     as -lvanta finds it
#   shared     where CMake finds it
#   property   what CMake must know besides
#   search     the variable with the folders in which programs find it; on Windows, they lie beside it
#   static     how pkg-config links the static library, and no other of this name
#   exe        the end of a program's name
# shellcheck shell=sh disable=SC2034,SC2154 # other files set and use these

static='-L${libdir} -l:libvanta.a' exe=
case $target in
  *-windows-*)
    file=vanta.dll loaded=$file installed=$file linked=libvanta.dll.a shared="\${_vanta_prefix}/bin/$file"
    property="IMPORTED_IMPLIB \"\${_vanta_libdir}/$linked\"" search= exe=.exe
    ;;
  *-apple-*)
    file=libvanta.dylib loaded=libvanta.$abi.dylib installed=libvanta.$version.dylib linked=$file
    shared="\${_vanta_libdir}/$installed" property="IMPORTED_SONAME @rpath/$loaded" search=DYLD_LIBRARY_PATH
    # Apple's linker has no -l: with a file name.
    static='${libdir}/libvanta.a'
    ;;
  *)
    file=libvanta.so loaded=libvanta.so.$abi installed=libvanta.so.$version linked=$file
    shared="\${_vanta_libdir}/$installed" property="IMPORTED_SONAME $loaded" search=LD_LIBRARY_PATH
    ;;
esac
