internal import Platform
internal import Resources
internal import Synchronization

/// The time zones that tenants live in, each read once from the system.
final class Zones: Sendable {
    private let known = Mutex<[String: ZoneHistory]>([:])

    /// - Throws: `timeZoneUnknown`.
    func zone(_ name: String) throws(BillingError) -> ZoneHistory {
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard let zone = try? ZoneHistory(name) else { throw .timeZoneUnknown }
        known.withLock { $0[name] = zone }
        return zone
    }

    /// A zone as a caller may name it: not by those files that are this machine's own, or count leap seconds.
    ///
    /// - Throws: `timeZoneUnknown`.
    func zone(named name: String) throws(BillingError) -> ZoneHistory {
        guard !["localtime", "posixrules", "Factory"].contains(name), !name.hasPrefix("right/"), !name.hasPrefix("posix/") else {
            throw .timeZoneUnknown
        }
        return try zone(name)
    }

    /// The day that it is somewhere.
    ///
    /// - Throws: `timeZoneUnknown`, `dateInvalid` outside the years 1 to 9999.
    func day(of instant: Instant, in zone: String) throws(BillingError) -> CivilDate {
        let seconds = instant.unixMilliseconds.dividedDown(by: 1_000)
        let offset = try self.zone(zone).offset(at: seconds)
        guard let day = CivilDate(unixSeconds: seconds, utcOffsetSeconds: Int(offset)) else { throw .dateInvalid }
        return day
    }
}

extension Int64 {
    /// The largest integer that is not above the quotient.
    fileprivate func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
