import ProtoSchema
import Protobuf

/// One input: the text of a .proto file, which may import three others.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let result = compile(text)
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    for diagnostic in result.diagnostics {
        checkPlace(of: diagnostic, lines: lines)
    }
    // What costs as much as the compiler itself is for one input in 32, whichever.
    let lot = text.utf8.reduce(0 as UInt8) { $0 &* 31 &+ $1 } & 31
    if lot == 0 {
        for diagnostic in result.diagnostics.prefix(20) {
            require(diagnostic.rendered.hasPrefix("\(diagnostic.path):\(diagnostic.line):"), "the finding can be printed")
        }
        let again = compile(text)
        require(again.diagnostics == result.diagnostics, "the same text gives the same findings")
        require(again.files == result.files, "the same text gives the same descriptors")
    }
    if lot == 1, !result.hasErrors {
        checkDescriptors(result.files)
    }
    return 0
}

private let imported = [
    "a.proto": "syntax = \"proto3\"; package a; message A { int32 n = 1; A a = 2; message B {} } enum E { Z = 0; }",
    "b.proto": "syntax = \"proto2\"; import public \"a.proto\"; import \"google/protobuf/descriptor.proto\"; message X { extensions 9; }",
    "c.proto": "import \"test.proto\";",
]

private func compile(_ text: String) -> Compiler.Result {
    var sources = imported
    sources["test.proto"] = text
    return Compiler(sources: sources).compile(["test.proto"])
}

private func checkPlace(of diagnostic: Diagnostic, lines: Int) {
    require(!diagnostic.message.isEmpty, "the finding says something")
    guard diagnostic.path == "test.proto" else {
        require(diagnostic.path == "c.proto", "only one of the imports has an error: \(diagnostic.rendered)")
        return
    }
    require((1...lines).contains(diagnostic.line), "the finding's line \(diagnostic.line) is one of \(lines)")
    // A carriage return before the line end is not shown.
    if let width = diagnostic.sourceLine?.utf8.count {
        require((1...width + 2).contains(diagnostic.column), "the finding's column \(diagnostic.column) lies in a line of \(width)")
    }
}

/// What compiles can be linked by the runtime, too, and survives the way to bytes and back.
private func checkDescriptors(_ files: [FileDescriptorProto]) {
    _ = succeed("a pool takes what compiles") { () throws(DescriptorError) in try DescriptorPool(files) }
    guard let file = files.last else { return }
    let bytes = file.encoded(deterministic: true)
    let again = succeed("descriptors can be decoded") { () throws(DecodeError) in try FileDescriptorProto(decoding: bytes) }
    require(again == file || bytes == again.encoded(deterministic: true), "descriptors survive encoding")
}
