@testable import ProtoSchema
import Protobuf
import Testing

@Suite("Comments")
struct CommentTests {
    /// What SourceCodeInfo says about the fields a and b of a message.
    private func comments(_ members: String) throws -> [[String]] {
        let file = try Workspace.descriptor(of: "syntax = \"proto3\";\nmessage M {\n\(members)\n}\n")
        return [0, 1].map { (index: Int32) in
            let location = file.sourceCodeInfo?.location.first { $0.path == [4, 0, 2, index] }
            return (location?.leadingDetachedComments ?? []).map { "detached:" + $0 }
                + [location?.leadingComments.map { "leading:" + $0 }, location?.trailingComments.map { "trailing:" + $0 }].compactMap(
                    \.self)
        }
    }

    @Test(
        "A comment belongs to the declaration it touches",
        arguments: [
            ("// x\nint32 a = 1;\nint32 b = 2;", ["leading: x\n"], []),
            ("int32 a = 1; // x\nint32 b = 2;", ["trailing: x\n"], []),
            ("int32 a = 1;\n// x\nint32 b = 2;", [], ["leading: x\n"]),
            ("int32 a = 1;\n// x\n\nint32 b = 2;", ["trailing: x\n"], []),
            ("int32 a = 1;\n\n// x\n\nint32 b = 2;", [], ["detached: x\n"]),
            ("int32 a = 1; // x\n// y\nint32 b = 2;", ["trailing: x\n"], ["leading: y\n"]),
            ("int32 a = 1; /* x */ int32 b = 2;", [], []),
            ("int32 a = 1; /* x */\nint32 b = 2;", ["trailing: x "], []),
            ("// x\n// y\nint32 a = 1;\n/* z */\nint32 b = 2;", ["leading: x\n y\n"], ["leading: z "]),
            ("/* x\n * y\n   z */\nint32 a = 1;\nint32 b = 2;", ["leading: x\n y\nz "], []),
            ("int32 a = 1;\n\n// x\n\n// y\nint32 b = 2;\n// end", [], ["detached: x\n", "leading: y\n", "trailing: end\n"]),
            ("// x\r\nint32 a = 1;\r\nint32 b = 2;", ["leading: x\n"], []),
        ] as [(String, [String], [String])])
    func attachment(members: String, a: [String], b: [String]) throws {
        #expect(try comments(members) == [a, b])
    }

    @Test("A comment is kept word for word, any script")
    func text() throws {
        #expect(try comments("//  Größe: *über* `x` \nint32 a = 1;\nint32 b = 2;")[0] == ["leading:  Größe: *über* `x` \n"])
    }

    @Test("Places are lines and columns from zero")
    func spans() throws {
        let file = try Workspace.descriptor(of: "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n}\n")
        let spans = Dictionary(uniqueKeysWithValues: (file.sourceCodeInfo?.location ?? []).map { ($0.path, $0.span) })
        #expect(spans[[4, 0]] == [1, 0, 3, 1])
        #expect(spans[[4, 0, 2, 0]] == [2, 2, 14])
        #expect(spans[[12]] == [0, 0, 18])
    }
}
