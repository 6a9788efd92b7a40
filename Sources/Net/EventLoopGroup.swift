internal import CNet
internal import Synchronization

/// The loops of a process, by default one for each processor that it may use.
public final class EventLoopGroup: Sendable {
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// `count` loops, or one for each processor in this process's affinity mask when it is nil.
    public init(count: Int? = nil) throws(NetError) {
        var loops: [EventLoop] = []
        for index in 0..<max(1, count ?? EventLoopGroup.processors) {
            loops.append(try EventLoop(name: "loop-\(index)"))
        }
        self.loops = loops
    }

    /// Loops that were made elsewhere, one at least.
    package init(_ loops: [EventLoop]) {
        self.loops = loops
    }

    /// The group of those who bring none: made when first asked for, never ended.
    public static var shared: EventLoopGroup {
        get throws(NetError) { try made.get() }
    }

    private static let made = Result { () throws(NetError) in try EventLoopGroup() }

    /// Each loop in its turn.
    public var next: EventLoop {
        loops[Int(UInt(bitPattern: turn.wrappingAdd(1, ordering: .relaxed).oldValue) % UInt(loops.count))]
    }

    /// Ends every loop's thread after the turn it is in.
    public func shutdown() {
        for loop in loops { loop.shutdown() }
    }

    /// Processors that this process may run on.
    public static var processors: Int {
        max(1, Int(switchboard_processors()))
    }
}
