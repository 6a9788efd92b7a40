/// Holds a message that contains its own type, which a plain stored property cannot: `@Boxed public var child: Node?`.
@propertyWrapper
public struct Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
    @usableFromInline
    final class Box: Sendable {
        // Written only while a single `Boxed` owns the box, so that no other thread can see it.
        @usableFromInline
        nonisolated(unsafe) var value: Value?

        @usableFromInline
        init(_ value: Value?) {
            unsafe self.value = value
        }
    }

    @usableFromInline
    var box: Box?

    @inlinable
    public init() {
        box = nil
    }

    @inlinable
    public init(wrappedValue: Value?) {
        box = wrappedValue.map(Box.init)
    }

    @inlinable
    public var wrappedValue: Value? {
        get {
            unsafe box?.value
        }
        set {
            if let newValue, isKnownUniquelyReferenced(&box) {
                unsafe box?.value = newValue
            } else {
                box = newValue.map(Box.init)
            }
        }
        // In place: a message that comes in many pieces must not be copied for each of them.
        _modify {
            let own = isKnownUniquelyReferenced(&box) ? box ?? Box(nil) : unsafe Box(box?.value)
            box = own
            defer {
                if unsafe own.value == nil {
                    box = nil
                }
            }
            yield unsafe &own.value
        }
    }

    public static func == (first: Boxed, second: Boxed) -> Bool {
        first.box === second.box || first.wrappedValue == second.wrappedValue
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(wrappedValue)
    }
}
