/// The text that carries an automaton in generated code: numbers of five bits a character, the least significant first, a sixth bit
/// for "more follows", written with the alphabet of base64. Runs of equal cells are written once with their length.
extension Automaton {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public var table: String {
        var writer = Writer()
        writer.write(starts.count)
        var previous: UInt32 = 0
        for (index, begin) in starts.enumerated() {
            writer.write(Int(begin - previous))
            writer.write(Int(letters[index]))
            previous = begin
        }
        writer.write(letterCount)
        writer.write(accepts.count)
        writer.write(Int(start))
        writer.writeRuns(accepts.map { $0 ? 1 : 0 })
        writer.writeRuns(cells.map(Int.init))
        return String(decoding: writer.text, as: UTF8.self)
    }

    /// Reads what ``table`` wrote. Traps on anything else: the text is part of the program.
    public init(table: StaticString) {
        self.init(
            tableText: unsafe String(decoding: UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount), as: UTF8.self))
    }

    init(tableText: String) {
        var reader = Reader(text: Array(tableText.utf8))
        var starts: [UInt32] = []
        var letters: [UInt16] = []
        var begin = 0
        for _ in 0..<reader.read() {
            begin += reader.read()
            starts.append(UInt32(begin))
            letters.append(UInt16(reader.read()))
        }
        let letterCount = reader.read()
        let stateCount = reader.read()
        let start = UInt16(reader.read())
        let accepts = reader.readRuns(count: stateCount).map { $0 == 1 }
        let cells = reader.readRuns(count: stateCount * letterCount).map { UInt16($0) }
        precondition(cells.allSatisfy { $0 < stateCount } && start < stateCount, "the automaton's table is damaged")
        self.init(starts: starts, letters: letters, start: start, letterCount: letterCount, cells: cells, accepts: accepts)
    }

    private struct Writer {
        var text: [UInt8] = []

        mutating func write(_ number: Int) {
            var rest = number
            while rest >= 32 {
                text.append(Automaton.alphabet[rest & 31 | 32])
                rest >>= 5
            }
            text.append(Automaton.alphabet[rest])
        }

        mutating func writeRuns(_ numbers: [Int]) {
            var index = 0
            while index < numbers.count {
                var end = index
                while end < numbers.count, numbers[end] == numbers[index] { end += 1 }
                write(numbers[index])
                write(end - index)
                index = end
            }
        }
    }

    private struct Reader {
        let text: [UInt8]
        var position = 0

        mutating func read() -> Int {
            var number = 0
            var shift = 0
            while true {
                let digit = Automaton.alphabet.firstIndex(of: text[position]) ?? 0
                position += 1
                number |= (digit & 31) << shift
                if digit < 32 { return number }
                shift += 5
            }
        }

        mutating func readRuns(count: Int) -> [Int] {
            var numbers: [Int] = []
            numbers.reserveCapacity(count)
            while numbers.count < count {
                let number = read()
                numbers += [Int](repeating: number, count: read())
            }
            return numbers
        }
    }
}
