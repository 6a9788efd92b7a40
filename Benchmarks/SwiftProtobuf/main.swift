import Glibc
import SwiftProtobuf

// `codec CASE COUNT BYTES`: runs one case COUNT times on the message in the file BYTES.

guard CommandLine.arguments.count == 4, let count = Int(CommandLine.arguments[2]), let file = fopen(CommandLine.arguments[3], "r") else {
    fatalError("usage: codec CASE COUNT BYTES")
}
var buffer = [UInt8](repeating: 0, count: 1 << 16)
let size = fread(&buffer, 1, buffer.count, file)

func run<M: Message>(_ operation: Substring, _ type: M.Type, _ bytes: [UInt8]) throws {
    let message = try M(serializedBytes: bytes)
    let json = try message.jsonString()
    switch operation {
    case "encode":
        for _ in 0..<count {
            let output: [UInt8] = try message.serializedBytes()
            precondition(output.count == bytes.count)
        }
    case "decode":
        for _ in 0..<count { _ = try M(serializedBytes: bytes) }
    case "json-encode":
        for _ in 0..<count { _ = try message.jsonString() }
    case "json-decode":
        for _ in 0..<count { _ = try M(jsonString: json) }
    default: fatalError("there is no case \(operation)")
    }
}

let name = CommandLine.arguments[1]
if name.hasPrefix("invoice-") {
    try run(name.dropFirst("invoice-".count), Bench_V1_Invoice.self, Array(buffer[..<size]))
} else {
    try run(name.dropFirst("tiny-".count), Bench_V1_Tiny.self, Array(buffer[..<size]))
}
