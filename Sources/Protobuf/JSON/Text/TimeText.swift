/// The texts of google.protobuf.Timestamp (RFC 3339) and Duration (`1.5s`).
enum TimeText {
    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    /// About 10,000 years either way.
    static let durationSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000
    private static let nanosPerSecond: Int32 = 1_000_000_000
    private static let secondsPerDay: Int64 = 86_400

    // MARK: Writing

    /// False if the moment is not between the years 1 and 9999.
    static func appendTimestamp(seconds: Int64, nanos: Int32, to text: inout ByteBuffer) -> Bool {
        guard timestampSeconds.contains(seconds), (0..<nanosPerSecond).contains(nanos) else { return false }
        let sinceYearOne = seconds - timestampSeconds.lowerBound
        let date = CivilDate(daysSinceYearOne: sinceYearOne / secondsPerDay)
        let second = UInt64(sinceYearOne % secondsPerDay)
        text.appendDecimal(UInt64(date.year), digits: 4)
        text.append("-")
        text.appendDecimal(UInt64(date.month), digits: 2)
        text.append("-")
        text.appendDecimal(UInt64(date.day), digits: 2)
        text.append("T")
        text.appendDecimal(second / 3600, digits: 2)
        text.append(":")
        text.appendDecimal(second / 60 % 60, digits: 2)
        text.append(":")
        text.appendDecimal(second % 60, digits: 2)
        appendFraction(UInt64(nanos), to: &text)
        text.append("Z")
        return true
    }

    /// False if it is out of range, or the signs of seconds and nanos differ.
    static func appendDuration(seconds: Int64, nanos: Int32, to text: inout ByteBuffer) -> Bool {
        guard durationSeconds.contains(seconds), nanos.magnitude < nanosPerSecond.magnitude else { return false }
        guard seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0) else { return false }
        if seconds < 0 || nanos < 0 {
            text.append("-")
        }
        text.appendDecimal(seconds.magnitude)
        appendFraction(UInt64(nanos.magnitude), to: &text)
        text.append("s")
        return true
    }

    /// Nothing, 3, 6 or 9 digits, as many as are needed.
    private static func appendFraction(_ nanos: UInt64, to text: inout ByteBuffer) {
        if nanos == 0 {
            return
        }
        text.append(".")
        if nanos % 1_000_000 == 0 {
            text.appendDecimal(nanos / 1_000_000, digits: 3)
        } else if nanos % 1000 == 0 {
            text.appendDecimal(nanos / 1000, digits: 6)
        } else {
            text.appendDecimal(nanos, digits: 9)
        }
    }

    // MARK: Reading

    static func timestamp(_ text: UnsafeBufferPointer<UInt8>) -> (seconds: Int64, nanos: Int32)? {
        var scanner = unsafe DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.accept("-"), let month = scanner.number(digits: 2), scanner.accept("-"),
            let day = scanner.number(digits: 2), scanner.accept("T"), let hour = scanner.number(digits: 2), scanner.accept(":"),
            let minute = scanner.number(digits: 2), scanner.accept(":"), let second = scanner.number(digits: 2),
            let nanos = scanner.fraction(),
            let days = CivilDate(year: year, month: month, day: day)?.daysSinceYearOne, hour < 24, minute < 60, second < 60
        else { return nil }
        var offset: Int64 = 0
        if !scanner.accept("Z") {
            let isEast = scanner.accept("+")
            guard isEast || scanner.accept("-"), let hours = scanner.number(digits: 2), scanner.accept(":"),
                let minutes = scanner.number(digits: 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (isEast ? 1 : -1)
        }
        let seconds = timestampSeconds.lowerBound + days * secondsPerDay + hour * 3600 + minute * 60 + second - offset
        guard scanner.isAtEnd, timestampSeconds.contains(seconds) else { return nil }
        return (seconds, nanos)
    }

    static func duration(_ text: UnsafeBufferPointer<UInt8>) -> (seconds: Int64, nanos: Int32)? {
        var scanner = unsafe DigitScanner(text)
        let isNegative = scanner.accept("-")
        guard let seconds = scanner.number(), let nanos = scanner.fraction(), scanner.accept("s"), scanner.isAtEnd,
            seconds <= durationSeconds.upperBound
        else { return nil }
        return isNegative ? (-seconds, -nanos) : (seconds, nanos)
    }
}

/// A day of the Gregorian calendar, extended to before its invention.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Nil if there is no such day.
    init?(year: Int64, month: Int64, day: Int64) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1, (1...12).contains(month), day >= 1, day <= lengths[Int(month) - 1] else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    // Years are counted from March, so that the leap day is the last of its year; 1 March of year 0 is 306 days before year 1.

    init(daysSinceYearOne: Int64) {
        let days = daysSinceYearOne + 306
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var daysSinceYearOne: Int64 {
        let year = month <= 2 ? year - 1 : year
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 306
    }
}

/// Reads the digits and marks of a date.
@safe
private struct DigitScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        unsafe self.text = unsafe text
    }

    var isAtEnd: Bool { unsafe index == text.count }

    mutating func accept(_ mark: Unicode.Scalar) -> Bool {
        if unsafe index < text.count, unsafe UInt32(text[index]) == mark.value {
            index += 1
            return true
        }
        return false
    }

    private mutating func digit() -> Int64? {
        guard unsafe index < text.count, unsafe text[index] &- UInt8(ascii: "0") < 10 else { return nil }
        index += 1
        return unsafe Int64(text[index - 1] - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// A number of one digit or more, nil if it has more than 18.
    mutating func number() -> Int64? {
        guard var value = digit() else { return nil }
        while let digit = digit() {
            guard value < 100_000_000_000_000_000 else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// A point and one to nine digits as nanoseconds; 0 if there is no point.
    mutating func fraction() -> Int32? {
        if !accept(".") {
            return 0
        }
        guard var value = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            value = value * 10 + digit
            count += 1
            if count > 9 {
                return nil
            }
        }
        for _ in count..<9 {
            value *= 10
        }
        return Int32(truncatingIfNeeded: value)
    }
}
