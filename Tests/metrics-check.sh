#!/bin/bash
# What `swkexec check --format=prometheus` prints of each recorded machine, under promtool: Debian's, taken out of its package without
# installing that. Where there is none, Tests/ReadinessTests has the grammar still.
#
# usage: Tests/metrics-check.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
program=${1:-$PWD/.build/debug/swkexec}
folder=$PWD/.build/promtool

promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    promtool=$folder/usr/bin/promtool
    [ -x "$promtool" ] || {
        mkdir -p "$folder"
        (cd "$folder" && apt-get -qq download prometheus 2>/dev/null && dpkg -x prometheus_*.deb . && rm -f prometheus_*.deb) ||
            { echo "not checked: Debian's mirror has no package prometheus for this machine now"; exit 0; }
    }
fi
for machine in Tests/Fixtures/*/sysroot; do
    "$program" check --format=prometheus --sysroot="$machine" >.build/metrics.prom || [ $? = 1 ]
    said=$("$promtool" check metrics <.build/metrics.prom 2>&1) || { echo "$machine: $said"; exit 1; }
    [ -z "$said" ] || { echo "$machine: $said"; exit 1; }
done
# A text that is none is refused.
! sed 's/^# TYPE/# TIPE/; s/{/[/' .build/metrics.prom | "$promtool" check metrics >/dev/null 2>&1 || { echo "promtool takes anything"; exit 1; }
echo "promtool: metrics of $(ls -d Tests/Fixtures/*/sysroot | wc -l) machines"
