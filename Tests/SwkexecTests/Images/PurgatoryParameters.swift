import ELF
import KexecSystem
import TestSupport
import Testing

@testable import Purgatory

/// What a load told purgatory, read from the segment at the places that the image's symbols name.
struct PurgatoryParameters {
    private let bytes: [UInt8]
    private let symbols: [String: Symbol]
    let start: UInt64

    /// The segment that the entry lies in.
    init(_ call: KexecLoadCall) throws {
        let segment = try #require(call.segments.first { $0.memory <= call.entry && call.entry < $0.memory + $0.memorySize })
        start = segment.memory
        bytes = segment.contents.withSpan { span in (0..<span.count).map { span[$0] } }
        let digits = Array(EmbeddedPurgatory.x86_64.utf8)
        let elf = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
        symbols = Dictionary(try Symbol.table(of: ELFHeader(elf.span), in: elf.span).map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> UInt64? {
        symbols["purgatory_\(name)"].map { bytes.littleEndian(at: Int($0.value), width: Int($0.size)) }
    }
}
