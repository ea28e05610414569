import KexecSystem
import LoadPlan
import SystemPackage

/// Records calls instead of making them, and answers with the errnos it was given, then with
/// success.
final class RecordingSystemCalls: KexecSystemCalls {
    private(set) var calls: [KexecLoadCall] = []
    private var answers: [Errno?]

    init(answers: [Errno?] = []) { self.answers = answers }

    func kexecLoad(_ call: KexecLoadCall) throws(Errno) {
        calls.append(call)
        guard !answers.isEmpty, let errno = answers.removeFirst() else { return }
        throw errno
    }
}
