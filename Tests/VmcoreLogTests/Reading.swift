import SystemPackage
import TestSupport
import VmcoreLog

/// What came out of a file: all that was handed out, and the error it ended with.
struct Reading {
    var output: [UInt8] = []
    var error: VmcoreError?

    var text: String { String(decoding: output, as: UTF8.self) }

    init(_ path: FilePath) {
        final class Collector { var bytes: [UInt8] = [] }
        let collector = Collector()
        do throws(VmcoreError) {
            try Vmcore(path: path).writeLog { (chunk) throws(VmcoreError) in collector.bytes += chunk }
        } catch {
            self.error = error
        }
        output = collector.bytes
    }

    init(_ bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        self.init(try folder.write(bytes, to: "vmcore"))
    }

    init(_ vmcore: SyntheticVmcore) throws { try self.init(vmcore.bytes) }
}
