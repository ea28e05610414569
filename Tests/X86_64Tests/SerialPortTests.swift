import LoadPlan
import TestSupport
import Testing
import X86_64

@Suite struct SerialPortTests {
    /// The forms of Documentation/admin-guide/kernel-parameters.txt, with the ports and divisors
    /// of a PC.
    @Test(
        arguments: [
            ("console=ttyS0", 0x3f8, nil), ("console=ttyS0,115200n8", 0x3f8, 115_200), ("console=ttyS1,9600", 0x2f8, 9600),
            ("console=ttyS2,57600n8 console=tty0", 0x3e8, 57_600), ("console=ttyS0 console=ttyS3,1200", 0x2e8, 1200),
            ("earlyprintk=serial,ttyS0,115200", 0x3f8, 115_200), ("earlyprintk=serial", 0x3f8, nil),
            ("earlyprintk=serial,0x2f8,9600", 0x2f8, 9600), ("earlyprintk=serial,9600", 0x3f8, 9600),
            ("earlyprintk=ttyS1,115200", 0x2f8, 115_200), ("earlycon=uart8250,io,0x3f8,115200n8", 0x3f8, 115_200),
            ("earlyprintk=ttyS0 console=ttyS1", 0x2f8, nil), ("console=ttyS0,0", 0x3f8, nil), ("console=ttyS0,999999999999", 0x3f8, nil),
            ("console=ttyS0,", 0x3f8, nil), ("console=ttyS0,n8", 0x3f8, nil),
        ] as [(String, UInt16, UInt32?)])
    func named(_ line: String, base: UInt16, baud: UInt32?) {
        #expect(SerialPort(namedBy: KernelCommandLine(line)) == SerialPort(base: base, baud: baud))
    }

    @Test(arguments: [
        "", "quiet", "console=tty0", "console=hvc0", "console=", "console", "console=ttyS4", "console=ttyAMA0", "console=ttyS",
        "earlycon=uart8250,mmio,0xfe000000", "earlycon=uart8250", "earlycon=uart8250,io", "earlycon=uart8250,io,0x0",
        "earlycon=uart8250,io,0xfffc", "earlycon=uart8250,io,0x10000", "earlycon=uart8250,io,zz", "earlyprintk=vga", "earlyprintk=efi",
        "console=,,,", "netconsole=ttyS0", "xconsole=ttyS0",
    ])
    func notNamed(_ line: String) { #expect(SerialPort(namedBy: KernelCommandLine(line)) == nil) }

    /// The divisors every data sheet of the 16550 lists.
    @Test(
        arguments: [(115_200, 1), (57_600, 2), (38_400, 3), (19_200, 6), (9600, 12), (2400, 48), (1200, 96), (300, 384)]
            as [(UInt32, UInt32)])
    func divisors(baud: UInt32, divisor: UInt32) { #expect(SerialPort(base: 0x3f8, baud: baud).divisor == divisor) }

    @Test func unusualSpeeds() {
        #expect(SerialPort(base: 0x3f8, baud: nil).divisor == 0)
        #expect(SerialPort(base: 0x3f8, baud: 0).divisor > 0)
        #expect(SerialPort(base: 0x3f8, baud: .max).divisor == 1)
    }

    @Test func randomTextNeverTraps() {
        var generator = SeededGenerator(seed: 1)
        let pieces = [
            "console=", "earlycon=", "earlyprintk=", "serial", "uart8250", "uart", "io", "mmio", "ttyS0", "0x3f8", "0x", ",", ",", "9600",
            "n8", "½", "٣", "-", " ",
        ]
        for _ in 0..<5000 {
            let line = (0..<Int.random(in: 1...8, using: &generator)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            guard let port = SerialPort(namedBy: KernelCommandLine(line)) else { continue }
            #expect(port.base != 0 && port.base <= 0xfff8, "\(line)")
            #expect(port.baud.map { $0 > 0 && $0 <= 115_200 } ?? true, "\(line)")
        }
    }
}
