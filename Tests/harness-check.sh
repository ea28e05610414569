#!/bin/bash
# The guest tests' own machinery, without a guest and without a network: fetching from a mirror with holes, the file of versions, the
# choice of the accelerator.
#
# usage: Tests/harness-check.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/Harness"
exec python3 -B -m unittest discover
