import LoadPlan
import X86_64

extension FuzzTarget {
    /// A kernel's command line: its parameters, what is taken out and added, the serial port that it names.
    static let commandLine = FuzzTarget(name: "commandline") {
        [
            "BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=512M-2G:64M,2G-:256M console=tty0 console=ttyS1,115200n8 quiet -- init=x",
            "earlyprintk=serial,ttyS0,115200 dyndbg=\"file a.c +p; func b +p\" crashkernel=1G,high crashkernel=64M,low",
            "console=uart8250,io,0x3f8,9600n8 earlycon=uart,io,0x2f8 a\u{a0}b",
        ].map { Array($0.utf8) }
    } read: { bytes in
        let line = KernelCommandLine(bytes)
        _ = line.description
        if let port = SerialPort(namedBy: line) {
            promise(port.base != 0 && port.divisor <= SerialPort.highestBaud, "a port can be driven")
        }

        let inherited = InheritedCommandLine(line, isCaptureKernel: true, for: .reboot)
        promise((inherited.warning == nil) == (inherited.line.parameters.count == line.parameters.count), "what is taken out is said")
        let again = InheritedCommandLine(inherited.line, isCaptureKernel: true, for: .reboot)
        promise(again.line == inherited.line && again.warning == nil, "what is left is left alone")

        guard !line.hasOpenQuote else { return }
        var longer = line
        longer.add(KernelCommandLine("elfcorehdr=0x1000"))
        promise(longer.parameters.count == line.parameters.count + 1, "one parameter more")
        promise(longer.values(of: "elfcorehdr").contains("0x1000"), "what is added is there")
    }
}
