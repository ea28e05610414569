import Foundation
import HostState
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// `--installed`: the places where distributions put a kernel and its capture initrd, and what is said where there is none.
struct InstalledKernelTests {
    private static let release = "6.12.107+deb13-cloud-amd64"
    private static let machineID = "0123456789abcdef0123456789abcdef"

    private func machine(_ files: [String], id: String? = machineID, version: String = "Linux version \(release) (x) #1 SMP\n") throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        try folder.write(version, to: "proc/version")
        if let id { try folder.write(id + "\n", to: "etc/machine-id") }
        for file in files { try folder.write("x", to: file) }
        return folder
    }

    private func find(_ folder: TemporaryFolder, kernel: FilePath? = nil, needsInitrd: Bool = true) throws -> [String] {
        let found = try InstalledKernel.find(SystemRoot(folder.path), kernel: kernel, needsInitrd: needsInitrd)
        return [found.kernel, found.initrd].compactMap { $0?.string.replacing(folder.path.string + "/", with: "") }
    }

    private func complaint(_ folder: TemporaryFolder) throws -> String {
        let error = #expect(throws: InstalledKernel.Missing.self) { try find(folder) }
        return try #require(error).description
    }

    /// Distribution, its kernel, its capture initrd.
    @Test(arguments: [
        ("boot/vmlinuz-\(release)", "var/lib/kdump/initrd.img-\(release)"),  // Debian
        ("boot/vmlinux-\(release)", "var/lib/kdump/initrd.img-\(release)"),  // Debian, ppc64le
        ("boot/vmlinuz-\(release)", "boot/initramfs-\(release)kdump.img"),  // Fedora
        ("boot/vmlinuz-\(release)", "var/lib/kdump/initramfs-\(release)kdump.img"),  // Fedora, /boot read-only
        ("boot/Image-\(release)", "boot/initrd-\(release)-kdump"),  // SUSE, arm64
        ("usr/lib/modules/\(release)/vmlinuz", "boot/initrd-\(release)-kdump"),
        ("boot/\(machineID)/\(release)/linux", "boot/\(machineID)/\(release)/initrdkdump"),  // Boot Loader Specification
        ("efi/\(machineID)/\(release)/linux", "efi/\(machineID)/\(release)/initrdkdump"),
    ])
    func places(_ kernel: String, _ initrd: String) throws {
        #expect(try find(try machine([kernel, initrd])) == [kernel, initrd])
        // Files of another release, and the system's own initrd, are not meant.
        let others = ["boot/vmlinuz-6.12.106", "boot/vmlinuz", "boot/initrd.img-\(Self.release)", "var/lib/kdump/initrd.img-6.12.106"]
        #expect(try find(try machine(others + [kernel, initrd])) == [kernel, initrd])
    }

    @Test func theFirstThatExists() throws {
        let folder = try machine([
            "usr/lib/modules/\(Self.release)/vmlinuz", "boot/vmlinuz-\(Self.release)", "boot/initramfs-\(Self.release)kdump.img",
            "var/lib/kdump/initrd.img-\(Self.release)",
        ])
        #expect(try find(folder) == ["boot/vmlinuz-\(Self.release)", "var/lib/kdump/initrd.img-\(Self.release)"])
    }

    @Test func whatIsNamedIsNotLookedFor() throws {
        let folder = try machine(["var/lib/kdump/initrd.img-\(Self.release)"])
        #expect(try find(folder, kernel: "/elsewhere/vmlinuz") == ["/elsewhere/vmlinuz", "var/lib/kdump/initrd.img-\(Self.release)"])
        #expect(try find(folder, kernel: "/elsewhere/vmlinuz", needsInitrd: false) == ["/elsewhere/vmlinuz"])
    }

    @Test func whatIsMissing() throws {
        let newer = try complaint(try machine(["boot/vmlinuz-6.13.0", "boot/vmlinuz"]))
        #expect(newer.hasPrefix("--installed: no kernel of the running release \(Self.release): none of ") && newer.contains("reboot"))
        let files = ["boot/vmlinuz-\(Self.release)"]
        let none = try complaint(try machine(files))
        #expect(none.hasPrefix("--installed: no capture initrd of the running release \(Self.release): none of "))
        #expect(none.contains("/var/lib/kdump/initrd.img-\(Self.release), ") && none.contains("make it by installing kdump-tools"))
        for (maker, call) in [
            ("etc/kernel/postinst.d/kdump-tools", "make it by /etc/kernel/postinst.d/kdump-tools \(Self.release), "),
            ("usr/bin/kdumpctl", "make it by kdumpctl rebuild, "), ("usr/bin/dracut", "make it by dracut "),
        ] {
            #expect(try complaint(try machine(files + [maker])).contains(call))
        }
    }

    /// A machine's files that say nothing, or name a file elsewhere.
    @Test func strangeMachines() throws {
        for version in ["", "\n", "Linux version ../../etc/x (x)\n", "Linux version .. (x)\n"] {
            #expect(try complaint(try machine([], version: version)).contains("release is not known"), "\(version)")
        }
        for id in ["", "../../x", String(repeating: "g", count: 32), nil] {
            #expect(try complaint(try machine([], id: id)).contains("/linux") == false)
        }
    }

    /// From the command line to the plan.
    @Test func aDryRun() throws {
        let folder = try Fixture.bios.copy()
        let running = String(decoding: try folder.read("proc/version"), as: UTF8.self).split(separator: " ")[2]
        try folder.write(SyntheticBzImage.small().bytes, to: "boot/vmlinuz-\(running)")
        let arguments = ["-p", "--installed", "--append=quiet", "--sysroot=\(folder.path)", "--dry-run"]
        let missing = try Command.run(arguments)
        #expect(missing.status == 1 && missing.complaint?.contains("no capture initrd") == true, "\(missing.errors)")
        try folder.write("070701 not much of an archive", to: "boot/initramfs-\(running)kdump.img")
        let found = try Command.run(arguments)
        #expect(found.status == 0 && found.output.contains("initrd"), "\(found.errors)")
        // One that is named wins.
        #expect(try Command.run(arguments + ["--initrd=/nonexistent/initrd"]).complaint?.contains("/nonexistent/initrd") == true)
    }
}
