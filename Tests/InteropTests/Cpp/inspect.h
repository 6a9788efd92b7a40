// Whether a message came compressed: gRPC C++ tells only these two, which its headers name as friends.
#pragma once
#include <grpcpp/grpcpp.h>

uint32_t grpc_call_test_only_get_message_flags(grpc_call *call);
/// Of `grpc_call_test_only_get_message_flags`: the message was compressed on the wire.
static constexpr uint32_t kWasCompressed = 0x40000000u;

namespace grpc::testing {
class InteropClientContextInspector {
public:
    static bool WasCompressed(const ClientContext &context) {
        return grpc_call_test_only_get_message_flags(context.call_) & kWasCompressed;
    }
};
class InteropServerContextInspector {
public:
    static bool WasCompressed(const ServerContext &context) {
        return grpc_call_test_only_get_message_flags(context.call_.call) & kWasCompressed;
    }
};
} // namespace grpc::testing
