import LoadPlan
import TestSupport
import Testing

/// Which flags say on x86_64 that the kernel may rewrite the image.
@Suite struct OlderFlagTests {
    /// Linux 6.6 to 6.9 know the older flag only; from 6.10 on there is no need, before no use.
    @Test(arguments: [
        ("6.1.0-13-amd64", false), ("6.5.13", false), ("6.6.0", true), ("6.9.12", true), ("6.10.0", false), ("6.12.107", false),
        ("7.2.0", false),
    ])
    func whereTheOlderFlagIsTried(release: String, isTried: Bool) throws {
        var machine = SyntheticSysroot()
        machine.release = release
        let hotplug = try plan(smallRequest(hotplug: true), on: machine)
        #expect(hotplug.flags.rawValue == 0x3e0009)
        #expect(hotplug.olderFlags?.rawValue == (isTried ? 0x3e0005 : nil))
        let plain = try plan(smallRequest(hotplug: false), on: machine)
        #expect(plain.flags.rawValue == 0x3e0001)
        #expect(plain.olderFlags == nil)
    }

    @Test func anUnknownReleaseHasNoOlderFlag() throws {
        var machine = SyntheticSysroot()
        machine.release = nil
        #expect(try plan(smallRequest(hotplug: true), on: machine).olderFlags == nil)
    }
}
