import FirmwareAssistedDump
import HostState
import PhysicalMemory
import TestSupport
import Testing

/// Control files of either generation, and what a crash would lead to.
@Suite struct FadumpStateTests {
    private static let newer = "sys/kernel/fadump/"
    private static let older = "sys/kernel/fadump_"

    private func machine(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    private func outlook(_ folder: TemporaryFolder) -> FadumpOutlook {
        let root = SystemRoot(folder.path)
        return FadumpOutlook(FadumpState.read(root), root: root)
    }

    @Test func theRegisteredGuest() throws {
        let folder = try FadumpFixture.plain.copy(.first)
        let state = FadumpState.read(SystemRoot(folder.path))
        #expect(state.isSupported && state.isEnabled && state.isRegistered && state.isArmed && state.isHotplugReady && state.firmwareCan)
        #expect(state.reservedBytes.value == 536_875_440)
        #expect(state.arguments.value == "panic=1 swk-appended")
        #expect(state.isDumpActive == false)
        #expect(state.releaseFile == nil)
        #expect(outlook(folder).isCaptured == true)
        #expect(outlook(folder).sentence.contains("describes all memory that there is then"))
    }

    @Test func theCaptureKernel() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        let state = FadumpState.read(SystemRoot(folder.path))
        #expect(state.isEnabled && !state.isRegistered && !state.isArmed)
        #expect(state.isDumpActive == true)
        #expect(state.releaseFile?.string.hasSuffix("/sys/kernel/fadump/release_mem") == true)
        #expect(outlook(folder).isCaptured == false)
        #expect(outlook(folder).sentence.contains("waits to be saved"))
        // Released: the regions no longer tell of a dump.
        try folder.write(FadumpFixture.plain.bytes(.first, FadumpRegions.name), to: FadumpRegions.name)
        #expect(FadumpState.read(SystemRoot(folder.path)).isDumpActive == false)
        #expect(outlook(folder).sentence.contains("enabled and not registered"))
    }

    /// mem_reserved of the guest is not a whole number of pages, in an older kernel it is.
    @Test(arguments: [("536875440\n", true), ("536879104\n", false)]) func registeringAfterARelease(_ reserved: String, _ doesHarm: Bool)
        throws
    {
        let folder = try FadumpFixture.plain.copy(.capture)
        try folder.write(reserved, to: Self.newer + "mem_reserved")
        #expect(!FadumpState.read(SystemRoot(folder.path)).wasReleased)
        #expect(FadumpState.read(SystemRoot(folder.path)).harmOfRegistering == nil)
        try folder.write(FadumpFixture.plain.bytes(.first, FadumpRegions.name), to: FadumpRegions.name)
        #expect(FadumpState.read(SystemRoot(folder.path)).wasReleased)
        #expect((FadumpState.read(SystemRoot(folder.path)).harmOfRegistering != nil) == doesHarm)
        // A kernel that was booted without a dump.
        #expect(FadumpState.read(SystemRoot(try FadumpFixture.plain.copy(.first).path)).harmOfRegistering == nil)
    }

    /// Without debugfs, /proc/vmcore tells as long as it is there.
    @Test func withoutRegions() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        try folder.remove(FadumpRegions.name)
        #expect(FadumpState.read(SystemRoot(folder.path)).isDumpActive == nil)
        try folder.write("", to: "proc/vmcore")
        #expect(FadumpState.read(SystemRoot(folder.path)).isDumpActive == true)
    }

    @Test func olderNames() throws {
        let folder = try machine([
            Self.older + "enabled": "1\n", Self.older + "registered": "1\n", Self.older + "release_mem": "",
        ])
        let state = FadumpState.read(SystemRoot(folder.path))
        #expect(state.isArmed && !state.isHotplugReady)
        #expect(state.releaseFile?.string.hasSuffix("/sys/kernel/fadump_release_mem") == true)
        #expect(state.registered.file.string.hasSuffix("/sys/kernel/fadump_registered"))
        #expect(state.reservedBytes.isAbsent && state.arguments.isAbsent && state.regions.isAbsent)
        #expect(outlook(folder).sentence.contains("the memory that there was at registration"))
    }

    /// hotplug_ready tells what the kernel could do.
    @Test(arguments: [("0\n", false), ("1\n", true)]) func disabledIsReadyForNothing(_ loaded: String, _ captured: Bool) throws {
        let folder = try machine([
            Self.newer + "enabled": "0\n", Self.newer + "registered": "0\n", Self.newer + "hotplug_ready": "1\n",
            Self.newer + "mem_reserved": "0\n",
            FadumpRegions.name: "", "sys/kernel/kexec_crash_loaded": loaded,
        ])
        let state = FadumpState.read(SystemRoot(folder.path))
        #expect(state.isSupported && !state.isEnabled && !state.isArmed && state.isHotplugReady)
        #expect(state.regions.value?.isEmpty == true)
        #expect(outlook(folder).isCaptured == captured)
        #expect(outlook(folder).sentence.hasPrefix("fadump is disabled"))
    }

    @Test func noSuchThing() throws {
        let folder = try machine(["sys/kernel/kexec_crash_loaded": "1\n"])
        let state = FadumpState.read(SystemRoot(folder.path))
        #expect(!state.isSupported && state.isDumpActive == false)
        #expect(outlook(folder).isCaptured == true)
        #expect(outlook(folder).sentence.contains("no firmware-assisted dump"))
        try folder.write([0, 0, 0x20, 0x2d], to: "proc/device-tree/rtas/ibm,configure-kernel-dump")
        #expect(outlook(folder).sentence.contains("CONFIG_FA_DUMP"))
        try folder.remove("sys/kernel/kexec_crash_loaded")
        #expect(outlook(folder).isCaptured == nil)
    }

    @Test(arguments: [("enabled", "maybe\n"), ("enabled", ""), ("registered", "2x\n"), ("registered", "99999999999999999999\n")])
    func garbled(_ name: String, _ text: String) throws {
        let folder = try FadumpFixture.plain.copy(.first)
        try folder.write(text, to: Self.newer + name)
        #expect(outlook(folder).isCaptured == nil)
        #expect(outlook(folder).sentence.contains("is not known"))
    }
}
