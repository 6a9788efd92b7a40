extension MessageBody {
    /// Reads fields until the decoder's current message ends, as generated code does.
    ///
    /// - Parameter groupEnd: the tag that ends the group whose fields these are; 0 for a message.
    mutating func merge(_ layout: MessageLayout, from decoder: inout Decoder, groupEnd: UInt32 = 0) throws(DecodeError) {
        while true {
            let tag = try decoder.nextTag()
            if tag == groupEnd {
                return
            } else if tag == 0 {
                throw decoder.error(.truncated)
            }
            let index = layout.index(ofNumber: tag >> 3)
            if index < 0 {
                try decoder.skip(keepingIn: &unknown)
                continue
            }
            if entries.isEmpty {
                entries.reserveCapacity(min(layout.count, decoder.bytesLeft / 2, MessageBody.mostToReserve))
            }
            let field = layout[index]
            if field.shape == .singular {
                if tag == field.tag {
                    try singular(index, field, layout, &decoder)
                    continue
                }
            } else if tag == field.tag || tag == field.blockTag {
                try repeated(index, field, layout, isPacked: tag != field.tag, &decoder)
                continue
            }
            try decoder.skip(keepingIn: &unknown)
        }
    }

    /// Entries that are made room for at once. A field takes two bytes on the wire at least, so that room is paid for.
    private static let mostToReserve = 32

    // MARK: Singular fields

    private mutating func singular(
        _ index: Int, _ field: FieldLayout, _ layout: MessageLayout, _ decoder: inout Decoder
    ) throws(DecodeError) {
        switch field.form {
        case .text:
            let text = try decoder.string()
            put(.text(text), isDefault: text.isEmpty, index, field, layout)
        case .bytes:
            let bytes = try decoder.bytes()
            put(.bytes(bytes), isDefault: bytes.isEmpty, index, field, layout)
        case .message, .group:
            guard let child = field.child else { return }
            let at = open(index, layout)
            var body = MessageBody.takeOne(from: &entries[at].slot)
            defer { entries[at].slot = .message(body) }
            try body.merge(nested: child, field, from: &decoder)
        default:
            let bits = try decoder.bits(field.form)
            put(.bits(bits), isDefault: bits == 0, index, field, layout)
        }
    }

    private mutating func put(_ slot: Slot, isDefault: Bool, _ index: Int, _ field: FieldLayout, _ layout: MessageLayout) {
        if isDefault && !field.hasPresence {
            remove(index, layout)
        } else {
            put(slot, index, layout)
        }
    }

    private static func takeOne(from slot: inout Slot) -> MessageBody {
        guard case .message(let body) = slot else { return MessageBody() }
        slot = .none
        return body
    }

    /// Reads a message with its length, or a group with its end.
    fileprivate mutating func merge(nested layout: MessageLayout, _ field: FieldLayout, from decoder: inout Decoder) throws(DecodeError) {
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

    private mutating func repeated(
        _ index: Int, _ field: FieldLayout, _ layout: MessageLayout, isPacked: Bool, _ decoder: inout Decoder
    ) throws(DecodeError) {
        let at = open(index, layout)
        defer {
            if entries[at].slot.isVoid {
                entries.remove(at: at)
            }
        }
        switch field.form {
        case .varint: try numbers(at, UInt64Wire.self, isPacked, &decoder)
        case .fixed64: try numbers(at, Fixed64Wire.self, isPacked, &decoder)
        case .unsigned: try numbers(at, UInt32Wire.self, isPacked, &decoder)
        case .fixed32: try numbers(at, Fixed32Wire.self, isPacked, &decoder)
        case .signed: try numbers(at, Int32Wire.self, isPacked, &decoder)
        case .bool: try numbers(at, BoolWire.self, isPacked, &decoder)
        case .text: try numbers(at, StringWire.self, false, &decoder)
        case .bytes: try numbers(at, BytesWire.self, false, &decoder)
        case .message, .group:
            guard let child = field.child else { return }
            if field.shape == .map {
                try entry(at, field, child, &decoder)
            } else {
                try decoder.charge(memory: field.elementBytes)
                var element = MessageBody()
                try element.merge(nested: child, field, from: &decoder)
                var list = MessageBody.take(from: &entries[at].slot)
                list.append(element)
                entries[at].slot = .messages(list)
            }
        }
    }

    private mutating func numbers<W: Wire>(
        _ at: Int, _ wire: W.Type, _ isPacked: Bool, _ decoder: inout Decoder
    ) throws(DecodeError) where W.Value: SlotElement {
        var list = W.Value.take(from: &entries[at].slot)
        defer { entries[at].slot = W.Value.slot(list) }
        if isPacked {
            try decoder.packed(&list, wire)
        } else {
            try decoder.element(&list, wire)
        }
    }

    // MARK: Maps

    private mutating func entry(
        _ at: Int, _ field: FieldLayout, _ layout: MessageLayout, _ decoder: inout Decoder
    ) throws(DecodeError) {
        let (keyField, valueField) = (layout[0], layout[1])
        try decoder.charge(memory: keyField.elementBytes &+ valueField.elementBytes)
        var key = SlotKey(initial: keyField.form)
        var value = Slot(initial: valueField.form)
        let outer = try decoder.enter()
        while true {
            let tag = try decoder.nextTag()
            if tag == 0 {
                break
            } else if tag == keyField.tag {
                key = keyField.form == .text ? .text(try decoder.string()) : .bits(try decoder.bits(keyField.form))
            } else if tag == valueField.tag {
                try value.merge(valueField, from: &decoder)
            } else {
                try decoder.skip()
            }
        }
        decoder.leave(outer)
        var map = Slot.takeMap(from: &entries[at].slot)
        map[key] = value
        entries[at].slot = .map(map)
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
            guard case .message(var body) = self, let child = field.child else { return }
            self = .none
            try body.merge(nested: child, field, from: &decoder)
            self = .message(body)
        default: self = .bits(try decoder.bits(field.form))
        }
    }
}

extension Slot {
    fileprivate static func takeMap(from slot: inout Slot) -> SlotMap {
        guard case .map(let map) = slot else { return SlotMap() }
        slot = .none
        return map
    }
}

extension Decoder {
    var bytesLeft: Int { unsafe end - position }

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
