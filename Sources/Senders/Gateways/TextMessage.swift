/// One SMS to one telephone; long ones are split and put together on the way.
public struct TextMessage: Sendable, Hashable {
    public let to: PhoneNumber
    public let text: String

    public init(to: PhoneNumber, text: String) throws(SenderError) {
        guard !text.isEmpty, text.count <= Limits.textMessageCharacters, text.unicodeScalars.count <= Limits.textMessageCharacters else {
            throw .message("A text message has 1 to \(Limits.textMessageCharacters) characters. Shorten it, or send a mail.")
        }
        guard !text.utf8.contains(0) else { throw .message("There is a NUL character in a text message. Take it out.") }
        self.to = to
        self.text = text
    }
}

/// One WhatsApp message to one telephone.
public struct WhatsAppMessage: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// Free text: only within a day after the customer has written.
        case text(String)
        /// A template that Meta has approved, by its name and language, with the values of its body in their order.
        case template(name: String, language: String, parameters: [String])
    }

    public let to: PhoneNumber
    public let content: Content

    public init(to: PhoneNumber, _ content: Content) throws(SenderError) {
        switch content {
        case .text(let text):
            guard !text.isEmpty, text.unicodeScalars.count <= Limits.whatsAppCharacters, !text.utf8.contains(0) else {
                throw .message("A WhatsApp message has 1 to \(Limits.whatsAppCharacters) characters, and no NUL.")
            }
        case .template(let name, let language, let parameters):
            let isWord = (name + language).utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_")
            }
            guard isWord, !name.isEmpty, !language.isEmpty else {
                throw .message("A WhatsApp template has a name of letters, digits and _, and a language such as en_US.")
            }
            guard parameters.count <= Limits.templateParameters,
                parameters.allSatisfy({
                    !$0.isEmpty && $0.unicodeScalars.count <= Limits.whatsAppCharacters && !$0.contains(where: \.isNewline)
                })
            else { throw .message("A WhatsApp template has at most \(Limits.templateParameters) values, none empty or with a line break.") }
        }
        self.to = to
        self.content = content
    }
}
