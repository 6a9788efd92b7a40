/// A message with everything declared in it.
struct MessageSyntax: Sendable {
    var site: Site
    var name: Name
    var fields: [FieldSyntax] = []
    var oneofs: [OneofSyntax] = []
    var messages: [MessageSyntax] = []
    var enums: [EnumSyntax] = []
    var extensions: [FieldSyntax] = []
    var extensionRanges: [RangeSyntax] = []
    var reservedRanges: [RangeSyntax] = []
    var reservedNames: [Name] = []
    var options: [OptionSyntax] = []
    /// Made for a map field; the field's name says which one.
    var mapField: Name?
}

struct FieldSyntax: Sendable {
    enum Label: String, Sendable {
        case optional
        case required
        case repeated
    }

    var site: Site
    /// As written; the linker fills in what is missing.
    var label: Label?
    /// A scalar's keyword or the name of a message or enum.
    var type: Name
    var name: Name
    /// Nil when what is written is no number that fits; that has been reported.
    var number: Number?
    var options: [OptionSyntax] = []
    /// Index into the message's oneofs.
    var oneof: Int?
    /// The message that an `extend` block adds to.
    var extendee: Name?
    /// The name of a map field's entry message is made, not written.
    var isMap = false
    var isProto3Optional = false
}

struct Number: Sendable, Hashable {
    var value: Int32
    var span: Span
}

struct OneofSyntax: Sendable {
    var site: Site
    var name: Name
    var options: [OptionSyntax] = []
    var isSynthetic = false
}

/// `first to last`, both ends meant.
struct RangeSyntax: Sendable {
    var first: Int32
    var last: Int32
    var span: Span
    /// Of extension ranges only.
    var options: [OptionSyntax] = []
}

struct EnumSyntax: Sendable {
    var site: Site
    var name: Name
    var values: [EnumValueSyntax] = []
    var reservedRanges: [RangeSyntax] = []
    var reservedNames: [Name] = []
    var options: [OptionSyntax] = []
}

struct EnumValueSyntax: Sendable {
    var site: Site
    var name: Name
    var number: Number?
    var options: [OptionSyntax] = []
}
