import Protobuf
import Testing

/// A text and the message it stands for.
struct JSONExample<M: Message>: Sendable, CustomTestStringConvertible {
    let json: String
    let message: M

    init(_ json: String, _ fill: (inout M) -> Void = { _ in }) {
        self.json = json
        message = M.with(fill)
    }

    var testDescription: String { json }
}
