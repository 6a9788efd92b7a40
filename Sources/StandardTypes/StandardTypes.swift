// google.protobuf's well-known types and google.rpc's status and error details, generated from the .proto files in Proto/.
