#!/bin/sh
# Installs the program that build.sh made, its man page and its completions; or removes them.
#   install.sh PREFIX BUILT EXE [1]    is called by bindings/c/install.sh; EXE ends the program's name
set -eu

prefix=$1 built=$2 exe=$3 uninstall=${4:-}
share=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/share

# put MODE FROM FOLDER NAME
put() {
  if [ -n "$uninstall" ]; then rm -f "$prefix/$3/$4"; return; fi
  install -d -m 755 "$prefix/$3"
  install -m "$1" "$2" "$prefix/$3/$4"
}
put 755 "$built/vanta$exe" bin "vanta$exe"
[ -z "$uninstall" ] || rm -f "$prefix/bin/vanta.exe"
put 644 "$share/vanta.1" share/man/man1 vanta.1
put 644 "$share/vanta.bash" share/bash-completion/completions vanta
put 644 "$share/_vanta" share/zsh/site-functions _vanta
put 644 "$share/vanta.fish" share/fish/vendor_completions.d vanta.fish
