extension EmbeddedFile {
    /// google/protobuf/descriptor.proto, which declares the types in this folder.
    public static let descriptor = EmbeddedFile("google/protobuf/descriptor.proto", base64: "")
}
