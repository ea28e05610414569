import DeviceTree
import Foundation
import HostState
import SystemPackage
import TestSupport
import Testing

/// /proc/device-tree, flattened.
@Suite struct DeviceTreeFolderTests {
    private func parse(_ blob: [UInt8]) throws -> DeviceTree { try DeviceTree(blob.span) }

    private func read(_ folder: TemporaryFolder) throws -> DeviceTree? { try DeviceTree.read(SystemRoot(folder.path)) }

    /// A folder with these files, by their paths.
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, content) in files { try folder.write(content, to: name) }
        return folder
    }

    /// The pseries guest's whole tree, as dtc flattens it. dtc lists as the file system does; with -s
    /// both are sorted in its way.
    @Test(.enabled(if: Tool.dtc.isAvailable, "no dtc here")) func asDtcFlattensIt() throws {
        let options = ["-q", "-q", "-s", "-O", "dtb", "-o", "-", "-I"]
        let expected = try Tool.dtc.output(options + ["fs", TreeFixture.ppc64Root.appending("proc/device-tree").string])
        var tree = try #require(try DeviceTree.read(SystemRoot(TreeFixture.ppc64Root)))
        #expect(tree.reservations.isEmpty && tree.bootCPU == 0)
        // dtc takes the CPU that it lists first.
        tree.bootCPU = try parse(expected).bootCPU
        let blob = try tree.flattened()
        #expect(firstDifference(try Tool.dtc.output(options + ["dtb", "-"], input: blob), expected) == nil)
    }

    /// Node by node what kexec-tools made of it, in the same order, but for what it puts in and leaves out.
    @Test func asThePeerFlattensIt() throws {
        let ours = try #require(try DeviceTree.read(SystemRoot(TreeFixture.ppc64Root)))
        let peer = try parse(try TreeFixture.ppc64Peer.bytes())
        let leftOut: Set = [
            "linux,crashkernel-base", "linux,crashkernel-size", "linux,kernel-end", "linux,pci-domain", "linux,initrd-start",
            "linux,initrd-end", "bootargs",
        ]
        let putIn: Set = [
            "linux,booted-from-kexec", "linux,initrd-start", "linux,initrd-end", "bootargs", "linux,usable-memory",
            "linux,drconf-usable-memory",
        ]
        var compared = 0
        func compare(_ our: DeviceTree.LocatedNode, _ their: DeviceTree.LocatedNode) {
            #expect(our.path == their.path)
            #expect(our.children.map(\.name) == their.children.map(\.name), "\(our.path)")
            let kept = our.node.properties.filter { !leftOut.contains($0.name) }
            #expect(kept == their.node.properties.filter { !putIn.contains($0.name) && !leftOut.contains($0.name) }, "\(our.path)")
            compared += 1
            for (ourChild, theirChild) in zip(our.children, their.children) { compare(ourChild, theirChild) }
        }
        compare(ours.locatedRoot, peer.locatedRoot)
        #expect(compared == 18)
    }

    @Test func order() throws {
        let base = "proc/device-tree"
        let names = ["memory@f000000", "memory@10000000", "memory@2", "memory", "cpu@b", "cpu@a", "cpu@10", "a-b@1", "a@2", "Z"]
        var files: [String: String] = [:]
        for name in names { files["\(base)/\(name)/reg"] = "r" }
        for name in ["z", "a", "#cells", "Z,b"] { files["\(base)/\(name)"] = name }
        let tree = try #require(try read(try folder(files)))
        #expect(
            tree.root.children.map(\.name) == [
                "Z", "a@2", "a-b@1", "cpu@a", "cpu@b", "cpu@10", "memory", "memory@2", "memory@f000000", "memory@10000000",
            ])
        #expect(tree.root.properties.map(\.name) == ["#cells", "Z,b", "a", "z"])
        #expect(tree.root["Z,b"] == Array("Z,b".utf8))
        #expect(tree.root.child("cpu@a")?.properties == [.init("reg", Array("r".utf8))])
    }

    /// The kernel gives each node a name; a node that it renamed, because its siblings had the name, or
    /// one that firmware gave another keeps it.
    @Test func names() throws {
        let tree = try #require(
            try read(
                try folder([
                    "proc/device-tree/name": "\0", "proc/device-tree/cache/name": "cache\0", "proc/device-tree/cache#1/name": "cache\0",
                    "proc/device-tree/cpu@0/name": "cpu\0", "proc/device-tree/disk@1/name": "sd\0", "proc/device-tree/odd/name": "odd",
                ])))
        #expect(tree.root["name"] == nil)
        #expect(tree.root.children.map { $0["name"].map { String(decoding: $0, as: UTF8.self) } } == [nil, "cache\0", nil, "sd\0", "odd"])
        #expect(tree.root.children.map(\.name) == ["cache", "cache#1", "cpu@0", "disk@1", "odd"])
    }

    // MARK: Where it stands

    @Test func aMachineWithoutOne() throws {
        #expect(try read(try folder(["proc/cmdline": ""])) == nil)
        #expect(try read(try folder(["proc/device-tree": "a file"])) == nil)
    }

    /// The link of a running kernel leads to this machine's tree, not to the recorded one's.
    @Test func theLinkIsNotFollowed() throws {
        let machine = try folder(["sys/firmware/devicetree/base/model": "sysfs\0", "elsewhere/model": "elsewhere\0", "proc/cmdline": ""])
        let link = machine.file("proc/device-tree").string
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: machine.file("elsewhere").string)
        #expect(try read(machine)?.locatedRoot.string("model") == "sysfs")
        try machine.remove("sys")
        #expect(try read(machine) == nil)
    }

    // MARK: What is no device tree

    @Test func links() throws {
        let machine = try folder(["proc/device-tree/a/b": ""])
        let link = machine.file("proc/device-tree/a/link")
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "..")
        #expect(throws: HostStateError.contradiction(link, "neither a file nor a folder, as all of a device tree are")) {
            try read(machine)
        }
    }

    @Test func depth() throws {
        let deepest = (1..<DeviceTree.maximumDepth).map { _ in "n" }.joined(separator: "/")
        let machine = try folder(["proc/device-tree/\(deepest)/p": "v"])
        let tree = try #require(try read(machine))
        #expect(try parse(tree.flattened()) == tree)
        try machine.write("v", to: "proc/device-tree/\(deepest)/n/p")
        let path = machine.file("proc/device-tree/\(deepest)/n")
        #expect(throws: HostStateError.contradiction(path, "nested deeper than the 64 levels of a device tree")) { try read(machine) }
    }

    @Test(arguments: ["é", "a\u{1b}", "tab\t"]) func oddNames(_ name: String) throws {
        let byte = try #require(name.utf8.first { $0 < 0x20 || $0 > 0x7e })
        let error = HostStateError.contradiction
        let problem = "a name in this folder holds the byte 0x\(String(byte, radix: 16)), which is not allowed there"
        for file in ["proc/device-tree/\(name)", "proc/device-tree/\(name)/p"] {
            let machine = try folder([file: ""])
            #expect(throws: error(machine.file("proc/device-tree"), problem)) { try read(machine) }
        }
    }

    @Test func size() throws {
        let machine = try folder(["proc/device-tree/a": String(repeating: "a", count: 9 << 20), "proc/device-tree/b/c": ""])
        let count = try read(machine)?.root.properties.count
        #expect(count == 1)
        let second = try machine.write(String(repeating: "b", count: 9 << 20), to: "proc/device-tree/b/d")
        #expect(throws: HostStateError.contradiction(second, "the device tree takes more than the 16777216 bytes allowed")) {
            try read(machine)
        }
        let whole = try machine.write(String(repeating: "a", count: (16 << 20) + 1), to: "proc/device-tree/a")
        #expect(throws: HostStateError.file(.tooLarge(whole, limit: 16 << 20))) { try read(machine) }
    }

    /// Passwords (security-*) are for root alone.
    @Test(.enabled(if: geteuid() != 0, "root reads everything")) func unreadable() throws {
        let machine = try folder(["proc/device-tree/a": "", "proc/device-tree/security-password": "secret"])
        let path = machine.file("proc/device-tree/security-password")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path.string)
        #expect(throws: HostStateError.file(.system(path, doing: "read", .permissionDenied))) { try read(machine) }
    }
}
