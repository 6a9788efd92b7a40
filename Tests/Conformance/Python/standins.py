"""What `make conformance-testee` generates from, in small: files of the names, messages and numbers that the testee is written for.

The suite's own are not in this repository.
"""

CONFORMANCE = """
syntax = "proto3";
package conformance;

enum WireFormat { UNSPECIFIED = 0; PROTOBUF = 1; JSON = 2; TEXT_FORMAT = 4; }

enum TestCategory {
  UNSPECIFIED_TEST = 0;
  BINARY_TEST = 1;
  JSON_TEST = 2;
  JSON_IGNORE_UNKNOWN_PARSING_TEST = 3;
}

message FailureSet { repeated string failure = 1; }

message ConformanceRequest {
  oneof payload {
    bytes protobuf_payload = 1;
    string json_payload = 2;
    string text_payload = 8;
  }
  WireFormat requested_output_format = 3;
  string message_type = 4;
  TestCategory test_category = 5;
}

message ConformanceResponse {
  oneof result {
    string parse_error = 1;
    string serialize_error = 6;
    string runtime_error = 2;
    bytes protobuf_payload = 3;
    string json_payload = 4;
    string skipped = 5;
  }
}
"""

MESSAGES = """
syntax = "proto3";
package protobuf_test_messages.proto3;

import "google/protobuf/any.proto";
import "google/protobuf/timestamp.proto";

message TestAllTypesProto3 {
  int32 optional_int32 = 1;
  string optional_string = 14;
  TestAllTypesProto3 recursive_message = 27;
  repeated sint64 repeated_sint64 = 36;
  map<string, string> map_string_string = 69;
  oneof oneof_field {
    uint32 oneof_uint32 = 111;
    Kind oneof_kind = 112;
  }
  google.protobuf.Any optional_any = 305;
  google.protobuf.Timestamp optional_timestamp = 302;

  enum Kind { NONE = 0; SOME = 1; }
}
"""

FILES = {
    "conformance/conformance.proto": CONFORMANCE,
    "google/protobuf/test_messages_proto3.proto": MESSAGES,
}


def write(folder):
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
