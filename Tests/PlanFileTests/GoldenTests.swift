import ByteStorage
import Foundation
import PlanFile
import TestSupport
import Testing

/// Another program that knows only the manual's tables writes the same bytes and reads the same values.
@Suite(.enabled(if: Tool("python3").isAvailable))
struct GoldenTests {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Support/plan_file.py").path
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [SamplePlan(), SamplePlan(purpose: .reboot, isHotplug: false, checksDigest: false)].indices)
    func valuesAndBytes(_ index: Int) throws {
        let sample = [SamplePlan(), SamplePlan(purpose: .reboot, isHotplug: false, checksDigest: false)][index]
        let bytes = try sample.bytes()
        let file = try sample.planFile()
        let path = try folder.write(bytes, to: "plan").string
        let json = try Tool("python3").output([Self.script, "read", path])
        let read = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])

        #expect(read["machine"] as? Int == 62)
        #expect(read["purpose"] as? Int == (sample.purpose == .crash ? 1 : 2))
        #expect(read["options"] as? Int == (sample.purpose == .crash ? 3 : 0))
        #expect(read["entry"] as? Int == 0x7200_0010)
        #expect(read["flags"] as? Int == (sample.purpose == .crash ? 0x3e_0009 : 0x3e_0000))
        #expect(read["olderFlags"] as? Int == (sample.purpose == .crash ? 0x3e_0005 : 0))
        #expect(read["digest"] as? String == file.plan.digest?.value.description ?? String(repeating: "0", count: 64))
        #expect(read["coveredBytes"] as? Int == (sample.purpose == .crash ? 9000 : 0))
        #expect(read["architecture"] as? String == "x86_64")
        #expect(read["commandLine"] as? String == sample.commandLine)
        #expect(read["regions"] as? [[Int]] == [[0x6e00_0000, 0x1200_0000]])
        let segments = try #require(read["segments"] as? [[String: Any]])
        #expect(segments.map { $0["role"] as? String } == ["kernel", "backup", "purgatory", "elfcorehdr"])
        #expect(segments.map { $0["digestRule"] as? Int } == [0, 0, 2, sample.isHotplug ? 1 : 0])
        #expect(segments.map { $0["memoryStart"] as? Int } == [0x7000_0000, 0x7100_0000, 0x7200_0000, 0x7f00_0000])
        #expect(segments.map { $0["memorySize"] as? Int } == [0x4000, 0x1_0000, 0x1000, 0x2000])
        #expect(segments.map { $0["bytes"] as? String } == file.plan.segments.map { hexadecimal(array($0.contents)) })
        let facts = try #require(read["facts"] as? [[String: Any]])
        #expect(facts.map { $0["rule"] as? Int } == [1, 2, 4, 3, 5, 6])
        #expect(facts.map { $0["attributes"] as? Int } == [0, 1, 0, 0, 0, 0])
        for (fact, expected) in zip(facts, sample.facts) {
            #expect(fact["subject"] as? String == expected.subject)
            #expect(fact["path"] as? String == expected.path)
            #expect(fact["numbers"] as? String == expected.numbers)
            #expect(fact["selector"] as? String == expected.selector)
            #expect(fact["expected"] as? String == hexadecimal(expected.expected))
        }

        // And back: what it writes is a plan, of the same values.
        let other = folder.file("other").string
        _ = try Tool("python3").output([Self.script, "write", other], input: [UInt8](json))
        let written = try folder.read("other")
        #expect(refusal(of: written) == nil)
        #expect(try Tool("python3").output([Self.script, "read", other]) == json)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
}
