// grpc.health.v1 and grpc.reflection.v1 and v1alpha, generated from the .proto files in Proto/.
