import TestSupport
import Testing

@testable import RPC

@Suite("compression")
struct CompressionTests {
    private static func pack(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        try #require(unsafe bytes.withUnsafeBytes { unsafe Deflater(compression).pack($0, reserving: 0) })
    }

    @Test("what is packed comes back", arguments: [Compression.gzip, .deflate], [0, 1, 511, 512, 513, 100_000])
    func roundTrip(_ compression: Compression, _ count: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        for bytes in [noise, [UInt8](repeating: 7, count: count)] {
            #expect(try Inflater(compression: compression, limit: count).unpack(Self.pack(bytes, compression)) == bytes)
        }
    }

    @Test("room is left before the packed bytes")
    func reserved() throws {
        let packed = try #require(unsafe [1, 2, 3 as UInt8].withUnsafeBytes { unsafe Deflater(.gzip).pack($0, reserving: 5) })
        #expect(Array(packed.prefix(5)) == [0, 0, 0, 0, 0])
        #expect(try Inflater(compression: .gzip, limit: 3).unpack(Array(packed.dropFirst(5))) == [1, 2, 3])
    }

    @Test("a message of one byte more than the limit is refused, however small it came", arguments: [Compression.gzip, .deflate])
    func bomb(_ compression: Compression) throws {
        let packed = try Self.pack([UInt8](repeating: 0, count: 1_000_000), compression)
        #expect(packed.count < 10_000)
        #expect(throws: Inflater.Failure.tooLarge(limit: 999_999)) {
            try Inflater(compression: compression, limit: 999_999).unpack(packed)
        }
    }

    @Test("bytes that end too early, go on, or are something else are refused", arguments: [Compression.gzip, .deflate])
    func malformed(_ compression: Compression) throws {
        let inflater = Inflater(compression: compression, limit: 1000)
        let whole = try Self.pack(Array("a message of some length".utf8), compression)
        for count in 0..<whole.count {
            #expect(throws: Inflater.Failure.malformed) { try inflater.unpack(Array(whole.prefix(count))) }
        }
        #expect(throws: Inflater.Failure.malformed) { try inflater.unpack(whole + [0]) }
        #expect(throws: Inflater.Failure.malformed) { try inflater.unpack(whole + whole) }
        #expect(throws: Inflater.Failure.malformed) { try inflater.unpack(Array("no archive".utf8)) }
        let other: Compression = compression == .gzip ? .deflate : .gzip
        #expect(throws: Inflater.Failure.malformed) { try Inflater(compression: other, limit: 1000).unpack(whole) }
    }

    @Test(
        "what a peer says that it takes is understood, and what it says besides left out",
        arguments: [
            ("", []), ("identity", []), ("identity,deflate, gzip", [.gzip, .deflate]), ("deflate", [.deflate]), ("br,zstd", []),
            ("gzip;q=1", []), (" \tgzip\t ,", [.gzip]), (",,gzip", [.gzip]), (",", []), ("gzipp,deflat", []),
        ] as [(String, AcceptedCompressions)])
    func accepted(list: String, expected: AcceptedCompressions) {
        let accepted = unsafe Array(list.utf8).withUnsafeBytes { unsafe AcceptedCompressions($0) }
        #expect(accepted == expected)
        #expect(accepted.allowed(.gzip) == (expected.contains(.gzip) ? .gzip : .identity))
        #expect(accepted.allowed(.deflate) == (expected.contains(.deflate) ? .deflate : .identity))
        #expect(accepted.allowed(.identity) == .identity)
    }
}
