internal import LeadAPI

/// Where a lead may go from a status. The database enforces the same table by a trigger; a test compares the two.
enum StatusTransition {
    /// Staying is always allowed.
    static func isLegal(from: LeadStatus, to: LeadStatus) -> Bool {
        from == to || (next[from] ?? []).contains(to)
    }

    private static let next: [LeadStatus: Set<LeadStatus>] = [
        .new: [.contacted, .optedOut, .unresponsive],
        .contacted: [.engaged, .qualified, .unresponsive, .optedOut, .meetingBooked],
        .engaged: [.qualified, .meetingBooked, .unresponsive, .optedOut],
        .qualified: [.meetingBooked, .converted, .unresponsive, .optedOut],
        // A meeting that nobody came to leads back to qualified.
        .meetingBooked: [.converted, .qualified, .unresponsive, .optedOut],
        .unresponsive: [.contacted, .engaged, .optedOut],
        .converted: [.optedOut, .engaged],
        // Only a new consent, proven in its own way, could bring a lead back from here.
        .optedOut: [],
    ]
}

extension LeadStatus {
    /// The statuses a lead can be in, with the words by which the database knows them.
    static let words: [(status: LeadStatus, word: String)] = [
        (.new, "new"), (.contacted, "contacted"), (.engaged, "engaged"), (.qualified, "qualified"),
        (.meetingBooked, "meeting_booked"), (.converted, "converted"), (.unresponsive, "unresponsive"), (.optedOut, "opted_out"),
    ]

    /// Nil for unspecified and for numbers that this server does not know.
    var word: String? { Self.words.first { $0.status == self }?.word }

    init?(word: String) {
        guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
        self = known.status
    }
}

extension LawfulBasis {
    static let words: [(basis: LawfulBasis, word: String)] = [
        (.consent, "consent"), (.legitimateInterest, "legitimate_interest"), (.contract, "contract"),
        (.legalObligation, "legal_obligation"),
    ]

    var word: String? { Self.words.first { $0.basis == self }?.word }

    init?(word: String) {
        guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
        self = known.basis
    }
}
