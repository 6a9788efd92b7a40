extension MessageBody {
    /// Reads fields until the decoder's current message ends, as generated code does.
    ///
    /// - Parameter groupEnd: the tag that ends the group whose fields these are; 0 for a message.
    mutating func merge(_ layout: MessageLayout, from decoder: inout Decoder, groupEnd: UInt32 = 0) throws(DecodeError) {
        var order = ArrivalOrder(self, layout)
        defer {
            if order.isBroken {
                restoreOrder(layout)
            }
        }
        var tag = try decoder.nextTag()
        if tag != 0 && groupEnd == 0 && entries.isEmpty {
            let bytes = decoder.bytesLeft
            entries.reserve(
                entries: min(layout.count, (bytes &+ 1) / 2, MessageBody.mostToReserve),
                textBytes: layout.hasText ? min(bytes, MessageBody.mostTextToReserve) : 0)
        }
        while tag != groupEnd {
            let index = layout.index(ofNumber: tag >> 3)
            if index < 0 {
                if tag == 0 {
                    throw decoder.error(.truncated)
                }
                try decoder.skip(keepingIn: &unknown)
            } else {
                let field = layout[index]
                if field.shape == .singular && tag == field.tag {
                    try singular(index, field, &order, layout, &decoder)
                } else if field.shape != .singular && (tag == field.tag || tag == field.blockTag) {
                    tag = try repeated(index, field, tag, &order, layout, &decoder)
                    continue
                } else {
                    try decoder.skip(keepingIn: &unknown)
                }
            }
            tag = try decoder.nextTag()
        }
    }

    /// Entries that are made room for at once. A field takes two bytes on the wire at least, so that the room is paid for.
    private static var mostToReserve: Int { 32 }
    /// Bytes of text that a message keeps beside its entries; longer text gets memory of its own.
    private static var mostTextToReserve: Int { 256 }
    /// A list or map of two elements is likely to get more; many have one.
    private static var secondCapacity: Int { 8 }

    // MARK: Singular fields

    @inline(__always)
    private mutating func singular(
        _ index: Int, _ field: FieldLayout, _ order: inout ArrivalOrder, _ layout: MessageLayout, _ decoder: inout Decoder
    ) throws(DecodeError) {
        switch field.form {
        case .text, .bytes:
            let text = unsafe field.form == .text ? try decoder.text() : try decoder.block()
            if !text.isEmpty || field.hasPresence {
                unsafe set(index, field, text: text, &order, layout)
            } else {
                clear(index, field, order, layout)
            }
        case .message, .group:
            let at = open(index, field, &order, layout)
            var body = MessageBody.takeOne(from: &entries[at].slot)
            defer { entries[at].slot = .message(body) }
            try body.merge(nested: field, from: &decoder)
        default:
            let bits = try decoder.bits(field.form)
            if bits != 0 || field.hasPresence {
                set(index, field, .bits(bits), &order, layout)
            } else {
                clear(index, field, order, layout)
            }
        }
    }

    private static func takeOne(from slot: inout Slot) -> MessageBody {
        guard case .message(let body) = slot else { return MessageBody() }
        slot = .none
        return body
    }

    /// Reads a message with its length, or a group with its end.
    fileprivate mutating func merge(nested field: FieldLayout, from decoder: inout Decoder) throws(DecodeError) {
        guard let layout = field.child else { return }
        if field.form == .group {
            try decoder.enterGroup()
            try merge(layout, from: &decoder, groupEnd: field.tag &+ 1)
            decoder.leaveGroup()
        } else {
            let outer = try decoder.enter()
            try merge(layout, from: &decoder)
            decoder.leave(outer)
        }
    }

    // MARK: Repeated fields

    /// Reads the occurrences of a field that follow each other, and the tag after them.
    @inline(never)
    private mutating func repeated(
        _ index: Int, _ field: FieldLayout, _ tag: UInt32, _ order: inout ArrivalOrder, _ layout: MessageLayout,
        _ decoder: inout Decoder
    ) throws(DecodeError) -> UInt32 {
        let at = open(index, field, &order, layout)
        defer {
            if entries[at].slot.isVoid {
                drop(at, order)
            }
        }
        let isPacked = tag != field.tag
        return switch field.form {
        case .varint: try elements(at, tag, UInt64Wire.self, isPacked, &decoder)
        case .fixed64: try elements(at, tag, Fixed64Wire.self, isPacked, &decoder)
        case .unsigned: try elements(at, tag, UInt32Wire.self, isPacked, &decoder)
        case .fixed32: try elements(at, tag, Fixed32Wire.self, isPacked, &decoder)
        case .signed: try elements(at, tag, Int32Wire.self, isPacked, &decoder)
        case .bool: try elements(at, tag, BoolWire.self, isPacked, &decoder)
        case .text: try elements(at, tag, StringWire.self, false, &decoder)
        case .bytes: try elements(at, tag, BytesWire.self, false, &decoder)
        case .message, .group:
            field.shape == .map ? try mapEntries(at, tag, field, &decoder) : try messages(at, tag, field, &decoder)
        }
    }

    private mutating func elements<W: Wire>(
        _ at: Int, _ tag: UInt32, _ wire: W.Type, _ isPacked: Bool, _ decoder: inout Decoder
    ) throws(DecodeError) -> UInt32 where W.Value: SlotElement {
        var list = W.Value.take(from: &entries[at].slot)
        defer { entries[at].slot = W.Value.slot(list) }
        var next = tag
        repeat {
            if isPacked {
                try decoder.packed(&list, wire)
            } else {
                try decoder.element(&list, wire)
            }
            next = try decoder.nextTag()
        } while next == tag
        return next
    }

    private mutating func messages(
        _ at: Int, _ tag: UInt32, _ field: FieldLayout, _ decoder: inout Decoder
    ) throws(DecodeError) -> UInt32 {
        var list = MessageBody.take(from: &entries[at].slot)
        defer { entries[at].slot = .messages(list) }
        var next = tag
        repeat {
            try decoder.charge(memory: field.elementBytes)
            var element = MessageBody()
            try element.merge(nested: field, from: &decoder)
            if list.count == 1 {
                list.reserveCapacity(MessageBody.secondCapacity)
            }
            list.append(element)
            next = try decoder.nextTag()
        } while next == tag
        return next
    }

    // MARK: Maps

    private mutating func mapEntries(
        _ at: Int, _ tag: UInt32, _ field: FieldLayout, _ decoder: inout Decoder
    ) throws(DecodeError) -> UInt32 {
        var map = Slot.takeMap(from: &entries[at].slot)
        defer { entries[at].slot = .map(map) }
        guard let layout = field.child else { return 0 }
        let (keyField, valueField) = (layout[0], layout[1])
        var next = tag
        repeat {
            try decoder.charge(memory: keyField.elementBytes &+ valueField.elementBytes)
            var key = SlotKey(initial: keyField.form)
            var value = Slot(initial: valueField.form)
            let outer = try decoder.enter()
            while true {
                let tag = try decoder.nextTag()
                if tag == keyField.tag {
                    key = keyField.form == .text ? .text(try decoder.string()) : .bits(try decoder.bits(keyField.form))
                } else if tag == valueField.tag {
                    try value.merge(valueField, from: &decoder)
                } else if tag == 0 {
                    break
                } else {
                    try decoder.skip()
                }
            }
            decoder.leave(outer)
            if map.count == 1 {
                map.reserveCapacity(MessageBody.secondCapacity)
            }
            map.updateValue(value, forKey: key)
            next = try decoder.nextTag()
        } while next == tag
        return next
    }
}

extension Slot {
    /// What a map's value is when its entry does not say.
    init(initial form: FieldLayout.Form) {
        switch form {
        case .text: self = .text("")
        case .bytes: self = .bytes([])
        case .message, .group: self = .message(MessageBody())
        default: self = .bits(0)
        }
    }

    fileprivate mutating func merge(_ field: FieldLayout, from decoder: inout Decoder) throws(DecodeError) {
        switch field.form {
        case .text: self = .text(try decoder.string())
        case .bytes: self = .bytes(try decoder.bytes())
        case .message, .group:
            guard case .message(var body) = self else { return }
            self = .none
            try body.merge(nested: field, from: &decoder)
            self = .message(body)
        default: self = .bits(try decoder.bits(field.form))
        }
    }

    fileprivate static func takeMap(from slot: inout Slot) -> SlotMap {
        guard case .map(let map) = slot else { return SlotMap() }
        slot = .none
        return map
    }
}

extension Decoder {
    fileprivate var bytesLeft: Int { unsafe end - position }

    /// A number, as the bits that would be written for it.
    @inline(__always)
    fileprivate mutating func bits(_ form: FieldLayout.Form) throws(DecodeError) -> UInt64 {
        switch form {
        case .unsigned: UInt64(try uint32())
        case .signed: UInt64(bitPattern: Int64(try int32()))
        case .bool: try bool() ? 1 : 0
        case .fixed32: UInt64(try fixed32())
        case .fixed64: try fixed64()
        default: try uint64()
        }
    }

    fileprivate mutating func enterGroup() throws(DecodeError) {
        depthLeft &-= 1
        if depthLeft < 0 {
            throw error(.tooDeep)
        }
    }

    fileprivate mutating func leaveGroup() {
        depthLeft &+= 1
    }
}
