internal import Protobuf

/// Encodes `{ name: value … }` as the message it stands for, in the canonical form: by field number, packed where declared,
/// proto3 defaults left out.
struct AggregateEncoder {
    let values: ValueEncoder
    var resolver: NameResolver
    private var table: SymbolTable { values.table }

    /// What protoc takes for the URL of a type that is in the files at hand.
    private static let typeURLPrefixes = ["type.googleapis.com/", "type.googleprod.com/"]

    /// - Parameter message: the full name of the message's type.
    mutating func message(_ value: ValueSyntax, type message: String) throws(ValueError) -> [UInt8] {
        guard case .aggregate(let entries) = value.content else {
            throw ValueError(message: "a message of the type \"\(message)\" is written between braces: { field: value }", span: value.span)
        }
        guard let schema = table.messages[message] else {
            throw ValueError(message: "\"\(message)\" is not defined", span: value.span)
        }
        if let first = entries.first, case .anyURL = first.key { return try any(first, entries, in: message) }

        var content: [Int32: (field: FieldDescriptorProto, payloads: [[UInt8]])] = [:]
        var oneofs: [Int32: String] = [:]
        for entry in entries {
            let field = try self.field(entry, of: message, schema)
            let number = field.number ?? 0
            let items = try payloads(of: entry.value, field)
            if field.label != .repeated {
                if content[number] != nil {
                    throw ValueError(message: "\"\(entry.name.text)\" is set twice", span: entry.name.span)
                }
                if let oneof = field.oneofIndex, let other = oneofs.updateValue(entry.name.text, forKey: oneof) {
                    throw ValueError(
                        message: "\"\(entry.name.text)\" and \"\(other)\" are of one oneof; only one can be set", span: entry.name.span)
                }
            }
            content[number, default: (field, [])].payloads += items
        }
        if let missing = schema.descriptor.field.first(where: { $0.label == .required && content[$0.number ?? 0] == nil }) {
            throw ValueError(message: "the required field \"\(missing.name ?? "")\" is not set", span: value.span)
        }
        let isMapEntry = schema.descriptor.options?.mapEntry == true
        if isMapEntry {
            // Entries always carry key and value.
            for field in schema.descriptor.field where content[field.number ?? 0] == nil {
                content[field.number ?? 0] = (field, [Self.zero(field.type ?? .message)])
            }
        }
        return encode(content.sorted { $0.key < $1.key }.map(\.value), isProto3: schema.isProto3, keepsDefaults: isMapEntry)
    }

    private static func zero(_ kind: FieldDescriptorProto.Kind) -> [UInt8] {
        switch ValueEncoder.wireType(kind) {
        case .fixed64: [UInt8](repeating: 0, count: 8)
        case .fixed32: [UInt8](repeating: 0, count: 4)
        case .varint, .lengthDelimited: [0]
        }
    }

    private func encode(
        _ content: [(field: FieldDescriptorProto, payloads: [[UInt8]])], isProto3: Bool, keepsDefaults: Bool
    ) -> [UInt8] {
        var writer = WireWriter()
        for (field, payloads) in content {
            let kind = field.type ?? .message
            let number = field.number ?? 0
            let isExtension = field.extendee != nil
            if field.label == .repeated {
                let packsByDefault = isExtension ? table.isProto3Extension(field) : isProto3
                let isPacked = FieldType.isPackable(kind) && (field.options?.packed ?? packsByDefault)
                if isPacked, !payloads.isEmpty {
                    writer.tag(number, .lengthDelimited)
                    writer.lengthDelimited(payloads.flatMap { $0 })
                    continue
                }
            } else if isProto3, !keepsDefaults, !isExtension, kind != .message, field.oneofIndex == nil,
                payloads.joined().allSatisfy({ $0 == 0 })
            {
                continue
            }
            for payload in payloads {
                writer.tag(number, ValueEncoder.wireType(kind))
                writer.raw(payload)
            }
        }
        return writer.bytes
    }

    /// The field an entry sets, by its name or, in brackets, that of an extension.
    private mutating func field(
        _ entry: AggregateField, of message: String, _ schema: SymbolTable.MessageSchema
    ) throws(ValueError) -> FieldDescriptorProto {
        switch entry.key {
        case .field:
            if let field = schema.descriptor.field.first(where: { $0.name == entry.name.text }) { return field }
            let hint = Spelling.hint(for: entry.name.text, among: schema.descriptor.field.compactMap(\.name))
            throw ValueError(message: "\"\(message)\" has no field called \"\(entry.name.text)\"\(hint)", span: entry.name.span)
        case .extension:
            return try resolver.extensionField(entry.name, of: message, from: message)
        case .anyURL:
            throw ValueError(message: "a type's URL must be the only field, and only of google.protobuf.Any", span: entry.name.span)
        }
    }

    private mutating func payloads(of value: ValueSyntax, _ field: FieldDescriptorProto) throws(ValueError) -> [[UInt8]] {
        guard case .list(let elements) = value.content else { return [try payload(of: value, field)] }
        guard field.label == .repeated else {
            throw ValueError(message: "\"\(field.name ?? "")\" is not repeated and takes one value", span: value.span)
        }
        var result: [[UInt8]] = []
        for element in elements { result.append(try payload(of: element, field)) }
        return result
    }

    /// One value's bytes, with its length where the type has one.
    mutating func payload(of value: ValueSyntax, _ field: FieldDescriptorProto) throws(ValueError) -> [UInt8] {
        let kind = field.type ?? .message
        guard kind == .message else {
            return try values.scalar(value, kind: kind, typeName: field.typeName, isAggregateField: true)
        }
        var writer = WireWriter()
        writer.lengthDelimited(try message(value, type: String((field.typeName ?? "").dropFirst())))
        return writer.bytes
    }

    /// `{ [type.googleapis.com/pkg.Message] { … } }`
    private mutating func any(_ entry: AggregateField, _ entries: [AggregateField], in message: String) throws(ValueError) -> [UInt8] {
        guard message == "google.protobuf.Any", entries.count == 1 else {
            throw ValueError(message: "a type's URL must be the only field, and only of google.protobuf.Any", span: entry.name.span)
        }
        guard let prefix = Self.typeURLPrefixes.first(where: entry.name.text.hasPrefix) else {
            throw ValueError(message: "a type's URL begins with \(Self.typeURLPrefixes[0])", span: entry.name.span)
        }
        let type = String(entry.name.text.dropFirst(prefix.count))
        do throws(NameResolver.NotFound) {
            _ = try resolver.resolve("." + type, from: "")
        } catch {
            throw ValueError(message: error.message, span: entry.name.span)
        }
        let content = try self.message(entry.value, type: type)
        var writer = WireWriter()
        writer.tag(1, .lengthDelimited)
        writer.lengthDelimited(Array(entry.name.text.utf8))
        if !content.isEmpty {
            writer.tag(2, .lengthDelimited)
            writer.lengthDelimited(content)
        }
        return writer.bytes
    }
}

extension NameResolver {
    /// The extension of `message` that `name` means when it is written at `element`.
    mutating func extensionField(_ name: Name, of message: String, from element: String) throws(ValueError) -> FieldDescriptorProto {
        do throws(NotFound) {
            let symbol = try resolve(name.text, from: element)
            guard symbol.kind == .extension, let field = table.extensions[symbol.fullName] else {
                throw NotFound(message: "\"\(name.text)\" is \(symbol.kind.withArticle); an extension of \"\(message)\" is needed here")
            }
            guard field.extendee == "." + message else {
                let other = field.extendee?.dropFirst() ?? "what is not defined"
                throw NotFound(message: "\"\(name.text)\" extends \"\(other)\", not \"\(message)\"")
            }
            return field
        } catch {
            throw ValueError(message: error.message, span: name.span)
        }
    }
}
