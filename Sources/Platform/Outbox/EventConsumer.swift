public import Postgres

/// Somebody who must hear of every event exactly once, whatever happens to processes: what it writes while it hears is committed together
/// with how far it has come. When the database is restored into another cluster, whose transactions have smaller numbers, it hears what is
/// kept once more.
///
/// It is for work inside the database, such as a job for each event. What leaves the house is done by that job.
public protocol EventConsumer: Sendable {
    /// Under which its place is kept: 1 to 64 bytes, the same for ever.
    var name: String { get }

    /// Called once for each event, in order. The transaction acts for the event's tenant; an error leaves everything to the next try.
    func consume(_ event: RecordedEvent, _ transaction: borrowing Transaction) async throws
}
