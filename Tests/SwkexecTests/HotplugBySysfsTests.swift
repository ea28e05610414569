import RecordedCalls
import TestSupport
import Testing

/// Whether the running kernel updates a crash image is read from sysfs, whatever the machine: a kernel for arm64 that can is under
/// review for Linux (crash_elfcorehdr_size, flag 0x8).
struct HotplugBySysfsTests {
    @Test func aarch64() throws {
        let machine = try RecordedMachine.aarch64.copy()
        for part in ["cpu", "memory"] { try machine.write("1\n", to: "sys/devices/system/\(part)/crash_hotplug") }
        try machine.write("200000\n", to: "sys/kernel/crash_elfcorehdr_size")
        let bench = try Bench(.aarch64)
        let plan = try bench.plan(["--hotplug", "--append=console=ttyAMA0"], on: machine)
        let flags = try #require(plan.json["flags"] as? [String: Any])
        #expect("\(flags)".contains("KEXEC_CRASH_HOTPLUG_UPDATE"), "\(flags)")
        let segments = try #require(plan.json["segments"] as? [[String: Any]])
        let header = try #require(segments.first { $0["role"] as? String == "elfcorehdr" })
        #expect("\(header)".contains("hotplug"), "\(header)")
        // Room for what the kernel asks for, which is more than the one page that this machine's own header takes.
        let size = try #require(header["memorySize"] as? Int)
        #expect(size >= 200_000, "\(header)")
        let without = try bench.plan(["--append=console=ttyAMA0"])
        let plain = try #require(without.json["segments"] as? [[String: Any]]).first { $0["role"] as? String == "elfcorehdr" }
        #expect(plain?["memorySize"] as? Int == 65536)
    }
}
