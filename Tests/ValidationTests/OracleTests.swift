import Protobuf
import StandardTypes
import TestSupport
import Testing
import Validation

/// Buf's own protovalidate, over random messages of the torture file.
struct OracleTests {
    @Test("says of random messages what protovalidate says: the same fields, the same rules")
    func randomMessages() async throws {
        let count = Soak.isOn ? 400_000 : 4_000
        let seed = UInt32.random(in: 0 ... .max)
        let root = String(#filePath.dropLast("/Tests/ValidationTests/OracleTests.swift".count))
        let oracle = try PythonOracle("Tests/ValidationTests/Python/oracle.py")
            .start([String(seed), String(count), "\(root)/Tests/ValidationTests/Proto", "\(root)/Proto"])
        var (compared, valid) = (0, 0)
        var rules: Set<Substring> = []
        while let line = try await oracle.line() {
            let words = line.split(separator: " ").map(String.init)
            let bytes = words[1] == "-" ? [] : try #require(Hex.bytes(words[1]))
            let type = try #require(Torture.types[words[0]], "\(words[0]) is not in the list of types")
            let expected = try words.dropFirst(2).map { String(decoding: try #require(Hex.bytes($0)), as: UTF8.self) }
            let found = try type.violations(in: bytes).map { "\($0.field)|\($0.rule)" }
            #expect(found.sorted(by: isBefore) == expected.sorted(by: isBefore), "seed \(seed): \(words[0]) \(words[1])")
            compared += 1
            if expected.isEmpty { valid += 1 }
            rules.formUnion(expected.compactMap { $0.split(separator: "|").last })
        }
        #expect(try await oracle.end() == .exited(0))
        #expect(compared == count && rules.count > 200 && valid > 0, "\(compared) messages, \(valid) valid, \(rules.count) rules")
    }

    private func isBefore(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}

extension Validated {
    /// All of them, whatever a trailer has room for.
    static func violations(in bytes: [UInt8]) throws -> [Violation] {
        try Self(decoding: bytes).violations(now: WallClock.now(), limit: .max)
    }
}

enum Hex {
    static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { UInt8($0 >= 0x61 ? $0 - 0x57 : $0 - 0x30) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
