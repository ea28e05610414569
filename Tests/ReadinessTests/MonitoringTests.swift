import HostState
import Readiness
import Reports
import SystemPackage
import TestSupport
import Testing

/// `--format=prometheus` against the grammar of the text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), and
/// `--format=nagios` against the Monitoring Plugins Development Guidelines.
struct MonitoringTests {
    private struct Sample: Hashable {
        let name: String
        let labels: String
        let value: String
    }

    /// The samples of a text that a parser of that format takes whole.
    private func samples(_ text: String) throws -> [Sample] {
        #expect(text.hasSuffix("\n") && !text.contains("\r"))
        var types: [String: String] = [:]
        var helped: Set<String> = []
        var current = ""
        var samples: [Sample] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let help = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\]*)/) {
                #expect(helped.insert(String(help.1)).inserted, "a second HELP of \(help.1)")
                #expect(types[String(help.1)] == nil && !samples.contains { $0.name == help.1 })
                current = String(help.1)
            } else if let type = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)/) {
                // Before the first sample, and one of a name.
                #expect(types.updateValue(String(type.2), forKey: String(type.1)) == nil && type.1 == current)
            } else {
                let sample = try #require(
                    line.wholeMatch(
                        of:
                            /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\\]*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="[^"\\]*")*\})? ([0-9]+)/
                    ),
                    "no sample: \(line)")
                // All samples of a metric stand together.
                #expect(sample.1 == current && types[current] != nil && helped.contains(current), "\(line)")
                samples.append(Sample(name: String(sample.1), labels: String(sample.2 ?? ""), value: String(sample.3)))
            }
        }
        #expect(Set(samples.map { $0.name + $0.labels }).count == samples.count, "a series stands twice")
        return samples
    }

    private func metrics(_ machine: Machine) throws -> (readiness: Readiness, samples: [Sample]) {
        let readiness = try machine.assess()
        return (readiness, try samples(ReadinessReport(readiness).text(CheckFormat.prometheus)))
    }

    @Test(arguments: [Machine.ready, .firmware, .nothing])
    func everyMachineIsWellFormed(_ machine: Machine) throws {
        let (readiness, samples) = try metrics(machine)
        #expect(samples.filter { $0.name == "swkexec_check_ready" }.map(\.value) == [readiness.isReady ? "1" : "0"])
        for state in ReadinessItem.State.allCases {
            let count = samples.first { $0.name == "swkexec_check_items" && $0.labels == "{state=\"\(state.rawValue)\"}" }
            #expect(count?.value == "\(readiness.items.count { $0.state == state })")
        }
        // Every item in one state of all there are.
        let items = samples.filter { $0.name == "swkexec_check_item" }
        #expect(items.count == Set(readiness.items.map(\.id)).count * ReadinessItem.State.allCases.count)
        for item in readiness.items {
            let set = items.filter { $0.labels.hasPrefix("{item=\"\(item.id.rawValue)\",") && $0.value == "1" }
            #expect(set.count == 1, "\(item.id)")
        }
    }

    /// Several lines of a kind are one item, and the worst of them counts.
    @Test func theWorstOfSeveral() throws {
        let machine = Machine.ready.with([
            "sys/kernel/kexec_crash_loaded": "0\n", "sys/kernel/config/crash_dm_crypt_keys/count": "2\n",
            "proc/cmdline": "kho=on crashkernel=256M\n",
        ])
        let (readiness, samples) = try metrics(machine)
        let lines = readiness.items.filter { $0.id == .handover }
        #expect(Set(lines.map(\.state)) == [.warning, .info])
        #expect(samples.contains(Sample(name: "swkexec_check_item", labels: "{item=\"handover\",state=\"warning\"}", value: "1")))
        #expect(samples.contains(Sample(name: "swkexec_check_item", labels: "{item=\"handover\",state=\"info\"}", value: "0")))
    }

    /// No byte of a file comes into them.
    @Test func foreignText() throws {
        let machine = Machine.ready.with(["proc/sys/kernel/panic_on_oops": "\"\\\n}{|\u{1b}[2J\n"])
        let (readiness, _) = try metrics(machine)
        #expect(readiness.items.contains { $0.id == .panicOnOops && $0.state == .unknown })
    }

    // MARK: - Nagios

    private func plugin(_ machine: Machine) throws -> (line: String, status: Int32) {
        let readiness = try machine.assess()
        return (ReadinessReport(readiness).text(CheckFormat.nagios), CheckFormat.nagios.status(of: readiness))
    }

    @Test func levels() throws {
        #expect(try plugin(.ready) == ("SWKEXEC OK: ready: a panic now starts the loaded crash image\n", 0))
        let warned = Machine.ready.with(["proc/sys/kernel/panic_on_oops": "0\n"])
        let (line, status) = try plugin(warned)
        #expect(status == 1 && line.hasPrefix("SWKEXEC WARNING: kernel.panic_on_oops: "), "\(line)")
        let both = warned.with(["sys/devices/system/memory/crash_hotplug": "0\n"])
        #expect(try plugin(both).line.hasSuffix(" (and 1 more)\n"))
        let bad = both.with(["sys/kernel/kexec_crash_loaded": "0\n"])
        #expect(try plugin(bad).status == 2)
        #expect(try plugin(bad).line == "SWKEXEC CRITICAL: not ready: crash image: none is loaded\n")
        #expect(CheckFormat.nagios.failure == 3 && CheckFormat.table.failure == 2)
    }

    /// What stands behind a bar are numbers to a monitor, and there is one line whatever a file holds.
    @Test func oneLineWithoutABar() throws {
        let machine = Machine.ready.with(["sys/kernel/kexec_crash_loaded": "a|b\u{1b}\nc\n"])
        let (line, status) = try plugin(machine)
        #expect(status == 2)
        #expect(line.split(separator: "\n").count == 1 && !line.contains("|") && !line.contains("\u{1b}"), "\(line)")
    }

    /// For people and programs the status is 0 or 1, whatever is warned of.
    @Test func otherFormats() throws {
        let warned = try Machine.ready.with(["proc/sys/kernel/panic_on_oops": "0\n"]).assess()
        for format in [CheckFormat.table, .json, .prometheus] {
            #expect(format.status(of: warned) == 0)
            #expect(format.status(of: try Machine.nothing.assess()) == 1)
        }
    }
}
