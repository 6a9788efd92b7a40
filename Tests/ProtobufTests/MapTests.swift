import Protobuf
import Testing

@Suite("The map type")
struct MapTests {
    @Test("It is read, written and removed from like a dictionary")
    func access() {
        var map: Map<String, Int32> = ["b": 1, "a": 2]
        map["c"] = 3
        map["b"] = 4
        #expect(map["a"] == 2)
        #expect(map["b"] == 4)
        #expect(map["d"] == nil)
        #expect(map.count == 3)
        map["a"] = nil
        #expect(map["a"] == nil)
        #expect(map.removeValue(forKey: "c") == 3)
        #expect(map.removeValue(forKey: "c") == nil)
        #expect(map.updateValue(5, forKey: "b") == 4)
        #expect(map.updateValue(6, forKey: "e") == nil)
        #expect(map == ["b": 5, "e": 6])
        map.removeAll()
        #expect(map.isEmpty)
    }

    @Test("A default value becomes the key's value when it is changed, and only then")
    func defaultValue() {
        var map: Map<Int32, String> = [:]
        #expect(map[1, default: "none"] == "none")
        #expect(map.isEmpty)
        map[1, default: "a"] += "b"
        map[1, default: "x"] += "c"
        #expect(map == [1: "abc"])
    }

    @Test("Keys keep the order in which they were first set")
    func order() {
        var map: Map<String, Int32> = ["z": 1, "y": 2, "x": 3, "w": 4]
        map["y"] = 5
        map["z"] = nil
        map["z"] = 6
        #expect(Array(map.keys) == ["y", "x", "w", "z"])
        #expect(Array(map.values) == [5, 3, 4, 6])
        #expect(map.map(\.value) == [5, 3, 4, 6])
        #expect(map.description == #"["y": 5, "x": 3, "w": 4, "z": 6]"#)
        #expect(Map<String, Int32>().description == "[:]")
        #expect(map.mapValues { $0 * 10 }.map(\.value) == [50, 30, 40, 60])
    }

    @Test("Of several values for a key the last one counts")
    func lastOne() {
        let map: Map<String, Int32> = ["a": 1, "b": 2, "a": 3]
        #expect(map == ["b": 2, "a": 3])
        #expect(Map([(key: "a", value: Int32(1)), (key: "a", value: 2)]) == ["a": 2])
        #expect(Map(["a": Int32(1)] as Dictionary) == ["a": 1])
    }

    @Test("Strings are the same key only if their bytes are: one spelling of a character is not the other")
    func bytesOfStrings() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        var map: Map<String, Int32> = [composed: 1, decomposed: 2]
        #expect(map[composed] == 1)
        #expect(map[decomposed] == 2)
        for number in Int32(0)..<20 {
            map["\(number)"] = number
        }
        #expect(map[composed] == 1)
        #expect(map[decomposed] == 2)
        #expect(map.removeValue(forKey: composed) == 1)
        #expect(map[decomposed] == 2)

        let bytes = hex("4A 06 0A 02 C3 A9 12 00  4A 07 0A 03 65 CC 81 12 00")
        let message = try Maps(decoding: bytes)
        #expect(message.string.count == 2)
        #expect(message.encoded() == bytes)
        #expect(message.encoded(deterministic: true) == hex("4A 07 0A 03 65 CC 81 12 00  4A 06 0A 02 C3 A9 12 00"))
    }

    @Test("Equal maps are equal in any order, and have the same hash", arguments: [3, 8, 9, 200])
    func equality(count: Int32) {
        let forward = Map((0..<count).map { (key: "key \($0)", value: $0) })
        let backward = Map((0..<count).reversed().map { (key: "key \($0)", value: $0) })
        #expect(forward == backward)
        #expect(forward.hashValue == backward.hashValue)
        var other = backward
        other["key 1"] = 0
        #expect(forward != other)
        other["key 1"] = nil
        #expect(forward != other)
        other["key 1 of another"] = 1
        #expect(forward != other)
    }

    @Test("It agrees with a dictionary over random changes, small and large")
    func beside() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for size in [Int64(6), 12, 100, 1_000] {
            var map: Map<Int64, Int64> = [:]
            var dictionary: [Int64: Int64] = [:]
            for round in 0..<2_000 {
                let key = Int64.random(in: 0..<size, using: &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    #expect(map.removeValue(forKey: key) == dictionary.removeValue(forKey: key), "seed \(seed), round \(round)")
                } else {
                    let value = Int64.random(in: 0..<100, using: &random)
                    #expect(
                        map.updateValue(value, forKey: key) == dictionary.updateValue(value, forKey: key), "seed \(seed), round \(round)")
                }
            }
            #expect(map.count == dictionary.count, "seed \(seed)")
            #expect(map.sorted { $0.key < $1.key }.map(\.key) == dictionary.keys.sorted(), "seed \(seed)")
            #expect((0..<size).allSatisfy { map[$0] == dictionary[$0] }, "seed \(seed)")
            map.removeAll { $0.key % 2 == 0 }
            #expect((0..<size).allSatisfy { map[$0] == ($0 % 2 == 0 ? nil : dictionary[$0]) }, "seed \(seed)")
        }
    }

    @Test("What is written comes in the order of the map, and is read back in it")
    func wireOrder() throws {
        let bytes = hex("0A 04 08 05 10 01  0A 04 08 02 10 02  0A 04 08 09 10 03")
        let message = try Maps(decoding: bytes)
        #expect(Array(message.int32.keys) == [5, 2, 9])
        #expect(message.encoded() == bytes)
    }
}
