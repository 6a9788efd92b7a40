public import Senders

extension Settings {
    /// The relay that takes mail.
    public struct Mail: Sendable, Hashable {
        public enum Security: Sendable, Hashable {
            case startTLS, implicitTLS, none
        }

        public var host: String
        public var port: UInt16
        public var security: Security
        public var rootsFile: String
        /// With a password file, or not at all.
        public var user: String?
        public var passwordFile: String?
        public var clientName: String
        /// Whom the platform's own mails come from; nil: it sends none.
        public var from: Mailbox?
    }

    /// The gateway that takes text messages.
    public struct TextMessages: Sendable, Hashable {
        public var base: String
        public var account: String
        public var tokenFile: String
        public var sender: String
        public var rootsFile: String
    }

    /// The account that takes WhatsApp messages.
    public struct WhatsApp: Sendable, Hashable {
        public var base: String
        public var apiVersion: String
        public var phoneNumberID: String
        public var tokenFile: String
        public var rootsFile: String
    }

    /// Where webhooks may go.
    public struct Webhooks: Sendable, Hashable {
        public var receivers: [WebhookReceiver]
        public var rootsFile: String
    }

    /// One who takes webhooks.
    public struct WebhookReceiver: Sendable, Hashable {
        /// Host, and port where it is not 443.
        public var authority: String
        /// A secret each.
        public var secretFiles: [String]
        /// Its name may lead to addresses that are not of the public Internet.
        public var isInOwnNetwork: Bool
    }
}
