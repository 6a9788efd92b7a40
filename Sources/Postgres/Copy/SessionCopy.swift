internal import CPostgres

/// libpq's calls for COPY (section 34.10 of PostgreSQL's manual).
extension Session {
    enum CopyDirection {
        case into
        case out
    }

    enum CopyData {
        case row([UInt8])
        /// Nothing has come yet.
        case nothing
        /// The result follows.
        case end
        case failed
    }

    /// Queues bytes. False when libpq refuses.
    func putCopy(_ bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard bytes.count > 0 else { return true }
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe PQputCopyData(pointer, start, Int32(clamping: bytes.count)) == 1
        }
    }

    func endCopy() -> Bool {
        unsafe PQputCopyEnd(pointer, nil) == 1
    }

    /// The next row; of the text formats a line, of the binary format a row with the header before the first and the trailer as the last.
    func takeCopy() -> CopyData {
        var buffer: UnsafeMutablePointer<CChar>?
        let count = unsafe PQgetCopyData(pointer, &buffer, 1)
        switch count {
        case 1...:
            guard let start = unsafe buffer else { return .failed }
            defer { unsafe PQfreemem(start) }
            return .row(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count))))
        case 0: return .nothing
        case -1: return .end
        default: return .failed
        }
    }
}
