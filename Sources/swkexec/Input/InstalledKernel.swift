import HostState
import SystemPackage

/// The running release's kernel and capture initrd, where distributions put them. swkexec(8) lists the places.
enum InstalledKernel {
    /// The first that exists of each.
    /// - Parameters:
    ///   - root: the machine's, where its files are, too
    ///   - kernel: in place of an installed one; nil for none
    ///   - needsInitrd: false where one was named
    static func find(_ root: SystemRoot, kernel: FilePath?, needsInitrd: Bool) throws -> (kernel: FilePath, initrd: FilePath?) {
        let places = try Places(root)
        let found = try kernel ?? places.first(of: places.kernels, or: places.kernelIsMissing)
        return (found, needsInitrd ? try places.first(of: places.initrds, or: places.initrdIsMissing) : nil)
    }

    /// What is missing, where it was looked for, and what to do.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Files by the release's name.
    struct Places {
        let root: SystemRoot
        let release: String
        /// As systemd's kernel-install names a machine's folder; nil where the machine has no id.
        let machineID: String?

        init(_ root: SystemRoot) throws {
            self.root = root
            guard let version = try HostIdentity.read(root).versionUpToRelease,
                let release = version.split(separator: 0x20).last.map({ String(decoding: $0, as: UTF8.self) }),
                // A part of a file's name.
                !release.contains("/"), release != "..", release != "."
            else {
                throw Missing(
                    description: "\(root.file(HostIdentity.versionName)): the running kernel's release is not known; name a kernel")
            }
            self.release = release
            let id = try root.line("etc/machine-id")
            machineID = id.flatMap { $0.count == 32 && $0.allSatisfy(\.isHexDigit) ? $0 : nil }
        }

        var kernels: [String] {
            // Debian, Fedora, RHEL, SUSE, on ppc64le and arm64, too; then those that keep it beside its modules; Gentoo.
            ["boot/vmlinuz-\(release)", "boot/vmlinux-\(release)", "boot/Image-\(release)", "boot/kernel-\(release)"]
                + ["vmlinuz", "vmlinux", "Image"].map { "usr/lib/modules/\(release)/\($0)" }
                + folders.map { "\($0)/linux" }
        }

        var initrds: [String] {
            [
                "var/lib/kdump/initrd.img-\(release)",  // kdump-tools of Debian and Ubuntu
                "boot/initramfs-\(release)kdump.img", "var/lib/kdump/initramfs-\(release)kdump.img",  // Fedora and RHEL
                "boot/initrd-\(release)-kdump",  // SUSE
            ] + folders.map { "\($0)/initrdkdump" }
        }

        /// Those of the Boot Loader Specification.
        private var folders: [String] { machineID.map { id in ["boot", "efi", "boot/efi"].map { "\($0)/\(id)/\(release)" } } ?? [] }

        func first(of names: [String], or missing: Missing) throws(Missing) -> FilePath {
            guard let name = names.first(where: { root.exists($0) }) else { throw missing }
            return root.file(name)
        }

        var kernelIsMissing: Missing {
            Missing(
                description:
                    "--installed: no kernel of the running release \(release): none of \(list(kernels)); where a newer one has taken its place, reboot into that, or name a kernel"
            )
        }

        var initrdIsMissing: Missing {
            Missing(
                description:
                    "--installed: no capture initrd of the running release \(release): none of \(list(initrds)); make it by \(maker), or name one by --initrd=FILE"
            )
        }

        private func list(_ names: [String]) -> String { names.map { root.file($0).string }.joined(separator: ", ") }

        /// The program of this machine that makes it.
        private var maker: String {
            let makers = [
                ("etc/kernel/postinst.d/kdump-tools", "/etc/kernel/postinst.d/kdump-tools \(release)"),
                ("usr/bin/kdumpctl", "kdumpctl rebuild"), ("usr/sbin/kdumpctl", "kdumpctl rebuild"),
                ("usr/sbin/mkdumprd", "mkdumprd -K \(release) -I /boot/initrd-\(release)-kdump"),
                ("usr/bin/dracut", "dracut /boot/initramfs-\(release)kdump.img \(release)"),
                ("usr/sbin/mkinitramfs", "mkinitramfs -o /var/lib/kdump/initrd.img-\(release) \(release)"),
            ]
            return makers.first { root.exists($0.0) }?.1 ?? "installing kdump-tools, kdump-utils or kdump"
        }
    }
}
