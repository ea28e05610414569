import ByteStorage
import SystemPackage

extension LoadRequest.File<Bytes> {
    /// The most bytes of an initrd or a module, far above any that boots.
    public static var largest: Int { 4 << 30 }

    /// Opens a file. Throws where it cannot be read or is too large.
    public init(reading path: FilePath) throws(FileError) {
        self.init(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.largest))
    }
}
