import KexecSystem
import LoadPlan
import SystemPackage
import Testing

/// When kexec_load may be tried after kexec_file_load said no. A rejected signature, above all,
/// stands.
struct SyscallChoiceTests {
    /// EKEYREJECTED, ENOKEY, EBADMSG and the others that kexec-tools, too, takes for an answer.
    private static let final: [Errno] = [
        .notPermitted, Errno(rawValue: 129), Errno(rawValue: 126), .badMessage, .noMemory, .noData,
        .resourceBusy, .permissionDenied, .badAddress, .textFileBusy, .ioError,
    ]

    @Test(arguments: [Errno.noFunction, .invalidArgument, .execFormatError, .notSupported, .addressNotAvailable])
    func fallsBack(_ errno: Errno) {
        #expect(SyscallChoice.mayFallBack(after: errno, sending: []))
        #expect(SyscallChoice.mayFallBack(after: errno, sending: .debug))
    }

    @Test(arguments: final)
    func stands(_ errno: Errno) {
        #expect(!SyscallChoice.mayFallBack(after: errno, sending: []))
    }

    /// EINVAL may be about the flag: then the user's wish cannot be fulfilled by another call.
    @Test(arguments: [KexecFileFlags.noCMA, .forceDTB])
    func aFlagTheUserAskedForIsNotDropped(_ flag: KexecFileFlags) {
        #expect(!SyscallChoice.mayFallBack(after: .invalidArgument, sending: flag))
    }

    @Test func unloadingFallsBackOnENOSYSOnly() {
        #expect(SyscallChoice.mayFallBackUnloading(after: .noFunction))
        for errno in Self.final + [.invalidArgument, .execFormatError] {
            #expect(!SyscallChoice.mayFallBackUnloading(after: errno))
        }
    }
}
