"""Machines whose memory map is not tame. Each starts a second kernel, without KASLR and with the same RAM disk, which then loads a crash
image and crashes: that kernel has all memory, and the dump has what the machine had, no less and no more."""
import dataclasses
import re
import struct

from vmtest.case import case, expect
from vmtest.expectations import captured, joined, ranges, reported_ranges, text, without
from vmtest.machines.x86_64 import EVERY_KERNEL, VIRTIO_MEM, X86_64

MIB = 1 << 20

JOB = """
    {setup}
    report mem-total "$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"
    report map-entries "$(ls /sys/firmware/memmap | wc -l)"
    report all-ram $(system_ram)
    if grep -q -w second /proc/cmdline; then
        {before}
        load {load}
        crash
    else
        run start $LOADER -l -c {options} --append='{second}' /vmlinuz
        sleep 0.2 # the reports leave the port first
        $PLANNER -e
        report survived $?
    fi
"""


def machine(*hardware, memory="2G", board="q35"):
    return dataclasses.replace(X86_64, hardware=("-machine", board, "-smp", "2", "-m", memory, *hardware))


# Two nodes with the hole of a PC between them, above 4 GiB a DIMM that was there at boot, and another hole below it. Of RAM only 768 MiB
# lie below 4 GiB, so that there is a region of a crash kernel above and one below.
NUMA = machine(
    "-object", "memory-backend-ram,id=m0,size=1G", "-object", "memory-backend-ram,id=m1,size=768M",
    "-object", "memory-backend-ram,id=m2,size=256M", "-numa", "node,nodeid=0,memdev=m0,cpus=0", "-numa", "node,nodeid=1,memdev=m1,cpus=1",
    "-device", "pc-dimm,id=d0,memdev=m2,node=1,addr=0x180000000", memory="1792M,slots=2,maxmem=16G", board="q35,max-ram-below-4g=768M")

VIRTIO = machine(
    "-object", "memory-backend-ram,id=m0,size=1G", "-device", "virtio-mem-pci,id=v0,memdev=m0,requested-size=384M",
    memory="2G,slots=2,maxmem=8G")
# It is plugged before anything is loaded, as far as the device asks for.
PLUG = """
    echo online_movable >/sys/devices/system/memory/auto_online_blocks
    insmod /virtio_mem.ko
    for try in $(seq 150); do
        system_ram >/tmp/ram
        [ "$(mebibytes /tmp/ram)" -ge 2400 ] && ! grep -q offline /sys/devices/system/memory/memory*/state && break
        sleep 0.1
    done
    report virtio-ram $(grep 'virtio_mem' /proc/iomem | tr -d ' ' | cut -d: -f1)
"""

# For kernels that do not keep their RAM disk: all that was in it.
PACK = "(cd / && find . -xdev | cpio -o -H newc) >/tmp/again.img 2>/dev/null"

# A page in every 8 MiB that is no RAM.
MANY = "memmap=" + ",".join(f"4K${mebibyte}M" for mebibyte in range(400, 1040, 8))

# The same of the firmware: what is on top of /sys/firmware/memmap is what a loader reads. In the next kernel it is the firmware's map.
SPLIT = """
    if ! grep -q -w second /proc/cmdline; then
        cp -r /sys/firmware/memmap /tmp/memmap
        cd /tmp/memmap
        for entry in *; do
            start=$(cat $entry/start) end=$(cat $entry/end)
            [ "$(cat $entry/type)" = "System RAM" ] && [ $((start)) -le $((0x19000000)) ] && [ $((end)) -ge $((0x41000000)) ] && break
        done
        add() {
            mkdir $next && printf '0x%x\\n' $1 >$next/start && printf '0x%x\\n' $2 >$next/end && echo "$3" >$next/type
            next=$((next + 1))
        }
        next=$(ls | wc -l)
        at=$((0x19000000))
        printf '0x%x\\n' $((at - 1)) >$entry/end
        while [ $at -lt $((0x41000000)) ]; do
            add $at $((at + 0x7fefff)) "System RAM"
            add $((at + 0x7ff000)) $((at + 0x7fffff)) "Reserved"
            at=$((at + 0x800000))
        done
        add $at $((end)) "System RAM"
        cd /
        mount --bind /tmp/memmap /sys/firmware/memmap
    fi
"""


def started_and_dumped(lab, kernel, words="", crashkernel="256M", setup="", before="", options="--reuseinitrd", load="", files=None,
                       packed=False):
    base = EVERY_KERNEL + f" retain_initrd crashkernel={crashkernel}" if lab.machine.name == X86_64.name else lab.machine.command_line
    second = f"{base} nokaslr {words} second"
    job = JOB.format(setup=setup, before=before, second=second, options=options, load=load)
    outcome = lab.boot(kernel, job, files=files, packed=packed)
    expect(outcome.value("start-status") == "0", f"-l failed: {'; '.join(outcome.values('start-said'))}")
    lines = outcome.values("command-line")
    expect(outcome.value("survived") is None and len(lines) == 2 and "second" in lines[1].split(),
           f"no second kernel: {len(lines)} reported their command line ({outcome.end}; {outcome.registers})")
    captured(outcome, lab.loader)
    dumped = exactly_dumped(outcome)
    return outcome, f"started by -e; crash: {text_of_size(dumped)} in {len(dumped)} ranges, exactly its RAM"


def exactly_dumped(outcome):
    """/proc/vmcore has every byte of RAM that there was at the load but the crash kernel's and what is never dumped, and nothing else."""
    regions, ram = reported_ranges(outcome, "crash-regions"), reported_ranges(outcome, "ram")
    expect(regions and ram, "the guest reported no crash region or no RAM")
    wanted, found = joined(without(ram, [*regions, *outcome.machine.never_dumped])), joined(ranges(outcome))
    missing, more = without(wanted, found), without(found, wanted)
    expect(not missing, f"RAM that is not in /proc/vmcore: {', '.join(map(text, missing))}")
    expect(not more, f"in /proc/vmcore and no RAM: {', '.join(map(text, more))}")
    return found


def text_of_size(spans):
    return f"{sum(end - start for start, end in spans) // MIB} MiB"


def same_ram(outcome):
    """Both kernels have the same RAM. The setup_data of the second is told apart in its /proc/iomem, and joined here again."""
    first, second = (joined((int(a, 16), int(b, 16) + 1) for a, b in (word.split("-") for word in said.split()))
                     for said in outcome.values("all-ram"))
    expect(first == second, f"RAM of the first kernel: {', '.join(map(text, first))}; of the second: {', '.join(map(text, second))}")


@case("maps-numa-6.12", machine=dataclasses.replace(NUMA, command_line=f"{EVERY_KERNEL} retain_initrd"), needs_swkexec=True, kernel="6.12")
def numa(lab, kernel):
    outcome, seen = started_and_dumped(lab, kernel, crashkernel="192M,high crashkernel=64M,low")
    regions = reported_ranges(outcome, "crash-regions")
    expect(len(regions) == 2 and regions[0][1] <= 1 << 32 <= regions[1][0], f"the crash kernel's regions are {[text(r) for r in regions]}")
    same_ram(outcome)
    ram = reported_ranges(outcome, "ram")
    expect(any(start <= 0x1_8000_0000 and 0x1_9000_0000 <= end for start, end in ram), f"the DIMM is not in {[text(r) for r in ram]}")
    return f"holes between nodes, a DIMM at boot, regions high and low; {seen}"


@case("maps-virtio-mem-6.12", machine=dataclasses.replace(VIRTIO, command_line=f"{EVERY_KERNEL} retain_initrd"), needs_swkexec=True,
      kernel="6.12")
def virtio_mem(lab, kernel):
    """What a driver manages is dumped, but no part of the image lies in it, and it is not the next kernel's before its driver says so."""
    outcome, seen = started_and_dumped(lab, kernel, setup=PLUG, files={"virtio_mem.ko": lab.pieces.module(kernel, VIRTIO_MEM)})
    plugged = outcome.values("virtio-ram")
    expect(len(plugged) == 2 and all(plugged), f"virtio-mem's ranges: {plugged}")
    return f"virtio-mem at {plugged[1]}; {seen}"


@case("maps-pmem-6.1", machine=dataclasses.replace(machine(), command_line=f"{EVERY_KERNEL} retain_initrd memmap=256M!1792M"),
      needs_swkexec=True, kernel="6.1")
def pmem(lab, kernel):
    """Persistent memory at the top, where segments would go first; and a crash region that begins below the kernel's preferred address,
    which the running kernel makes room for by lying above. (Newer kernels want a region to begin at a multiple of 16 MiB.) Where there
    is room below that address alone it is an error: entered there a kernel would move itself over what lies above."""
    header = lab.pieces.vmlinuz(kernel).read_bytes()[:0x268]
    preferred, size = struct.unpack_from("<QI", header, 0x258)  # pref_address and init_size (Documentation/arch/x86/boot.rst)
    expect(preferred == 16 * MIB, f"the kernel's pref_address is {preferred:#x}: this test knows only 16 MiB")
    too_low = f"$LOADER -p -c --dry-run --mem-max={preferred + size - MIB - 1:#x} /vmlinuz --initrd=/capture.img --append=console=ttyS0"
    outcome, seen = started_and_dumped(
        lab, kernel, words="memmap=256M!1792M", crashkernel="192M@8M", setup=PACK, before=f"run low {too_low}",
        options="--initrd=/tmp/again.img --mem-min=0x10000000")
    expect(outcome.value("low-status") == "1", "a kernel that would be entered below its pref_address was not refused")
    regions = reported_ranges(outcome, "crash-regions")
    expect(regions == [(8 * MIB, 200 * MIB)], f"the crash kernel's regions are {[text(r) for r in regions]}")
    expect(all(end <= 1792 * MIB for _, end in ranges(outcome)), "persistent memory is in /proc/vmcore")
    same_ram(outcome)
    return f"persistent memory left alone, crash kernel at 8 MiB; {seen}"


@case("maps-many-6.12", machine=dataclasses.replace(machine(), command_line=f"{EVERY_KERNEL} retain_initrd {MANY}"), needs_swkexec=True,
      kernel="6.12")
def many(lab, kernel):
    """More ranges than struct boot_params has room for, made by the running kernel's command line."""
    outcome, seen = started_and_dumped(lab, kernel, words=MANY)
    expect(len(reported_ranges(outcome, "ram")) > 80, f"RAM has {len(reported_ranges(outcome, 'ram'))} ranges")
    same_ram(outcome)
    return seen


@case("maps-extended-6.12", machine=dataclasses.replace(machine(), command_line=f"{EVERY_KERNEL} retain_initrd"), needs_swkexec=True,
      kernel="6.12")
def extended(lab, kernel):
    """The same as the firmware's map, which goes into setup_data of both kernels: the second finds all entries, and the third, too."""
    outcome, seen = started_and_dumped(lab, kernel, setup=SPLIT)
    entries = [int(count) for count in outcome.values("map-entries")]
    expect(min(entries) > 128, f"the firmware's map has {entries[0]} entries, the second kernel's {entries[1]}")
    lines = [line for _, line in outcome.console[outcome.capture_kernel:]]
    reserved = sum(bool(re.search(r"(BIOS-e820|reserve setup_data): \[mem .*0?[7f]ff000-.*ffff\] reserved$", line)) for line in lines)
    expect(reserved >= 80, f"the capture kernel was told of {reserved} reserved pages, 80 expected")
    expect(len(reported_ranges(outcome, "ram")) > 80, f"RAM has {len(reported_ranges(outcome, 'ram'))} ranges")
    return f"{entries[1]} entries; {seen}"
