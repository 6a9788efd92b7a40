internal import LeadAPI
internal import Platform
internal import Synchronization

/// Leads that were read lately, for callers who say how old one may be.
final class RememberedLeads: Sendable {
    let cache = TenantCache<LeadID, LeadRow>(capacity: Limits.rememberedLeads, lifetime: Limits.rememberedLeadAge)

    private let feed = Mutex<EventFeed?>(nil)

    func follow(_ feed: EventFeed) { self.feed.withLock { $0 = feed } }

    /// Called by whoever wants a remembered lead: while nobody does, no server reads events back that it has just written.
    func listen() {
        let feed = feed.withLock { $0.take() }
        feed?.listen { [weak self] in self?.hear($0) }
    }

    private func hear(_ news: EventFeed.News) {
        // An import does not say which leads it has changed.
        if case .events(let events) = news, events.contains(where: { $0.topic == LeadsImported.fullName }) { return cache.forgetAll() }
        cache.hear(news) { event in
            switch event.topic {
            case LeadUpdated.fullName, LeadDeleted.fullName: LeadID(event.subject).map { [$0] } ?? []
            default: []
            }
        }
    }
}
