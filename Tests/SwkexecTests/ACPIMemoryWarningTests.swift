import TestSupport
import Testing

/// A capture kernel onlines what is plugged into ACPI's memory devices (drivers/acpi/acpi_memhotplug.c), whether or not anybody asked
/// for --hotplug, and by whichever call it was loaded.
struct ACPIMemoryWarningTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test(
        arguments: [
            (["-c", "--no-hotplug"], ["PNP0C80:00"], true), (["-c"], ["PNP0C80:00"], true), (["-s"], ["PNP0C80:00"], true),
            (["-c"], ["PNP0C0A:00"], false), (["-c", "--no-hotplug"], [], false),
            (["-c", "--append=acpi_no_memhotplug"], ["PNP0C80:00"], false),
        ] as [([String], [String], Bool)]) func warning(_ arguments: [String], _ devices: [String], _ isThere: Bool) throws
    {
        let machine = try Fixture.bios.copy()
        for device in devices { try machine.write("\(device.prefix(7))\n", to: "sys/bus/acpi/devices/\(device)/hid") }
        let result = try bench.run(arguments, on: machine)
        #expect(result.status == 0)
        #expect(result.output.contains("lacks acpi_no_memhotplug") == isThere, "\(result.output)")
    }
}
