#!/bin/sh
# Compares every plan with the record; see Tests/Plans/run --help.
#
# usage: Tests/plans-check.sh     after `swift build`
exec python3 "$(dirname "$0")/Plans/run" check
