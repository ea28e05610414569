#!/bin/sh
# Shows that the build refuses a purgatory that must not be embedded. Takes the
# objects of the last build, links them with one fault at a time, and wants
# purgatory-embed to name it, or the Swift compiler where it is a parameter that
# is not what the loader expects.
#
# usage: Tests/purgatory-build-check.sh [SCRATCH-PATH]     after `swift build`
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(cd "${1:-$root/.build}" && pwd)
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
images=$(echo "$scratch"/plugins/outputs/*/Purgatory/destination/PurgatoryBuilder)
embed=
for file in "$scratch"/debug/purgatory-embed-tool "$scratch"/debug/purgatory-embed \
    "$scratch"/release/purgatory-embed-tool "$scratch"/release/purgatory-embed; do
    [ -n "$embed" ] || [ ! -x "$file" ] || embed=$file
done
modules=$(dirname "$embed")/Modules
[ -x "$embed" ] && [ -f "$images/x86_64/purgatory.elf" ] || {
    echo "$0: no purgatory in $scratch; run swift build first" >&2
    exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# architecture NAME TARGET: what follows is about its image
architecture() {
    built=$images/$1
    target=$2
}
architecture x86_64 x86_64-unknown-none-elf

# assemble NAME: the source comes on standard input
assemble() {
    "$toolchain/clang" --target="$target" -c -x assembler - -o "$work/$1.o"
}

# link NAME OBJECT...
link() {
    image=$work/$1.elf
    shift
    "$toolchain/ld.lld" -pie --no-dynamic-linker --discard-locals -z max-page-size=4096 \
        --script="${script:-$root/Purgatory/image.ld}" ${extra_flags:-} "$@" -o "$image"
}

# The objects of the last build but for those of one source.
objects_without() {
    ls "$built"/*.o | grep -v -e "-$1.o\$"
}

# embed IMAGE: its Swift source is $work/embedded.swift
embed() {
    rm -f "$work/embedded.swift"
    "$embed" embed --objdump "$toolchain/llvm-objdump" --output "$work/embedded.swift" "$1"
}

# is_refused NAME TEXT: the last command failed, and $work/out says why
is_refused() {
    if grep -qF -e "$2" "$work/out"; then
        echo "ok   $1: $2"
    else
        echo "FAIL $1: refused without saying \"$2\":"
        cat "$work/out"
        failures=$((failures + 1))
    fi
}

# is_accepted NAME: so it must not be
is_accepted() {
    echo "FAIL $1: accepted"
    failures=$((failures + 1))
}

# refused NAME TEXT: the image of that name is refused, and TEXT says why
refused() {
    if embed "$work/$1.elf" >"$work/out" 2>&1 || [ -e "$work/embedded.swift" ]; then
        is_accepted "$1"
    else
        is_refused "$1" "$2"
    fi
}

# compile: a loader that sets purgatory_serial_port, with the source in $work/embedded.swift
compile() {
    cat >"$work/loader.swift" <<'SWIFT'
func set(_ purgatory: inout PurgatoryImage) { purgatory.set(PurgatoryX86_64.serialPort, to: 0x3f8 as UInt32) }
SWIFT
    "$toolchain/swiftc" -typecheck -swift-version 6 -module-name Purgatory -I "$modules" \
        "$root"/Sources/Purgatory/*.swift "$work/embedded.swift" "$work/loader.swift"
}

# does_not_compile NAME TEXT: the image of that name is embedded, and the compiler refuses it
does_not_compile() {
    embed "$work/$1.elf"
    if compile >"$work/out" 2>&1; then is_accepted "$1"; else is_refused "$1" "$2"; fi
}

# as_declared NAME: the parameters and bytes in $work/embedded.swift are those of $work/$1.elf, by other tools;
# and each parameter is set somewhere
as_declared() {
    "$toolchain/llvm-objdump" --syms "$work/$1.elf" |
        awk '$NF ~ /^purgatory_/ && / O / && !/ \.bss\t/ {
            count = split(substr($NF, 11), words, "_")
            name = words[1]
            for (i = 2; i <= count; i++) name = name toupper(substr(words[i], 1, 1)) substr(words[i], 2)
            print name, $1, $(NF - 1) == ".hidden" ? $(NF - 2) : $(NF - 1)
        }' | while read -r name place size; do echo "$name $((0x$place)) $((0x$size))"; done | sort >"$work/symbols"
    sed -n 's/.*static let \(.*\) = PurgatoryParameter<\(.*\)>(at: \(.*\))/\1 \3 \2/p' "$work/embedded.swift" |
        sed 's/UInt32$/4/; s/UInt64$/8/; s/InlineArray<\(.*\), UInt8>/\1/' |
        while read -r name place size; do echo "$name $((place)) $size"; done | sort >"$work/declared"
    "$toolchain/llvm-objcopy" -O binary "$work/$1.elf" "$work/bytes"
    sed -n 's/.*text: "\(.*\)")/\1/p' "$work/embedded.swift" | base64 -d >"$work/embedded-bytes"
    if [ -s "$work/symbols" ] && cmp "$work/symbols" "$work/declared" && [ -s "$work/bytes" ] &&
        cmp "$work/bytes" "$work/embedded-bytes"; then
        echo "ok   $1: $(wc -l <"$work/symbols") parameters as declared"
    else
        echo "FAIL $1: what is embedded is not what was linked"
        failures=$((failures + 1))
    fi
    while read -r name _; do
        grep -rqE "(Purgatory[A-Z][A-Za-z0-9_]*|common)\.$name\>" "$root/Sources" || {
            echo "FAIL $1: nothing sets the parameter $name"
            failures=$((failures + 1))
        }
    done <"$work/symbols"
}

# with_function NAME INSTRUCTION TEXT: one more function
with_function() {
    printf '.text\n.globl stray\n.type stray, @function\nstray:\n  nop\n  %s\n  nop\n' "$2" | assemble "$1"
    link "$1" "$built"/*.o "$work/$1.o"
    refused "$1" "$3"
}

# parameter NAME SIZE VALUE [SECTION]
parameter() {
    section=${4:-'.data.parameters, "aw", @progbits'}
    printf '.section %s\n.globl %s\n.hidden %s\n.type %s, @object\n.size %s, %s\n%s: .byte %s\n.fill %s - 1\n' \
        "$section" "$1" "$1" "$1" "$1" "$2" "$1" "$3" "$2"
}

# with_serial_port NAME SIZE VALUE [SECTION]: the x86_64 parameters, that one so
with_serial_port() {
    name=$1
    shift
    {
        parameter purgatory_serial_port "$@"
        parameter purgatory_serial_divisor 4 0
        parameter purgatory_console_vga 4 0
        parameter purgatory_reset_vga 4 0
        parameter purgatory_entry_mode 4 0
        parameter purgatory_kernel_entry 8 0
        parameter purgatory_boot_params 8 0
        parameter purgatory_eax 4 0
        parameter purgatory_ebx 4 0
        parameter purgatory_argument 8 0
        parameter purgatory_is_called 4 0
        parameter purgatory_way_back_digits 8 0
        parameter purgatory_page_tables 8 0
        parameter purgatory_real_segment 4 0
        parameter purgatory_real_stack 4 0
    } | assemble "$name"
    link "$name" $(objects_without parameters_x86_64.c) "$work/$name.o"
}

# What the last build accepted is accepted, and so is the same relinked here:
# else every refusal below would prove nothing.
link unchanged "$built"/*.o
with_serial_port good-parameters 4 0
for good in "$built/purgatory.elf" "$work/good-parameters.elf" "$work/unchanged.elf"; do
    embed "$good"
    compile
done
as_declared unchanged

# Instructions
with_function sse 'pxor %xmm3, %xmm4' \
    'stray: pxor %xmm3, %xmm4: vector register outside the SHA-256 routine'
with_function sse-control 'ldmxcsr (%rdi)' 'stray: ldmxcsr (%rdi): vector register'
with_function avx 'vpxor %ymm0, %ymm0, %ymm0' 'stray: vpxor %ymm0, %ymm0, %ymm0: x87, MMX or AVX'
with_function avx512-mask 'kmovq %k1, %rax' 'stray: kmovq %k1, %rax: x87, MMX or AVX'
with_function mmx 'paddb %mm0, %mm1' 'stray: paddb %mm0, %mm1: x87, MMX or AVX'
with_function x87 'fldz' 'stray: fldz: x87, MMX or AVX'
with_function x87-memory 'fildl 8(%rsp)' 'stray: fildl 0x8(%rsp): x87, MMX or AVX'
with_function save-state 'fxsave (%rdi)' 'stray: fxsave (%rdi): x87, MMX or AVX'
with_function red-zone 'movq %rax, -8(%rsp)' \
    'stray: movq %rax, -0x8(%rsp): access below the stack pointer'
with_function red-zone-index 'movl $1, -16(%rsp,%rcx,4)' \
    'stray: movl $0x1, -0x10(%rsp,%rcx,4): access below the stack pointer'
with_function stack-protector 'movq %fs:0x28, %rax' 'stray: movq %fs:0x28, %rax: thread-local storage'
with_function no-instruction '.byte 0x06' 'stray: <unknown>: not an instruction'

printf '.text\n.globl sha256_blocks_x86_sha\nsha256_blocks_x86_sha: vpaddd %%ymm0, %%ymm1, %%ymm2\n  ret\n.globl sha256_best_implementation\nsha256_best_implementation: ret\n' |
    assemble avx-in-the-hash
link avx-in-the-hash $(objects_without sha256_x86_64.c) "$work/avx-in-the-hash.o"
refused avx-in-the-hash 'sha256_blocks_x86_sha: vpaddd %ymm0, %ymm1, %ymm2: x87, MMX or AVX'

# Symbols and relocations
printf '.text\n  call memcpy\n' | assemble undefined-symbol
extra_flags=--unresolved-symbols=ignore-all
link undefined-symbol "$built"/*.o "$work/undefined-symbol.o"
extra_flags=
refused undefined-symbol 'undefined symbol memcpy'

printf '.data\n.globl table\ntable: .quad purgatory_entry\n' | assemble relocation
link relocation "$built"/*.o "$work/relocation.o"
refused relocation 'relocation of type 8 at 0x'

# Parameters
with_serial_port parameter-value 4 1
refused parameter-value 'parameter purgatory_serial_port: its initial value is not zero'
with_serial_port parameter-size 8 0
does_not_compile parameter-size "'UInt64'"
with_serial_port parameter-without-bytes 4 0 '.bss, "aw", @nobits'
does_not_compile parameter-without-bytes "has no member 'serialPort'"
for name in serial_port record; do
    "$toolchain/llvm-objcopy" --strip-symbol=purgatory_$name "$work/unchanged.elf" "$work/without-$name.elf"
done
does_not_compile without-serial_port "has no member 'serialPort'"
does_not_compile without-record "has no member 'record'"

# Segments
script=$work/with-elf-header.ld
sed -e 's/image PT_LOAD/image PT_LOAD FILEHDR PHDRS/' -e 's/\. = 0;/. = SIZEOF_HEADERS;/' \
    "$root/Purgatory/image.ld" >"$script"
link elf-magic "$built"/*.o
refused elf-magic 'a load segment begins with ELF magic'

script=$work/two-segments.ld
sed -e 's/image PT_LOAD.*/&\n    second PT_LOAD FLAGS(6);/' \
    -e '/^    \.data/s/:image/:second/' -e '/^    \.bss/s/:image/:second/' \
    "$root/Purgatory/image.ld" >"$script"
link two-segments "$built"/*.o
refused two-segments 'not one load segment from address 0'
script=

# The other architectures: their instructions, and what their code generation tends to leave behind
architecture ppc64le powerpc64le-unknown-none-elf
link ppc64le-unchanged "$built"/*.o
embed "$work/ppc64le-unchanged.elf"
as_declared ppc64le-unchanged
with_function ppc64le-vmx 'vxor 1, 2, 3' 'stray: vxor 1, 2, 3: vector register outside the SHA-256 routine'
with_function ppc64le-vsx 'lxvd2x 0, 3, 4' 'stray: lxvd2x 0, 3, 4: vector register outside the SHA-256 routine'
with_function ppc64le-float 'fadd 1, 2, 3' 'stray: fadd 1, 2, 3: floating point'
with_function ppc64le-float-load 'lfd 1, 8(3)' 'stray: lfd 1, 8(3): floating point'
with_function ppc64le-stack-protector 'ld 3, -28688(13)' 'stray: ld 3, -28688(13): thread-local storage'
with_function ppc64le-no-instruction '.long 0' 'stray: <unknown>: not an instruction'
printf '.section .toc,"aw"\ntable: .quad purgatory_entry\n' | assemble ppc64le-relocation
link ppc64le-relocation "$built"/*.o "$work/ppc64le-relocation.o"
refused ppc64le-relocation 'relocation of type 22 at 0x'

architecture aarch64 aarch64-unknown-none-elf
link aarch64-unchanged "$built"/*.o
embed "$work/aarch64-unchanged.elf"
as_declared aarch64-unchanged
with_function aarch64-simd 'add v1.4s, v2.4s, v3.4s' 'stray: add v1.4s, v2.4s, v3.4s: vector register outside the SHA-256 routine'
with_function aarch64-float 'fmov d1, x2' 'stray: fmov d1, x2: vector register outside the SHA-256 routine'
with_function aarch64-pair 'ldp q0, q1, [x0]' 'stray: ldp q0, q1, [x0]: vector register outside the SHA-256 routine'
with_function aarch64-stack-protector 'mrs x0, tpidr_el0' 'stray: mrs x0, TPIDR_EL0: thread-local storage'
with_function aarch64-no-instruction '.inst 0xffffffff' 'stray: <unknown>: not an instruction'
printf '.data\n.balign 8\ntable: .quad purgatory_entry\n' | assemble aarch64-relocation
link aarch64-relocation "$built"/*.o "$work/aarch64-relocation.o"
refused aarch64-relocation 'relocation of type 1027 at 0x'

architecture riscv64 riscv64-unknown-none-elf
link riscv64-unchanged "$built"/*.o
embed "$work/riscv64-unchanged.elf"
as_declared riscv64-unchanged
with_function riscv64-vector '.option arch, +zve32x; vadd.vv v1, v2, v3' \
    'stray: vadd.vv v1, v2, v3: SHA-256 or vector instruction outside the SHA-256 routines'
with_function riscv64-scalar-hash '.option arch, +zknh; sha256sig0 a0, a1' \
    'stray: sha256sig0 a0, a1: SHA-256 or vector instruction outside the SHA-256 routines'
with_function riscv64-float '.option arch, +f; fmv.w.x fa0, a1' 'stray: fmv.w.x fa0, a1: floating point'
with_function riscv64-stack-protector 'ld a0, -8(tp)' 'stray: ld a0, -0x8(tp): thread-local storage, or data relative to gp'
with_function riscv64-small-data 'lw a0, 16(gp)' 'stray: lw a0, 0x10(gp): thread-local storage, or data relative to gp'
with_function riscv64-no-instruction '.word 0xffffffff' 'stray: <unknown>: not an instruction'
printf '.data\n.balign 8\ntable: .quad purgatory_entry\n' | assemble riscv64-relocation
link riscv64-relocation "$built"/*.o "$work/riscv64-relocation.o"
refused riscv64-relocation 'relocation of type 3 at 0x'

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
echo "all refused as they must be"
