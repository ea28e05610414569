import ByteStorage
import CommandLineOptions
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import SystemPackage

extension X86_64 {
    /// What the user asks of this machine by the options that only it has, and those that it shares with some.
    public struct Options: Sendable {
        /// A module of a multiboot image.
        public struct Module: Sendable {
            /// The file.
            public let file: LoadRequest.File<Bytes>
            /// The string that the image gets with it: the words the user gave, the file's name first.
            public let text: [UInt8]

            /// A module that was opened.
            public init(file: LoadRequest.File<Bytes>, text: [UInt8]) {
                self.file = file
                self.text = text
            }
        }

        /// What becomes of the PC's screen.
        public struct Screen: Sendable {
            /// Purgatory reports on the VGA's text screen.
            public var isConsole = false
            /// Purgatory puts the VGA into text mode.
            public var isReset = false
            /// The new kernel is given the screen that this boot's firmware set up, whoever drives it now.
            public var keepsFirmwareMode = false
        }

        /// How the kernel is to be entered; nil for the best way that the file has.
        public var entry: KernelEntry?
        /// What an ELF file is given.
        public var arguments = ProgramArguments.linux
        /// For a multiboot image, in the order they were given.
        public var modules: [Module] = []
        /// For a multiboot image: ACPI's root pointer, where the machine's firmware cannot be searched for it.
        public var acpiRoot: ACPIRootPointer?
        /// What becomes of the PC's screen.
        public var screen = Screen()
        /// A kernel that gets only a part of the machine has its memory map on the command line, too.
        public var passesMemoryMap = false
        /// EFI's tables are handed to the new kernel (not `--noefi`).
        public var handsOverEFI = true
        /// Where purgatory reports, beyond what the command line says.
        var serial = Serial()
        /// The modules' files, before they are opened.
        var moduleFiles: [(path: FilePath, text: [UInt8])] = []

        /// Nothing is asked for.
        public init() {}
    }
}

extension X86_64.Options {
    init(_ parsed: ParsedOptions) throws(UsageError) {
        guard !parsed.contains(.entry32Bit) || !parsed.contains(.realMode) else { throw .conflict("either --entry-32bit or --real-mode") }
        entry = parsed.contains(.realMode) ? .realMode : parsed.contains(.entry32Bit) ? .bits32 : nil
        arguments = parsed.last(of: [.argumentsLinux: .linux, .argumentsELF: .notes, .argumentsNone: .none]) ?? .linux
        moduleFiles = try parsed.arguments(.module).map { (word) throws(UsageError) in try Self.module(word) }
        screen.isConsole = parsed.contains(.consoleVGA)
        screen.isReset = parsed.contains(.resetVGA)
        screen.keepsFirmwareMode = parsed.contains(.reuseVideoType)
        passesMemoryMap = parsed.contains(.passMemoryMap)
        handsOverEFI = !parsed.contains(.noEFI)
        serial = try Serial(parsed)
        if parsed.contains(.loadPreserveContext), arguments == .linux, !parsed.contains(.memoryMaximum) {
            throw .conflict(
                "--load-preserve-context needs --mem-max=ADDRESS: the RAM up to there is the other kernel's, and this one's is kept aside")
        }
    }

    /// The file's name ends at the first blank.
    private static func module(_ word: Word) throws(UsageError) -> (path: FilePath, text: [UInt8]) {
        let name = word.bytes.prefix { $0 != 0x20 }
        guard !name.isEmpty else { throw .conflict("--module: the file's name is empty") }
        return (Word(Array(name)).path, word.bytes)
    }

    /// With the modules read, and ACPI's root pointer for an image that would take it: memory is looked at for those alone.
    func opened(for request: LoadRequest, on host: HostState) throws(FileError) -> Self {
        var opened = self
        for (path, text) in moduleFiles { opened.modules.append(Module(file: try .init(reading: path), text: text)) }
        if MultibootImage.version(of: request.kernel.contents.bytes, type: request.type) == .two, let address = host.acpiRootAddress {
            opened.acpiRoot = ACPIRootPointer.read(host, at: address)
        }
        return opened
    }
}
