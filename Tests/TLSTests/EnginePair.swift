import TLS

/// A client and a server engine joined by nothing but memory.
final class EnginePair {
    let client: TLSEngine
    let server: TLSEngine
    private(set) var toServer: [UInt8] = []
    private(set) var toClient: [UInt8] = []
    private(set) var clientError: TLSError?
    private(set) var serverError: TLSError?

    init(client: TLSContext, server: TLSContext, serverName: String = "localhost") throws {
        self.client = try TLSEngine(client: client, serverName: serverName)
        self.server = TLSEngine(server: server)
    }

    /// Carries bytes both ways, `chunk()` of them at a time, until neither side has any left.
    func run(chunk: () -> Int = { Int.max }) {
        while client.outputByteCount > 0 || server.outputByteCount > 0 {
            carry(from: client, to: server, chunk: chunk, plaintext: &toServer, error: &serverError)
            carry(from: server, to: client, chunk: chunk, plaintext: &toClient, error: &clientError)
        }
    }

    private func carry(
        from source: TLSEngine, to sink: TLSEngine, chunk: () -> Int, plaintext: inout [UInt8], error: inout TLSError?
    ) {
        while source.outputByteCount > 0 {
            let count = min(chunk(), source.outputByteCount)
            // A copy of exactly this size, so that a read beyond it shows under a sanitizer.
            let bytes = unsafe Array(source.output.prefix(count))
            source.consumeOutput(count)
            guard error == nil else { continue }
            do throws(TLSError) {
                plaintext += try sink.receive(bytes)
            } catch let failure {
                error = failure
            }
        }
    }
}

extension TLSEngine {
    /// What came out when `ciphertext` went in.
    func receive(_ ciphertext: [UInt8]) throws(TLSError) -> [UInt8] {
        var plaintext: [UInt8] = []
        var failure: TLSError?
        unsafe ciphertext.withUnsafeBytes { buffer in
            do throws(TLSError) {
                try unsafe receive(buffer) { piece in unsafe plaintext.append(contentsOf: piece) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return plaintext
    }

    func send(_ plaintext: [UInt8]) throws(TLSError) {
        var failure: TLSError?
        unsafe plaintext.withUnsafeBytes { buffer in
            do throws(TLSError) {
                try unsafe send(buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
