import ByteStorage
import KernelImage
import LoadPlan
import PhysicalMemory
import TestSupport
import Testing

/// Machines and kernels made of numbers that mean ill: a plan that keeps every rule, or an error.
@Suite struct HostileMachineTests {
    private func hostileMachine(_ generator: inout SeededGenerator) -> SyntheticSysroot {
        var machine = SyntheticSysroot()
        if Int.random(in: 0..<4, using: &generator) == 0 { machine.elfcorehdrCapacity = generator.hostileNumber() }
        if Int.random(in: 0..<4, using: &generator) == 0 { machine.memTotalKiB = generator.hostileNumber() >> 10 }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            machine.vmcoreinfo = "0x\(String(generator.hostileNumber(), radix: 16)) \(String(generator.hostileNumber(), radix: 16))"
        }
        for index in machine.cpus.indices where Int.random(in: 0..<4, using: &generator) == 0 {
            machine.cpus[index].crashNotes = generator.hostileNumber()
            machine.cpus[index].crashNotesSize = generator.hostileNumber()
        }
        for index in 0..<4 where Int.random(in: 0..<6, using: &generator) == 0 {
            machine.core?[index].virtualAddress = generator.hostileNumber()
            machine.core?[index].physicalAddress = generator.hostileNumber()
            machine.core?[index].size = generator.hostileNumber()
        }
        for _ in 0..<Int.random(in: 0..<4, using: &generator) {
            let (a, b) = (generator.hostileNumber(), generator.hostileNumber())
            let name = ["System RAM", "Reserved", "Crash kernel", "Persistent Memory", "Kernel code"][
                Int.random(in: 0..<5, using: &generator)]
            machine.iomem.append(.init(min(a, b), min(max(a, b), .max - 1), name))
        }
        if Int.random(in: 0..<3, using: &generator) == 0 { machine.bootParameters = generator.bytes(4096) }
        return machine
    }

    private func hostileKernel(_ generator: inout SeededGenerator) -> SyntheticBzImage {
        var image = SyntheticBzImage.small()
        if Bool.random(using: &generator) { image.initSize = UInt32(truncatingIfNeeded: generator.hostileNumber()) }
        if Bool.random(using: &generator) { image.kernelAlignment = 1 << UInt32.random(in: 12..<32, using: &generator) }
        if Bool.random(using: &generator) { image.initrdAddrMax = UInt32(truncatingIfNeeded: generator.hostileNumber()) }
        if Bool.random(using: &generator) { image.xloadflags = [0x1, 0x3, 0x11, 0x7f][Int.random(in: 0..<4, using: &generator)] }
        if Bool.random(using: &generator) { image.cmdlineSize = UInt32(truncatingIfNeeded: generator.hostileNumber()) }
        if Bool.random(using: &generator) { image.prefAddress = generator.hostileNumber() }
        return image
    }

    @Test func aPlanKeepsEveryRule() throws {
        var generator = SeededGenerator(seed: 1)
        var made = 0
        for _ in 0..<150 {
            let machine = hostileMachine(&generator)
            var request = try smallRequest(hostileKernel(&generator), hotplug: Bool.random(using: &generator))
            if Int.random(in: 0..<4, using: &generator) == 0 {
                request.memoryWindow = PhysicalRange(
                    start: PhysicalAddress(generator.hostileNumber()), end: PhysicalAddress(generator.hostileNumber()))
            }
            guard let plan = try? plan(request, on: machine) else { continue }
            made += 1
            var end: UInt64 = 0
            for segment in plan.segments {
                #expect(segment.memory.start.rawValue % 4096 == 0 && segment.memory.size.rawValue % 4096 == 0)
                #expect(segment.memory.start.rawValue >= end)
                #expect(plan.usableMemory.contains { $0.contains(segment.memory) })
                #expect(UInt64(segment.contents.count) <= segment.memory.size.rawValue)
                end = segment.memory.end.rawValue
            }
            #expect(plan.usableMemory.contains { $0.contains(plan.entry) })
            #expect(plan.commandLine.bytes.count <= Int((try BzImage(request.kernel.contents.bytes)).commandLineLimit))
        }
        #expect(made > 20, "\(made) plans")
    }
}
