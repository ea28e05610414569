import Foundation
import HostState
import Readiness
import Reports
import SystemPackage
import TestSupport
import Testing

/// What `swkexec check` prints, checked by Foundation's JSON.
struct OutputTests {
    private func json(_ readiness: Readiness) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(ReadinessReport(readiness).json.utf8)) as? [String: Any])
    }

    @Test func keysAreThePromisedOnes() throws {
        let readiness = try Machine.ready.with(["proc/sys/kernel/panic_on_oops": "0\n"]).assess()
        let answer = try json(readiness)
        #expect(Set(answer.keys) == ["schemaVersion", "ready", "items"])
        #expect(answer["schemaVersion"] as? Int == 1)
        #expect(answer["ready"] as? Bool == true)
        let items = try #require(answer["items"] as? [[String: Any]])
        #expect(items.count == readiness.items.count)
        for (object, item) in zip(items, readiness.items) {
            #expect(Set(object.keys) == ["id", "state", "what", "value", "file", "remedy"])
            #expect(object["id"] as? String == item.id.rawValue)
            #expect(object["state"] as? String == item.state.rawValue)
            #expect(object["value"] as? String == item.value)
            #expect(object["file"] as? String == item.file.string)
            #expect(object["remedy"] as? String == item.remedy)
            #expect(item.remedy != nil || object["remedy"] is NSNull)
        }
    }

    @Test func notReady() throws {
        #expect(try json(try Machine.nothing.assess())["ready"] as? Bool == false)
    }

    /// Bytes of a file that come back in a line leave the form whole.
    @Test func strangeBytes() throws {
        let folder = try Machine.ready.write()
        try folder.write(Array("\u{1b}[2J\"\\\u{7f}".utf8) + [0xff, 0xfe, 0x0a, 0x31], to: "proc/sys/kernel/panic_on_oops")
        let readiness = Readiness(.read(SystemRoot(folder.path), for: nil), hotplug: false, image: nil)
        let items = try #require(try json(readiness)["items"] as? [[String: Any]])
        #expect(items.contains { $0["id"] as? String == "panic-on-oops" && $0["state"] as? String == "unknown" })
        let table = ReadinessReport(readiness).table
        #expect(!table.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7f })
        #expect(table.split(separator: "\n").count { $0.contains("panic_on_oops") } == 1)
    }

    @Test func theTableEndsInTheVerdict() throws {
        let readiness = try Machine.ready.with(["sys/kernel/kexec_crash_loaded": "0\n"]).assess()
        let lines = ReadinessReport(readiness).table.split(separator: "\n").map(String.init)
        #expect(lines.last == "not ready: crash image: none is loaded")
        for item in readiness.items {
            let line = try #require(lines.first { $0.contains("  \(item.id.what)  ") })
            #expect(line.hasPrefix(item.state.rawValue) && line.hasSuffix(item.file.string))
            if let remedy = item.remedy { #expect(lines.contains { $0.hasSuffix("-> \(remedy)") }) }
        }
    }

    /// Neighbours with the same remedy share it.
    @Test func aRemedyIsToldOnce() throws {
        let machine = Machine.ready.with([
            "sys/kernel/kexec_crash_loaded": "0\n", "sys/kernel/kexec_crash_size": "0\n", "proc/iomem": Machine.iomem(crash: ""),
            "proc/cmdline": "quiet\n",
        ])
        let lines = ReadinessReport(try machine.assess()).table.split(separator: "\n")
        #expect(lines.count { $0.contains("-> boot with crashkernel=256M or more") } == 1)
    }
}
