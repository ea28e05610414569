import KexecSystem
import LoadPlan
import SystemPackage

/// Records calls instead of making them, in their order, and answers with the errnos it was given,
/// then with success.
final class RecordingSystemCalls: KexecSystemCalls {
    enum Call {
        case load(KexecLoadCall)
        case fileLoad(KexecFileLoadCall)
        case synchronize
        case interfacesDown
        case reboot
        case shutdown

        /// For comparing sequences.
        var name: String {
            switch self {
            case .load: "kexec_load"
            case .fileLoad: "kexec_file_load"
            case .synchronize: "sync"
            case .interfacesDown: "interfaces down"
            case .reboot: "reboot"
            case .shutdown: "shutdown"
            }
        }
    }

    private(set) var all: [Call] = []
    private var answers: [Errno?]

    init(answers: [Errno?] = []) { self.answers = answers }

    /// The calls of kexec_load among them.
    var calls: [KexecLoadCall] {
        all.compactMap { if case .load(let call) = $0 { call } else { nil } }
    }

    /// The calls of kexec_file_load among them.
    var fileCalls: [KexecFileLoadCall] {
        all.compactMap { if case .fileLoad(let call) = $0 { call } else { nil } }
    }

    private func record(_ call: Call) throws(Errno) {
        all.append(call)
        guard !answers.isEmpty, let errno = answers.removeFirst() else { return }
        throw errno
    }

    func kexecLoad(_ call: KexecLoadCall) throws(Errno) { try record(.load(call)) }
    func kexecFileLoad(_ call: KexecFileLoadCall) throws(Errno) { try record(.fileLoad(call)) }
    func synchronize() { all.append(.synchronize) }
    func takeInterfacesDown() throws(Errno) { try record(.interfacesDown) }
    func rebootIntoImage() throws(Errno) { try record(.reboot) }
    func runShutdown() throws(Errno) { try record(.shutdown) }
}
