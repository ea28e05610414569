"""The plans of the record: machines that were recorded, kernels of every kind, each option that a plan depends on."""
import json
import shlex
import shutil

FIXTURES = {
    "bios": ("x86_64-6.12-bios/sysroot", "x86_64"),
    "efi": ("x86_64-6.12-efi/sysroot", "x86_64"),
    "ppc64le": ("ppc64le-7.2-kdump/sysroot", "ppc64le"),
    "aarch64": ("aarch64-6.12-kdump/sysroot", "aarch64"),
    "riscv64": ("riscv64-6.12-kdump/sysroot", "riscv64"),
    "fadump": ("ppc64le-7.2-fadump/first-kernel/sysroot", "ppc64le"),
    "captured": ("ppc64le-7.2-fadump/capture-kernel/sysroot", "ppc64le"),
}
DIMM = {"bios-dimm": "bios", "efi-dimm": "efi"}
SEED = "--rng-seed=" + "5a" * 32

# What kernels are told on x86_64 by the tools that call kexec.
KDUMPCTL = (
    "elfcorehdr_unused=1 root=UUID=c1f1b6a2-9b7e-4e34-9ec4-0a5f7d1d7a53 ro irqpoll nr_cpus=1 reset_devices cgroup_disable=memory "
    "mce=off numa=off udev.children-max=2 panic=10 rootflags=nofail acpi_no_memhotplug transparent_hugepage=never nokaslr hest_disable "
    "novmcoredd cma=0 hugetlb_cma=0 disable_cpu_apicid=0 console=tty0 console=ttyS0,115200n8 rd.lvm.lv=fedora/root loglevel=7")
KDUMP_CONFIG = (
    "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll "
    "usbcore.nousb")

CALLERS = [
    f"-s -p '--command-line={KDUMPCTL}' --initrd=initrd vmlinuz",
    f"-c -p '--command-line={KDUMPCTL}' --initrd=initrd vmlinuz",
    f"-p '--command-line={KDUMP_CONFIG}' --initrd=initrd vmlinuz",
    f"-s -p '--command-line={KDUMP_CONFIG}' --initrd=initrd vmlinuz",
    "-l --debug --initrd=initrd '--append=console=ttyS0 root=/dev/sda2' vmlinuz",
    "-l -c '--append=\"\"' vmlinuz",
    "--load vmlinuz --append 'root=/dev/vda1 ro' --initrd initrd",
]

# Of every machine; KERNEL stands for its usual one.
COMMON = [
    "-p KERNEL", "-p --hotplug KERNEL", "-p --hotplug --initrd=initrd --append=acpi_no_memhotplug KERNEL", "-p --no-hotplug KERNEL", "-s -p --no-hotplug KERNEL", "-p -i KERNEL",
    "-p --on-mismatch=reset KERNEL", "-p --on-mismatch=halt --initrd=initrd KERNEL", "-l KERNEL",
    "-l --initrd=initrd '--append=root=/dev/vda1 -- init=/bin/sh' KERNEL", "-l --reuse-cmdline KERNEL", "-l --drop-handover=kho,ima KERNEL",
    "-p --reuse-cmdline --append=nr_cpus=1 --initrd=initrd KERNEL", "-l -i KERNEL", "-l --hotplug KERNEL", "-l --on-mismatch=reset KERNEL",
    "-p --noefi KERNEL", "-l --noefi KERNEL", "-p --reuse-video-type KERNEL", "-p --console-serial KERNEL", "-p --console-vga KERNEL",
    "-p --reset-vga KERNEL", "-p --serial-baud=9600 KERNEL", "-p --serial=ttyS1 KERNEL", "-p --serial=ttyAMA0 KERNEL",
    "-p --purgatory-cache=off KERNEL", "-p --dt-no-old-root KERNEL", "-l --dt-no-old-root KERNEL", "-p --dtb=module KERNEL",
    "-p --pass-memmap-cmdline KERNEL", "-l --pass-memmap-cmdline KERNEL", "-p --elf64-core-headers KERNEL", "-p --elf32-core-headers KERNEL",
    "-p --real-mode KERNEL", "-p --entry-32bit KERNEL", "-l --args-elf KERNEL", "-l --args-none KERNEL", "-l --module=module KERNEL",
    "-l --mem-max=0x5fffffff --initrd=initrd KERNEL", "-l --mem-min=0x10000000 --initrd=initrd KERNEL",
    "-p --mem-min=0x70000000 --mem-max=0x7affffff --initrd=initrd KERNEL", "-p --mem-max=0xfffff KERNEL",
    "-l --entry=0x1000000 KERNEL", "-l --reuseinitrd KERNEL", "-p --initrd=empty KERNEL", "--load-preserve-context --mem-max=0x5ffffff KERNEL",
    "--load-preserve-context --mem-min=0x40000000 --mem-max=0x47ffffff KERNEL", "-l -t elf-x86 KERNEL", "-p --no-fadump KERNEL",
    "-s -p KERNEL", "-s -p --hotplug --initrd=initrd KERNEL", "-s -l --initrd=initrd --append=quiet KERNEL", "-s -p --no-cma KERNEL",
    "-s -l --force-dtb KERNEL", "-s -p -d KERNEL", "-s -p --reuse-video-type KERNEL", "-a -p --initrd=initrd KERNEL", "-a -l --reset-vga KERNEL",
    "--load-jump-back-helper", "--load-jump-back-helper --entry=0x100000",
]

# Of one machine alone.
OWN = {
    "x86_64": [
        *(f"{purpose} --initrd=initrd --append=console=ttyS0 {kernel}"
          for purpose in ("-p", "-l")
          for kernel in ("vmlinuz.gz", "vmlinuz-old", "vmlinuz-fixed", "vmlinuz-low", "vmlinuz-large", "vmlinux", "vmlinux-pie", "vmlinux32",
                         "uki.efi")),
        "-l uki.efi", "-s -l uki.efi", "-p uki.efi", "-l --real-mode --initrd=initrd --append=console=ttyS0 vmlinuz",
        "-l --entry-32bit --initrd=initrd vmlinuz", "-l --entry-32bit vmlinuz-low", "-l --real-mode vmlinuz-fixed",
        "-l --append=quiet mb", "-l --module='module one two' --module=initrd '--append=a=b c' mb", "-l mb-flat", "-l --module=module mb2",
        "-l --append=quiet mb2-aligned", "-p mb", "-l --initrd=initrd mb", "-l -t multiboot-x86 mb", "-l -t multiboot2-x86 mb2",
        "-l -t elf-x86 mb", "-l -t bzImage vmlinuz", "-l -t bzImage64 vmlinuz-old", "-l -t elf-x86_64 vmlinux",
        "-l --mem-max=0x3fffffff --reset-vga mb2", "-l --module=initrd mb2-relocatable", "-p --entry-32bit vmlinuz-fixed",
        "-l --entry-32bit vmlinuz-fixed", "-l --entry-32bit --initrd=initrd vmlinuz-large",
        *(f"-l {arguments} {program}" for arguments in ("--args-elf --append=words", "--args-none", "--args-linux")
          for program in ("program", "program32")),
        "-p --args-elf program", "--load-preserve-context --args-none program", "--load-preserve-context --args-none --mem-max=0x1ffffff program",
        "--load-preserve-context --mem-max=0x5ffffff vmlinux", "-p --serial=0x2f8 --serial-baud=115200 vmlinuz",
        "-p --console-serial --append=console=ttyS1,115200 vmlinuz", "-p --append=earlyprintk=serial,ttyS0,115200 --console-vga --reset-vga vmlinuz",
        "--load-jump-back-helper --entry=0x100000000 --mem-max=0x3fffffff", "-p Image", "-p vmlinux-ppc64le",
    ],
    "ppc64le": [
        "-p --hotplug --initrd=initrd '--append=console=hvc0 maxcpus=1 reset_devices' vmlinux-ppc64le", "-p --append=root=/dev/sdb vmlinux-ppc64le",
        "-l --initrd=initrd --append=quiet vmlinux-ppc64le.gz", "-p --mem-max=0x2007ffff vmlinux-ppc64le",
        "-p --hotplug --mem-min=0x24000000 --mem-max=0x2bffffff --initrd=initrd vmlinux-ppc64le", "-p vmlinuz", "-p vmlinux", "-p Image",
    ],
    "aarch64": [
        "-p --serial=ttyAMA0 --initrd=initrd '--append=console=ttyAMA0 maxcpus=1 reset_devices' Image",
        "-p --serial=pl011,0x9000000 Image", "-p --append=earlycon=pl011,0x9000000 Image", "-p --append=earlycon=uart8250,mmio32,0x7000000 Image",
        "-p --append=earlycon=s3c2410,0x7000000 Image", "-p --purgatory-cache=on Image", "-p --mem-min=0xa0000000 --mem-max=0xafffffff --initrd=initrd Image", "-p --initrd=initrd Image.gz", "-l --initrd=initrd Image.gz",
        "-p vmlinuz.efi", "-l vmlinuz.efi", "-p --initrd=initrd vmlinux-aarch64", "-l vmlinux-aarch64", "-p Image-placed", "-l --initrd=initrd Image-placed",
        "-p Image-big-endian", "-l Image-big-endian", "-p uki-aarch64.efi", "-l --append=quiet uki-aarch64.efi", "-p vmlinuz", "-p vmlinux-ppc64le", "-p Image-riscv64",
    ],
    "riscv64": [
        "-p --initrd=initrd '--append=console=ttyS0 nr_cpus=1 reset_devices' Image-riscv64", "-p --initrd=initrd Image-riscv64.gz",
        "-l --initrd=initrd Image-riscv64.gz", "-p vmlinuz-riscv64.efi", "-l vmlinuz-riscv64.efi", "-p --initrd=initrd vmlinux-riscv64",
        "-l vmlinux-riscv64", "-p uki-riscv64.efi", "-l --append=quiet uki-riscv64.efi", "-p Image", "-p vmlinuz", "-p vmlinux-aarch64",
        "-p --mem-min=0xf0000000 --mem-max=0xf7ffffff --initrd=initrd Image-riscv64", "-l -t Image Image-riscv64",
        "-l -t elf-riscv vmlinux-riscv64", "-l -t vmlinux vmlinux-riscv64",
    ],
}
USUAL = {"x86_64": "vmlinuz", "ppc64le": "vmlinux-ppc64le", "aarch64": "Image", "riscv64": "Image-riscv64"}

FADUMP = ["-p", "-p --hotplug", "-p --hotplug --initrd=initrd vmlinux-ppc64le", "-s -p vmlinux-ppc64le", "-p --no-fadump vmlinux-ppc64le"]


def machines(fixtures, folder):
    """Puts each machine's /proc and /sys into the folder under its short name."""
    for name, (path, _) in FIXTURES.items():
        (folder / name).symlink_to(fixtures / path)
    for name, base in DIMM.items():
        capture = (fixtures / FIXTURES[base][0]).parent
        shutil.copytree(fixtures / FIXTURES[base][0], folder / name)
        shutil.copy(capture / "proc-iomem-after-dimm", folder / name / "proc/iomem")
        shutil.copytree(capture / "sys-firmware-memmap-after-dimm", folder / name / "sys/firmware/memmap", dirs_exist_ok=True)


def peer_calls(fixtures, machine):
    """kexec-tools' own calls on that machine."""
    path, architecture = FIXTURES[DIMM.get(machine, machine)]
    for call in sorted((fixtures / path).parent.glob("peer/*.json")):
        if call.stem.endswith("_dimm") != (machine in DIMM):
            continue
        yield [
            USUAL[architecture] if word in ("/vmlinuz", "/tmp/k") else "--initrd=initrd" if word.startswith("--initrd=") else word
            for word in json.loads(call.read_text())["arguments"][1:]
        ]


def all_cases(fixtures):
    """(machine, arguments), each pair once, in a stable order."""
    seen = set()
    for machine in [*FIXTURES, *DIMM]:
        architecture = FIXTURES[DIMM.get(machine, machine)][1]
        written = []
        if machine in ("fadump", "captured"):
            written = FADUMP
        elif machine not in DIMM:
            written = [line.replace("KERNEL", USUAL[architecture]) for line in COMMON] + OWN[architecture]
            written += CALLERS if architecture == "x86_64" else []
        for arguments in [*peer_calls(fixtures, machine), *map(shlex.split, written)]:
            case = (machine, tuple([*arguments, f"--arch={architecture}", SEED]))
            if case not in seen:
                seen.add(case)
                yield case
