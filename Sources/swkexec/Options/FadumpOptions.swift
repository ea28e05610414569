import BinaryLayout
import CommandLineOptions
import FirmwareAssistedDump
import HostState
import PhysicalMemory
import Readiness
import Reports
import SystemPackage

/// What `swkexec fadump` is to do.
enum FadumpOptions {
    /// What changes something in the kernel.
    enum Control: Equatable {
        case register, unregister, reload, releaseMemory
        /// Bytes, as they were given.
        case appendArguments([UInt8])
    }

    struct Elfcorehdr {
        var header: FilePath
        var regions: FilePath
        var memory: FilePath
        var output: FilePath
        /// What the crashed kernel's mem_reserved told.
        var reserved: ByteCount?
        var format: ReportFormat
    }

    struct Plan {
        var machine: FadumpSizes.Machine
        /// Nil for what the machine below `root` is.
        var platform: FadumpSizes.Platform?
        /// Nil for what the firmware of the machine below `root` tells.
        var cpuState: ByteCount?
        var hashPageTable: ByteCount?
        var root: FilePath
        var format: ReportFormat
    }

    case status(root: FilePath, ReportFormat)
    case control(Control)
    case header(FilePath, for: CaptureKernelABI, ReportFormat)
    case elfcorehdr(Elfcorehdr)
    case plan(Plan)
}

extension FadumpOptions {
    /// The word behind `fadump`.
    enum Verb: String, CaseIterable {
        case status, register, unregister, reload
        case releaseMemory = "release-memory"
        case appendArguments = "append-arguments"
        case header, elfcorehdr, plan

        /// What the word behind it is called; nil where there must be none.
        var argument: String? {
            switch self {
            case .appendArguments: "TEXT"
            case .header: "FILE"
            default: nil
            }
        }
    }

    /// - Parameter parsed: a command line whose first word is `fadump`
    init(_ parsed: ParsedOptions) throws(UsageError) {
        let verbs = Verb.allCases.map(\.rawValue).joined(separator: ", ")
        guard parsed.words.count > 1 else { throw .conflict("fadump needs to be told what to do: \(verbs)") }
        guard let verb = Verb(rawValue: parsed.words[1].text) else {
            throw .badArgument(option: "fadump", value: parsed.words[1].text, allowed: "one of \(verbs)")
        }
        if let action = Action(rawValue: "fadump \(verb.rawValue)") { _ = try OptionUse(parsed, for: action) }
        let argument = try Self.argument(of: verb, parsed)
        switch verb {
        case .status: self = .status(root: Self.root(parsed), try Self.format(parsed))
        case .register: self = .control(.register)
        case .unregister: self = .control(.unregister)
        case .reload: self = .control(.reload)
        case .releaseMemory: self = .control(.releaseMemory)
        case .appendArguments:
            guard !argument.bytes.contains(0x0a) else { throw .conflict("the arguments are one line, without a line end") }
            self = .control(.appendArguments(argument.bytes))
        case .header: self = .header(argument.path, for: try Self.captureKernel(parsed), try Self.format(parsed))
        case .elfcorehdr: self = .elfcorehdr(try Elfcorehdr(parsed))
        case .plan: self = .plan(try Plan(parsed))
        }
    }

    private static func argument(of verb: Verb, _ parsed: ParsedOptions) throws(UsageError) -> Word {
        let most = verb.argument == nil ? 2 : 3
        guard parsed.words.count <= most else { throw .conflict("fadump \(verb.rawValue): '\(parsed.words[most].text)' is one too many") }
        guard let argument = verb.argument else { return Word([]) }
        guard parsed.words.count == 3 else { throw .conflict("fadump \(verb.rawValue) needs \(argument)") }
        guard argument != "FILE" || !parsed.words[2].bytes.isEmpty else {
            throw .conflict("fadump \(verb.rawValue): the file's name is empty")
        }
        return parsed.words[2]
    }

    private static func captureKernel(_ parsed: ParsedOptions) throws(UsageError) -> CaptureKernelABI {
        CaptureKernelABI(
            byteOrder: try parsed.value(.byteOrder, allowed: "little or big") {
                ["little": ByteOrder.littleEndian, "big": .bigEndian][$0]
            },
            registersSize: try parsed.structureSize(.registersSize), cpuMaskSize: try parsed.structureSize(.cpuMaskSize),
            isOlder: try parsed.kernelRelease().map { $0 < .capturesByItself } ?? false)
    }

    fileprivate static func root(_ parsed: ParsedOptions) -> FilePath { parsed.argument(.sysroot)?.path ?? "/" }

    fileprivate static func format(_ parsed: ParsedOptions) throws(UsageError) -> ReportFormat {
        try parsed.value(.format, allowed: "table or json") { ReportFormat(rawValue: $0) } ?? .table
    }
}

extension FadumpOptions.Elfcorehdr {
    fileprivate init(_ parsed: ParsedOptions) throws(UsageError) {
        header = try Self.file(.header, parsed)
        regions = try Self.file(.regions, parsed)
        memory = try Self.file(.memory, parsed)
        output = try Self.file(.output, parsed)
        reserved = try parsed.size(.memoryReserved)
        format = try FadumpOptions.format(parsed)
    }

    private static func file(_ id: OptionID, _ parsed: ParsedOptions) throws(UsageError) -> FilePath {
        guard let word = parsed.argument(id) else { throw .conflict("fadump elfcorehdr needs \(parsed.name(id))=FILE") }
        guard !word.bytes.isEmpty else { throw .conflict("\(parsed.name(id)): the file's name is empty") }
        return word.path
    }
}

extension FadumpOptions.Plan {
    fileprivate init(_ parsed: ParsedOptions) throws(UsageError) {
        guard let memory = try parsed.size(.memory) else { throw .conflict("fadump plan needs --memory=SIZE") }
        machine = FadumpSizes.Machine(memory: memory)
        machine.crashKernel = try parsed.value(.crashKernel, allowed: "a size as crashkernel= takes it here (SIZE, or START-[END]:SIZE,…)")
        { text in
            // Only the plain form is for fadump, and it goes by no place.
            guard !text.hasSuffix(",high"), case .bytes(let size) = CrashKernelParameter(text).size(ram: memory) else { return nil }
            return size
        }
        machine.reserveParameter = try parsed.size(.reserveMemory)
        machine.isAlignedForCMA = try parsed.kernelRelease().map { $0 < .withoutAlignmentForCMA } ?? false
        platform = try parsed.value(.platform, allowed: "pseries or powernv") { FadumpSizes.Platform(rawValue: $0) }
        if let page = try parsed.value(
            .pageSize, allowed: "4K or 64K", { ByteCount(parsing: $0).flatMap { [.kibibytes(4), .kibibytes(64)].contains($0) ? $0 : nil } })
        {
            machine.page = page
        }
        if let size = try parsed.structureSize(.registersSize) { machine.registers = size }
        if let size = try parsed.structureSize(.cpuMaskSize) { machine.cpuMask = size }
        if let count = try parsed.regionCount(.memoryRegions) { machine.memoryRegions = count }
        if let count = try parsed.regionCount(.bootRegions) { machine.bootRegions = count }
        cpuState = try parsed.size(.cpuStateSize)
        hashPageTable = try parsed.size(.hptSize)
        root = FadumpOptions.root(parsed)
        format = try FadumpOptions.format(parsed)
    }
}

extension KernelRelease {
    /// The capture kernel makes the elfcorehdr from here on.
    fileprivate static let capturesByItself = KernelRelease(major: 6, minor: 10)
    /// Boot memory needs no multiple of 16 MiB from here on.
    fileprivate static let withoutAlignmentForCMA = KernelRelease(major: 5, minor: 18)
}

extension ParsedOptions {
    fileprivate func kernelRelease() throws(UsageError) -> KernelRelease? {
        try value(.kernelRelease, allowed: "a kernel's version, as 6.1 or 5.14.0-503.el9.ppc64le") { KernelRelease($0) }
    }

    fileprivate func size(_ id: OptionID) throws(UsageError) -> ByteCount? {
        try value(id, allowed: "a number of bytes, with K, M, G or T behind it or not") { ByteCount(parsing: $0) }
    }

    fileprivate func structureSize(_ id: OptionID) throws(UsageError) -> UInt32? {
        try value(id, allowed: "a number of bytes of at most 32 bits") { ByteCount(parsing: $0).flatMap { UInt32(exactly: $0.rawValue) } }
    }

    fileprivate func regionCount(_ id: OptionID) throws(UsageError) -> Int? {
        try value(id, allowed: "a number from 1 to \(FadumpSizes.mostRegions)") { text in
            Int(text).flatMap { 1...FadumpSizes.mostRegions ~= $0 ? $0 : nil }
        }
    }
}
