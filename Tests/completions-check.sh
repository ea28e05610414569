#!/bin/bash
# Each shell loads its file of Completions/ and completes some words: what it offers is what swkexec takes there.
#
# usage: Tests/completions-check.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$here/../Completions
loader=/usr/share/bash-completion/bash_completion

for file in "$loader" "$(command -v zsh || echo zsh)" "$(command -v fish || echo fish)"; do
    [ -e "$file" ] || { echo "$0: no $file; see Scripts/install-dependencies" >&2; exit 2; }
done

# Each prints what the shell offers for a command line up to the cursor, a word a line.
offers_of_bash() {
    bash --norc -c '
        . "$1"; . "$2"; COMP_LINE=$3 COMP_POINT=${#3}
        compopt() { :; }
        # The words as readline cuts them: an equals sign is one by itself.
        read -ra COMP_WORDS <<<"${3//=/ = }"
        [[ $3 == *[\ =] ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _swkexec
        printf "%s\n" "${COMPREPLY[@]}"' bash "$loader" "$folder/swkexec.bash" "$1"
}
offers_of_zsh() { timeout 60 zsh -f "$here/Support/complete.zsh" "$folder" "$1"; }
offers_of_fish() { HOME=$work fish -c 'source $argv[1]; complete -C $argv[2]' "$folder/swkexec.fish" "$1" | cut -f1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch vmlinuz
mkdir recorded

failures=0
checks=0
# offered LINE WANTED UNWANTED: words of each, with blanks between.
offered() {
    local shell word offers
    for shell in bash zsh fish; do
        checks=$((checks + 1))
        # With the option that a value belongs to, or without it, with or without what may follow: that is the shell's way.
        offers=$("offers_of_$shell" "$1" | sed 's/^--[a-z-]*=\(.\)/\1/; s/[=/ ]*$//')
        for word in $2; do
            grep -qxFe "$word" <<<"$offers" || { echo "$shell: '$1' does not offer $word, but: ${offers//$'\n'/ }"; failures=$((failures + 1)); }
        done
        for word in $3; do
            ! grep -qxFe "$word" <<<"$offers" || { echo "$shell: '$1' offers $word"; failures=$((failures + 1)); }
        done
    done
}

offered 'swkexec --hot' '--hotplug' '--load --help'
offered 'swkexec --load' '--load --load-panic --load-preserve-context --load-jump-back-helper' '--unload'
offered 'swkexec ' 'check fadump snapshot completion vmlinuz' 'register'
offered 'swkexec -p vml' 'vmlinuz' 'recorded check'
offered 'swkexec -p --initrd=vm' 'vmlinuz' 'recorded'
offered 'swkexec -p vmlinuz --dry-run --sysroot=' 'recorded' 'vmlinuz'
offered 'swkexec -p vmlinuz --dry-run --format=' 'table map json' 'halt'
offered 'swkexec --on-mismatch=r' 'reset' 'halt'
offered 'swkexec fadump ' 'status register unregister reload release-memory append-arguments header elfcorehdr plan' 'check snapshot'
offered 'swkexec fadump re' 'register reload release-memory' 'status unregister'
offered 'swkexec fadump header --byte-order=' 'little big' 'table'
offered 'swkexec fadump plan --p' '--pt-regs-size --page-size --platform' '--plan-file --purgatory-cache'

echo "$checks command lines completed, $failures failures"
exit $((failures > 0))
