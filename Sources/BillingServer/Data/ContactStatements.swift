internal import Postgres
internal import Resources

extension SQL {
    static func contactPreferences(of customer: RecordID) -> SQL {
        """
        SELECT \(ContactPreferencesRow.columns) FROM contact_preference WHERE tenant_id = current_tenant() AND customer_id = \(customer)
        """
    }

    static func insertContactPreferences(of customer: RecordID, _ preferences: ContactTerms, at time: Instant) -> SQL {
        """
        INSERT INTO contact_preference (
            tenant_id, customer_id, quiet_from, quiet_until, time_zone, weekly_cap, monthly_cap, channels, is_opted_out, updated_at
        ) VALUES (
            current_tenant(), \(customer), \(Int16(clamping: preferences.quiet.startMinute)),
            \(Int16(clamping: preferences.quiet.endMinute)),
            \(preferences.timeZone), \(Int16(clamping: preferences.caps.perWeek)), \(Int16(clamping: preferences.caps.perMonth)),
            \(preferences.channels.map(\.rawValue)), \(preferences.isOptedOut), \(time)
        )
        """
    }

    static func updateContactPreferences(of customer: RecordID, _ row: ContactPreferencesRow) -> SQL {
        let preferences = row.preferences
        return """
            UPDATE contact_preference SET version = \(row.version), quiet_from = \(Int16(clamping: preferences.quiet.startMinute)),
                quiet_until = \(Int16(clamping: preferences.quiet.endMinute)), time_zone = \(preferences.timeZone),
                weekly_cap = \(Int16(clamping: preferences.caps.perWeek)), monthly_cap = \(Int16(clamping: preferences.caps.perMonth)),
                channels = \(preferences.channels.map(\.rawValue)), is_opted_out = \(preferences.isOptedOut), updated_at = \(row.updatedAt)
            WHERE tenant_id = current_tenant() AND customer_id = \(customer)
            """
    }
}
