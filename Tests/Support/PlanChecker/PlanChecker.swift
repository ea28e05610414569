/// Finds what is wrong with an image for a machine.
///
/// Written from the kernel's sources and specifications, which each rule names, for finished bytes: boot_params, device tree
/// and elfcorehdr are read by readers of its own. It uses no module of the program, so that no mistake is made twice.
public struct PlanChecker {
    let machine: CheckedMachine
    let request: CheckedRequest
    let image: CheckedImage
    private let findings = Findings()

    private final class Findings {
        var list: [Violation] = []
    }

    /// All rules that the image breaks.
    public static func violations(
        of image: CheckedImage, for request: CheckedRequest, on machine: CheckedMachine, digestToo: Bool = true
    ) -> [Violation] {
        let checker = PlanChecker(machine: machine, request: request, image: image)
        checker.checkSegments()
        checker.checkPlaces()
        checker.checkKernel()
        if digestToo { checker.checkDigest() }
        switch machine.architecture {
        case .x86_64: checker.checkBootParameters()
        case .ppc64le: checker.checkTreeOfPowerPC()
        case .aarch64, .riscv64: checker.checkTreeWithUsableRange()
        }
        if request.isCrash { checker.checkElfcorehdr() }
        return checker.findings.list
    }

    private init(machine: CheckedMachine, request: CheckedRequest, image: CheckedImage) {
        self.machine = machine
        self.request = request
        self.image = image
    }

    /// Notes a rule that is broken.
    func require(_ isKept: Bool, _ rule: String, _ what: @autoclosure () -> String) {
        if !isKept { findings.list.append(Violation(rule: rule, what: what())) }
    }

    /// Notes that a part of the image is missing or cannot be read.
    func missing(_ what: String) { findings.list.append(Violation(rule: "readable", what: what)) }

    // MARK: - What rules ask for

    func segments(_ role: String) -> [CheckedSegment] { image.segments.filter { $0.role == role } }
    func segment(_ role: String) -> CheckedSegment? { image.segments.first { $0.role == role } }

    /// Where the image's segments may be: the running kernel takes segments of a crash image in the higher region alone.
    var region: Extent? { machine.crashRegions.last }

    /// RAM that is for a new kernel's image: neither a driver's, nor kept free by firmware or the running kernel.
    var ramForImages: AddressSet { machine.ram.subtracting(machine.driverManaged).subtracting(machine.reserved) }
}
