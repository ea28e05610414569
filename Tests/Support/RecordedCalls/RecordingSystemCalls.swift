import KexecSystem
import LoadPlan
import SystemPackage

/// Records calls instead of making them, in their order, and answers with the errnos it was given,
/// then with success.
public final class RecordingSystemCalls: KexecSystemCalls {
    public enum Call {
        case load(KexecLoadCall)
        case fileLoad(KexecFileLoadCall)
        case synchronize
        case interfacesDown
        case reboot
        case shutdown
        case write(FilePath, String)

        /// For comparing sequences.
        public var name: String {
            switch self {
            case .load: "kexec_load"
            case .fileLoad: "kexec_file_load"
            case .synchronize: "sync"
            case .interfacesDown: "interfaces down"
            case .reboot: "reboot"
            case .shutdown: "shutdown"
            case .write(let file, let text): "write \(file.lastComponent?.string ?? "") \(text)"
            }
        }
    }

    public private(set) var all: [Call] = []
    private var answers: [Errno?]
    private let onWrite: (FilePath, String) -> Void

    /// - Parameter onWrite: what the kernel would do when a control file was written to with success
    public init(answers: [Errno?] = [], onWrite: @escaping (FilePath, String) -> Void = { _, _ in }) {
        self.answers = answers
        self.onWrite = onWrite
    }

    /// The calls of kexec_load among them.
    public var calls: [KexecLoadCall] {
        all.compactMap { if case .load(let call) = $0 { call } else { nil } }
    }

    /// The calls of kexec_file_load among them.
    public var fileCalls: [KexecFileLoadCall] {
        all.compactMap { if case .fileLoad(let call) = $0 { call } else { nil } }
    }

    private func record(_ call: Call) throws(Errno) {
        all.append(call)
        guard !answers.isEmpty, let errno = answers.removeFirst() else { return }
        throw errno
    }

    public func kexecLoad(_ call: KexecLoadCall) throws(Errno) { try record(.load(call)) }
    public func kexecFileLoad(_ call: KexecFileLoadCall) throws(Errno) { try record(.fileLoad(call)) }
    public func synchronize() { all.append(.synchronize) }
    public func takeInterfacesDown() throws(Errno) { try record(.interfacesDown) }
    public func rebootIntoImage() throws(Errno) { try record(.reboot) }
    public func runShutdown() throws(Errno) { try record(.shutdown) }

    public func writeControlFile(_ file: FilePath, _ bytes: [UInt8]) throws(Errno) {
        let text = String(decoding: bytes, as: UTF8.self)
        try record(.write(file, text))
        onWrite(file, text)
    }
}
