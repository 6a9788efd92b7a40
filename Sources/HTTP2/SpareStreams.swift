internal import Net

/// Streams of a loop's connections that have ended and that nobody holds, for the next ones: to make one costs as much as to parse its
/// header section. Confined to the loop.
final class SpareStreams {
    private let streams = Queue<HTTPStream>()

    var count: Int { streams.count }

    func take() -> HTTPStream? { streams.popLast() }

    func keep(_ stream: consuming HTTPStream) {
        if streams.count < Limits.spareStreams { streams.append(stream) }
    }
}
