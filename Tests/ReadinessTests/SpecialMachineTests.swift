import PhysicalMemory
import Readiness
import TestSupport
import Testing

/// Machines that are unlike others as a whole.
struct SpecialMachineTests {
    @Test(arguments: [
        ["proc/vmcore": "\u{7f}ELF"],
        ["proc/device-tree/chosen/linux,elfcorehdr": "\0\0\0\0"],
        ["proc/cmdline": "console=ttyS0 elfcorehdr=0x7dffe000 nr_cpus=1\n"],
    ])
    func theCaptureKernel(_ sign: [String: String]) throws {
        let readiness = try Machine.ready.with([
            "proc/iomem": Machine.iomem(crash: ""), "proc/cmdline": "nr_cpus=1\n",
            "sys/kernel/kexec_crash_loaded": "0\n", "sys/kernel/kexec_crash_size": "0\n",
            "proc/sys/kernel/kexec_load_disabled": "1\n", "proc/sys/kernel/panic_on_oops": "0\n",
            "sys/module/kernel/parameters/crash_kexec_post_notifiers": "Y\n",
        ]).with(sign.mapValues { $0 }).assess()
        #expect(!readiness.isReady)
        // One thing is to be done, and nothing about regions and images.
        #expect(readiness.items.filter { $0.remedy != nil }.map(\.id) == [.captureKernel])
        #expect(readiness.state(.captureKernel) == .bad)
        #expect(readiness.item(.captureKernel)?.remedy == "save the dump and reboot")
        #expect(readiness.verdict == "not ready: running kernel: a capture kernel, which a panic started")
    }

    @Test func theFirmwaresCaptureKernel() throws {
        let machine = Machine.firmware.with([
            "proc/vmcore": "\u{7f}ELF", "sys/kernel/fadump/registered": "0\n", "sys/kernel/fadump/release_mem": "",
        ])
        let readiness = try machine.assess()
        #expect(!readiness.isReady)
        #expect(readiness.item(.captureKernel)?.remedy == "save the dump and reboot")
        // Saved, released, registered again: an ordinary machine.
        #expect(try machine.with(["proc/vmcore": nil, "sys/kernel/fadump/registered": "1\n"]).assess().isReady)
    }

    @Test func nothingAtAll() throws {
        let readiness = try Machine.nothing.assess(hotplug: true)
        #expect(!readiness.isReady)
        #expect(readiness.state(.crashImage) == .bad)
        #expect(readiness.items.allSatisfy { $0.state != .ok })
        #expect(!(try Machine.nothing.assess().isReady))
    }

    /// Whatever the files hold, there is an answer.
    @Test(arguments: 0..<64)
    func noise(_ seed: Int) throws {
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        func byte() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let folder = try TemporaryFolder()
        for name in Machine.ready.files.keys.sorted() + Machine.firmware.files.keys.sorted() {
            try folder.write((0..<Int(byte() % 40)).map { _ in byte() }, to: name)
        }
        for hotplug in [false, true] {
            let readiness = Readiness(.read(.init(folder.path), for: nil), hotplug: hotplug, image: nil)
            #expect(!readiness.items.isEmpty)
        }
    }

    /// A folder where a file should be is an error of reading like any other.
    @Test func aFolderInsteadOfAFile() throws {
        let readiness = try Machine.ready.with(["proc/iomem": nil, "proc/iomem/file": ""]).assess()
        #expect(readiness.item(.crashRegion)?.value == "is a directory")
        #expect(readiness.isReady)
    }
}
