/// One request, as the bytes that go out. Names and values are checked: nothing in them can end a line.
struct HTTPRequest: Sendable, Hashable {
    private let address: HTTPSAddress
    private let fields: [String]
    private let body: [UInt8]

    /// - Parameter fields: without Host, Content-Length and Connection.
    init(post address: HTTPSAddress, fields: [(name: String, value: String)], body: [UInt8]) throws(SenderError) {
        for field in fields {
            guard PrintableText.isASCII(field.value) else {
                throw .message("The field \(field.name) of a request holds what would end its line. Take it out.")
            }
        }
        self.address = address
        self.fields = fields.map { "\($0.name): \($0.value)\r\n" }
        self.body = body
    }

    var bytes: [UInt8] {
        let head =
            "POST \(address.target) HTTP/1.1\r\nHost: \(address.authority)\r\n" + fields.joined()
            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }
}
