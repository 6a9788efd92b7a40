/// `grpc-timeout`: one to eight digits and a unit (gRPC over HTTP/2, Request-Headers).
enum Timeout {
    private static let units: [(letter: UInt8, nanoseconds: Int64)] = [
        (UInt8(ascii: "n"), 1), (UInt8(ascii: "u"), 1_000), (UInt8(ascii: "m"), 1_000_000), (UInt8(ascii: "S"), 1_000_000_000),
        (UInt8(ascii: "M"), 60_000_000_000), (UInt8(ascii: "H"), 3_600_000_000_000),
    ]

    /// Nil when the text is not of that form.
    static func parse(_ text: UnsafeRawBufferPointer) -> Duration? {
        guard (2...9).contains(text.count), let letter = unsafe text.last,
            let unit = units.first(where: { $0.letter == letter })
        else { return nil }
        var amount: Int64 = 0
        for index in 0..<text.count - 1 {
            let digit = unsafe text[index]
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            amount = amount * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        // Eight digits of hours are 3.6e20 ns: beyond Int64, and beyond any call.
        let (nanoseconds, overflow) = amount.multipliedReportingOverflow(by: unit.nanoseconds)
        return .nanoseconds(overflow ? .max : nanoseconds)
    }

    /// In the finest unit whose digits fit, rounded up, so that the server never gives up before the client.
    static func text(_ nanoseconds: Int64) -> String {
        let amount = max(0, nanoseconds)
        for unit in units {
            let rounded = amount / unit.nanoseconds + (amount % unit.nanoseconds == 0 ? 0 : 1)
            if rounded <= 99_999_999 { return "\(rounded)\(Character(Unicode.Scalar(unit.letter)))" }
        }
        return "99999999H"
    }
}
