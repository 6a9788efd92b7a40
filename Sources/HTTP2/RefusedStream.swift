/// Takes the place of a handler when there is none any more.
final class RefusedStream: HTTPStreamReceiver {
    private let stream: HTTPStream
    init(_ stream: HTTPStream) { self.stream = stream }
    func received(head: HTTPFields) {}
    func received(body: UnsafeRawBufferPointer) {}
    func received(trailers: HTTPFields) {}
    func receivedEnd() {}
    func inputDelivered() { stream.reset(.refusedStream) }
    func outputDrained() {}
    func closed(_ end: StreamEnd) {}
}
