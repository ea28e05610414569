import CPlanFormat
import SHA256

extension Precondition {
    /// What is wrong with a precondition that came from a plan file; nil for one that can be checked. Its
    /// path can only lead into /proc and /sys: opening other files may have effects.
    public var fault: String? {
        if !Self.isText(subject, upTo: PLAN_SUBJECT_LIMIT) { return PLAN_FAULT_SUBJECT }
        if !hasGoodPath { return PLAN_FAULT_PATH }
        if rule == .tree, !isTree { return PLAN_FAULT_TREE }
        if !hasGoodNumbers { return PLAN_FAULT_NUMBERS }
        if !hasGoodSelector { return PLAN_FAULT_SELECTOR }
        if rule == .digest || rule == .tree { return expected.count == SHA256Digest.size ? nil : PLAN_FAULT_EXPECTED_DIGEST }
        return 1...Self.expectedLimit ~= expected.count ? nil : PLAN_FAULT_EXPECTED
    }

    private var hasGoodPath: Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return 1...Int(PLAN_PATH_LIMIT) ~= path.utf8.count && path.utf8.allSatisfy { 0x21...0x7e ~= $0 }
            && (path.hasPrefix("proc/") || path.hasPrefix("sys/"))
            && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    /// Below other names there are files that are not for reading.
    private var isTree: Bool {
        path == HostState.deviceTreeName || path.hasPrefix(HostState.deviceTreeName + "/") || path == HostState.bootDeviceTreeName
    }

    private var hasGoodNumbers: Bool {
        switch path.utf8.count(where: { $0 == UInt8(ascii: "*") }) {
        case 0: numbers.isEmpty
        case 1: rule == .digest && numbers.utf8.count <= PLAN_NUMBERS_LIMIT && CPUList.parse(Array(numbers.utf8)[...]) != nil
        default: false
        }
    }

    private var hasGoodSelector: Bool {
        selector.isEmpty || (rule == .lines || rule == .digest || rule == .tree) && Self.isText(selector, upTo: PLAN_SELECTOR_LIMIT)
    }

    private static func isText(_ text: String, upTo limit: Int32) -> Bool {
        1...Int(limit) ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7e ~= $0 }
    }
}
