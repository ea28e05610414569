import PhysicalMemory

/// Where an image may be loaded that can run elsewhere than it was linked: the relocatable header
/// tag (Multiboot2 Specification 2.0, section 3.1.13).
public struct MultibootRelocation: Hashable, Sendable {
    /// Where within the window the image wants to be.
    public enum Preference: UInt32, Sendable {
        /// Anywhere.
        case none = 0
        /// As low as possible.
        case lowest = 1
        /// As high as possible.
        case highest = 2
    }

    /// No part of the image lies below its start or above its end.
    public let window: PhysicalRange
    /// A power of two.
    public let alignment: ByteCount
    /// Where within the window the image wants to be.
    public let preference: Preference

    init(minimum: UInt32, maximum: UInt32, alignment: UInt32, preference: UInt32, place: Int) throws(MultibootError) {
        guard let window = PhysicalRange(start: PhysicalAddress(UInt64(minimum)), end: PhysicalAddress(UInt64(maximum))) else {
            throw .field("max_addr", UInt64(maximum), at: place, allowed: "is not above min_addr 0x\(String(minimum, radix: 16))")
        }
        guard alignment & (alignment &- 1) == 0 else {
            throw .field("align", UInt64(alignment), at: place, allowed: "is not a power of two")
        }
        guard let preference = Preference(rawValue: preference) else {
            throw .field("preference", UInt64(preference), at: place, allowed: "is none of 0 (none), 1 (lowest), 2 (highest)")
        }
        self.window = window
        self.alignment = ByteCount(UInt64(max(1, alignment)))
        self.preference = preference
    }
}
