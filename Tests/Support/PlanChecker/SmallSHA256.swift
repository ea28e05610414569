/// SHA-256 (FIPS 180-4), so that no digest is compared with one of the same making. Written to be read.
public func smallSHA256(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    for shift in stride(from: 56, through: 0, by: -8) {
        padded.append(UInt8(truncatingIfNeeded: (UInt64(message.count) &* 8) >> UInt64(shift)))
    }
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: padded.count, by: 64) {
        for index in 0..<16 {
            let at = block + index * 4
            words[index] = UInt32(padded[at]) << 24 | UInt32(padded[at + 1]) << 16 | UInt32(padded[at + 2]) << 8 | UInt32(padded[at + 3])
        }
        for index in 16..<64 {
            let (a, b) = (words[index - 15], words[index - 2])
            let small = (a >> 7 | a << 25) ^ (a >> 18 | a << 14) ^ a >> 3
            let large = (b >> 17 | b << 15) ^ (b >> 19 | b << 13) ^ b >> 10
            words[index] = words[index - 16] &+ small &+ words[index - 7] &+ large
        }
        var v = state
        for index in 0..<64 {
            let (a, e) = (v[0], v[4])
            let sum1 = (e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)
            let first = v[7] &+ sum1 &+ ((e & v[5]) ^ (~e & v[6])) &+ constants[index] &+ words[index]
            let sum0 = (a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)
            let second = sum0 &+ ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]))
            v = [first &+ second, a, v[1], v[2], v[3] &+ first, e, v[5], v[6]]
        }
        for index in 0..<8 { state[index] &+= v[index] }
    }
    return state.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, as the standard says, computed
/// by whole numbers: the root of p, times 2^32, is the largest r with r^3 <= p * 2^96.
private let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
        if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
        candidate += 1
    }
    return primes.map { prime in
        var root: UInt64 = 0
        for bit in stride(from: UInt64(35), through: 0, by: -1) {
            let trial = root | 1 << bit
            // The prime is below 2^9, so the cube is below 2^105.
            let square = trial.multipliedFullWidth(by: trial)
            let low = square.low.multipliedFullWidth(by: trial)
            let (high, overflow) = (square.high &* trial).addingReportingOverflow(low.high)
            if !overflow, high < prime << 32 || (high == prime << 32 && low.low == 0) { root = trial }
        }
        return UInt32(truncatingIfNeeded: root)
    }
}()
