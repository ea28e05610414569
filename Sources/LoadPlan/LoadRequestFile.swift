import ByteStorage
import SystemPackage

extension LoadRequest.File<Bytes> {
    /// The most bytes of an initrd or a module, far above any that boots.
    public static var largest: Int { 4 << 30 }

    /// Opens a file. Throws where it cannot be read or is too large.
    public init(reading path: FilePath) throws(FileError) {
        self.init(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.largest))
    }

    /// Opens initial ramdisks: one as it is, several one behind the other, each at a multiple of four bytes, as boot loaders hand them over
    /// (Documentation/driver-api/early-userspace/buffer-format.rst). Throws where one cannot be read, is empty, or all are too large.
    public init(initrds paths: [FilePath]) throws {
        let files = try paths.map { try LoadRequest.File<Bytes>(reading: $0) }
        guard files.count != 1 else {
            self = files[0]
            return
        }
        var joined: [UInt8] = []
        for file in files {
            guard file.contents.count > 0 else { throw PlanError.emptyInitrd(file.name) }
            guard file.contents.count <= Self.largest - joined.count - 3 else {
                throw PlanError.unsuitable(file.name, "the initrds have more than \(Self.largest) bytes together")
            }
            joined += [UInt8](repeating: 0, count: (4 - joined.count % 4) % 4)
            file.contents.withSpan { span in for index in span.indices { joined.append(span[index]) } }
        }
        self.init(name: files.map(\.name).joined(separator: " + "), contents: Bytes(joined))
    }
}
