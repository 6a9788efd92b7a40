/// The open streams of a session, linked through themselves. One reference to each keeps it alive while it is here; the links count none.
@safe
final class StreamList {
    private var first: Unmanaged<HTTPStream>?

    /// The list takes over the link's reference.
    func insert(_ link: Unmanaged<HTTPStream>) {
        if let first = unsafe first { unsafe first._withUnsafeGuaranteedRef { unsafe $0.previous = link } }
        unsafe link._withUnsafeGuaranteedRef { unsafe $0.next = first }
        unsafe first = link
    }

    /// Takes a stream out; the caller gets the list's reference.
    func take(_ link: Unmanaged<HTTPStream>) -> HTTPStream {
        let stream = unsafe link.takeRetainedValue()
        let (next, previous) = unsafe (stream.next, stream.previous)
        if let next = unsafe next { unsafe next._withUnsafeGuaranteedRef { unsafe $0.previous = previous } }
        if let previous = unsafe previous {
            unsafe previous._withUnsafeGuaranteedRef { unsafe $0.next = next }
        } else {
            unsafe first = next
        }
        unsafe stream.next = nil
        unsafe stream.previous = nil
        return stream
    }

    func takeAll() -> [HTTPStream] {
        var all: [HTTPStream] = []
        while let link = unsafe first { all.append(unsafe take(link)) }
        return all
    }

    var isEmpty: Bool { unsafe first == nil }

    /// Those that are here now.
    var all: [HTTPStream] {
        var all: [HTTPStream] = []
        var link = unsafe first
        while let stream = unsafe link?.takeUnretainedValue() {
            all.append(stream)
            unsafe link = stream.next
        }
        return all
    }

    /// By a walk along all of them.
    var count: Int {
        var count = 0
        var link = unsafe first
        while let stream = unsafe link {
            count += 1
            unsafe link = stream._withUnsafeGuaranteedRef { unsafe $0.next }
        }
        return count
    }
}
