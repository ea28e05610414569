import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import RecordedCalls
import SystemPackage
import TestSupport
import Testing
import X86_64

/// The command line that the peer was given when the fixtures were recorded.
let capturedCommandLine =
    "console=ttyS0 earlyprintk=serial,ttyS0,115200 nr_cpus=1 panic=-1 reset_devices acpi_no_memhotplug"

/// A kernel and an initrd of the sizes that the peer was given.
private let capturedKernel = Result { try KernelFile(Bytes(SyntheticBzImage.captured.bytes)) }
private let capturedInitrd: Bytes = {
    var generator = SeededGenerator(seed: 99)
    return Bytes(generator.bytes(1_428_574))
}()

func capturedRequest(hotplug: Bool = true) throws -> LoadRequest {
    var request = LoadRequest(
        purpose: .crash,
        kernel: .init(name: "vmlinuz", contents: try capturedKernel.get()),
        initrd: .init(name: "initrd.img", contents: capturedInitrd),
        commandLine: KernelCommandLine(capturedCommandLine), rngSeed: [UInt8](repeating: 0x5a, count: 32))
    request.hotplug = hotplug
    return request
}

func smallRequest(
    _ image: SyntheticBzImage = .small(), initrd: [UInt8]? = [UInt8](repeating: 1, count: 5000),
    commandLine: String = capturedCommandLine, hotplug: Bool = false
) throws -> LoadRequest {
    var request = LoadRequest(
        purpose: .crash,
        kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(image.bytes))),
        initrd: initrd.map { .init(name: "initrd.img", contents: Bytes($0)) },
        commandLine: KernelCommandLine(commandLine), rngSeed: [UInt8](repeating: 0x5a, count: 32))
    request.hotplug = hotplug
    return request
}

func plan(_ request: LoadRequest, _ options: X86_64.Options = .init(), on folder: FilePath) throws -> LoadPlan {
    try Planner.plan(request, on: HostState.read(SystemRoot(folder)), for: X86_64(options))
}

func plan(_ request: LoadRequest, _ options: X86_64.Options = .init(), on machine: SyntheticSysroot) throws -> LoadPlan {
    let folder = try machine.write()
    return try plan(request, options, on: folder.path)
}

extension LoadPlan {
    /// A field of struct boot_params, as <asm/bootparam.h> places it.
    func bootParameter(_ name: String) throws -> UInt64 {
        let field = try #require(CHeaders.field("boot_params", name), "\(name)")
        return try bytes(.bootParameters).littleEndian(field)
    }

    /// What elfcorehdr describes.
    func dumpedMemory() throws -> [CoreProgramHeader] {
        let bytes = try bytes(.elfcorehdr)
        // The first PT_LOAD is the kernel's text.
        return try #require(CoreProgramHeader.table(of: bytes)).filter { $0.type == 1 }.dropFirst().map { $0 }
    }

    /// The members of the list of setup_data.
    func setupDataList() throws -> [SetupDataNode] {
        try SetupDataNode.list(first: bootParameter("hdr.setup_data"), segment: bytes(.setupData), at: start(.setupData))
    }
}

extension LoadPlan {
    /// The crash kernel's region: the only memory that a crash load may use.
    func region() throws -> PhysicalRange { try #require(usableMemory.count == 1 ? usableMemory.first : nil) }
}
