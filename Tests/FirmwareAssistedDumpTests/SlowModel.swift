import FirmwareAssistedDump
import PhysicalMemory
import TestSupport

/// A small machine with an entry for every byte of its memory: too simple to be wrong.
struct SlowModel {
    static let space = 120

    /// Non-nil for memory: which range of the list it belongs to.
    var range = [Int?](repeating: nil, count: space)
    /// Where the byte's contents are after the crash; nil for what is not dumped.
    var contents = [Int?](repeating: nil, count: space)

    let bootMemory: [Range<Int>]
    let reserved: Range<Int>
    let memory: [Range<Int>]

    /// - Parameter bootMemory: in address order; copied one behind the other to the end of `reserved`
    init(bootMemory: [Range<Int>], copiedTo destination: Int, reserved: Range<Int>, memory: [Range<Int>]) {
        self.bootMemory = bootMemory
        self.reserved = reserved
        self.memory = memory
        for (index, range) in memory.enumerated() { for byte in range { self.range[byte] = index } }
        var next = destination
        for region in bootMemory {
            for byte in region {
                contents[byte] = next
                next += 1
            }
        }
        let top = bootMemory.last?.upperBound ?? 0
        for byte in top..<Self.space where range[byte] != nil && !reserved.contains(byte) { contents[byte] = byte }
    }

    /// The runs of dumped bytes of one region of boot memory or of one range of memory, contents following contents.
    var loads: [[Int]] {
        let top = bootMemory.last?.upperBound ?? 0
        var loads = bootMemory.map { [$0.lowerBound, $0.count, contents[$0.lowerBound] ?? -1] }
        for index in memory.indices.sorted(by: { memory[$0].lowerBound < memory[$1].lowerBound }) {
            var start: Int?
            for byte in top..<Self.space + 1 {
                let isWanted = byte < Self.space && range[byte] == index && contents[byte] != nil
                if isWanted { start = start ?? byte }
                if !isWanted, let first = start {
                    loads.append([first, byte - first, first])
                    start = nil
                }
            }
        }
        return loads
    }

    /// A machine with one to three regions of boot memory, holes between some, and memory in pieces that touch or do not.
    static func random(_ generator: inout SeededGenerator) -> SlowModel {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        var memory: [Range<Int>] = []
        var next = 0
        while next < space - 1 {
            let end = min(space, next + number(1...30))
            memory.append(next..<end)
            next = end + (Bool.random(using: &generator) ? 0 : number(0...4))
        }
        // Boot memory: from the start of memory on, each region within one range of it.
        var boot: [Range<Int>] = []
        for range in memory.prefix(number(1...3)) {
            let start = range.lowerBound + (boot.isEmpty ? 0 : number(0...max(0, range.count - 1)))
            let size = number(1...max(1, min(8, range.upperBound - start)))
            boot.append(start..<start + size)
        }
        let size = boot.map(\.count).reduce(0, +)
        let areas = number(1...4)
        let total = areas + size + number(1...3)
        let top = boot.last?.upperBound ?? 0
        let start = number(top...max(top, space - total))
        return SlowModel(
            bootMemory: boot, copiedTo: start + areas, reserved: start..<start + total, memory: memory.shuffled(using: &generator))
    }
}
