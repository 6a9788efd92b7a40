/// The minute of a day as text: `21:00`.
enum MinuteOfDay {
    /// Nil for what is no such text.
    static func read(_ text: String) -> Int? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(Substring(parts[0])), let minute = Int(Substring(parts[1])), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    static func text(_ minute: Int) -> String { "\(CivilDate.twoDigits(minute / 60)):\(CivilDate.twoDigits(minute % 60))" }
}
