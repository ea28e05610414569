extension PurgatoryImage {
    /// The purgatory built for x86_64.
    public static func x86_64() throws(PurgatoryError) -> PurgatoryImage {
        try PurgatoryImage(hexadecimal: EmbeddedPurgatory.x86_64)
    }

    /// The purgatory built for little-endian 64-bit PowerPC.
    public static func ppc64le() throws(PurgatoryError) -> PurgatoryImage {
        try PurgatoryImage(hexadecimal: EmbeddedPurgatory.ppc64le)
    }

    /// The purgatory built for little-endian 64-bit Arm.
    public static func aarch64() throws(PurgatoryError) -> PurgatoryImage {
        try PurgatoryImage(hexadecimal: EmbeddedPurgatory.aarch64)
    }
}
