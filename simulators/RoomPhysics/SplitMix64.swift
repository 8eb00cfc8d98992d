import Foundation

/// A small random number generator whose sequence is the same on every machine: SplitMix64 (Steele, Lea and Flood,
/// "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator. Equal seeds give equal sequences.
    package init(seed: UInt64) {
        state = seed
    }

    /// Creates the generator for one part of a simulation. The same `seed` and `name` always give the same sequence,
    /// and adding a part changes nothing in the others.
    package init(seed: UInt64, for name: String) {
        // FNV-1a over the name; Swift's own hashes differ between runs.
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        var mixer = SplitMix64(seed: seed ^ hash)
        state = mixer.next()
    }

    /// Returns the next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number that is uniformly distributed over 0..<1.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Returns a number that is normally distributed around 0 (Box–Muller transform).
    package mutating func normal(deviation: Double) -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return deviation * radius * cos(2 * .pi * unit())
    }
}
