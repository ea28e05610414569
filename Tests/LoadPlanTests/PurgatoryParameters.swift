import ELF
import LoadPlan
import TestSupport

@testable import Purgatory

/// What a plan for arm64 or ppc64le tells purgatory, read from the segment at the places that the image's symbols name.
struct PurgatoryParameters {
    private let bytes: [UInt8]
    private let symbols: [String: Symbol]

    init(_ plan: LoadPlan) throws {
        bytes = try plan.bytes(.purgatory)
        let image = plan.architecture == "ppc64le" ? EmbeddedPurgatory.ppc64le : EmbeddedPurgatory.aarch64
        let digits = Array(image.utf8)
        let elf = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
        symbols = Dictionary(try Symbol.table(of: ELFHeader(elf.span), in: elf.span).map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> UInt64? {
        symbols["purgatory_\(name)"].map { bytes.littleEndian(at: Int($0.value), width: Int($0.size)) }
    }
}
