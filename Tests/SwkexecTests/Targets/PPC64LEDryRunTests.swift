import Foundation
import TestSupport
import Testing

/// `--arch=ppc64le` in every form of a dry run, read by sha256sum, fdtget and Foundation's JSON.
struct PPC64LEDryRunTests {
    private let bench: Bench

    init() throws { bench = try Bench(.ppc64le) }

    @Test(arguments: [true, false]) func digestOfTheFiles(_ hotplug: Bool) throws {
        let (json, segments) = try bench.plan((hotplug ? ["--hotplug"] : ["--no-hotplug"]) + ["--initrd=\(bench.initrd)"])
        #expect(Set(segments.keys) == ["kernel", "initrd", "purgatory", "backup", "elfcorehdr", "fdt"])
        var included: [UInt8] = []
        for segment in try #require(json["segments"] as? [[String: Any]]) {
            let role = try #require(segment["role"] as? String)
            let bytes = try #require(segments[role])
            let isRewritten = hotplug && (role == "elfcorehdr" || role == "fdt")
            #expect(
                segment["digest"] as? String == (role == "purgatory" ? "excluded-purgatory" : isRewritten ? "excluded-hotplug" : "included")
            )
            #expect(segment["sha256"] as? String == (try Tool.sha256(of: bytes)))
            if role != "purgatory" && !isRewritten { included += bytes }
        }
        let digest = try #require(json["digest"] as? [String: Any])
        #expect(digest["value"] as? String == (try Tool.sha256(of: included)))
        let flags = try #require(json["flags"] as? [String: Any])
        #expect(flags["value"] as? String == (hotplug ? "0x150009" : "0x150001"))
        let excluded = try #require(json["hotplug"] as? [String: Any])["excludedRoles"] as? [String]
        #expect(excluded == (hotplug ? ["elfcorehdr", "fdt"] : []))
    }

    @Test(.enabled(if: Tool.fdtget.isAvailable, "fdtget is not installed")) func treeOfTheFiles() throws {
        let (json, segments) = try bench.plan(["--hotplug", "--append=console=hvc0"])
        let tree = try bench.file(#require(segments["fdt"]), "tree.dtb")
        let commandLine = try Tool.fdtget.text([tree, "/chosen", "bootargs"]).trimmingCharacters(in: .newlines)
        #expect(commandLine == json["commandLine"] as? String)
        let elfcorehdr = try #require(json["segments"] as? [[String: Any]]).first { $0["role"] as? String == "elfcorehdr" }
        #expect(commandLine == "console=hvc0 elfcorehdr=\(elfcorehdr?["start"] as? String ?? "")")
    }

    @Test func tableAndMap() throws {
        let table = try bench.run(["--hotplug"])
        #expect(table.status == 0, "\(table.errors)")
        for role in ["elfcorehdr", "fdt"] {
            let line = try #require(table.output.split(separator: "\n").first { $0.hasPrefix(role) })
            #expect(line.hasSuffix("excluded: the kernel rewrites it on hotplug"))
        }
        #expect(table.output.contains("0x150009 KEXEC_ON_CRASH KEXEC_CRASH_HOTPLUG_UPDATE"))
        let map = try bench.run(["--hotplug", "--format=map"])
        #expect(map.output.hasPrefix("0x20000000-0x2fffefff, "))
        #expect(map.output.contains(" F  fdt "))
    }

    // MARK: - Refused: one line, exit 1

    private func refusal(_ arguments: [String], kernel: String? = nil, on machine: TemporaryFolder? = nil) throws -> String {
        let result = try bench.run(arguments, kernel: kernel, on: machine)
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        return try #require(result.complaint, "\(result.errors)")
    }

    /// Bytes of the recorded tree, changed at an offset of its header (Devicetree Specification, section 5.2).
    @Test(arguments: [
        (4, 0x7fff_ffff as UInt64, "totalsize"), (4, 39, "totalsize"), (8, 0xffff_fff0, "off_dt_struct"),
        (12, 0x100_0000, "off_dt_strings"),
        (0, 0, "begins with 0x0"), (20, 3, "version"), (36, 8, "0x"),
    ])
    func lyingTrees(_ offset: Int, _ value: UInt64, _ word: String) throws {
        var blob = try TreeFixture.ppc64Peer.bytes()
        blob.replaceSubrange(offset..<(offset + 4), with: (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
        let file = try bench.file(blob)
        let complaint = try refusal(["--dtb=\(file)"])
        #expect(complaint.hasPrefix("\(file): ") && complaint.contains(word), "\(complaint)")
    }

    private func compiled(addressCells: Int = 2, sizeCells: Int = 2, _ body: String) throws -> String {
        let source = "/dts-v1/; / { #address-cells = <\(addressCells)>; #size-cells = <\(sizeCells)>; \(body) };"
        return try bench.file(Tool.dtc.output(["-q", "-f", "-I", "dts", "-O", "dtb", "-"], input: Array(source.utf8)))
    }

    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed"), arguments: [(0, 2), (3, 2), (2, 0), (2, 3)])
    func cells(_ address: Int, _ size: Int) throws {
        let reg = String(repeating: "0x40000000 ", count: address + size)
        let tree = try compiled(
            addressCells: address, sizeCells: size, "memory@0 { device_type = \"memory\"; reg = <\(reg)>; }; chosen {};")
        let complaint = try refusal(["--dtb=\(tree)"])
        #expect(complaint.contains("-cells"), "\(complaint)")
    }

    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) func treesThatAreNoMachine() throws {
        let open = String(repeating: "a { ", count: 65)
        let close = String(repeating: "}; ", count: 65)
        for (body, word) in [(open + close, "64"), ("chosen {};", "memory"), ("", "memory")] {
            let complaint = try refusal(["--dtb=\(compiled(body))"])
            #expect(complaint.contains(word), "\(complaint)")
        }
    }

    @Test func withoutACrashRegion() throws {
        let machine = try RecordedMachine.ppc64le.copy()
        for name in ["base", "size"] { try machine.remove("proc/device-tree/chosen/linux,crashkernel-\(name)") }
        #expect(try refusal([], on: machine).contains("crashkernel="))
    }

    @Test func foreignKernels() throws {
        var bigEndian = SyntheticELFKernel.ppc64()
        bigEndian.bigEndian = true
        #expect(try refusal([], kernel: bench.file(bigEndian.bytes)).contains("EI_DATA"))
        let x86 = try refusal([], kernel: bench.file(SyntheticELFKernel.small().bytes))
        #expect(x86.contains("e_machine"), "\(x86)")
        let image = try refusal([], kernel: bench.file(SyntheticBzImage.small().bytes))
        #expect(image.contains("ELF"), "\(image)")
    }

    /// The crash region has 256 MiB.
    @Test func outOfRoom() throws {
        let kernel = SyntheticELFKernel.ppc64(bytes: 1000, memorySize: 300 << 20)
        #expect(try refusal([], kernel: bench.file(kernel.bytes)).contains("does not fit"))
        #expect(try refusal(["--mem-max=0x2007ffff"]).contains("does not fit"))
    }
}
