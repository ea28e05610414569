#!/bin/bash
# The tree follows its formatters: Swift that of the toolchain (.swift-format), C clang-format 14, that of Debian 12 (.clang-format);
# no text file has blanks at the end of a line or no line end at its own (.editorconfig). Changes nothing; says how to mend.
#
# usage: Tests/format-check.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

failures=0
# failed WHAT MEND
failed() {
    echo "$1; to mend: $2"
    failures=$((failures + 1))
}

# What is kept in the repository, but for recordings of machines and inputs of fuzz targets, whose bytes are what they are.
list=$(git ls-files -- "$@" ':!Tests/Fixtures/*/**' ':!Tests/Fuzz/Corpus/**' 2>/dev/null) || { echo "$0: this is no checkout of git" >&2; exit 2; }
files() { grep -E "$1" <<<"$list" | while read -r file; do [ -f "$file" ] && [ ! -L "$file" ] && echo "$file"; done; }

mapfile -t swift < <(files '\.swift$')
swift format lint --strict --parallel "${swift[@]}" || failed "swift format has something to say" "swift format -i FILE"

mapfile -t c < <(files '\.[ch]$')
if [[ $(clang-format --version 2>/dev/null) == *"version 14."* ]]; then
    clang-format -n --Werror --style=file "${c[@]}" || failed "clang-format has something to say" "clang-format -i --style=file FILE"
else
    echo "C is not looked at: no clang-format 14; see Scripts/install-dependencies"
fi

mapfile -t text < <(files '.' | grep -v '\.md$' | xargs grep -lI '')
! grep -nH '[[:blank:]]$' "${text[@]}" || failed "blanks at the end of a line" "sed -i 's/[[:blank:]]*\$//' FILE"
for file in "${text[@]}"; do
    [ -z "$(tail -c 1 "$file")" ] || failed "$file: no line end at its end" "echo >>$file"
done

echo "${#swift[@]} Swift files, ${#c[@]} C files, ${#text[@]} texts looked at"
exit $((failures > 0))
