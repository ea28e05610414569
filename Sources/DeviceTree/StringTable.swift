/// The strings block: the names of properties in the order of their first use. A name that ends an
/// earlier one (`cells` in `#address-cells`) is not written again; this is how dtc and libfdt keep it.
struct StringTable {
    let bytes: [UInt8]
    private let offsets: [String: UInt32]

    /// - Parameter names: in the order of their first use, each once
    init(_ names: [String]) {
        var bytes: [UInt8] = []
        var offsets: [String: UInt32] = [:]
        var starts: [Int] = []
        for (index, holder) in Self.holders(names).enumerated() {
            let name = names[index]
            if holder == index {
                starts.append(bytes.count)
                bytes += name.utf8
                bytes.append(0)
            } else {
                starts.append(starts[holder] + names[holder].utf8.count - name.utf8.count)
            }
            offsets[name] = UInt32(truncatingIfNeeded: starts[index])
        }
        self.bytes = bytes
        self.offsets = offsets
    }

    /// Where a name stands that the table was made with.
    func offset(of name: String) -> UInt32 { offsets[name] ?? 0 }

    /// For each name the first one that ends in it, itself counted.
    ///
    /// Sorted by their letters from the last to the first, the names that end in a name follow it
    /// directly: as below a folder, of which only the nearest one above must be known.
    private static func holders(_ names: [String]) -> [Int] {
        let reversed = names.map { Array($0.utf8.reversed()) }
        let sorted = names.indices.sorted { reversed[$0].lexicographicallyPrecedes(reversed[$1]) }
        var parents: [Int?] = Array(repeating: nil, count: names.count)
        var open: [Int] = []
        for index in sorted {
            while let last = open.last, !reversed[index].starts(with: reversed[last]) { open.removeLast() }
            parents[index] = open.last
            open.append(index)
        }
        var holders = Array(names.indices)
        for index in sorted.reversed() {
            if let parent = parents[index] { holders[parent] = min(holders[parent], holders[index]) }
        }
        return holders
    }
}
