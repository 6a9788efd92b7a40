import LeadAPI
import Protobuf
import Testing

@testable import LeadServer

@Suite("Custom fields as JSON")
struct CustomFieldsJSONTests {
    @Test("What is written reads back the same")
    func roundTrip() {
        let fields: Map<String, CustomValue> = [
            "text": .text("\"quoted\" \\ back / slash, é 🦊 \u{2028}"), "empty": .text(""), "whole": .number(12), "part": .number(-0.1),
            "large": .number(.greatestFiniteMagnitude), "small": .number(.leastNonzeroMagnitude), "yes": .flag(true), "no": .flag(false),
        ]
        #expect(CustomFieldsJSON.decode(CustomFieldsJSON.encode(fields)) == fields)
        #expect(CustomFieldsJSON.encode([:]) == "{}")
        #expect(CustomFieldsJSON.decode("{}") == [:])
    }

    @Test("Keys are in order, so that equal fields give equal text")
    func sorted() {
        #expect(CustomFieldsJSON.encode(["b": .flag(true), "a": .number(1.5), "c": .text("x")]) == #"{"a":1.5,"b":true,"c":"x"}"#)
    }

    @Test("The database's own spelling is read")
    func databaseSpelling() {
        #expect(
            CustomFieldsJSON.decode(#"{"plan": "go\"ld\nü\u0001", "seats": 12, "vip": true}"#)
                == ["plan": .text("go\"ld\nü\u{1}"), "seats": .number(12), "vip": .flag(true)])
    }

    @Test(
        "What is no flat object is refused",
        arguments: [
            "", "[]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1}x"#, #"{"a":[1]}"#, #"{"a":{"b":1}}"#, #"{"a":null}"#, #"{"a":tru}"#,
            #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u00"#, #"{"a":1,}"#, #"{"a":"\ud800"}"#,
        ])
    func refused(json: String) {
        #expect(CustomFieldsJSON.decode(json) == nil)
    }
}
