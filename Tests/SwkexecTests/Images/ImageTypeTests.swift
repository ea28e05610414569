import ByteStorage
import KernelImage
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// `-t`, unified kernel images from the command line to the call, and dead formats.
struct ImageTypeTests {
    private let bench: Bench
    private let files: [String: String]

    init() throws {
        bench = try Bench()
        var old = SyntheticBzImage.small()
        old.xloadflags = 0
        var arm64 = SyntheticELFKernel.small()
        arm64.machine = 183
        var riscv = SyntheticELFKernel.small()
        riscv.machine = 243
        let zipped = try Tool.gzip.output(["-n"], input: SyntheticARM64Image().bytes)
        let contents: [String: [UInt8]] = [
            "bzImage64": SyntheticBzImage.small().bytes, "bzImage": old.bytes, "elf-x86_64": SyntheticELFKernel.small().bytes,
            "elf-x86": SyntheticELFKernel.small(is64Bit: false).bytes, "uki": SyntheticPE.unified().bytes,
            "nbi-x86": [0x36, 0x13, 0x03, 0x1b] + [UInt8](repeating: 0, count: 508),
            "beoboot-x86": Array("BeoB".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 0, count: 508),
            "Image": SyntheticARM64Image().bytes, "elf-ppc64": SyntheticELFKernel.ppc64().bytes,
            "vmlinuz": SyntheticARM64Image.zboot(payload: zipped, compression: "gzip"), "vmlinux": arm64.bytes,
            "elf-riscv": riscv.bytes,
            "uImage": [0x27, 0x05, 0x19, 0x56] + [UInt8](repeating: 0, count: 508),
        ]
        let folder = bench.folder
        files = try contents.mapValues { try folder.write($0, to: "image-\($0.count)-\(UInt.random(in: 0...UInt.max))").string }
    }

    private func run(_ arguments: [String]) -> RecordedCommand.Outcome {
        RecordedCommand.run(arguments, root: Fixture.bios.sysroot)
    }

    /// Taken for what they are, and then refused on an x86 machine.
    private static let foreign: Set = ["Image", "vmlinuz", "vmlinux", "uImage", "elf-ppc64", "elf-riscv"]

    @Test func everyTypeTakesItsOwnFilesOnly() throws {
        for type in ImageType.allCases {
            for (name, path) in files {
                let failure = run(["-c", "-l", "-t", type.rawValue, path]).failure
                // A bzImage with both entries is of both types.
                // So are ELF files, whose type tells no more than their class.
                let isOfType =
                    name == type.rawValue || (type == .bzImage && name == "bzImage64")
                    || (type == .elf64 && ["vmlinux", "elf-ppc64", "elf-riscv"].contains(name))
                if isOfType, name == type.rawValue, ["nbi-x86", "beoboot-x86"].contains(name) {
                    #expect(failure?.contains("dead format") == true, "\(failure ?? "")")
                } else if isOfType, Self.foreign.contains(name) {
                    #expect(failure?.contains("(-t)") == false, "\(type.rawValue) \(name)")
                } else if isOfType {
                    #expect(failure == nil, "\(type.rawValue) \(name): \(failure ?? "")")
                } else {
                    #expect(failure?.contains("not of type \(type.rawValue) (-t)") == true, "\(type.rawValue) \(name): \(failure ?? "")")
                }
            }
        }
    }

    @Test func aBzImageByForceIsEnteredIn32Bits() throws {
        let path = try #require(files["bzImage64"])
        let outcome = run(["-l", "-t", "bzImage", path])
        #expect(outcome.names == ["kexec_load"])
        let call = try #require(outcome.loads.first)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.entryMode] == 1)
        #expect(run(["-l", "--type=bzImage64", path]).names == ["kexec_file_load"])
    }

    @Test func unknownTypesAndConflicts() throws {
        let unknown = try Command.run(["-l", "-t", "zImage", "vmlinuz"])
        #expect(unknown.status == 1)
        for type in ImageType.allCases { #expect(unknown.complaint?.contains(type.rawValue) == true) }
        #expect(try Command.run(["-l", "--real-mode", "--entry-32bit", "vmlinuz"]).complaint == "either --entry-32bit or --real-mode")
    }

    @Test func deadFormats() throws {
        for (name, expected) in [
            ("nbi-x86", "an NBI network boot image of Etherboot"), ("beoboot-x86", "a beoboot image of Scyld Beowulf"),
        ] {
            let path = try #require(files[name])
            let complaint = try #require(try bench.run([], kernel: path).complaint)
            #expect(complaint == "\(path): \(expected): a dead format, which is recognised but not loaded")
        }
    }

    // MARK: - Unified kernel images

    private func bytes(_ bytes: Bytes?) -> [UInt8]? { bytes?.withSpan { span in (0..<span.count).map { span[$0] } } }

    @Test func theFileCallGetsWholeFiles() throws {
        let uki = try #require(files["uki"])
        let call = try #require(run(["-s", "-l", uki]).fileLoads.first)
        #expect(call.kernel?.descriptor != nil && call.initrd?.descriptor != nil)
        #expect(bytes(call.kernel) == SyntheticBzImage.small().bytes)
        #expect(bytes(call.initrd) == Array("070701 the image's own".utf8))
        #expect(call.commandLine == Array("quiet root=/dev/vda1".utf8))
        #expect(call.flags.rawValue == 0)
    }

    @Test func whatTheUserNamesWins() throws {
        let uki = try #require(files["uki"])
        let call = try #require(run(["-s", "-l", uki, "--append=mine", "--initrd=\(bench.initrd)"]).fileLoads.first)
        #expect(call.commandLine == Array("mine".utf8))
        #expect(bytes(call.initrd) == Array("070701 not much of an archive".utf8))
        let empty = try #require(run(["-s", "-l", uki, "--append="]).fileLoads.first)
        #expect(empty.commandLine.isEmpty)
        let reused = try #require(run(["-s", "-l", uki, "--reuse-cmdline"]).fileLoads.first)
        #expect(String(decoding: reused.commandLine, as: UTF8.self).hasPrefix("console=ttyS0"))
        let table = try Command.run(["-c", "-l", uki, "--append=mine", "--dry-run", "--sysroot=\(bench.sysroot)"])
        #expect(table.status == 0)
        #expect(table.output.contains("the command line that was given takes the place of the one in \(uki) (section .cmdline)"))
        #expect(!table.output.contains("section .initrd"))
    }

    @Test func forACrash() throws {
        let uki = try #require(files["uki"])
        let outcome = run(["-c", "-p", uki])
        let call = try #require(outcome.loads.first, "\(outcome.failure ?? "")")
        #expect(call.segments.contains { bytes($0.contents) == Array("070701 the image's own".utf8) })
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.entryMode] == 0)
    }

    @Test func whatIsInside() throws {
        let wrapped = try Tool.gzip.output(["-c"], input: SyntheticBzImage.small().bytes)
        let cases: [(String, [UInt8], String?)] = [
            ("in a wrapper, kernel in a wrapper", try Tool.gzip.output(["-c"], input: SyntheticPE.unified(linux: wrapped).bytes), nil),
            ("text", SyntheticPE.unified(linux: Array("hello".utf8)).bytes, "a file of unknown format"),
            ("itself", SyntheticPE.unified(linux: SyntheticPE.unified().bytes).bytes, "a PE file"),
            ("no kernel", SyntheticPE([.init(".text", [1])]).bytes, "without a section .linux"),
        ]
        for (name, contents, expected) in cases {
            let path = try bench.folder.write(contents, to: "inside.efi").string
            let failure = run(["-c", "-l", path]).failure
            if let expected {
                #expect(failure?.contains(expected) == true, "\(name): \(failure ?? "")")
            } else {
                #expect(failure == nil, "\(name)")
            }
        }
    }
}
