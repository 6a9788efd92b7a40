/// An enum type in a pool.
public final class EnumDescriptor: Sendable {
    public let fullName: String
    public let proto: EnumDescriptorProto
    /// The name of the file that declares it.
    public let fileName: String
    /// The first name declared for each number.
    public let names: [Int32: String]
    /// The number of each name, aliases included.
    public let numbers: [String: Int32]
    /// google.protobuf.NullValue, which is `null` in JSON.
    let isNullValue: Bool

    init(_ proto: EnumDescriptorProto, fullName: String, fileName: String) {
        self.fullName = fullName
        self.proto = proto
        self.fileName = fileName
        isNullValue = fullName == "google.protobuf.NullValue"
        var names: [Int32: String] = [:]
        var numbers: [String: Int32] = [:]
        for value in proto.value {
            let name = value.name ?? ""
            let number = value.number ?? 0
            names[number] = names[number] ?? name
            numbers[name] = number
        }
        self.names = names
        self.numbers = numbers
    }
}
