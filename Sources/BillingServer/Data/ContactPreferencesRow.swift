internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// How a customer may be written to, as the database keeps it.
struct ContactPreferencesRow: RowDecodable {
    let version: Int64
    let preferences: ContactTerms
    let updatedAt: Instant

    static let columns: SQL = "version, quiet_from, quiet_until, time_zone, weekly_cap, monthly_cap, channels, is_opted_out, updated_at"

    init(row: Row) throws(PostgresError) {
        version = try row["version"]
        let (from, until): (Int16, Int16) = (try row["quiet_from"], try row["quiet_until"])
        let (weekly, monthly): (Int16, Int16) = (try row["weekly_cap"], try row["monthly_cap"])
        let words: [String] = try row["channels"]
        preferences = ContactTerms(
            quiet: QuietHours(startMinute: Int(from), endMinute: Int(until)) ?? .usual, timeZone: try row["time_zone"],
            caps: ContactCaps(perWeek: Int(weekly), perMonth: Int(monthly)), channels: words.compactMap(ContactChannel.init),
            isOptedOut: try row["is_opted_out"])
        updatedAt = try row["updated_at"]
    }

    init(_ preferences: ContactTerms, version: Int64, updatedAt: Instant) {
        (self.preferences, self.version, self.updatedAt) = (preferences, version, updatedAt)
    }
}

extension ContactTerms {
    /// - Throws: `invalid` with every violation.
    init(_ message: BillingAPI.ContactPreferences, zones: Zones) throws(BillingError) {
        var violations = Violations(under: "preferences.")
        if !message.timeZone.isEmpty {
            _ = violations.reading("time_zone") { () throws(BillingError) in try zones.zone(named: message.timeZone) }
        }
        let from = message.quietFrom.isEmpty ? QuietHours.usual.startMinute : MinuteOfDay.read(message.quietFrom)
        if from == nil { violations.add("quiet_from", "It is no time of the day: write hh:mm.") }
        let until = message.quietUntil.isEmpty ? QuietHours.usual.endMinute : MinuteOfDay.read(message.quietUntil)
        if until == nil { violations.add("quiet_until", "It is no time of the day: write hh:mm.") }
        guard violations.isEmpty, let from, let until, let quiet = QuietHours(startMinute: from, endMinute: until) else {
            throw .invalid(violations.all)
        }
        self.init(
            quiet: quiet, timeZone: message.timeZone,
            caps: ContactCaps(
                perWeek: message.weeklyCap.map(Int.init) ?? ContactCaps.usual.perWeek,
                perMonth: message.monthlyCap.map(Int.init) ?? ContactCaps.usual.perMonth),
            channels: message.channels.compactMap(ContactChannel.init), isOptedOut: message.isOptedOut)
    }

    func message(of customer: RecordID, _ row: ContactPreferencesRow?) -> BillingAPI.ContactPreferences {
        .with {
            $0.customerID = customer.description
            $0.etag = row.map { Etag(version: $0.version).text } ?? ""
            $0.quietFrom = MinuteOfDay.text(quiet.startMinute)
            $0.quietUntil = MinuteOfDay.text(quiet.endMinute)
            $0.timeZone = timeZone
            $0.weeklyCap = Int32(clamping: caps.perWeek)
            $0.monthlyCap = Int32(clamping: caps.perMonth)
            $0.channels = channels.map(\.message)
            $0.isOptedOut = isOptedOut
            $0.updatedAt = row?.updatedAt.timestamp
        }
    }
}
