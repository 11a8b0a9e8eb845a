#!/bin/sh
# Tells whose work the libraries contain: with the licences, most of which ask to be passed on, or
# as a list for programs that look for known faults (CycloneDX). Where there is a choice, it is MIT.
#   third-party.sh [--sbom] [--target TRIPLE] [--with-program] [--with-redis] [--with-all-ecdsa]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
form=texts
allowed=$(sed -n '/^allow = \[/,/^\]/s/^ *"\(.*\)",$/\1/p' deny.toml)
target=
[ "${1:-}" != --sbom ] || { form=sbom; shift; }
[ "${1:-}" != --target ] || { target="--target $2"; shift 2; }
features=
program=
for word; do
  case $word in
    --with-program) program=vanta-cli ;;
    *) features="$features --features ${word#--with-}" ;;
  esac
done
# tree PACKAGE [OPTION...]: the crates in it, a line for each.
tree() {
  # shellcheck disable=SC2086 # words, or nothing
  cargo tree --locked $target -e normal,no-proc-macro --prefix none --no-dedupe -f '{p}|{l}' -p "$@"
}
# name|version|licence, of the libraries and, where it is wanted, of the program. Where cargo fails,
# so does the assignment; a pipe would go on.
# shellcheck disable=SC2086 # words, or nothing
found=$(tree libvanta-c $features)
[ -z "$program" ] || found=$(echo "$found"; tree "$program")
crates=$(echo "$found" | LC_ALL=C sort -u | grep -v '^libvanta\|^vanta-cli' | sed 's/ (.*|/|/; s/ v/|/; s,/, OR ,')

if [ $form = sbom ]; then
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
  printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"component":'
  printf '{"type":"library","name":"libvanta","version":"%s"}},"components":[' "$version"
  echo "$crates" | sed 's/\([^|]*\)|\([^|]*\)|\(.*\)/{"type":"library","name":"\1","version":"\2",\
"purl":"pkg:cargo\/\1@\2","licenses":[{"expression":"\3"}]}/' | sed '/}$/{$!s/$/,/}'
  echo ']}'
  exit
fi

[ -n "$program" ] && who="libvanta and its program contain" || who="libvanta contains"
echo "$who the standard library of Rust (MIT OR Apache-2.0) and these crates:"
echo "$crates" | while IFS='|' read -r crate number licence; do
  package=$crate-$number
  # What is not known to allow being passed on stops the release.
  unknown=$(echo "$licence" | sed 's/ OR /|/g; s/ AND /|/g' | tr '|' '\n' | tr -d '()' | grep -vxF "$allowed" || true)
  [ -z "$unknown" ] || { echo "$0: is $unknown of $package a licence to pass on?" >&2; exit 1; }
  set -- "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$package"
  printf '\n==== %s (%s)\n' "$package" "$licence"
  texts=
  case $licence in
    # More than one licence holds: all texts.
    *' AND '*) ;;
    *) texts=$(find "$1" -maxdepth 1 -iname 'LICENSE-MIT*') ;;
  esac
  [ -n "$texts" ] || texts=$(find "$1" -maxdepth 1 -iname 'LICEN[CS]E*' -o -maxdepth 1 -iname 'COPYING*' | LC_ALL=C sort)
  [ -n "$texts" ] || { echo "$0: $package has no licence text" >&2; exit 1; }
  echo "$texts" | while read -r text; do printf '\n'; tr -d '\r' < "$text"; done
done
