#!/bin/bash
# The files of Systemd/ under the programs that will read them: `systemd-analyze verify` finds nothing in the units, and udev, asked
# about events on machines made for that in a mount namespace, reloads where something goes stale and nowhere else. Which event says so
# on which machine, and what its kernel keeps right, is taken from Linux (the files are named in the rules).
#
# usage: Tests/systemd-check.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
units=$here/../Systemd

if [ "${1:-}" != --inside ]; then
    for tool in systemd-analyze udevadm unshare; do
        command -v "$tool" >/dev/null || PATH=$PATH:/sbin:/usr/sbin command -v "$tool" >/dev/null || {
            echo "$0: no $tool; see Scripts/install-dependencies" >&2
            exit 2
        }
    done
    # With the program's place filled in: verify wants it to be there.
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    for unit in "$units"/*.service; do
        sed -E 's:/usr/(sbin/swkexec|libexec/swkexec-kdump-settle):/bin/true:g' "$unit" >"$work/${unit##*/}"
    done
    found=$(SYSTEMD_UNIT_PATH=$work: systemd-analyze verify --man=no --recursive-errors=no "$work"/*.service 2>&1) || {
        echo "systemd-analyze verify: $found"
        exit 1
    }
    [ -z "$found" ] || { echo "systemd-analyze verify: $found"; exit 1; }
    echo "systemd-analyze verify: nothing to be said of $(ls "$units"/*.service | wc -l) units"
    # What the work needs is left to the service, and no more: a figure that may fall, in tenths.
    exposure=$(systemd-analyze security --offline=yes --threshold=28 --no-pager "$units/swkexec-kdump.service" 2>&1 | sed -n 's/.*exposure level[^0-9]*//p') ||
        { echo "swkexec-kdump.service: more exposed than before: $exposure"; exit 1; }
    echo "systemd-analyze security: swkexec-kdump.service ${exposure% *}"
    unshare --map-root-user --mount "$0" --inside
    exit
fi

# A /sys with a CPU and a block of memory, and no other rules.
export PATH=$PATH:/sbin:/usr/sbin SYSTEMD_DEVICE_VERIFY_SYSFS=0
mount -t tmpfs none /run
mount -t tmpfs none /usr/lib/udev/rules.d
mkdir -p /run/udev/rules.d
mount -t tmpfs none /sys

device() { # device SUBSYSTEM NAME
    mkdir -p "/sys/devices/system/$1/$2" "/sys/bus/$1"
    : >"/sys/devices/system/$1/uevent"
    : >"/sys/devices/system/$1/$2/uevent"
    ln -sfn "../../../../bus/$1" "/sys/devices/system/$1/$2/subsystem"
}

file() { # file NAME VALUE: `-` for a file that is not there
    rm -f "$1"
    [ "$2" = - ] || { mkdir -p "$(dirname "$1")" && echo "$2" >"$1"; }
}

device cpu cpu1
device memory memory5
failures=0
cases=0

# architecture NAME: the rules as that machine reads them. udev asks uname(2), so in them this machine takes its place.
architecture() {
    machine=$1
    case $1 in ppc64-le) this='*' ;; *) this='ppc64*' ;; esac
    sed "s/\"ppc64\*\"/\"$this\"/" "$units/98-swkexec-kdump.rules" >/run/udev/rules.d/98-swkexec-kdump.rules
}

# expect RELOADS SUBSYSTEM ACTION CRASH_HOTPLUG ENABLED OLDER_ENABLED HOTPLUG_READY
expect() {
    file "/sys/devices/system/$2/crash_hotplug" "$4"
    file /sys/kernel/fadump/enabled "$5"
    file /sys/kernel/fadump_enabled "$6"
    file /sys/kernel/fadump/hotplug_ready "$7"
    case $2 in cpu) name=cpu1 ;; memory) name=memory5 ;; esac
    said=$(udevadm test --action="$3" "/sys/devices/system/$2/$name" 2>/run/log) || {
        echo "udevadm test: $(tail -3 /run/log)"
        exit 1
    }
    found=$(grep -c "systemctl --no-block start swkexec-kdump-throttle.service" <<<"$said" || true)
    cases=$((cases + 1))
    [ "$found" = "$1" ] && return
    failures=$((failures + 1))
    echo "$machine: $2 $3, crash_hotplug $4, fadump enabled $5 (older name $6), hotplug_ready $7: $found reloads, $1 expected"
}

# A machine with kdump: the kernel keeps the image up to date, or not, or cannot. hotplug_ready without fadump means nothing.
stale() { # stale SUBSYSTEM ACTION...: these need a reload, unless the kernel keeps the image up to date
    subsystem=$1
    shift
    for action; do
        expect 0 "$subsystem" "$action" 1 - - -
        expect 1 "$subsystem" "$action" 0 - - -
        expect 1 "$subsystem" "$action" - - - -
        expect 1 "$subsystem" "$action" 0 0 0 1
        expect 0 "$subsystem" "$action" 1 0 0 1
    done
}
harmless() { # harmless SUBSYSTEM ACTION...: these need none, whatever the kernel does
    subsystem=$1
    shift
    for action; do
        for kept in 1 0 -; do expect 0 "$subsystem" "$action" $kept - - -; done
    done
}

for name in x86-64 arm64 ppc64-le; do
    architecture $name
    case $name in
    ppc64-le)
        stale cpu online
        harmless cpu add remove offline change
        stale memory online offline remove
        ;;
    *)
        stale cpu add remove
        harmless cpu online offline change
        stale memory online offline
        # The range stays in the elfcorehdr, and crash_hotplug reads 1.
        for kept in 1 0 -; do expect 1 memory remove $kept - - -; done
        ;;
    esac
    harmless memory add change
done

# Firmware-assisted dump, newer and older.
architecture ppc64-le
for action in online offline remove; do
    expect 0 memory $action 0 1 1 1
    expect 0 memory $action - 1 - 1
    expect 1 memory $action - 1 1 0
    expect 1 memory $action - - 1 -
done
expect 0 cpu online 0 1 1 1
expect 0 cpu online - - 1 -
[ "$failures" = 0 ] || exit 1
echo "udev: $cases events, each with what is needed"

# What the service does before it loads: arguments are appended where fadump is enabled, and an error of that keeps nothing from being loaded.
command=$(sed -n 's/^ExecStartPre=-//p' "$units/swkexec-kdump.service")
[ "$(wc -l <<<"$command")" = 1 ] && [ "$command" ] || { echo "swkexec-kdump.service: no ExecStartPre whose failure is passed over"; exit 1; }
printf '#!/bin/sh\necho "$*"\n' >/run/swkexec
chmod +x /run/swkexec
export SWKEXEC_FADUMP_ARGUMENTS="nr_cpus=1 quiet"
before() { # before EXPECTED ENABLED BOOTARGS_APPEND
    file /sys/kernel/fadump/enabled "$2"
    file /sys/kernel/fadump/bootargs_append "$3"
    said=$(eval "${command//\/usr\/sbin\/swkexec//run/swkexec}") || { echo "ExecStartPre with enabled $2, bootargs_append $3: status $?"; exit 1; }
    [ "$said" = "$1" ] || { echo "ExecStartPre with enabled $2, bootargs_append $3: '$said', '$1' expected"; exit 1; }
}
before "" - -
before "" 0 -
before "" 0 ""
before "" 1 -
before "fadump append-arguments -- nr_cpus=1 quiet" 1 ""
echo "swkexec-kdump.service: arguments are appended where fadump is enabled, and nowhere else"

# The removal of memory is waited for: RAM that has no block of memory any more. Blocks are of 128 MiB.
machine=/run/machine
memory=$machine/sys/devices/system/memory
mkdir -p "$memory" $machine/proc
settle="$units/swkexec-kdump-settle"
printf '00001000-0009ffff : System RAM\n00100000-07ffffff : System RAM\n100000000-117ffffff : System RAM\n  100000000-117ffffff : System RAM (kmem)\n' >$machine/proc/iomem
"$settle" $machine || { echo "swkexec-kdump-settle: waits on a kernel without blocks of memory"; exit 1; }
echo 8000000 >"$memory/block_size_bytes"
for block in 0 32 33 34; do mkdir "$memory/memory$block"; done
"$settle" $machine || { echo "swkexec-kdump-settle: waits though every block is there"; exit 1; }
rmdir "$memory/memory33"
(sleep 1.2 && sed -i '/^ *1/d' $machine/proc/iomem) &
start=$(date +%s%N)
"$settle" $machine || { echo "swkexec-kdump-settle: did not see the range go"; exit 1; }
[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ] || { echo "swkexec-kdump-settle: ended before the range had gone"; exit 1; }
echo "swkexec-kdump-settle: waits for memory that is being removed"
