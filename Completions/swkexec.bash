# bash completion for swkexec; made by `swkexec completion bash`
_swkexec() {
    local cur prev words cword split
    _init_completion -s || return
    case $prev in
        --append|--command-line) return ;;
        --initrd|--ramdisk) _filedir; return ;;
        --module) _filedir; return ;;
        --dtb) _filedir; return ;;
        --type) COMPREPLY=($(compgen -W 'multiboot2-x86 elf-x86_64 multiboot-x86 elf-x86 bzImage64 bzImage beoboot-x86 nbi-x86 uki' -- "$cur")); return ;;
        --mem-min) return ;;
        --mem-max) return ;;
        --entry) return ;;
        --serial) COMPREPLY=($(compgen -W 'ttyS0 ttyS1 ttyS2 ttyS3' -- "$cur")); return ;;
        --serial-baud) return ;;
        --on-mismatch) COMPREPLY=($(compgen -W 'halt reset' -- "$cur")); return ;;
        --rng-seed) return ;;
        --format) COMPREPLY=($(compgen -W 'table map json' -- "$cur")); return ;;
        --write-segments) _filedir -d; return ;;
        --sysroot) _filedir -d; return ;;
        --arch) return ;;
        --plan-file) _filedir; return ;;
        --apply) _filedir; return ;;
        --write-applier) _filedir; return ;;
    esac
    $split && return
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--load -l --load-panic -p --load-preserve-context --load-jump-back-helper --force -f --exec -e --unload -u --status -S --print-ckr-size --version -v --help -h --append= --command-line= --reuse-cmdline --initrd= --ramdisk= --reuseinitrd --module= --dtb= --hotplug --type= -t --entry-32bit --real-mode --args-linux --args-elf --args-none --kexec-syscall-auto -a --kexec-file-syscall -s --kexec-syscall -c --no-cma --force-dtb --noefi --reuse-video-type --pass-memmap-cmdline --elf64-core-headers --elf32-core-headers --no-checks -i --mem-min= --mem-max= --entry= --serial= --serial-baud= --console-serial --console-vga --reset-vga --on-mismatch= --rng-seed= --debug -d --no-ifdown -x --no-sync -y --dry-run -n --format= --write-segments= --sysroot= --arch= --plan-file= --apply= --write-applier=' -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
    else
        _filedir
    fi
}
complete -F _swkexec swkexec
