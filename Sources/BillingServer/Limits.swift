/// The bounds of billing that no .proto states, with their reasons.
enum Limits {
    /// What an amount that somebody names, and a line of a journal, comes to at most, in smallest units: ten trillion rupees. More is a slip of
    /// the keyboard, and thousands of the largest fit into the 64 bits that each side of an account is added up in, which nothing undoes.
    static let amount: Int64 = 1_000_000_000_000_000
    /// More lines than a printed invoice of some ten pages has.
    static let documentLines = 500
    /// A thousand million units: more than any warehouse has, and still far from what 64 bits hold when it is priced.
    static let lineQuantityMilli: Int64 = 1_000_000_000_000
    /// A supply and its invoice are within a year of each other (CGST Act, 2017, section 31: days to weeks).
    static let supplyDays = 366
    /// For how long an offer holds that does not say it.
    static let proformaDays: Int64 = 30
    /// A year of documents: what is wider is exported.
    static let listDays = 366
    /// As the .proto says.
    static let pageSizeDefault = 20
    /// A page of print.
    static let renderedLines = 60
    /// Rows of one short transaction of an export.
    static let exportPage = 50
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
    /// More open invoices than a shop's customer has in years; what is left of a payment is an advance, which the next ApplyCredit uses.
    static let openInvoices = 500
    /// A payment's reply names them all, and has to stay far below a message's size.
    static let paymentAllocations = 1_000
    /// Each that is used is a journal of its own, all in one transaction.
    static let advancesAtOnce = 100
    /// As long as card networks hold an authorisation at most.
    static let holdDays = 30

    /// A trillion units in one movement or promise: more is a slip of the keyboard, and sums of thousands of them fit into 64 bits.
    static let stockMilli: Int64 = 1_000_000_000_000_000
    /// What there may be of a product, in thousandths: a tenth of what 64 bits hold, so that sums of what many receive at once fit, too.
    static let stockOnHandMilli: Int64 = 1_000_000_000_000_000_000
    /// A day is what a draft takes that is not forgotten.
    static let reservationSeconds: Int64 = 86_400
    /// A leap year, so that one call shows a whole year of movements.
    static let movementDays = 366
    /// What sold lately is what sold in this time.
    static let velocityDays: Int64 = 30
    /// How often somebody who watches for low stock is looked for: by an index, over what has moved lately.
    static let lowStockPoll = Duration.seconds(1)
    /// How far a look goes back: a movement has its time before it is committed, from a clock that may not be the reader's.
    static let lowStockLookBackSeconds: Int64 = 10
    /// Once in so many looks everything is looked at, for what took longer than that.
    static let lowStockLooks = 60
    static let lowStockPage = 500
    /// The ids that a stream remembers: some megabytes.
    static let lowStockProducts = 100_000
    static let productCandidates = 10

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
    /// A leap year: reports and statements of more days are several.
    static let reportDays = 366
    /// As many rows of a stream are in memory while its caller reads.
    static let streamPage = 500
    /// Journals under one seal: 48 bytes each are kept beside it.
    static let sealJournals = 1_000
    /// Lines that are in memory while a seal is computed, besides those of one journal.
    static let sealLines = 20_000
    /// Seals that are in memory while a ledger is verified.
    static let sealPage = 16
    /// Tenants that one look for journals without a seal gives.
    static let sealTenants = 1_000
    /// What was posted is under a seal that much later, if no transaction runs for longer.
    static let sealPause = Duration.seconds(1)
    /// Of wrong sums so many are told: where all are wrong, the first ones say so.
    static let wrongSums: Int64 = 1_000
    /// More than a person looks through.
    static let anomalies = 1_000
    /// Lines of a return in one reply, some two megabytes; a stream has them all.
    static let returnLines = 5_000

    /// A version a month for forty years; all of them are read at once.
    static let planVersions = 500
    /// Who is subscribed has so much time to leave before a plan is another one.
    static let planNoticeDays = 30
    /// Two weeks are what a payment by post and a weekend take; later the customer has decided.
    static let subscriptionGraceDays = 14
    /// Overrides of one customer that hold on one day: more than a plan has features.
    static let overrides = 256
    /// A month of usage may come late, with the days of a holiday; longer and its bill would be of a quarter before.
    static let usageAgeMicroseconds: Int64 = 35 * 86_400 * 1_000_000
    /// So far the clocks of those who count may be ahead.
    static let usageAheadMicroseconds: Int64 = 300 * 1_000_000
}
