internal import Postgres

/// How far one time of a reminder is. The words are the database's.
enum OccurrenceState: String, CaseIterable, Sendable, PostgresValue {
    case pending, sending, sent, failed, unknown, cancelled, expired

    /// The states it can go to. None, and it stays for ever.
    var next: Set<OccurrenceState> {
        switch self {
        case .pending: [.sending, .cancelled, .expired]
        // Back to pending when one channel refused it and another is left.
        case .sending: [.sent, .failed, .unknown, .pending]
        // An operator has found out.
        case .unknown: [.sent, .failed]
        // Somebody wants it tried once more.
        case .failed: [.pending]
        case .sent, .cancelled, .expired: []
        }
    }
}
