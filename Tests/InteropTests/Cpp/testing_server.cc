// grpc.testing.TestService by gRPC C++, for our client. Prints its port, and serves until SIGTERM.
// Arguments: the files of its certificate and its key; cleartext without them.
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "grpc/testing/test.grpc.pb.h"
#include "inspect.h"

using namespace grpc::testing;
using grpc::Status;
using grpc::StatusCode;

static const char *kInitial = "x-grpc-test-echo-initial";
static const char *kTrailing = "x-grpc-test-echo-trailing-bin";

static std::string Text(const grpc::string_ref &ref) { return std::string(ref.data(), ref.size()); }

/// Sends the metadata back that the tests know.
static void Echo(grpc::ServerContext *context) {
    for (const auto &[name, value] : context->client_metadata()) {
        if (name == kInitial) context->AddInitialMetadata(kInitial, Text(value));
        if (name == kTrailing) context->AddTrailingMetadata(kTrailing, Text(value));
    }
}

/// Who says that a message is compressed wants to hear when it is not.
template <typename Request> static bool IsAsItSays(const Request &request, const grpc::ServerContext &context) {
    return !request.has_expect_compressed() ||
           request.expect_compressed().value() == InteropServerContextInspector::WasCompressed(context);
}

class Service final : public TestService::Service {
    Status EmptyCall(grpc::ServerContext *, const Empty *, Empty *) override { return Status::OK; }

    Status UnaryCall(grpc::ServerContext *context, const SimpleRequest *request, SimpleResponse *reply) override {
        Echo(context);
        if (!IsAsItSays(*request, *context)) return Status(StatusCode::INVALID_ARGUMENT, "compressed or not, against what it says");
        if (request->has_response_status() && request->response_status().code() != 0)
            return Status(static_cast<StatusCode>(request->response_status().code()), request->response_status().message());
        if (request->has_response_compressed())
            context->set_compression_level(request->response_compressed().value() ? GRPC_COMPRESS_LEVEL_HIGH : GRPC_COMPRESS_LEVEL_NONE);
        reply->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
        return Status::OK;
    }

    Status StreamingInputCall(grpc::ServerContext *context, grpc::ServerReader<StreamingInputCallRequest> *requests,
                              StreamingInputCallResponse *reply) override {
        StreamingInputCallRequest request;
        int bytes = 0;
        while (requests->Read(&request)) {
            if (!IsAsItSays(request, *context)) return Status(StatusCode::INVALID_ARGUMENT, "compressed or not, against what it says");
            bytes += request.payload().body().size();
        }
        reply->set_aggregated_payload_size(bytes);
        return Status::OK;
    }

    Status StreamingOutputCall(grpc::ServerContext *context, const StreamingOutputCallRequest *request,
                               grpc::ServerWriter<StreamingOutputCallResponse> *replies) override {
        context->set_compression_level(GRPC_COMPRESS_LEVEL_HIGH);
        for (const auto &parameters : request->response_parameters())
            if (!Answer(parameters, *replies)) break;
        return Status::OK;
    }

    Status FullDuplexCall(
        grpc::ServerContext *context,
        grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest> *stream) override {
        Echo(context);
        StreamingOutputCallRequest request;
        while (stream->Read(&request)) {
            if (request.has_response_status() && request.response_status().code() != 0)
                return Status(static_cast<StatusCode>(request.response_status().code()), request.response_status().message());
            for (const auto &parameters : request.response_parameters())
                if (!Answer(parameters, *stream)) break;
        }
        return Status::OK;
    }

    template <typename Writer> static bool Answer(const ResponseParameters &parameters, Writer &writer) {
        if (parameters.interval_us() > 0) std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
        StreamingOutputCallResponse reply;
        reply.mutable_payload()->set_body(std::string(parameters.size(), '\0'));
        grpc::WriteOptions options;
        if (parameters.has_compressed() && !parameters.compressed().value()) options.set_no_compression();
        return writer.Write(reply, options);
    }
};

static std::string File(const char *path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

int main(int count, char **arguments) {
    // Before there are threads that could take it.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    if (count > 2) {
        grpc::SslServerCredentialsOptions options;
        options.pem_key_cert_pairs.push_back({File(arguments[2]), File(arguments[1])});
        credentials = grpc::SslServerCredentials(options);
    }
    int port = 0;
    Service service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    if (!server) return 1;
    std::cout << port << std::endl;
    int signal = 0;
    sigwait(&signals, &signal);
    server->Shutdown(std::chrono::system_clock::now());
}
