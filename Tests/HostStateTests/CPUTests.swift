import PhysicalMemory
import TestSupport
import Testing

@testable import HostState

@Suite struct CPUTests {
    private func parse(_ text: String) -> [Int]? { CPUList.parse(Array(text.utf8)[...]) }

    @Test func lists() {
        #expect(parse("0") == [0])
        #expect(parse("0-3") == [0, 1, 2, 3])
        #expect(parse("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11])
        #expect(parse("5-5") == [5])
        #expect(parse("0-65535")?.count == 65_536)
    }

    @Test(arguments: [
        "", ",", "0,", ",0", "0,,1", "-", "0-", "-1", "0-1-2", "1-0", "0,0", "0-2,2", "3,1", "0-3,2-5", "a", "0x1", "0 1", "0, 1",
        "65536", "0-65536", "0-4294967295", "0-18446744073709551615", "18446744073709551615", "18446744073709551616",
        "9223372036854775807-9223372036854775808", "99999999999999999999999", "0-3:1/2", "(null)", "+1",
    ])
    func noLists(_ text: String) { #expect(parse(text) == nil) }

    /// Every list that a set of CPUs can be written as is read back as that set.
    @Test func randomSets() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let set = (0..<40).filter { _ in Bool.random(using: &generator) }
            guard !set.isEmpty else { continue }
            var parts: [String] = []
            var rest = set[...]
            while let first = rest.first {
                var last = first
                rest.removeFirst()
                while let next = rest.first, next == last + 1 {
                    last = next
                    rest.removeFirst()
                }
                parts.append(last == first ? "\(first)" : "\(first)-\(last)")
            }
            #expect(parse(parts.joined(separator: ",")) == set)
        }
    }

    @Test func sparseNumbers() throws {
        var machine = SyntheticSysroot()
        machine.cpus = [0, 2, 3, 64, 8191].map { .init($0, crashNotes: 0x1000_0000 + UInt64($0) * 0x1000) }
        machine.possibleCPUs = "0,2-3,64,8191"
        let folder = try machine.write()
        let notes = try HostState.read(SystemRoot(folder.path)).crashNotes
        #expect(notes.map(\.cpu) == [0, 2, 3, 64, 8191])
        #expect(notes.map(\.range.start.rawValue) == [0x1000_0000, 0x1000_2000, 0x1000_3000, 0x1004_0000, 0x11ff_f000])
    }

    /// Some kernels keep no files for CPUs that are possible but absent.
    @Test func absentCPUsAreLeftOut() throws {
        var machine = SyntheticSysroot()
        machine.possibleCPUs = "0-255"
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).crashNotes.map(\.cpu) == [0, 1])
    }

    /// And what is not possible is not looked at.
    @Test func onlyPossibleCPUsCount() throws {
        var machine = SyntheticSysroot()
        machine.possibleCPUs = "1"
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).crashNotes.map(\.cpu) == [1])
    }

    @Test func noListNoNotes() throws {
        var machine = SyntheticSysroot()
        machine.files["sys/devices/system/cpu/possible"] = .some(nil)
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).crashNotes.isEmpty)
    }
}
