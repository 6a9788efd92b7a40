internal import AdminAPI
internal import Crypto
internal import Platform
internal import Postgres
internal import Senders
internal import StandardTypes

extension AdminAPI.DeliveryRecord {
    init(_ row: Senders.DeliveryRecord) {
        self.init()
        id = row.id.description
        channel = AdminAPI.DeliveryChannel(OutboundMessage.Channel(rawValue: row.channel))
        recipient = row.recipient
        dedupeKey = row.dedupeKey
        state = AdminAPI.DeliveryState(row.state)
        attempts = Int32(clamping: row.attempt)
        providerID = row.providerID ?? ""
        reason = row.reason ?? ""
        resolvedBy = row.resolvedBy ?? ""
        createdAt = Timestamp(row.createdAt)
        changedAt = Timestamp(row.changedAt)
    }
}

extension AdminAPI.DeliveryChannel {
    fileprivate init(_ channel: OutboundMessage.Channel?) {
        switch channel {
        case .email: self = .email
        case .sms: self = .sms
        case .whatsapp: self = .whatsapp
        case .webhook: self = .webhook
        // Of a version to come.
        case nil: self = .unspecified
        }
    }
}

extension AdminAPI.DeliveryState {
    fileprivate init(_ state: Senders.DeliveryState) {
        switch state {
        case .queued: self = .queued
        case .sending: self = .sending
        case .accepted: self = .accepted
        case .refused: self = .refused
        case .unknown: self = .unknown
        }
    }

    /// Nil: any.
    var state: Senders.DeliveryState? {
        Senders.DeliveryState.allCases.first { AdminAPI.DeliveryState($0) == self }
    }
}
