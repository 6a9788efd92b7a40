// gRPC's interoperability tests, by gRPC C++ against our server; descriptions: grpc/doc/interop-test-descriptions.md.
// Arguments: the server's address, and the file of the authority of its certificate; cleartext without that.
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include "grpc/testing/test.grpc.pb.h"
#include "inspect.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;

static const std::vector<int> kRequestBytes = {27182, 8, 1828, 45904};
static const std::vector<int> kReplyBytes = {31415, 9, 2653, 58979};

#define DEMAND(condition)                                                                                                                  \
    do {                                                                                                                                   \
        if (!(condition)) throw std::runtime_error("line " + std::to_string(__LINE__) + ": " #condition);                                  \
    } while (0)

static void DemandCode(const Status &status, StatusCode code) {
    if (status.error_code() != code)
        throw std::runtime_error("status " + std::to_string(status.error_code()) + ", not " + std::to_string(code) + ": " +
                                 status.error_message());
}
static void DemandOK(const Status &status) { DemandCode(status, StatusCode::OK); }

static SimpleRequest Large() {
    SimpleRequest request;
    request.set_response_size(314159);
    request.mutable_payload()->set_body(std::string(271828, '\0'));
    return request;
}

static StreamingOutputCallRequest Asking(int reply, int request = 0) {
    StreamingOutputCallRequest asking;
    asking.add_response_parameters()->set_size(reply);
    asking.mutable_payload()->set_body(std::string(request, '\0'));
    return asking;
}

using Stub = TestService::Stub;
static std::function<std::shared_ptr<grpc::Channel>()> Connect;

static void LargeUnary(Stub &stub) {
    ClientContext context;
    SimpleResponse reply;
    DemandOK(stub.UnaryCall(&context, Large(), &reply));
    DEMAND(reply.payload().body() == std::string(314159, '\0'));
}

static const std::map<std::string, std::function<void(Stub &)>> kTests = {
    {"empty_unary",
     [](Stub &stub) {
         ClientContext context;
         Empty reply;
         DemandOK(stub.EmptyCall(&context, Empty(), &reply));
     }},
    {"large_unary", LargeUnary},
    {"client_compressed_unary",
     [](Stub &stub) {
         for (bool compressed : {false, true}) {
             SimpleRequest request = Large();
             request.mutable_expect_compressed()->set_value(true);
             ClientContext context;
             if (compressed) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
             SimpleResponse reply;
             Status status = stub.UnaryCall(&context, request, &reply);
             DemandCode(status, compressed ? StatusCode::OK : StatusCode::INVALID_ARGUMENT);
         }
         SimpleRequest request = Large();
         request.mutable_expect_compressed()->set_value(false);
         ClientContext context;
         SimpleResponse reply;
         DemandOK(stub.UnaryCall(&context, request, &reply));
         DEMAND(reply.payload().body().size() == 314159);
     }},
    {"server_compressed_unary",
     [](Stub &stub) {
         for (bool compressed : {true, false}) {
             SimpleRequest request = Large();
             request.mutable_response_compressed()->set_value(compressed);
             ClientContext context;
             SimpleResponse reply;
             DemandOK(stub.UnaryCall(&context, request, &reply));
             DEMAND(InteropClientContextInspector::WasCompressed(context) == compressed);
             DEMAND(reply.payload().body().size() == 314159);
         }
     }},
    {"client_streaming",
     [](Stub &stub) {
         ClientContext context;
         StreamingInputCallResponse reply;
         auto requests = stub.StreamingInputCall(&context, &reply);
         for (int size : kRequestBytes) {
             StreamingInputCallRequest request;
             request.mutable_payload()->set_body(std::string(size, '\0'));
             DEMAND(requests->Write(request));
         }
         requests->WritesDone();
         DemandOK(requests->Finish());
         DEMAND(reply.aggregated_payload_size() == 74922);
     }},
    {"client_compressed_streaming",
     [](Stub &stub) {
         StreamingInputCallRequest compressed, plain;
         compressed.mutable_expect_compressed()->set_value(true);
         compressed.mutable_payload()->set_body(std::string(27182, '\0'));
         plain.mutable_expect_compressed()->set_value(false);
         plain.mutable_payload()->set_body(std::string(45904, '\0'));
         {
             ClientContext context;
             StreamingInputCallResponse reply;
             auto requests = stub.StreamingInputCall(&context, &reply);
             requests->Write(compressed, grpc::WriteOptions().set_no_compression());
             requests->WritesDone();
             DemandCode(requests->Finish(), StatusCode::INVALID_ARGUMENT);
         }
         ClientContext context;
         context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
         StreamingInputCallResponse reply;
         auto requests = stub.StreamingInputCall(&context, &reply);
         DEMAND(requests->Write(compressed));
         DEMAND(requests->Write(plain, grpc::WriteOptions().set_no_compression()));
         requests->WritesDone();
         DemandOK(requests->Finish());
         DEMAND(reply.aggregated_payload_size() == 73086);
     }},
    {"server_streaming",
     [](Stub &stub) {
         StreamingOutputCallRequest request;
         for (int size : kReplyBytes) request.add_response_parameters()->set_size(size);
         ClientContext context;
         auto replies = stub.StreamingOutputCall(&context, request);
         StreamingOutputCallResponse reply;
         for (int size : kReplyBytes) DEMAND(replies->Read(&reply) && reply.payload().body() == std::string(size, '\0'));
         DEMAND(!replies->Read(&reply));
         DemandOK(replies->Finish());
     }},
    {"server_compressed_streaming",
     [](Stub &stub) {
         const std::vector<std::pair<int, bool>> wanted = {{31415, true}, {92653, false}};
         StreamingOutputCallRequest request;
         for (auto [size, compressed] : wanted) {
             auto *parameters = request.add_response_parameters();
             parameters->set_size(size);
             parameters->mutable_compressed()->set_value(compressed);
         }
         ClientContext context;
         auto replies = stub.StreamingOutputCall(&context, request);
         StreamingOutputCallResponse reply;
         for (auto [size, compressed] : wanted) {
             DEMAND(replies->Read(&reply) && reply.payload().body() == std::string(size, '\0'));
             DEMAND(InteropClientContextInspector::WasCompressed(context) == compressed);
         }
         DEMAND(!replies->Read(&reply));
         DemandOK(replies->Finish());
     }},
    {"ping_pong",
     [](Stub &stub) {
         ClientContext context;
         auto stream = stub.FullDuplexCall(&context);
         StreamingOutputCallResponse reply;
         for (size_t index = 0; index < kReplyBytes.size(); index++) {
             DEMAND(stream->Write(Asking(kReplyBytes[index], kRequestBytes[index])));
             DEMAND(stream->Read(&reply) && reply.payload().body().size() == size_t(kReplyBytes[index]));
         }
         stream->WritesDone();
         DEMAND(!stream->Read(&reply));
         DemandOK(stream->Finish());
     }},
    {"half_duplex",
     [](Stub &stub) {
         ClientContext context;
         auto stream = stub.HalfDuplexCall(&context);
         for (int size : kReplyBytes) DEMAND(stream->Write(Asking(size)));
         stream->WritesDone();
         StreamingOutputCallResponse reply;
         for (int size : kReplyBytes) DEMAND(stream->Read(&reply) && reply.payload().body().size() == size_t(size));
         DEMAND(!stream->Read(&reply));
         DemandOK(stream->Finish());
     }},
    {"empty_stream",
     [](Stub &stub) {
         ClientContext context;
         auto stream = stub.FullDuplexCall(&context);
         stream->WritesDone();
         StreamingOutputCallResponse reply;
         DEMAND(!stream->Read(&reply));
         DemandOK(stream->Finish());
     }},
    {"cancel_after_begin",
     [](Stub &stub) {
         ClientContext context;
         StreamingInputCallResponse reply;
         auto requests = stub.StreamingInputCall(&context, &reply);
         context.TryCancel();
         DemandCode(requests->Finish(), StatusCode::CANCELLED);
     }},
    {"cancel_after_first_response",
     [](Stub &stub) {
         ClientContext context;
         auto stream = stub.FullDuplexCall(&context);
         StreamingOutputCallResponse reply;
         DEMAND(stream->Write(Asking(31415, 27182)));
         DEMAND(stream->Read(&reply));
         context.TryCancel();
         DemandCode(stream->Finish(), StatusCode::CANCELLED);
     }},
    {"timeout_on_sleeping_server",
     [](Stub &stub) {
         ClientContext context;
         context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
         auto stream = stub.FullDuplexCall(&context);
         stream->Write(Asking(0, 27182));
         StreamingOutputCallResponse reply;
         while (stream->Read(&reply)) {}
         DemandCode(stream->Finish(), StatusCode::DEADLINE_EXCEEDED);
     }},
    {"custom_metadata",
     [](Stub &stub) {
         const std::string bytes = "\xab\xab\xab";
         for (bool streams : {false, true}) {
             ClientContext context;
             context.AddMetadata("x-grpc-test-echo-initial", "test_initial_metadata_value");
             context.AddMetadata("x-grpc-test-echo-trailing-bin", bytes);
             if (streams) {
                 auto stream = stub.FullDuplexCall(&context);
                 StreamingOutputCallResponse reply;
                 DEMAND(stream->Write(Asking(314159, 271828)));
                 DEMAND(stream->Read(&reply));
                 stream->WritesDone();
                 DEMAND(!stream->Read(&reply));
                 DemandOK(stream->Finish());
             } else {
                 SimpleResponse reply;
                 DemandOK(stub.UnaryCall(&context, Large(), &reply));
             }
             auto initial = context.GetServerInitialMetadata().find("x-grpc-test-echo-initial");
             DEMAND(initial != context.GetServerInitialMetadata().end() && initial->second == "test_initial_metadata_value");
             auto trailing = context.GetServerTrailingMetadata().find("x-grpc-test-echo-trailing-bin");
             DEMAND(trailing != context.GetServerTrailingMetadata().end() && trailing->second == bytes);
         }
     }},
    {"status_code_and_message, special_status_message",
     [](Stub &stub) {
         const std::string special = "\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n";
         for (const std::string &message : {std::string("test status message"), special}) {
             SimpleRequest request;
             request.mutable_response_status()->set_code(2);
             request.mutable_response_status()->set_message(message);
             ClientContext unary, streaming;
             SimpleResponse reply;
             Status status = stub.UnaryCall(&unary, request, &reply);
             DemandCode(status, StatusCode::UNKNOWN);
             DEMAND(status.error_message() == message);
             StreamingOutputCallRequest asking;
             *asking.mutable_response_status() = request.response_status();
             auto stream = stub.FullDuplexCall(&streaming);
             stream->Write(asking);
             stream->WritesDone();
             status = stream->Finish();
             DemandCode(status, StatusCode::UNKNOWN);
             DEMAND(status.error_message() == message);
         }
     }},
    {"unimplemented_method, unimplemented_service",
     [](Stub &stub) {
         Empty reply;
         ClientContext method, service;
         DemandCode(stub.UnimplementedCall(&method, Empty(), &reply), StatusCode::UNIMPLEMENTED);
         auto other = UnimplementedService::NewStub(Connect());
         DemandCode(other->UnimplementedCall(&service, Empty(), &reply), StatusCode::UNIMPLEMENTED);
     }},
    {"rpc_soak, channel_soak",
     [](Stub &stub) {
         for (int call = 0; call < 20; call++) LargeUnary(stub);
         for (int channel = 0; channel < 10; channel++) LargeUnary(*TestService::NewStub(Connect()));
     }},
    {"a hundred streams at once",
     [](Stub &stub) {
         std::vector<std::thread> threads;
         std::vector<int> sizes(100);
         for (int index = 0; index < 100; index++)
             threads.emplace_back([&stub, &sizes, index] {
                 ClientContext context;
                 SimpleRequest request;
                 request.set_response_size(1000 + index);
                 SimpleResponse reply;
                 if (stub.UnaryCall(&context, request, &reply).ok()) sizes[index] = reply.payload().body().size();
             });
         for (auto &thread : threads) thread.join();
         for (int index = 0; index < 100; index++) DEMAND(sizes[index] == 1000 + index);
     }},
};

int main(int count, char **arguments) {
    if (count < 2) return 2;
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (count > 2) {
        std::stringstream roots;
        roots << std::ifstream(arguments[2]).rdbuf();
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = roots.str();
        credentials = grpc::SslCredentials(options);
    }
    Connect = [&] {
        // Otherwise all channels of a process share one connection.
        grpc::ChannelArguments own;
        own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        own.SetMaxReceiveMessageSize(-1);
        return grpc::CreateCustomChannel(arguments[1], credentials, own);
    };
    int failures = 0;
    for (const auto &[name, test] : kTests) {
        try {
            test(*TestService::NewStub(Connect()));
            std::cout << name << ": passed" << std::endl;
        } catch (const std::exception &error) {
            std::cout << name << ": FAILED: " << error.what() << std::endl;
            failures++;
        }
    }
    std::cout << kTests.size() - failures << " of " << kTests.size() << " passed" << std::endl;
    return failures == 0 ? 0 : 1;
}
