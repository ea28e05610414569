#!/bin/sh
# Shows that the build refuses a swkexec-apply that could not run on a bare
# machine: builds small programs with one fault at a time, and wants
# purgatory-embed to name it.
#
# usage: Tests/applier-build-check.sh [SCRATCH-PATH]     after `swift build`
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(cd "${1:-$root/.build}" && pwd)
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
embed=
for file in "$scratch"/debug/purgatory-embed-tool "$scratch"/debug/purgatory-embed \
    "$scratch"/release/purgatory-embed-tool "$scratch"/release/purgatory-embed; do
    [ -n "$embed" ] || [ ! -x "$file" ] || embed=$file
done
[ -n "$embed" ] || { echo "$0: no purgatory-embed in $scratch; run swift build first" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# build SOURCE MACHINE LINKER-FLAG...
build() {
    source=$1
    machine=$2
    shift 2
    flags=
    for flag in "$@"; do flags="$flags --linker-flag $flag"; done
    # shellcheck disable=SC2086
    "$embed" applier --machine "$machine" --clang "$toolchain/clang" --linker "$toolchain/ld.lld" \
        --work-directory "$work/build" --output "$work/test.swift" --compiler-flag --no-default-config \
        --compiler-flag --target=x86_64-unknown-linux-gnu --compiler-flag -ffreestanding --compiler-flag -fPIE \
        --compiler-flag -fno-asynchronous-unwind-tables $flags "$work/$source.c" >"$work/out" 2>&1
}

# refused NAME TEXT SOURCE MACHINE LINKER-FLAG...
refused() {
    name=$1
    text=$2
    shift 2
    rm -f "$work/test.swift"
    if build "$@" || [ -e "$work/test.swift" ]; then
        echo "FAIL $name: accepted"
        failures=$((failures + 1))
    elif ! grep -qF -e "$text" "$work/out"; then
        echo "FAIL $name: refused without saying \"$text\":"
        cat "$work/out"
        failures=$((failures + 1))
    else
        echo "ok   $name: $text"
    fi
}

cat >"$work/good.c" <<'C'
void _start(void) { for (;;); }
C
cat >"$work/large.c" <<'C'
const char filler[70000] = {1};
void _start(void) { for (;;); }
C
cat >"$work/pointers.c" <<'C'
void _start(void);
void *volatile table[] = {_start};
void _start(void) { for (;;) (void)table[0]; }
C
cat >"$work/undefined.c" <<'C'
int puts(const char *);
void _start(void) { puts(""); }
C

build good x86_64 -static || { echo "FAIL good: refused"; cat "$work/out"; exit 1; }
grep -q 'text: "f0VMRg' "$work/test.swift"

refused machine 'e_machine 62 is not 21' good ppc64le -static
refused size 'bytes are not less than 65536' large x86_64 -static
refused interpreter 'it asks for an interpreter' good x86_64 -pie --dynamic-linker=/lib64/ld-linux-x86-64.so.2
refused dynamic 'it is linked dynamically' good x86_64 -pie --no-dynamic-linker
refused position-independent 'e_type 3 is not ET_EXEC' good x86_64 -pie --no-dynamic-linker
refused relocations 'relocation of type 8 at 0x' pointers x86_64 -pie --no-dynamic-linker
refused writable-code 'is both writable and executable' pointers x86_64 -static --omagic
refused entry 'e_entry is in no executable segment' good x86_64 -static --entry=0
refused no-machine 'ppc64: no machine of Sources/ELF/Machine.swift (x86_64, ' good ppc64 -static
refused undefined-symbol 'failed: ' undefined x86_64 -static

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
echo "all refused as they must be"
