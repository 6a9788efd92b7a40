public import Crypto

/// Sends WhatsApp messages by Meta's Cloud API: JSON to `/{version}/{phone number id}/messages`, a bearer token.
public struct WhatsAppSender: Sender {
    private let client: HTTPSClient
    private let address: HTTPSAddress
    private let authorization: String

    /// - Parameters:
    ///   - base: `https://graph.facebook.com` or what stands in for it.
    ///   - version: of the API, such as `v21.0`.
    ///   - phoneNumberID: Meta's number for our telephone number.
    public init(
        _ client: HTTPSClient, base: String = "https://graph.facebook.com", version: String, phoneNumberID: String, token: String
    ) throws(SenderError) {
        guard !phoneNumberID.isEmpty, phoneNumberID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .configuration("The phone number id of WhatsApp is a number; Meta's app dashboard shows it.")
        }
        self.client = client
        address = try HTTPSAddress("\(base)/\(version)/\(phoneNumberID)/messages")
        authorization = "Bearer \(token)"
    }

    public func destination(of message: WhatsAppMessage) -> String { address.authority }

    public func send(_ message: WhatsAppMessage, id: UUIDv7) async -> Outcome {
        do throws(SenderError) {
            let request = try request(for: message)
            return GatewayAnswers.meta.outcome(await client.send(request, to: address), of: "WhatsApp")
        } catch {
            return .failed(reason: error.description, retryAfter: nil)
        }
    }

    func request(for message: WhatsAppMessage) throws(SenderError) -> HTTPRequest {
        try HTTPRequest(
            post: address,
            fields: [("Authorization", authorization), ("Content-Type", "application/json"), ("Accept", "application/json")],
            body: Array(Self.json(message).utf8))
    }

    /// Without the `+`: Meta would take it, too, and answers without it.
    private static func json(_ message: WhatsAppMessage) -> String {
        let recipient = JSONValue.quoted(String(message.to.description.dropFirst()))
        let start = "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\(recipient),"
        switch message.content {
        case .text(let text):
            return start + "\"type\":\"text\",\"text\":{\"preview_url\":false,\"body\":\(JSONValue.quoted(text))}}"
        case .template(let name, let language, let parameters):
            let values = parameters.map { "{\"type\":\"text\",\"text\":\(JSONValue.quoted($0))}" }.joined(separator: ",")
            let components = parameters.isEmpty ? "" : ",\"components\":[{\"type\":\"body\",\"parameters\":[\(values)]}]"
            return start + "\"type\":\"template\",\"template\":{\"name\":\(JSONValue.quoted(name)),"
                + "\"language\":{\"code\":\(JSONValue.quoted(language))}\(components)}}"
        }
    }
}
