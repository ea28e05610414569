import BinaryLayout
import FirmwareAssistedDump
import HostState
import JSON
import PhysicalMemory

/// What `swkexec fadump header` prints: the header's fields by the kernel's names, and whether a
/// capture kernel processes it. The keys are documented in swkexec-fadump(8).
public struct CrashInfoReport: Report {
    public static let schemaVersion: UInt64 = 1

    /// As it was read.
    public let header: CrashInfoHeader
    /// Whether a capture kernel takes it.
    public let verdict: CrashInfoVerdict

    /// Both are made of the same bytes.
    public init(header: CrashInfoHeader, verdict: CrashInfoVerdict) {
        self.header = header
        self.verdict = verdict
    }

    /// Whether the capture kernel leaves the dump alone.
    public var isRefused: Bool {
        if case .refused = verdict { return true }
        return false
    }

    /// Whether it depends on what is not known of the capture kernel.
    public var isUnknown: Bool {
        if case .unknown = verdict { return true }
        return false
    }

    /// What the reader should know besides; they are members of the JSON form, and stand nowhere in the blocks.
    public var warnings: [String] {
        guard case .current(let header) = header, header.version != CrashInfo.knownVersion else { return [] }
        return ["version \(header.version) is not known: the fields are taken for those of version \(CrashInfo.knownVersion)"]
    }

    public var blocks: [TextBlock] { [.fields(fields), .line(sentence)] }

    private var fields: [(label: String, value: String)] {
        switch header {
        case .current(let header):
            [
                ("magic_number", "FADMPSIG: Linux 6.10 and newer, the capture kernel makes the elfcorehdr"),
                ("byte order", words(header.byteOrder)),
                ("version", "\(header.version)"),
                ("crashing_cpu", cpu(header.crashingCPU)),
                ("vmcoreinfo_raddr", header.vmcoreinfoAddress.description),
                ("vmcoreinfo_size", header.vmcoreinfoSize.rawValue.hex),
                ("pt_regs_sz", "\(header.registersSize)"),
                ("cpu_mask_sz", "\(header.cpuMaskSize)"),
                ("cpu_mask", header.possibleCPUs.map { CPUList.text($0) } ?? "not in the file"),
                ("size", "\(header.size) bytes"),
            ]
        case .older(let header):
            [
                ("magic_number", "FADMPINF: before Linux 6.10, the first kernel made the elfcorehdr"),
                ("byte order", words(header.byteOrder)),
                ("elfcorehdr_addr", header.elfcorehdrAddress.description),
                ("crashing_cpu", cpu(header.crashingCPU)),
                ("size", "unknown: this layout tells no sizes"),
            ]
        }
    }

    private func words(_ order: ByteOrder) -> String { order == .littleEndian ? "little-endian" : "big-endian" }
    private func cpu(_ cpu: UInt32?) -> String { cpu.map { "\($0)" } ?? "unknown: the kernel has not crashed" }

    private var sentence: String {
        switch verdict {
        case .processed: "processed: the capture kernel takes this dump"
        case .refused(let why): "refused: \(why.rawValue)"
        case .unknown(let missing):
            "unknown: it depends on the capture kernel's \(missing.map(\.rawValue).joined(separator: " and ")) (\(missing.map(option).joined(separator: ", ")))"
        }
    }

    private func option(_ missing: CrashInfoVerdict.Unknown) -> String {
        switch missing {
        case .byteOrder: "--byte-order"
        case .registersSize: "--pt-regs-size"
        case .cpuMaskSize: "--cpu-mask-size"
        }
    }

    public var members: [JSONMember] { headerMembers + [("verdict", verdictValue), ("warnings", .strings(warnings))] }

    private var headerMembers: [JSONMember] {
        switch header {
        case .current(let header):
            [
                ("magic", .string("FADMPSIG")),
                ("byteOrder", order(header.byteOrder)),
                ("version", .number(UInt64(header.version))),
                ("crashingCPU", number(header.crashingCPU)),
                ("elfcorehdr", .null),
                (
                    "vmcoreinfo",
                    .object([("start", .string(header.vmcoreinfoAddress.description)), ("size", .number(header.vmcoreinfoSize.rawValue))])
                ),
                ("ptRegsSize", .number(UInt64(header.registersSize))),
                ("cpuMaskSize", .number(UInt64(header.cpuMaskSize))),
                ("cpus", header.possibleCPUs.map { .array($0.map { .number(UInt64($0)) }) } ?? .null),
                ("size", .number(UInt64(header.size))),
            ]
        case .older(let header):
            [
                ("magic", .string("FADMPINF")),
                ("byteOrder", order(header.byteOrder)),
                ("version", .null),
                ("crashingCPU", number(header.crashingCPU)),
                ("elfcorehdr", .string(header.elfcorehdrAddress.description)),
                ("vmcoreinfo", .null), ("ptRegsSize", .null), ("cpuMaskSize", .null), ("cpus", .null), ("size", .null),
            ]
        }
    }

    private func order(_ order: ByteOrder) -> JSONValue { .string(order == .littleEndian ? "little" : "big") }
    private func number(_ value: UInt32?) -> JSONValue { value.map { .number(UInt64($0)) } ?? .null }

    private var verdictValue: JSONValue {
        let (result, reason, missing): (String, JSONValue, [CrashInfoVerdict.Unknown]) =
            switch verdict {
            case .processed: ("processed", .null, [])
            case .refused(let why): ("refused", .string(why.rawValue), [])
            case .unknown(let missing): ("unknown", .null, missing)
            }
        return .object([
            ("result", .string(result)), ("reason", reason), ("missing", .strings(missing.map(option))),
        ])
    }
}
