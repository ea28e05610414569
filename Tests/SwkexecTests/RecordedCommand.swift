import ByteStorage
import CommandLineOptions
import Foundation
import HostState
import KexecSystem
import LoadPlan
import RecordedCalls
import SystemPackage
import TestSupport

@testable import swkexec

/// Runs a command line inside the test, with the system calls recorded and the machine read from a
/// folder: what a load would really ask of the kernel.
///
/// getopt_long has global state, so suites that use this are serialized by one lock.
enum RecordedCommand {
    private static let lock = NSLock()

    struct Outcome {
        let recorder: RecordingSystemCalls
        /// The error's one line; nil when all went well.
        let failure: String?

        var names: [String] { recorder.all.map(\.name) }
        var loads: [KexecLoadCall] { recorder.calls }
        var fileLoads: [KexecFileLoadCall] { recorder.fileCalls }
    }

    /// - Parameters:
    ///   - arguments: as a shell would hand them over, without the program's name
    ///   - answers: errnos for the calls in their order, nil for success; success after the last
    ///   - onWrite: what the kernel does when a control file is written to
    static func run(
        _ arguments: [String], root: FilePath, answers: [Errno?] = [], onWrite: @escaping (FilePath, String) -> Void = { _, _ in }
    ) -> Outcome {
        let recorder = RecordingSystemCalls(answers: answers, onWrite: onWrite)
        do {
            _ = try invocation(arguments).run(recorder, machine: root)
            return Outcome(recorder: recorder, failure: nil)
        } catch {
            return Outcome(recorder: recorder, failure: "\(error)")
        }
    }

    /// The plan of a load by kexec_load.
    static func plan(_ arguments: [String], root: FilePath) throws -> LoadPlan {
        guard case .load(var options) = try invocation(arguments) else { throw UsageError.conflict("not a load") }
        options.root = root
        let host = try HostState.read(SystemRoot(root))
        let request = try LoadRequestReader(options: options, host: host).read()
        return try Planner.plan(request, on: host, for: options.machine.prepared(for: request, on: host))
    }

    static func invocation(_ arguments: [String]) throws -> Invocation { try Invocation(parsed(arguments)) }

    static func parsed(_ arguments: [String]) throws -> ParsedOptions {
        lock.lock()
        defer { lock.unlock() }
        var words = unsafe (["swkexec"] + arguments).map { unsafe strdup($0) } + [nil]
        let copies = unsafe words
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        let count = Int32(arguments.count + 1)
        return try unsafe words.withUnsafeMutableBufferPointer { buffer in
            guard let argv = buffer.baseAddress else { throw UsageError.conflict("no words") }
            return try unsafe ParsedOptions(count, argv)
        }
    }
}
