/// A value that belongs to one loop, on its way through a `@Sendable` border. Reading it elsewhere is a bug, and traps.
public struct Confined<Value>: @unchecked Sendable {
    @usableFromInline let confined: Value
    public let loop: EventLoop

    public init(_ value: Value, to loop: EventLoop) {
        self.confined = value
        self.loop = loop
    }

    @inlinable public var value: Value {
        loop.preconditionCurrent()
        return confined
    }
}
