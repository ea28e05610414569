import Foundation
import HostState
import SystemPackage
import TestSupport
import Testing

/// What /proc/cpuinfo and a few other files tell of the processor.
@Suite struct ProcessorTests {
    /// As the kernel prints a processor (arch/x86/kernel/cpu/proc.c), shortened.
    static func cpuinfo(_ flags: String, vendor: String = "GenuineIntel", processors: Int = 2) -> String {
        (0..<processors).map {
            """
            processor\t: \($0)
            vendor_id\t: \(vendor)
            cpu family\t: 6
            model name\t: flags of some kind
            bugs\t\t: spectre_v1
            flags\t\t: fpu vme de \(flags) x87 nopl
            vmx flags\t: vnmi la57_of_another_kind
            power management:


            """
        }.joined()
    }

    private func state(_ files: [String: String?]) throws -> HostState {
        var machine = SyntheticSysroot()
        machine.files = files
        let folder = try machine.write()
        return try HostState.read(SystemRoot(folder.path))
    }

    @Test(arguments: [("la57", true), ("", false), ("la57x xla57", false), ("lm la57 hypervisor", true)])
    func fiveLevelPaging(_ flags: String, _ expected: Bool) throws {
        #expect(try state(["proc/cpuinfo": Self.cpuinfo(flags)]).usesFiveLevelPaging == expected)
    }

    /// Machines of other kinds, and files that are none.
    @Test(
        arguments: [
            nil, "", "\n\n", "flags", "flags la57", "processor\t: 0\nBogoMIPS\t: 125.00\nFeatures\t: fp asimd la57\n", "flags\t\t:\n",
            "cpu\t\t: POWER9 (architected), altivec supported\n",
        ] as [String?])
    func othersTellNothing(_ text: String?) throws {
        let host = try state(["proc/cpuinfo": text])
        #expect(!host.usesFiveLevelPaging)
        #expect(host.confidentialGuest == nil)
    }

    /// Only the first processor is read: a thousand have three megabytes.
    @Test func manyProcessors() throws {
        #expect(try state(["proc/cpuinfo": Self.cpuinfo("la57", processors: 2000)]).usesFiveLevelPaging)
        let endless = "processor\t: 0\n" + String(repeating: "x", count: 1 << 20) + "\nflags\t\t: la57\n"
        #expect(!(try state(["proc/cpuinfo": endless]).usesFiveLevelPaging))
    }

    @Test(arguments: [
        ("tdx_guest hypervisor", ConfidentialGuest.tdx), ("tdx_guest", .tdx), ("hypervisor sev sev_es", .sevES),
        ("hypervisor sev sev_es sev_snp", .sevSNP), ("hypervisor sme sev", nil), ("hypervisor", nil), ("", nil),
        // A host that can have such guests.
        ("sme sev sev_es sev_snp", nil),
    ])
    func confidentialGuestsByTheirFlags(_ flags: String, _ expected: ConfidentialGuest?) throws {
        #expect(try state(["proc/cpuinfo": Self.cpuinfo(flags, vendor: "AuthenticAMD")]).confidentialGuest == expected)
    }

    /// What /proc/cpuinfo does not tell: the device of an SNP guest.
    @Test(arguments: [("hypervisor", ConfidentialGuest.sevSNP), ("", nil)])
    func theDeviceOfAnSNPGuest(_ flags: String, _ expected: ConfidentialGuest?) throws {
        let files = [
            "proc/cpuinfo": Self.cpuinfo(flags, vendor: "AuthenticAMD"), "sys/devices/platform/sev-guest/modalias": "platform:sev-guest\n",
        ]
        #expect(try state(files).confidentialGuest == expected)
    }

    /// SEV_STATUS, bits 0 to 2: SEV, SEV-ES, SEV-SNP.
    @Test(arguments: [
        (UInt8(0b000), "AuthenticAMD", "hypervisor", nil), (0b001, "AuthenticAMD", "hypervisor", nil),
        (0b011, "AuthenticAMD", "hypervisor", ConfidentialGuest.sevES), (0b111, "AuthenticAMD", "hypervisor", .sevSNP),
        (0b011, "HygonGenuine", "hypervisor", .sevES), (0b111, "GenuineIntel", "hypervisor", nil), (0b111, "AuthenticAMD", "", nil),
    ])
    func theStatusRegister(_ status: UInt8, _ vendor: String, _ flags: String, _ expected: ConfidentialGuest?) throws {
        var machine = SyntheticSysroot()
        machine.files["proc/cpuinfo"] = Self.cpuinfo(flags, vendor: vendor)
        let folder = try machine.write()
        // A file with a hole as large as the register's number.
        try folder.write([], to: "dev/cpu/0/msr")
        let file = try #require(FileHandle(forWritingAtPath: folder.file("dev/cpu/0/msr").string))
        try file.seek(toOffset: 0xc001_0131)
        try file.write(contentsOf: [status, 0, 0, 0, 0, 0, 0, 0])
        try file.close()
        #expect(try HostState.read(SystemRoot(folder.path)).confidentialGuest == expected)
        // A snapshot says so too, by a flag.
        let recorded = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(folder.path), to: recorded.path)
        #expect(try HostState.read(SystemRoot(recorded.path)).confidentialGuest == expected)
    }

    /// Of a processor's flags a snapshot keeps what plans ask for.
    @Test func snapshot() throws {
        var machine = SyntheticSysroot()
        machine.files["proc/cpuinfo"] = Self.cpuinfo("la57 hypervisor aes")
        let folder = try machine.write()
        let recorded = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(folder.path), to: recorded.path)
        #expect(String(decoding: try recorded.read("proc/cpuinfo"), as: UTF8.self) == "flags\t\t: hypervisor la57\n")
        #expect(try HostState.read(SystemRoot(recorded.path)).usesFiveLevelPaging)
    }
}
