import ProtoSchema
import Protobuf
import Testing

@Suite("The descriptor of descriptors")
struct DescriptorFileTests {
    static let name = "google/protobuf/descriptor.proto"

    static func compiled() throws -> FileDescriptorProto {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        let result = Compiler(roots: ImportRoots([tests + "/../Proto"])).compile([name])
        try #require(!result.hasErrors, "\(result.diagnostics)")
        return try #require(result.files.first { $0.name == name })
    }

    @Test("What Protobuf carries is what the generator makes of the file")
    func embeddedIsCurrent() throws {
        var file = try DescriptorFileTests.compiled()
        file.sourceCodeInfo = nil
        #expect(try FileDescriptorProto(decoding: EmbeddedFile.descriptor.bytes) == file)
    }

    @Test("The types written by hand have the fields that the file declares, and no others")
    func handWrittenTypes() throws {
        let file = try DescriptorFileTests.compiled()
        let bytes = file.encoded()
        let pool = try DescriptorPool([EmbeddedFile.descriptor])
        let descriptor = try #require(pool.message(named: FileDescriptorProto.fullName))
        // What the type by hand reads and writes is, byte for byte, what a reader guided by the descriptor reads and writes.
        let json = try JSONTranscoder(descriptor).json(from: bytes)
        #expect(try JSONTranscoder(descriptor).bytes(from: json) == bytes)
        #expect(try FileDescriptorProto(json: json) == file)
        #expect(try file.json() == json)
    }
}
