import DeviceTree
import PhysicalMemory
import TestSupport

/// Trees with names as dtc takes them, no two of a node alike, many of them endings of others.
struct RandomTree {
    private var generator: SeededGenerator
    private var budget: Int

    static func make(seed: UInt64, nodes: Int) -> DeviceTree {
        var random = RandomTree(generator: SeededGenerator(seed: seed), budget: nodes)
        let root = random.node("", depth: 1)
        var tree = DeviceTree(root: root, bootCPU: UInt32.random(in: 0...255, using: &random.generator))
        for _ in 0..<random.number(0...4) {
            let start = PhysicalAddress(random.generator.next() >> 16)
            if let range = PhysicalRange(start: start, size: ByteCount(1 + random.generator.next() >> 20)) {
                tree.reservations.append(range)
            }
        }
        return tree
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func name(_ characters: String, _ lengths: ClosedRange<Int>) -> String {
        let characters = Array(characters)
        return String((0..<number(lengths)).map { _ in characters[number(0...characters.count - 1)] })
    }

    private static let words = [
        "cells", "#address-cells", "ess-cells", "s", "reg", "x-reg", "linux,usable-memory", "memory", "ory", "status",
    ]

    private mutating func propertyName() -> String {
        number(0...1) == 0 ? Self.words[number(0...Self.words.count - 1)] : name("abcXYZ019,._+-?#", 1...40)
    }

    private mutating func node(_ name: String, depth: Int) -> DeviceTree.Node {
        budget -= 1
        var node = DeviceTree.Node(name)
        for _ in 0..<number(0...8) { node[propertyName()] = generator.bytes(number(0...1) == 0 ? 4 * number(0...4) : number(0...50)) }
        while budget > 0, depth < DeviceTree.maximumDepth, number(0...9) < 7 {
            let name = self.name("abcz09,._+-", 1...20) + (number(0...2) == 0 ? "@" + self.name("0123456789abcdef", 1...12) : "")
            if node.child(name) == nil { node.children.append(self.node(name, depth: depth + 1)) }
        }
        return node
    }
}
