import ByteStorage
import CLinux
import SystemPackage

/// The calls of the running kernel.
public struct LinuxSystemCalls: KexecSystemCalls {
    /// Needs nothing; each call asks the kernel anew.
    public init() {}

    /// One kexec_load(2); no segment's bytes are copied before.
    public func kexecLoad(_ call: KexecLoadCall) throws(Errno) {
        try unsafe withPointers(call, from: 0, collected: [])
    }

    /// One kexec_file_load(2), with the descriptors of the very files that were checked.
    public func kexecFileLoad(_ call: KexecFileLoadCall) throws(Errno) {
        let kernel = try Self.descriptor(of: call.kernel)
        let initrd = try Self.descriptor(of: call.initrd)
        let commandLine = call.commandLine + [0]
        let answer = unsafe commandLine.withUnsafeBytes { bytes in
            let text = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe clinux_kexec_file_load(
                kernel?.rawValue ?? -1, initrd?.rawValue ?? -1, UInt(commandLine.count), text, UInt(call.flags.rawValue))
        }
        guard answer == 0 else { throw Errno(rawValue: -answer) }
    }

    /// The open file that holds exactly these bytes: the one that was opened, else a memfd.
    private static func descriptor(of bytes: Bytes?) throws(Errno) -> FileDescriptor? {
        guard let bytes else { return nil }
        guard let descriptor = bytes.descriptor else { throw .badFileDescriptor }
        return descriptor
    }

    /// sync(2)
    public func synchronize() { clinux_sync() }
    /// Clears IFF_UP of each interface but the loopback (ioctl SIOCSIFFLAGS).
    public func takeInterfacesDown() throws(Errno) { try Self.check(clinux_take_interfaces_down()) }
    /// reboot(2), LINUX_REBOOT_CMD_KEXEC.
    public func rebootIntoImage() throws(Errno) { try Self.check(clinux_reboot_into_image()) }
    /// execvp(3) of shutdown(8).
    public func runShutdown() throws(Errno) { try Self.check(clinux_run_shutdown()) }

    /// One open(2) and write(2), nothing created.
    public func writeControlFile(_ file: FilePath, _ bytes: [UInt8]) throws(Errno) {
        do {
            let descriptor = try FileDescriptor.open(file, .writeOnly, options: [.closeOnExec])
            defer { try? descriptor.close() }
            // One call: sysfs takes each for a value of its own.
            let written = try unsafe bytes.withUnsafeBytes { try unsafe descriptor.write($0) }
            guard written == bytes.count else { throw Errno.ioError }
        } catch {
            throw (error as? Errno) ?? .ioError
        }
    }

    private static func check(_ answer: Int32) throws(Errno) {
        guard answer == 0 else { throw Errno(rawValue: -answer) }
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
