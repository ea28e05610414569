import ByteStorage
import CLibFuzzer
import Glibc
import SystemPackage

// fuzz --list              the names of all targets
// fuzz --seeds FOLDER      writes each target's seeds to FOLDER/NAME
// fuzz ...                 with FUZZ_TARGET=NAME in the environment: libFuzzer with its own options
//
// libFuzzer starts itself anew for some of its options: a name among the arguments would get lost there.

enum Chosen {
    static let target: FuzzTarget? = {
        guard let name = unsafe getenv("FUZZ_TARGET") else { return nil }
        return FuzzTarget.all.first { target in unsafe String(cString: name) == target.name }
    }()
}

func writeSeeds(to folder: FilePath) throws {
    for target in FuzzTarget.all {
        let place = folder.appending(target.name)
        try Directory.make(place)
        for (index, seed) in try target.seeds().enumerated() {
            try SmallFile.write(Bytes(seed), to: place.appending("seed-\(index)"))
        }
    }
}

func runFuzzer() -> Int32 {
    guard Chosen.target != nil else {
        print("FUZZ_TARGET names none of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        return 2
    }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
    return unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
        Chosen.target?.read(bytes)
        return 0
    }
}

switch CommandLine.arguments.dropFirst().first {
case "--list": for target in FuzzTarget.all { print(target.name) }
case "--seeds": try writeSeeds(to: FilePath(CommandLine.arguments[2]))
default: exit(runFuzzer())
}
