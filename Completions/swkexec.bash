# bash completion for swkexec; made by `swkexec completion bash`
_swkexec_fadump() {
    case $prev in
        --format) COMPREPLY=($(compgen -W 'table json' -- "$cur")); return ;;
        --sysroot) _filedir -d; return ;;
        --pt-regs-size) return ;;
        --cpu-mask-size) return ;;
        --byte-order) COMPREPLY=($(compgen -W 'little big' -- "$cur")); return ;;
        --header) _filedir; return ;;
        --regions) _filedir; return ;;
        --memory) _filedir; return ;;
        --output) _filedir; return ;;
        --mem-reserved) return ;;
        --crashkernel) return ;;
        --fadump-reserve-mem) return ;;
        --kernel-release) return ;;
        --platform) COMPREPLY=($(compgen -W 'pseries powernv' -- "$cur")); return ;;
        --page-size) return ;;
        --cpu-state-size) return ;;
        --hpte-size) return ;;
        --memory-regions) return ;;
        --boot-regions) return ;;
    esac
    $split && return
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--format= --sysroot= --pt-regs-size= --cpu-mask-size= --byte-order= --header= --regions= --memory= --output= --mem-reserved= --crashkernel= --fadump-reserve-mem= --kernel-release= --platform= --page-size= --cpu-state-size= --hpte-size= --memory-regions= --boot-regions= --version -v --help -h' -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
    elif [[ $cword == 2 ]]; then
        COMPREPLY=($(compgen -W 'status register unregister reload release-memory append-arguments header elfcorehdr plan' -- "$cur"))
    else
        _filedir
    fi
}
_swkexec() {
    local cur prev words cword split
    _init_completion -s || return
    if [[ $cword -gt 1 && ${words[1]-} == fadump ]]; then
        _swkexec_fadump
        return
    fi
    case $prev in
        --append|--command-line) return ;;
        --initrd|--ramdisk) _filedir; return ;;
        --module) _filedir; return ;;
        --dtb|--devicetreeblob) _filedir; return ;;
        --type) COMPREPLY=($(compgen -W 'multiboot2-x86 elf-x86_64 multiboot-x86 elf-x86 bzImage64 bzImage beoboot-x86 nbi-x86 uki vmlinux Image uImage vmlinuz elf-ppc64 elf-riscv' -- "$cur")); return ;;
        --mem-min) return ;;
        --mem-max) return ;;
        --entry) return ;;
        --on-mismatch) COMPREPLY=($(compgen -W 'halt reset' -- "$cur")); return ;;
        --rng-seed) return ;;
        --drop-handover) return ;;
        --serial) COMPREPLY=($(compgen -W 'ttyS0 ttyS1 ttyS2 ttyS3 ttyAMA0' -- "$cur")); return ;;
        --serial-baud) return ;;
        --purgatory-cache) COMPREPLY=($(compgen -W 'on off' -- "$cur")); return ;;
        --format) COMPREPLY=($(compgen -W 'table map json prometheus nagios' -- "$cur")); return ;;
        --write-segments) _filedir -d; return ;;
        --sysroot) _filedir -d; return ;;
        --arch) return ;;
        --plan-file) _filedir; return ;;
        --apply) _filedir; return ;;
        --write-applier) _filedir; return ;;
    esac
    $split && return
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--load -l --load-panic -p --force -f --exec -e --unload -u --status -S --print-ckr-size --version -v --help -h --load-preserve-context --load-jump-back-helper --append= --command-line= --reuse-cmdline --initrd= --ramdisk= --reuseinitrd --installed --if-needed --hotplug --no-hotplug --no-fadump --module= --dtb= --devicetreeblob= --dt-no-old-root --type= -t --args-linux --entry-32bit --real-mode --args-elf --args-none --kexec-syscall-auto -a --kexec-file-syscall -s --kexec-syscall -c --no-cma --force-dtb --elf64-core-headers --elf32-core-headers --no-checks -i --mem-min= --mem-max= --entry= --on-mismatch= --rng-seed= --drop-handover= --debug -d --noefi --reuse-video-type --pass-memmap-cmdline --serial= --serial-baud= --console-serial --console-vga --reset-vga --purgatory-cache= --no-ifdown -x --no-sync -y --dry-run -n --format= --write-segments= --sysroot= --arch= --plan-file= --apply= --write-applier=' -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
    else
        [[ $cword == 1 ]] && COMPREPLY=($(compgen -W 'check completion fadump inspect snapshot' -- "$cur"))
        _filedir
    fi
}
complete -F _swkexec swkexec
