internal import Protobuf

/// A message that a job leaves behind: its full name and its bytes.
struct JobReply: Sendable, Hashable {
    var type: String
    var bytes: [UInt8]

    init<Content: Message>(_ message: Content) {
        type = Content.fullName
        bytes = message.encoded()
    }
}
