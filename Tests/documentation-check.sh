#!/bin/bash
# Every public declaration of Sources has a doc comment: a line `///` in front of it, attributes between them aside. Read from the
# source text, which the formatter keeps regular: members stand four blanks deeper than their type.
#
# Without one are only extensions, the cases of an enum that have a raw value, which names them, and what a protocol asks for whose
# meaning is the protocol's: those of Swift's library, and Report.
#
# usage: Tests/documentation-check.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

undocumented() { # undocumented FILE...
    awk '
        function report() {
            if (!documented) printf "%s:%d: no doc comment: %s\n", FILENAME, FNR, substr($0, depth + 1, 80)
        }
        FNR == 1 { documented = 0; inString = 0; split("", kind) }
        inString { if (/"""/) inString = 0; next }
        {
            match($0, /^ */)
            depth = RLENGTH
            text = substr($0, depth + 1)
        }
        text ~ /^\/\/\// { documented = 1; next }
        text ~ /^@[A-Za-z_]+(\([^)]*\))?$/ { next }
        text ~ /^}/ { delete kind[depth] }
        {
            while (sub(/^@[A-Za-z_]+(\([^)]*\))? /, "", text)) {}
            isPublic = text ~ /^(public|package|open) /
            while (sub(/^(public|package|open|static|final|mutating|nonmutating|indirect|borrowing|consuming|convenience|unsafe|(private|internal|package)\(set\)) /, "", text)) {}
            if (isPublic && text ~ /^(struct|class|enum|protocol|actor|func|var|let|init|subscript|typealias) ?/) {
                # Witnesses of CustomStringConvertible, Comparable, Equatable, Hashable; of Report.
                if (text !~ /^(var description: String|func (<|==|hash\(into:)|let schemaVersion|var (members: \[JSONMember\]|blocks: \[TextBlock\]))/)
                    report()
            } else if (kind[depth - 4] == "enum" && text ~ /^case / && text !~ / = /) {
                report()
            } else if (kind[depth - 4] == "protocol" && text ~ /^(func|var|init|subscript|associatedtype)/) {
                report()
            }
            # Their cases and requirements are public without saying so.
            if (isPublic && text ~ /^(enum|protocol) .*{$/) kind[depth] = text ~ /^enum/ ? "enum" : "protocol"
            documented = 0
            if (gsub(/"""/, "\"\"\"") % 2 == 1) inString = 1
        }
    ' "$@"
}

# What the check itself is worth: of these declarations it must name exactly those that say so.
sample=$(mktemp)
trap 'rm -f "$sample"' EXIT
cat >"$sample" <<'SWIFT'
/// One.
public struct Documented: CustomStringConvertible {
    public let missing1 = 0
    /// Two.
    @inlinable
    public static func documented() {}
    @inlinable public mutating func missing2() {}
    public var description: String { "public let" }
    let mine = """
        public let text = 0
        """
    public init(missing3: Int) {}
}
public enum Missing4 {
    case missing5(Int)
    /// Three.
    public enum Inner {
        case missing8
    }
    case missing9
    /// Four.
    case documented
    case named = "raw"
    func mine() { switch self { case .named: return } }
}
/// Five.
public protocol Asked {
    func missing6()
}
extension Asked {
    func mine() {}
    package func missing7() {}
}
SWIFT
expected=$(grep -c '[Mm]issing[0-9]' "$sample")
found=$(undocumented "$sample" | grep -c '[Mm]issing[0-9]') || true
all=$(undocumented "$sample" | wc -l)
if [ "$found" -ne "$expected" ] || [ "$all" -ne "$expected" ]; then
    echo "the check is wrong: of $expected declarations without a doc comment it names $found, and $((all - found)) others"
    exit 1
fi

files=()
while IFS= read -r -d '' file; do files+=("${file#"$root"/}"); done < <(find "$root/Sources" -name '*.swift' -print0 | sort -z)
cd "$root"
missing=$(undocumented "${files[@]}")
[ ${#files[@]} -gt 0 ] || { echo "no file below $root/Sources"; exit 1; }
[ -z "$missing" ] || { echo "$missing"; exit 1; }
echo "every public declaration of ${#files[@]} files has a doc comment"
