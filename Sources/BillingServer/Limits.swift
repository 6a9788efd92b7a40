/// The bounds of billing that no .proto states, with their reasons.
enum Limits {
    /// More lines than a printed invoice of some ten pages has.
    static let documentLines = 500
    /// A journal of a document with all its lines, taxes and costs, and room for a year's closing.
    static let journalLines = 2_000
    /// Rule 46(b) of the CGST Rules, 2017: an invoice's serial number has at most sixteen characters.
    static let documentNumberBytes = 16
    /// Rule 46(e): from this taxable value on, an invoice to an unregistered recipient names where it goes.
    static let placeOfSupplyFromPaise: Int64 = 50_000_00

    /// A leap year: a year's statement is one call, and no call reads more.
    static let statementDays = 366
    /// Entries of a statement that are in memory at once.
    static let statementPage = 500
    /// Who shares more than a name with so many others is looked for by hand.
    static let duplicatesRead = 200
    static let duplicatesReturned = 20
    /// More than a customer has fields.
    static let maskPaths = 32
    /// As the .proto says.
    static let pageSizeDefault = 20

    /// A sentence of a person, or some ten seconds of speech.
    static let timeTextBytes = 256
    /// Who is reminded more often has left.
    static let recurrenceMinutes = 60
    /// Ten years: what is further apart is a date of its own.
    static let recurrenceDays = 3_660
    static let recurrenceMonths = 120

    /// Between two reminders to one customer.
    static let contactIntervalMicroseconds: Int64 = 3_600 * 1_000_000
    /// A reminder that is later says nothing any more, and what no provider has taken for as long was not delivered. A day more than a
    /// week,
    /// so that a week's cap can move one and not only end it.
    static let reminderLatenessMicroseconds: Int64 = 8 * 86_400 * 1_000_000
    /// Of one time: each has another channel, or was asked for by somebody.
    static let reminderAttempts = 3
    /// As long as deliveries are kept: later nobody can find out what became of one.
    static let reminderLookMicroseconds: Int64 = 30 * 86_400 * 1_000_000
    /// How often a delivery is looked at: the longer it takes, the less often.
    static let deliveryLooks = (first: Int64(1), longest: Int64(600))
    /// Reminders that one call makes of overdue invoices.
    static let overdueReminders = 500
    static let previewedTimes = 5
}
