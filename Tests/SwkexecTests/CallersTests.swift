import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// The command lines of those who call kexec, word for word, with the system calls recorded: the
/// program must understand them as kexec-tools does.
struct CallersTests {
    private let bench: Bench
    /// Some five hundred characters in one argument, as kdumpctl gives them.
    private let longLine =
        "elfcorehdr_unused=1 root=UUID=c1f1b6a2-9b7e-4e34-9ec4-0a5f7d1d7a53 ro irqpoll nr_cpus=1 reset_devices "
        + "cgroup_disable=memory mce=off numa=off udev.children-max=2 panic=10 rootflags=nofail acpi_no_memhotplug "
        + "transparent_hugepage=never nokaslr hest_disable novmcoredd cma=0 hugetlb_cma=0 disable_cpu_apicid=0 "
        + "console=tty0 console=ttyS0,115200n8 rd.lvm.lv=fedora/root systemd.show_status=1 loglevel=7"

    init() throws { bench = try Bench() }

    private func run(_ arguments: [String], answers: [Errno?] = []) -> RecordedCommand.Outcome {
        RecordedCommand.run(arguments, root: Fixture.bios.sysroot, answers: answers)
    }

    /// Fedora's kdumpctl: /sbin/kexec -s -p --command-line=… --initrd=… /boot/vmlinuz-…
    @Test func fedora() throws {
        let outcome = run(["-s", "-p", "--command-line=\(longLine)", "--initrd=\(bench.initrd)", bench.kernel])
        #expect(outcome.failure == nil)
        let call = try #require(outcome.fileLoads.first)
        #expect(outcome.names == ["kexec_file_load"])
        #expect(call.flags.rawValue == 0x2)  // KEXEC_FILE_ON_CRASH
        #expect(call.commandLine == Array(longLine.utf8))
        #expect(call.initrd != nil)
    }

    /// The same when its configuration says -c.
    @Test func fedoraByKexecLoad() throws {
        let outcome = run(["-c", "-p", "--command-line=\(longLine)", "--initrd=\(bench.initrd)", bench.kernel])
        #expect(outcome.names == ["kexec_load"])
        // KEXEC_ON_CRASH and, which kexec-tools only does when it is told to, KEXEC_CRASH_HOTPLUG_UPDATE
        #expect(outcome.loads.first?.flags.rawValue == 0x3e_0009)
    }

    /// Debian's kdump-config: /sbin/kexec -p "--command-line=…" --initrd=/var/lib/kdump/initrd.img /var/lib/kdump/vmlinuz
    @Test func debian() throws {
        let line =
            "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb"
        let arguments = ["-p", "--command-line=\(line)", "--initrd=\(bench.initrd)", bench.kernel]
        #expect(run(arguments).names == ["kexec_file_load"])
        let older = run(arguments, answers: [.noFunction])
        #expect(older.names == ["kexec_file_load", "kexec_load"])
        #expect(older.loads.first?.flags.rawValue == 0x3e_0009)
    }

    /// systemctl kexec where the kernel has no kexec_file_load, as Debian's for arm64, ppc64le and others (systemd,
    /// src/systemctl/systemctl-start-special.c): /sbin/kexec --load KERNEL --append OPTIONS [--initrd INITRD]
    @Test(arguments: ["x86_64", "ppc64le", "aarch64", "riscv64"], [true, false]) func systemd(_ machine: String, _ hasInitrd: Bool) throws {
        let (bench, root) =
            switch machine {
            case "ppc64le": (try Bench(.ppc64le), RecordedMachine.ppc64le.sysroot)
            case "aarch64": (try Bench(.aarch64), RecordedMachine.aarch64.sysroot)
            case "riscv64": (try Bench(.riscv64), RecordedMachine.riscv64.sysroot)
            default: (bench, Fixture.bios.sysroot)
            }
        let result = try Command.run(
            ["--load", bench.kernel, "--append", longLine] + (hasInitrd ? ["--initrd", bench.initrd] : [])
                + ["--arch=\(machine)", "--sysroot=\(root)", "--dry-run"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("initrd") == hasInitrd && result.output.contains("purgatory"))
    }

    /// Both unload so, in either order.
    @Test(arguments: [["-p", "-u"], ["-u", "-p"], ["-s", "-p", "-u"]])
    func unload(_ arguments: [String]) throws {
        guard case .unload(let purpose, _, _, _) = try RecordedCommand.invocation(arguments) else {
            Issue.record("\(arguments) is no unload")
            return
        }
        #expect(purpose == .crash)
    }

    /// petitboot: -l, then -e and -f together as its last resort, which kexec-tools refuses.
    @Test func petitboot() throws {
        let load = run(["-l", "--debug", "--initrd=\(bench.initrd)", "--append=console=ttyS0 root=/dev/sda2", bench.kernel])
        #expect(load.names == ["kexec_file_load"])
        #expect(load.fileLoads.first?.commandLine == Array("console=ttyS0 root=/dev/sda2".utf8))
        guard case .execute = try RecordedCommand.invocation(["-e", "-f"]) else {
            Issue.record("-e -f does not execute")
            return
        }
    }

    /// petitboot's empty append arrives as two quotes, which the kernel reads as nothing.
    @Test func anEmptyAppendInQuotes() throws {
        let outcome = run(["-l", "-c", "--append=\"\"", bench.kernel])
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
    }

    /// Older systemd: --load KERNEL --append OPTIONS --initrd FILE
    @Test func systemd() throws {
        let outcome = run(["--load", bench.kernel, "--append", "root=/dev/vda1 ro", "--initrd", bench.initrd])
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.fileLoads.first?.flags.rawValue == 0)
        #expect(outcome.fileLoads.first?.commandLine == Array("root=/dev/vda1 ro".utf8))
        guard case .execute(let options) = try RecordedCommand.invocation(["--exec"]) else {
            Issue.record("--exec does not execute")
            return
        }
        #expect(options.synchronizes && options.takesInterfacesDown)
    }
}
