import DeviceTree
import TestSupport
import Testing

/// The compiler of device trees, to compare with.
enum Dtc {
    static let isAvailable = Tool.dtc.isAvailable && Tool.fdtget.isAvailable && Tool.fdtput.isAvailable
    static let absence = Comment(rawValue: "no dtc here (package device-tree-compiler)")

    /// The blob that dtc makes of a source text.
    static func compile(_ source: String, _ arguments: [String] = []) throws -> [UInt8] {
        try Tool.dtc.output(["-q", "-q", "-I", "dts", "-O", "dtb", "-o", "-"] + arguments + ["-"], input: Array(source.utf8))
    }

    /// What dtc reads out of a blob, written as a blob again.
    /// - Parameter arguments: `-f` goes on where a name or a value is not what dtc expects
    static func rewrite(_ blob: [UInt8], _ arguments: [String] = []) throws -> [UInt8] {
        try Tool.dtc.output(["-q", "-q", "-I", "dtb", "-O", "dtb", "-o", "-"] + arguments + ["-"], input: blob)
    }

    /// The source text that dtc makes of a blob.
    static func source(_ blob: [UInt8]) throws -> String {
        try Tool.dtc.text(["-q", "-q", "-I", "dtb", "-O", "dts", "-o", "-", "-"], input: blob)
    }
}

/// Reads a blob. What #expect is given it prepares for printing, byte for byte: large trees are
/// compared in front of it.
func parse(_ blob: [UInt8]) throws -> DeviceTree { try DeviceTree(blob.span) }
