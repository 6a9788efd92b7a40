extension MessageBody {
    /// Writes the fields last to first, as generated code does.
    func encode(_ layout: MessageLayout, to encoder: inout Encoder) {
        encoder.unknown(unknown)
        if layout.isScattered {
            for index in entries.indices.sorted(by: { entries[$0].field > entries[$1].field }) {
                encodeEntry(at: index, layout, to: &encoder)
            }
            return
        }
        var index = entries.count
        while index > 0 {
            index &-= 1
            encodeEntry(at: index, layout, to: &encoder)
        }
    }

    @inline(__always)
    private func encodeEntry(at index: Int, _ layout: MessageLayout, to encoder: inout Encoder) {
        // The entry is looked at where it is: a copy would be retained and released.
        let buffer = unsafe entries.buffer
        let field = unsafe layout[Int(buffer[index].field)]
        switch unsafe buffer[index].slot {
        case .bits(let bits):
            encoder.bits(bits, field.form)
            encoder.tag(field.tag)
        case .kept(let place):
            let text = unsafe entries.text(place)
            unsafe encoder.raw(UnsafeRawBufferPointer(text))
            encoder.varint(UInt64(truncatingIfNeeded: text.count))
            encoder.tag(field.tag)
        case .text(let text):
            encoder.text(text)
            encoder.tag(field.tag)
        case .message(let body): encoder.body(body, field)
        case let other: other.encode(field, to: &encoder)
        }
        extendLifetime(entries)
    }
}

extension Slot {
    /// Writes a field, tags included.
    fileprivate func encode(_ field: FieldLayout, to encoder: inout Encoder) {
        switch self {
        case .none, .kept: break
        case .words64(let list):
            field.form == .varint
                ? encoder.numbers(list, field, UInt64Wire.self) : encoder.numbers(list, field, Fixed64Wire.self)
        case .words32(let list):
            field.form == .unsigned
                ? encoder.numbers(list, field, UInt32Wire.self) : encoder.numbers(list, field, Fixed32Wire.self)
        case .signed(let list): encoder.numbers(list, field, Int32Wire.self)
        case .bools(let list): encoder.numbers(list, field, BoolWire.self)
        case .texts(let list): encoder.elements(list, field.tag, StringWire.self)
        case .blobs(let list): encoder.elements(list, field.tag, BytesWire.self)
        case .messages(let list):
            var index = list.count
            while index > 0 {
                index &-= 1
                encoder.body(list[index], field)
            }
        case .map(let map):
            if let child = field.child {
                encoder.map(map, field, child)
            }
        default: encodeValue(field, to: &encoder)
        }
    }

    /// Writes a single value, tag included.
    @inline(__always)
    fileprivate func encodeValue(_ field: FieldLayout, to encoder: inout Encoder) {
        switch self {
        case .bits(let bits):
            encoder.bits(bits, field.form)
            encoder.tag(field.tag)
        case .text(let text):
            encoder.text(text)
            encoder.tag(field.tag)
        case .bytes(let bytes):
            encoder.block(bytes)
            encoder.tag(field.tag)
        case .message(let body): encoder.body(body, field)
        default: break
        }
    }
}

extension Encoder {
    @inline(__always)
    fileprivate mutating func bits(_ bits: UInt64, _ form: FieldLayout.Form) {
        switch form {
        case .fixed32: fixed(UInt32(truncatingIfNeeded: bits))
        case .fixed64: fixed(bits)
        default: varint(bits)
        }
    }

    fileprivate mutating func numbers<W: Wire>(_ list: [W.Value], _ field: FieldLayout, _ wire: W.Type) {
        if field.shape == .packed {
            packed(list, field.blockTag, wire)
        } else {
            elements(list, field.tag, wire)
        }
    }

    fileprivate mutating func body(_ body: MessageBody, _ field: FieldLayout) {
        guard let child = field.child else { return }
        if field.form == .group {
            tag(field.tag &+ 1)
            body.encode(child, to: &self)
        } else {
            let end = mark
            body.encode(child, to: &self)
            length(since: end)
        }
        tag(field.tag)
    }

    fileprivate mutating func map(_ map: SlotMap, _ field: FieldLayout, _ layout: MessageLayout) {
        let (keyField, valueField) = (layout[0], layout[1])
        if isDeterministic {
            for (key, value) in map.entries.sorted(by: { SlotKey.precedes($1.key, $0.key, keyField.keyOrder) }) {
                entry(key, value, field, keyField, valueField)
            }
            return
        }
        var index = map.entries.count
        while index > 0 {
            index &-= 1
            entry(map.entries[index].key, map.entries[index].value, field, keyField, valueField)
        }
    }

    private mutating func entry(
        _ key: SlotKey, _ value: Slot, _ field: FieldLayout, _ keyField: FieldLayout, _ valueField: FieldLayout
    ) {
        let end = mark
        value.encodeValue(valueField, to: &self)
        switch key {
        case .bits(let bits): self.bits(bits, keyField.form)
        case .text(let text): self.text(text)
        }
        tag(keyField.tag)
        length(since: end)
        tag(field.tag)
    }
}
