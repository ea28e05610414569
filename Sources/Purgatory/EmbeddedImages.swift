extension PurgatoryImage {
    /// The purgatory built for x86_64.
    public static func x86_64() throws(PurgatoryError) -> PurgatoryImage {
        try PurgatoryImage(hexadecimal: EmbeddedPurgatory.x86_64)
    }
}
