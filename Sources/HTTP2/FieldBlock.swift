internal import CNet

/// A header list that is sent again and again: its bytes and nghttp2's table of them are laid out once and never freed, so that this is
/// no more than a pointer to them, and nobody counts references.
@safe
public struct FieldBlock: @unchecked Sendable {
    let table: UnsafeMutableBufferPointer<nghttp2_nv>

    /// `fields` in the order they are sent, pseudo-header fields first. Make these only as global constants.
    public init(_ fields: [(name: String, value: String)]) {
        unsafe table = .allocate(capacity: fields.count)
        for (index, field) in fields.enumerated() {
            let name = unsafe FieldBlock.immortal(field.name)
            let value = unsafe FieldBlock.immortal(field.value)
            unsafe table.initializeElement(
                at: index, to: switchboard_nv(name.baseAddress, name.count, value.baseAddress, value.count, 1, 0))
        }
    }

    private static func immortal(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.utf8.count))
        _ = unsafe copy.initialize(from: text.utf8)
        return unsafe UnsafeMutableBufferPointer(rebasing: copy.prefix(text.utf8.count))
    }
}

extension HTTPFields {
    /// Lends nghttp2's table of these fields; the library copies what it keeps.
    func withTable<Result>(_ body: (UnsafeMutableBufferPointer<nghttp2_nv>) -> Result) -> Result {
        unsafe withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: count) { table in
            var index = 0
            unsafe forEach { name, value in
                unsafe table.initializeElement(
                    at: index,
                    to: switchboard_nv(
                        name.baseAddress?.assumingMemoryBound(to: UInt8.self), name.count,
                        value.baseAddress?.assumingMemoryBound(to: UInt8.self), value.count, 0,
                        isWorthIndexing(name, value) ? 0 : 1))
                index += 1
            }
            return unsafe body(table)
        }
    }

    /// What HPACK shall keep for the next section. Not what is new with each: it would push out what comes again. And no secret that can be
    /// guessed: an index tells who can write to this connection, too, whether a value was there before, as a whole only (RFC 7541 §7.1),
    /// so that a token's length is protection enough. nghttp2 1.52 is stricter: it never indexes `authorization`, and writes a token out with each
    /// call.
    private func isWorthIndexing(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 13: unsafe value.count >= Limits.unguessableBytes || !name.elementsEqual("authorization".utf8)
        case 11: unsafe !name.elementsEqual("traceparent".utf8)
        case 12: unsafe !name.elementsEqual("x-request-id".utf8)
        case 15: unsafe !name.elementsEqual("idempotency-key".utf8)
        default: true
        }
    }
}
