import Protobuf
import Testing

@Suite("Numbers in JSON")
struct JSONNumberTests {
    /// Around every power of ten, and the ends of all types.
    static let whole: [Int64] = {
        var numbers: [Int64] = [0, .min, .max, Int64(Int32.min), Int64(Int32.max), Int64(Int32.min) - 1, Int64(UInt32.max)]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            numbers += [power - 1, power, power + 1, -power, 1 - power]
        }
        return numbers
    }()

    /// What may stand behind a number: nothing at all, or more than any number is long.
    static let tails = ["", String(repeating: " ", count: 40)]

    @Test("Whole numbers are written as Swift writes them and read back, wherever the text ends", arguments: tails)
    func wholeNumbers(tail: String) throws {
        for number in JSONNumberTests.whole {
            #expect(try Scalars.with { $0.int64 = number }.json() == (number == 0 ? "{}" : #"{"int64":"\#(number)"}"#))
            for text in ["\(number)", "\"\(number)\"", "\(number).0", "\(number).000e0", "\"\(number)E+0\""] {
                #expect(try Scalars(json: "{\"int64\":\(text)}\(tail)").int64 == number, "\(text)")
                #expect(try Scalars(json: "{\"sint64\":\(text)}\(tail)").sint64 == number, "\(text)")
                #expect(try Scalars(json: "{\"sfixed64\":\(text)}\(tail)").sfixed64 == number, "\(text)")
                let small = try? Scalars(json: "{\"int32\":\(text),\"sint32\":\(text),\"sfixed32\":\(text)}\(tail)")
                #expect(small?.int32 == Int32(exactly: number), "\(text)")
                #expect(small?.sint32 == Int32(exactly: number), "\(text)")
                let natural = try? Scalars(json: "{\"uint64\":\(text),\"fixed64\":\(text)}\(tail)")
                #expect(natural?.uint64 == UInt64(exactly: number), "\(text)")
                let smallNatural = try? Scalars(json: "{\"uint32\":\(text),\"fixed32\":\(text)}\(tail)")
                #expect(smallNatural?.uint32 == UInt32(exactly: number), "\(text)")
                #expect(smallNatural?.fixed32 == UInt32(exactly: number), "\(text)")
            }
        }
    }

    @Test("What is no JSON number is refused, wherever the text ends", arguments: tails)
    func noNumbers(tail: String) {
        let texts = [
            "01", "-01", "00", "+1", "-", "--1", "1.", ".5", "-.5", "1e", "1e+", "1.e1", "0x1", "1_0", "1 0", "\"1", "1\"", "\"1\"1",
            "\"01\"",
            "\"+1\"", "\" 1\"", "\"1 \"", "\"\"", "\"-\"", "NaN", "Infinity", "-Infinity", "nan", "inf", "1,", "١", "\"1e5e5\"",
        ]
        for text in texts {
            for field in ["int32", "uint64", "sfixed64", "double", "float"] {
                #expect(throws: JSONError.self, "\(field): \(text)") { try Scalars(json: "{\"\(field)\":\(text)}\(tail)") }
            }
        }
        for text in ["0.5", "1e-1", "1.25e1", "99999999999999999999", "1e20", "1e536870000", "-1e536870000", "\"1e536870000\""] {
            #expect(throws: JSONError.self, "\(text)") { try Scalars(json: "{\"int64\":\(text)}\(tail)") }
        }
    }

    @Test("Very long numbers take no longer than their text")
    func longNumbers() throws {
        let zeros = String(repeating: "0", count: 100_000)
        #expect(try Scalars(json: "{\"int32\":1\(zeros)e-100000}").int32 == 1)
        #expect(try Scalars(json: "{\"int32\":5.\(zeros)}").int32 == 5)
        #expect(try Scalars(json: "{\"double\":0.\(zeros)1e100001}").double == 1)
        #expect(throws: JSONError.self) { try Scalars(json: "{\"int32\":1\(zeros)}") }
        #expect(throws: JSONError.self) { try Scalars(json: "{\"double\":1\(zeros)}") }
        #expect(throws: JSONError.self) { try Scalars(json: "{\"int64\":1e1\(zeros)}") }
        #expect(try Scalars(json: "{\"double\":1e-1\(zeros)}").double == 0)
    }

    @Test("Floating-point numbers are written with the fewest digits that give them back")
    func shortest() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<20_000 {
            let note = Comment("seed \(seed), round \(round)")
            let decimals = Double(Int.random(in: 0...7, using: &random))
            let double: Double
            switch round % 3 {
            case 0: double = Double(bitPattern: random.next())
            case 1: double = (Double.random(in: -1e6...1e6, using: &random) * powerOfTen(decimals)).rounded() / powerOfTen(decimals)
            default: double = Double(Int.random(in: -20_000_000...20_000_000, using: &random)) / powerOfTen(decimals)
            }
            let float = round % 3 == 0 ? Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) : Float(double)
            if double.isFinite, double != 0 {
                let json = try Scalars.with { $0.double = double }.json()
                #expect(json == "{\"double\":\(expected(double.description))}", note)
                #expect(try Scalars(json: json).double == double, note)
            }
            if float.isFinite, float != 0 {
                let json = try Scalars.with { $0.float = float }.json()
                #expect(json == "{\"float\":\(expected(float.description))}", note)
                #expect(try Scalars(json: json).float == float, note)
            }
        }
    }

    private func powerOfTen(_ exponent: Double) -> Double {
        (0..<Int(exponent)).reduce(1.0) { power, _ in power * 10 }
    }

    /// Swift prints the fewest digits, too, but a point with every number.
    private func expected(_ text: String) -> String {
        text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    @Test("Floating-point numbers in any spelling are the nearest there is")
    func nearest() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let whole = String(random.next() >> UInt64.random(in: 0..<64, using: &random))
            let digits = Int.random(in: 0...20, using: &random)
            let fraction = digits == 0 ? "" : "." + (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
            let exponent = Int.random(in: 0..<3, using: &random) == 0 ? "e\(Int.random(in: -30...30, using: &random))" : ""
            let text = "\(Bool.random(using: &random) ? "-" : "")\(whole)\(fraction)\(exponent)"
            let note = Comment("seed \(seed), \(text)")
            let tail = String(repeating: " ", count: Int.random(in: 0...30, using: &random))
            #expect(try Scalars(json: "{\"double\":\(text)}\(tail)").double == Double(text), note)
            let float = Float(text).flatMap { $0.isFinite ? $0 : nil }
            #expect((try? Scalars(json: "{\"float\":\"\(text)\"}\(tail)"))?.float == float, note)
        }
    }

    @Test("The ends of Float and Double are numbers, what lies beyond is not")
    func ends() throws {
        #expect(try Scalars(json: #"{"float":3.4028234663852886e38}"#).float == .greatestFiniteMagnitude)
        #expect(try Scalars(json: #"{"float":-3.4028235e38}"#).float == -.greatestFiniteMagnitude)
        #expect(throws: JSONError.self) { try Scalars(json: #"{"float":3.502823e38}"#) }
        #expect(throws: JSONError.self) { try Scalars(json: #"{"float":-3.502823e38}"#) }
        #expect(try Scalars(json: #"{"double":1.7976931348623157e308}"#).double == .greatestFiniteMagnitude)
        #expect(throws: JSONError.self) { try Scalars(json: #"{"double":1.89769e308}"#) }
        #expect(throws: JSONError.self) { try Scalars(json: #"{"double":-1.89769e308}"#) }
    }
}
