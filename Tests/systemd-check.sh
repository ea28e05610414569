#!/bin/bash
# The files of Systemd/ under the programs that will read them: `systemd-analyze verify` finds nothing in the units, and udev, asked
# about events on machines made for that in a mount namespace, reloads where something goes stale and nowhere else.
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
    for unit in "$units"/*.service; do sed 's|/usr/sbin/swkexec|/bin/true|g' "$unit" >"$work/${unit##*/}"; done
    found=$(SYSTEMD_UNIT_PATH=$work: systemd-analyze verify --man=no --recursive-errors=no "$work"/*.service 2>&1) || {
        echo "systemd-analyze verify: $found"
        exit 1
    }
    [ -z "$found" ] || { echo "systemd-analyze verify: $found"; exit 1; }
    echo "systemd-analyze verify: nothing to be said of $(ls "$units"/*.service | wc -l) units"
    unshare --map-root-user --mount "$0" --inside
    exit
fi

# A /sys with a CPU and a block of memory, and no other rules.
export PATH=$PATH:/sbin:/usr/sbin SYSTEMD_DEVICE_VERIFY_SYSFS=0
mount -t tmpfs none /run
mount -t tmpfs none /usr/lib/udev/rules.d
mkdir -p /run/udev/rules.d
cp "$units/98-swkexec-kdump.rules" /run/udev/rules.d
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
    echo "$2 $3, crash_hotplug $4, fadump enabled $5 (older name $6), hotplug_ready $7: $found reloads, $1 expected"
}

# A machine with kdump: the kernel keeps the image up to date, or not, or cannot. hotplug_ready without fadump means nothing.
for subsystem in cpu memory; do
    case $subsystem in cpu) actions="add remove" ;; memory) actions="online offline" ;; esac
    for action in $actions; do
        expect 0 $subsystem $action 1 - - -
        expect 1 $subsystem $action 0 - - -
        expect 1 $subsystem $action - - - -
        expect 1 $subsystem $action 0 0 0 1
        expect 0 $subsystem $action 1 0 0 1
    done
done
# Events of other kinds.
expect 0 cpu online 0 - - -
expect 0 cpu offline 0 - - -
expect 0 memory add 0 - - -
expect 0 cpu change 0 - - -
# Firmware-assisted dump, newer and older.
for action in online offline; do
    expect 0 memory $action 0 1 1 1
    expect 0 memory $action - 1 - 1
    expect 1 memory $action - 1 1 0
    expect 1 memory $action - - 1 -
done
expect 0 cpu add 0 1 1 1
expect 0 cpu add - - 1 -
[ "$failures" = 0 ] || exit 1
echo "udev: $cases events, each with what is needed"
