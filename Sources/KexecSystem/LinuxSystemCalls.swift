import CLinux
import SystemPackage

/// kexec_load(2) of the running kernel.
public struct LinuxSystemCalls: KexecSystemCalls {
    public init() {}

    public func kexecLoad(_ call: KexecLoadCall) throws(Errno) {
        try unsafe withPointers(call, from: 0, collected: [])
    }

    /// Keeps the bytes of one segment after another in place, then makes the call.
    private func withPointers(
        _ call: KexecLoadCall, from index: Int, collected: [clinux_kexec_segment]
    ) throws(Errno) {
        guard index < call.segments.count else {
            let answer = unsafe collected.withUnsafeBufferPointer {
                unsafe clinux_kexec_load(UInt(call.entry), UInt(collected.count), $0.baseAddress, UInt(call.flags.rawValue))
            }
            guard answer == 0 else { throw Errno(rawValue: -answer) }
            return
        }
        let segment = call.segments[index]
        try unsafe segment.contents.withUnsafeBytes { (bytes) throws(Errno) in
            let argument = unsafe clinux_kexec_segment(
                buffer: bytes.baseAddress, buffer_size: bytes.count, memory: UInt(segment.memory),
                memory_size: Int(clamping: segment.memorySize))
            try unsafe withPointers(call, from: index + 1, collected: collected + [argument])
        }
    }
}
