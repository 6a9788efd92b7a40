import Protobuf

extension ConformanceResponse {
    /// What the runner expects to its request.
    init(to request: ConformanceRequest, by reader: SubjectReader) {
        self.init()
        result = Self.result(of: request, reader)
    }

    private static func result(of request: ConformanceRequest, _ reader: SubjectReader) -> Result {
        // The first request: which failures the testee knows of. None, and an empty message in every version of the protocol.
        if request.messageType == FailureSet.fullName { return .protobufPayload(FailureSet().encoded()) }
        guard request.messageType == TestAllTypesProto3.fullName else {
            return .skipped("Messages of type \"\(request.messageType)\" are not served, only \(TestAllTypesProto3.fullName).")
        }
        guard request.requestedOutputFormat == .protobuf || request.requestedOutputFormat == .json else {
            return .skipped("Output is written as binary and as JSON, nothing else.")
        }
        let subject: Subject
        switch request.payload {
        case .protobufPayload(let bytes)?:
            do throws(DecodeError) { subject = try reader.subject(decoding: bytes) } catch { return .parseError(error.description) }
        case .jsonPayload(let text)?:
            let options = JSONDecodeOptions(ignoresUnknownFields: request.testCategory == .jsonIgnoreUnknownParsingTest)
            do throws(JSONError) { subject = try reader.subject(json: text, options) } catch { return .parseError(error.description) }
        default: return .skipped("Input is read as binary and as JSON, nothing else.")
        }
        if request.requestedOutputFormat == .protobuf { return .protobufPayload(subject.bytes()) }
        do throws(JSONError) {
            return .jsonPayload(try subject.json(types: reader.types))
        } catch {
            return .serializeError(error.description)
        }
    }
}
