#!/bin/bash
# The machinery of Scripts/test and of the guest tests, without a guest and without a network: what is told of a run, its end by an
# interrupt, fetching from a mirror with holes, the file of versions, the choice of the accelerator.
#
# usage: Tests/harness-check.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/Harness"
exec python3 -B -m unittest discover
