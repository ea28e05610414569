#!/bin/sh
# Shows that the build refuses a purgatory that must not be embedded. Takes the
# objects of the last build, links them with one fault at a time, and wants
# purgatory-embed to name it.
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
    "$toolchain/ld.lld" -pie --no-dynamic-linker -z max-page-size=4096 \
        --script="${script:-$root/Purgatory/image.ld}" ${extra_flags:-} "$@" -o "$image"
}

# The objects of the last build but for those of one source.
objects_without() {
    ls "$built"/*.o | grep -v -e "-$1.o\$"
}

# refused NAME TEXT: the image of that name is refused, and TEXT says why
refused() {
    if "$embed" check --objdump "$toolchain/llvm-objdump" "$work/$1.elf" >"$work/out" 2>&1; then
        echo "FAIL $1: accepted"
        failures=$((failures + 1))
    elif ! grep -qF -e "$2" "$work/out"; then
        echo "FAIL $1: refused without saying \"$2\":"
        cat "$work/out"
        failures=$((failures + 1))
    else
        echo "ok   $1: $2"
    fi
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
        parameter purgatory_entry_mode 4 0
        parameter purgatory_kernel_entry 8 0
        parameter purgatory_boot_params 8 0
        parameter purgatory_eax 4 0
        parameter purgatory_ebx 4 0
        parameter purgatory_real_segment 4 0
        parameter purgatory_real_stack 4 0
    } | assemble "$name"
    link "$name" $(objects_without parameters_x86_64.c) "$work/$name.o"
}

# What the last build accepted is accepted, and so is the same relinked here:
# else every refusal below would prove nothing.
link unchanged "$built"/*.o
with_serial_port good-parameters 4 0
for good in "$built/purgatory.elf" "$work/unchanged.elf" "$work/good-parameters.elf"; do
    "$embed" check --objdump "$toolchain/llvm-objdump" "$good"
done

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
link avx-in-the-hash $(objects_without sha256_x86.c) "$work/avx-in-the-hash.o"
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
"$toolchain/llvm-objcopy" --strip-symbol=purgatory_digest "$work/unchanged.elf" \
    "$work/parameter-missing.elf"
refused parameter-missing 'parameter purgatory_digest: 0 symbols of this name'
with_serial_port parameter-size 8 0
refused parameter-size 'parameter purgatory_serial_port: st_size 8 is not 4'
with_serial_port parameter-value 4 1
refused parameter-value 'parameter purgatory_serial_port: its initial value is not zero'
with_serial_port parameter-without-bytes 4 0 '.bss, "aw", @nobits'
refused parameter-without-bytes \
    'parameter purgatory_serial_port: not in the file part of a writable load segment'

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
"$embed" check --objdump "$toolchain/llvm-objdump" "$work/ppc64le-unchanged.elf"
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
"$embed" check --objdump "$toolchain/llvm-objdump" "$work/aarch64-unchanged.elf"
with_function aarch64-simd 'add v1.4s, v2.4s, v3.4s' 'stray: add v1.4s, v2.4s, v3.4s: vector register outside the SHA-256 routine'
with_function aarch64-float 'fmov d1, x2' 'stray: fmov d1, x2: vector register outside the SHA-256 routine'
with_function aarch64-pair 'ldp q0, q1, [x0]' 'stray: ldp q0, q1, [x0]: vector register outside the SHA-256 routine'
with_function aarch64-stack-protector 'mrs x0, tpidr_el0' 'stray: mrs x0, TPIDR_EL0: thread-local storage'
with_function aarch64-no-instruction '.inst 0xffffffff' 'stray: <unknown>: not an instruction'
printf '.data\n.balign 8\ntable: .quad purgatory_entry\n' | assemble aarch64-relocation
link aarch64-relocation "$built"/*.o "$work/aarch64-relocation.o"
refused aarch64-relocation 'relocation of type 1027 at 0x'

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
echo "all refused as they must be"
