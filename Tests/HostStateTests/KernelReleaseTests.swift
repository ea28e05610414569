import HostState
import Testing

@Suite struct KernelReleaseTests {
    @Test(arguments: [
        ("Linux version 6.12.107+deb13-cloud-amd64 (debian-kernel@lists.debian.org) (gcc 14)", 6, 12),
        ("Linux version 7.2.0-rc1 (x)", 7, 2), ("Linux version 6.6 (x)", 6, 6), ("6.1.0-13-amd64", 6, 1), ("6.10-rc3", 6, 10),
        ("Linux version 5.14.0-362.el9.x86_64 (mockbuild@x86-1.example.com)", 5, 14),
    ])
    func releases(_ text: String, major: Int, minor: Int) {
        #expect(KernelRelease(text) == KernelRelease(major: major, minor: minor))
    }

    @Test(arguments: [
        "", " ", "Linux", "Linux version", "Linux version ", "6", "6.", ".6", "six.twelve", "6.x", "99999999999999999999.1",
        "6.99999999999999999999",
    ])
    func noReleases(_ text: String) { #expect(KernelRelease(text) == nil) }

    /// 6.10 is newer than 6.9, whatever the alphabet says.
    @Test func order() {
        let texts = ["5.19.0", "6.1.0", "6.6.1", "6.9.12", "6.10.0", "6.12.107", "7.0.0", "10.0.0"]
        let releases = texts.compactMap { KernelRelease($0) }
        #expect(releases.count == texts.count)
        #expect(releases.shuffled().sorted() == releases)
    }
}
