import PhysicalMemory
import Readiness
import Testing

/// The line about the kernel that was named.
struct PlannedImageTests {
    private func image(_ outcome: PlannedImage.Outcome) -> PlannedImage { PlannedImage(kernel: "/boot/vmlinuz", outcome: outcome) }

    private func region(mebibytes: UInt32) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(0x6e00_0000), size: .mebibytes(mebibytes)))
    }

    @Test func fits() throws {
        let readiness = try Machine.ready.assess(image: image(.fits(taken: .mebibytes(60), region: try region(mebibytes: 256))))
        let item = try #require(readiness.item(.plannedImage))
        #expect(item.state == .ok)
        #expect(item.value == "takes 60 MiB of 256 MiB, 196 MiB left to run in")
        #expect(item.file == "/boot/vmlinuz")
    }

    @Test(arguments: [(UInt32(192), ReadinessItem.State.ok), (193, .warning), (256, .warning), (300, .warning)])
    func littleIsLeft(_ taken: UInt32, _ state: ReadinessItem.State) throws {
        let readiness = try Machine.ready.assess(image: image(.fits(taken: .mebibytes(taken), region: try region(mebibytes: 256))))
        #expect(readiness.state(.plannedImage) == state)
        #expect(readiness.isReady)
    }

    @Test func refused() throws {
        let readiness = try Machine.ready.assess(image: image(.refused("vmlinuz: too large")))
        #expect(readiness.state(.plannedImage) == .bad)
        #expect(!readiness.isReady)
        #expect(try Machine.firmware.assess(image: image(.refused("no region"))).isReady)
    }

    @Test func unplannable() throws {
        let readiness = try Machine.ready.assess(image: image(.unplannable("no such architecture")))
        #expect(readiness.state(.plannedImage) == .unknown)
        #expect(readiness.isReady)
    }

    /// That it fits does not make up for none being loaded.
    @Test func notLoaded() throws {
        let machine = Machine.ready.with(["sys/kernel/kexec_crash_loaded": "0\n"])
        #expect(!(try machine.assess(image: image(.fits(taken: .mebibytes(60), region: try region(mebibytes: 256)))).isReady))
    }
}
