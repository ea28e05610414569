import PhysicalMemory
import Purgatory

/// Which of what a scan has found is the image that is loaded. Nothing clears the region when an image is loaded over another or
/// unloaded, so remains of older ones may lie there, whole ones among them.
struct ImageChoice {
    enum Image {
        case record(PhysicalAddress, PurgatoryRecord)
        case header(PhysicalAddress)
        /// A record that was written over, and the one elfcorehdr, where there is one.
        case damaged(PhysicalAddress, header: PhysicalAddress?)
    }

    let image: Image
    /// Where records lie that are not that image's.
    let remains: [PhysicalAddress]

    /// - Parameter liveEntry: what the kernel itself says of where it enters the image
    init(_ scan: RegionScan, liveEntry: () -> PhysicalAddress?) throws(InspectionError) {
        // Headers that no record has a segment for are another image's.
        let strangers = scan.headers.filter { header in
            !scan.records.contains { $0.record.segments.contains { $0.role == .elfcorehdr && $0.memory.contains(header) } }
        }
        if scan.records.count == 1, strangers.isEmpty {
            image = .record(scan.records[0].address, scan.records[0].record)
            remains = scan.rejected.map(\.address)
            return
        }
        guard !scan.records.isEmpty else {
            // Loading fills whole pages: remains of a record are whole, or a copy's.
            if let damaged = scan.rejected.first(where: { $0.error == .damaged })?.address {
                image = .damaged(damaged, header: strangers.count == 1 ? strangers[0] : nil)
                remains = scan.rejected.map(\.address).filter { $0 != damaged }
                return
            }
            image = .header(try Self.only(strangers, scan))
            remains = scan.rejected.map(\.address)
            return
        }
        // Several images: only the kernel knows.
        guard let entry = liveEntry() else {
            if scan.records.count > 1 { throw .severalRecords(scan.records.map(\.address)) }
            throw .severalHeaders(scan.headers)
        }
        let live = scan.records.filter { $0.record.entry == entry }
        if let record = live.first {
            guard live.count == 1 else { throw .severalRecords(live.map(\.address)) }
            image = .record(record.address, record.record)
        } else {
            image = .header(try Self.only(strangers, scan))
        }
        remains = scan.records.map(\.address).filter { $0 != live.first?.address } + scan.rejected.map(\.address)
    }

    private static func only(_ headers: [PhysicalAddress], _ scan: RegionScan) throws(InspectionError) -> PhysicalAddress {
        guard let header = headers.first else {
            if scan.isEmpty { throw .allZero }
            throw .nothingKnown(rejected: scan.rejected.first?.error)
        }
        guard headers.count == 1 else { throw .severalHeaders(headers) }
        return header
    }
}
