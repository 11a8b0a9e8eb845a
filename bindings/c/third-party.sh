#!/bin/sh
# Tells whose work the libraries contain, with their licences: most of them ask to be passed on.
# Where there is a choice, it is MIT.
#   third-party.sh [--with-redis]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
crates=$(cargo tree --locked -p libvanta-c -e normal,no-proc-macro --prefix none --no-dedupe \
  ${1:+--features redis} -f '{p}|{l}' | LC_ALL=C sort -u)
echo "libvanta contains the standard library of Rust (MIT OR Apache-2.0) and these crates:"
echo "$crates" | while IFS='|' read -r crate licence; do
  case $crate in libvanta*) continue ;; esac
  package=$(echo "${crate%% (*}" | sed 's/ v/-/')
  set -- "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$package"
  printf '\n==== %s (%s)\n' "$package" "$licence"
  texts=$(find "$1" -maxdepth 1 -iname 'LICENSE-MIT*')
  [ -n "$texts" ] || texts=$(find "$1" -maxdepth 1 -iname 'LICEN[CS]E*' -o -maxdepth 1 -iname 'COPYING*' | LC_ALL=C sort)
  [ -n "$texts" ] || { echo "$0: $package has no licence text" >&2; exit 1; }
  echo "$texts" | while read -r text; do printf '\n'; tr -d '\r' < "$text"; done
done
