/// Names a value that is left with a call or with a connection: a type conforms, and `call[Key.self]` is the value.
public protocol ValueKey {
    associatedtype Value: Sendable
}

/// Values by the types that name them. Two need no memory of their own; few have more.
package struct KeyedValues: Sendable {
    private struct Entry: Sendable {
        let key: ObjectIdentifier
        let value: any Sendable
    }

    private var one: Entry?
    private var two: Entry?
    private var others: [Entry] = []

    package init() {}

    package subscript<Key: ValueKey>(_ key: Key.Type) -> Key.Value? {
        get {
            let key = ObjectIdentifier(key)
            if let one, one.key == key { return Self.known(one.value) }
            if let two, two.key == key { return Self.known(two.value) }
            return others.first { $0.key == key }.flatMap { Self.known($0.value) }
        }
        set {
            let key = ObjectIdentifier(key)
            if one?.key == key { one = nil }
            if two?.key == key { two = nil }
            others.removeAll { $0.key == key }
            guard let newValue else { return }
            let entry = Entry(key: key, value: newValue)
            if one == nil {
                one = entry
            } else if two == nil {
                two = entry
            } else {
                others.append(entry)
            }
        }
    }

    private static func known<Value>(_ value: any Sendable) -> Value? { value as? Value }
}
