import KexecSystem
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// What a load puts where a Linux kernel looks for it, read by physical addresses.
struct LoadedKernel {
    let call: KexecLoadCall

    /// The bytes from an address to the end of what is loaded into its segment.
    func bytes(at address: UInt64) throws -> [UInt8] {
        let segment = try #require(
            call.segments.first { $0.memory <= address && address < $0.memory + UInt64($0.contents.count) }, "nothing is loaded there")
        return segment.contents.withSpan { span in (Int(address - segment.memory)..<span.count).map { span[$0] } }
    }

    func text(at address: UInt64) throws -> String {
        String(decoding: try bytes(at: address).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The zero page that purgatory is told of.
    func bootParameters() throws -> [UInt8] {
        Array(try bytes(at: try #require(PurgatoryParameters(call)[PurgatoryX86_64.bootParams])).prefix(4096))
    }

    /// cmd_line_ptr and ext_cmd_line_ptr.
    func commandLineAddress() throws -> UInt64 {
        let parameters = try bootParameters()
        return parameters.littleEndian(at: 0x228, width: 4) + parameters.littleEndian(at: 0x0c8, width: 4) << 32
    }

    func commandLine() throws -> String { try text(at: try commandLineAddress()) }

    /// The RAM of the memory map (e820_entries, e820_table), ends not included.
    func ram() throws -> [Range<UInt64>] {
        let parameters = try bootParameters()
        return (0..<Int(parameters[0x1e8])).compactMap { index in
            let entry = 0x2d0 + index * 20
            let start = parameters.littleEndian(at: entry, width: 8)
            return parameters.littleEndian(at: entry + 16, width: 4) == 1
                ? start..<start + parameters.littleEndian(at: entry + 8, width: 8) : nil
        }
    }
}
