import LoadPlan
import Testing

/// --reuse-cmdline: which of the running kernel's parameters another kernel gets. What each does is in
/// Documentation/admin-guide/kernel-parameters.txt.
@Suite struct InheritedCommandLineTests {
    private func inherited(_ line: String, onCaptureKernel: Bool = false, for purpose: LoadPlan.Purpose = .crash) -> InheritedCommandLine {
        InheritedCommandLine(KernelCommandLine(line), isCaptureKernel: onCaptureKernel, for: purpose)
    }

    @Test(
        arguments: [
            (
                "BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=256M crashkernel=1G,high crashkernel_x=1 xcrashkernel=2 quiet",
                "root=/dev/vda1 crashkernel_x=1 xcrashkernel=2 quiet"
            ),
            ("crashkernel=256M", ""), (#"crashkernel="1 2" a="b  c""#, #"a="b  c""#),
            // RAM that the capture kernel would take for its own, of which most is to be dumped; all that it has taken away.
            ("a memmap=1G@1G b", "a b"), ("memmap=exactmap memmap=64M@0x30000000 a", "a"), ("memmap=1G%0x40000000-7+1 a", "a"),
            ("mem=2G a", "a"), ("add_efi_memmap a", "a"), ("efi_fake_mem=2G@4G:0x40000 a", "a"),
            // More than it has.
            ("hugepagesz=1G hugepages=64 default_hugepagesz=1G hugetlb_cma=8G cma=1G a", "a"), ("log_buf_len=1G log-buf-len=1G a", "a"),
            (#""memmap=1G@1G" a"#, "a"),
            // Behind it everything is for init.
            ("a -- mem=2G memmap=1G@1G", "a -- mem=2G memmap=1G@1G"),
            // Names that begin alike.
            ("memory=1 memmapx=1 xmem=1 mem_sleep_default=s2idle", "memory=1 memmapx=1 xmem=1 mem_sleep_default=s2idle"),
        ]) func forACaptureKernel(_ line: String, _ expected: String)
    { #expect(inherited(line).line.description == expected) }

    /// A production kernel keeps what its user gave it, reservations included.
    @Test func forAReboot() {
        let line = inherited("BOOT_IMAGE=/x mem=4G memmap=1G!8G hugepages=64 crashkernel=256M quiet", for: .reboot)
        #expect(line.line.description == "mem=4G memmap=1G!8G hugepages=64 crashkernel=256M quiet")
        #expect(line.warning?.contains("BOOT_IMAGE=/x (") == true)
    }

    /// With elfcorehdr= the production kernel would take itself for a capture kernel.
    @Test func outOfACaptureKernel() {
        let line = inherited(
            "root=/dev/vda1 elfcorehdr=0x2fff0000 memmap=exactmap memmap=640K@0K nr_cpus=1 reset_devices irqpoll acpi_no_memhotplug quiet",
            onCaptureKernel: true, for: .reboot)
        #expect(line.line.description == "root=/dev/vda1 quiet")
        for word in ["elfcorehdr=0x2fff0000", "memmap=exactmap memmap=640K@0K", "nr_cpus=1 reset_devices irqpoll acpi_no_memhotplug"] {
            #expect(line.warning?.contains(word) == true, "\(word)")
        }
        #expect(inherited("elfcorehdr=0x1 a", for: .reboot).line.description == "a")
    }

    @Test func nothingIsLeftOut() { #expect(inherited("root=/dev/vda1 quiet").warning == nil) }
}
