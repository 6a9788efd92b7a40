/// Every bound of the compiler, so that hostile text costs time in proportion to its length and never a stack.
enum Limits {
    /// protoc's own bound; a parser that descends by recursion needs one.
    static let messageNesting = 32
    /// Aggregate option values nest as messages do; the codec that reads the result stops at 100, too.
    static let aggregateNesting = 64
    /// Imports are followed by recursion, too. Real ones nest about ten deep.
    static let importNesting = 200
    /// 2^29 - 1: a tag is a 32-bit varint whose lowest three bits are the wire type.
    static let fieldNumber: Int32 = 536_870_911
    /// Kept by the protobuf implementations for themselves.
    static let implementationFieldNumbers: ClosedRange<Int32> = 19_000...19_999
    /// Beyond it a file is surely not an interface definition, and offsets would stop fitting SourceCodeInfo's Int32.
    static let fileBytes = 64 << 20
    /// Past this many errors the rest only repeats them.
    static let diagnosticsPerFile = 1_000
    /// A longer line is no line to show below an error; a thousand errors about one would be a thousand copies of it.
    static let shownLineBytes = 4_096
    /// To say what a name was probably meant to be takes a look at all names.
    static let hintsPerFile = 50
}
