internal import Crypto

/// What makes a one-time password good: pure rules over what the database keeps of it.
enum OneTimePasswordRules {
    /// Six digits, each set as likely as any other.
    static func code<Random: RandomNumberGenerator>(_ random: inout Random) -> String {
        let number = Int.random(in: 0..<1_000_000, using: &random)
        let digits = "\(number)"
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// No other combination of these values has the same bytes before they are hashed: each stands behind its length.
    static func hash(_ parts: [String], salt: [UInt8], key: HMACSHA256) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [salt] + parts.map({ Array($0.utf8) }) {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: part.count >> shift)) }
            bytes += part
        }
        return key.authenticate(bytes)
    }

    /// - Parameter tries: guesses before this one.
    static func judge(_ isRight: Bool, tries: Int, expiresAt: Int64, isEnded: Bool, now: Int64) -> OneTimePasswordVerdict {
        guard !isEnded, now < expiresAt, tries < Limits.oneTimePasswordTries else { return .noneActive }
        return isRight ? .verified : .wrong(triesLeft: Limits.oneTimePasswordTries - tries - 1)
    }
}

/// What a guess came to.
public enum OneTimePasswordVerdict: Sendable, Hashable {
    /// The code was right, and is used up by this.
    case verified
    case wrong(triesLeft: Int)
    /// None was asked for, it has expired, was used, was guessed at too often, or a newer one took its place: which of these is not told.
    case noneActive
}
