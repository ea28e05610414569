import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// Firmware-assisted dump on a bare machine, whose firmware is OPAL: what arch/powerpc/platforms/powernv/opal-fadump.c shows there.
struct FadumpOPALTests {
    private func file(_ name: String) -> String { FadumpFixture.plain.file(name).string }
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// A bare machine as its kernel shows it: no room for registers, several regions of boot memory.
    private func powerNV() throws -> TemporaryFolder {
        let machine = try TemporaryFolder()
        for (name, text) in [("enabled", "1\n"), ("registered", "0\n"), ("hotplug_ready", "1\n"), ("mem_reserved", "5368840624\n")] {
            try machine.write(text, to: "sys/kernel/fadump/\(name)")
        }
        try machine.write("ibm,opal-v3\0", to: "proc/device-tree/ibm,opal/compatible")
        try machine.write("ibm,opal-dump\0", to: "proc/device-tree/ibm,opal/dump/compatible")
        try machine.write(
            """
            DUMP: Src: 0x00000000000000, Dest: 0x00000140000000, Size: 0xffff0000, Dumped: 0x0 bytes
            DUMP: Src: 0x000000ffff0000, Dest: 0x0000023fff0000, Size: 0x40010000, Dumped: 0x0 bytes

            """, to: "sys/kernel/debug/powerpc/fadump_region")
        return machine
    }

    @Test func registrationOnOPAL() throws {
        let machine = try powerNV()
        let root = "--sysroot=\(machine.path.string)"
        let json = try object(try Command.run(["fadump", "status", root, "--format=json"]).output)
        #expect((json["regions"] as? [[String: Any]])?.compactMap { $0["kind"] as? String } == ["boot-memory", "boot-memory"])
        let dryRun = try Command.run(["-p", "--hotplug", "--dry-run", root])
        #expect(dryRun.status == 0 && dryRun.output.contains("write"))
        let outcome = RecordedCommand.run(
            ["-p", "--hotplug"], root: machine.path,
            onWrite: { _, text in _ = try? machine.write(text + "\n", to: "sys/kernel/fadump/registered") })
        #expect(outcome.names == ["write registered 1"])
    }

    /// Firmware that could, and a kernel that cannot.
    @Test func opalWithoutTheKernelsPart() throws {
        let machine = try powerNV()
        try machine.remove("sys/kernel/fadump")
        let json = try object(try Command.run(["fadump", "status", "--sysroot=\(machine.path.string)", "--format=json"]).output)
        #expect((json["atCrash"] as? String)?.contains("the firmware could take a dump") == true)
    }

    /// Both regions in the header, from where firmware copied them to.
    @Test(.enabled(if: Tool.readelf.isAvailable)) func elfcorehdrOnOPAL() throws {
        let machine = try powerNV()
        try machine.write("00000000-3fffffffff : System RAM\n", to: "iomem")
        let output = machine.file("elfcorehdr").string
        let result = try Command.run([
            "fadump", "elfcorehdr", "--header=\(file("header-crashed.bin"))", "--output=\(output)",
            "--memory=\(machine.file("iomem").string)",
            "--regions=\(machine.file("sys/kernel/debug/powerpc/fadump_region").string)", "--mem-reserved=5368840624",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let loads = try Tool.readelf.text(["-lW", output]).split(separator: "\n").filter { $0.contains("LOAD") }.map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(
            loads.map { [$0[1], $0[3], $0[4]].compactMap { UInt64($0.dropFirst(2), radix: 16) } } == [
                [0x1_4000_0000, 0, 0xffff_0000], [0x2_3fff_0000, 0xffff_0000, 0x4001_0000],
                // Up to the reserved area, and from its end on, 5368840624 bytes behind its start.
                [0x2_8002_01b0, 0x2_8002_01b0, 0x40_0000_0000 - 0x2_8002_01b0],
            ])
    }

    @Test func planOnOPAL() throws {
        let machine = try powerNV()
        func json(_ options: [String]) throws -> [String: Any] {
            try object(
                try Command.run(["fadump", "plan", "--memory=256G", "--format=json", "--sysroot=\(machine.path.string)"] + options).output)
        }
        #expect(try json(["--crashkernel=5G"])["platform"] as? String == "powernv")
        #expect(try json(["--crashkernel=5G", "--platform=pseries"])["platform"] as? String == "pseries")
        #expect(try json(["--fadump-reserve-mem=800M"])["bootMemory"] as? Int == 800 << 20)
        #expect(try json(["--fadump-reserve-mem=801M", "--kernel-release=5.14.0-503.el9.ppc64le"])["bootMemory"] as? Int == 816 << 20)
        #expect(try json(["--fadump-reserve-mem=801M", "--kernel-release=5.18"])["bootMemory"] as? Int == 801 << 20)
    }
}
