// gRPC's interoperability tests, by grpc-go against our server; descriptions: grpc/doc/interop-test-descriptions.md.
// Arguments: the server's address, and the file of the authority of its certificate; cleartext without that.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	. "peer/testing"
)

var (
	requestBytes = []int{27182, 8, 1828, 45904}
	replyBytes   = []int{31415, 9, 2653, 58979}
	received     = &payloads{}
	dial         func() *grpc.ClientConn
)

// payloads remembers whether replies came compressed, which grpc-go tells its statistics only.
type payloads struct {
	mutex      sync.Mutex
	compressed []bool
}

func (p *payloads) HandleRPC(_ context.Context, event stats.RPCStats) {
	if payload, is := event.(*stats.InPayload); is {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		// Behind the prefix of five bytes; zeros get much shorter.
		p.compressed = append(p.compressed, payload.WireLength < payload.Length)
	}
}

func (p *payloads) take() []bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	taken := p.compressed
	p.compressed = nil
	return taken
}

func (*payloads) TagRPC(context context.Context, _ *stats.RPCTagInfo) context.Context { return context }
func (*payloads) TagConn(context context.Context, _ *stats.ConnTagInfo) context.Context {
	return context
}
func (*payloads) HandleConn(context.Context, stats.ConnStats) {}

func demand(condition bool, otherwise string, arguments ...interface{}) {
	if !condition {
		panic(fmt.Sprintf(otherwise, arguments...))
	}
}

func demandCode(err error, code codes.Code) {
	demand(status.Code(err) == code, "the call should end with %v, but ended with %v", code, err)
}

func demandZeros(payload *Payload, size int) {
	demand(bytes.Equal(payload.GetBody(), make([]byte, size)), "a payload of %d bytes, not of %d zeros", len(payload.GetBody()), size)
}

func demandEnd(stream interface{ RecvMsg(interface{}) error }) {
	err := stream.RecvMsg(new(StreamingOutputCallResponse))
	demand(err == io.EOF, "the stream should end well, but %v", err)
}

func large() *SimpleRequest {
	return &SimpleRequest{ResponseSize: 314159, Payload: &Payload{Body: make([]byte, 271828)}}
}

func asking(reply, request int) *StreamingOutputCallRequest {
	return &StreamingOutputCallRequest{
		ResponseParameters: []*ResponseParameters{{Size: int32(reply)}}, Payload: &Payload{Body: make([]byte, request)},
	}
}

func largeUnary(stub TestServiceClient, options ...grpc.CallOption) {
	reply, err := stub.UnaryCall(context.Background(), large(), options...)
	demandCode(err, codes.OK)
	demandZeros(reply.Payload, 314159)
}

// unpacking says what grpc-go 1.33 does and does not say: that it takes compressed replies.
func unpacking(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "grpc-accept-encoding", gzip.Name)
}

type test struct {
	name string
	run  func(stub TestServiceClient, ctx context.Context)
}

var tests = []test{
	{"empty_unary", func(stub TestServiceClient, ctx context.Context) {
		_, err := stub.EmptyCall(ctx, &Empty{})
		demandCode(err, codes.OK)
	}},
	{"large_unary", func(stub TestServiceClient, ctx context.Context) { largeUnary(stub) }},
	{"client_compressed_unary", func(stub TestServiceClient, ctx context.Context) {
		request := large()
		request.ExpectCompressed = &BoolValue{Value: true}
		_, err := stub.UnaryCall(ctx, request)
		demandCode(err, codes.InvalidArgument)
		reply, err := stub.UnaryCall(ctx, request, grpc.UseCompressor(gzip.Name))
		demandCode(err, codes.OK)
		demandZeros(reply.Payload, 314159)
		request.ExpectCompressed.Value = false
		reply, err = stub.UnaryCall(ctx, request)
		demandCode(err, codes.OK)
		demandZeros(reply.Payload, 314159)
	}},
	{"server_compressed_unary", func(stub TestServiceClient, ctx context.Context) {
		ctx = unpacking(ctx)
		for _, compressed := range []bool{true, false} {
			request := large()
			request.ResponseCompressed = &BoolValue{Value: compressed}
			received.take()
			reply, err := stub.UnaryCall(ctx, request)
			demandCode(err, codes.OK)
			demandZeros(reply.Payload, 314159)
			seen := received.take()
			demand(len(seen) == 1 && seen[0] == compressed, "compressed: %v", seen)
		}
	}},
	{"client_streaming", func(stub TestServiceClient, ctx context.Context) {
		stream, err := stub.StreamingInputCall(ctx)
		demandCode(err, codes.OK)
		for _, size := range requestBytes {
			demandCode(stream.Send(&StreamingInputCallRequest{Payload: &Payload{Body: make([]byte, size)}}), codes.OK)
		}
		reply, err := stream.CloseAndRecv()
		demandCode(err, codes.OK)
		demand(reply.AggregatedPayloadSize == 74922, "%d bytes", reply.AggregatedPayloadSize)
	}},
	{"server_streaming", func(stub TestServiceClient, ctx context.Context) {
		request := &StreamingOutputCallRequest{}
		for _, size := range replyBytes {
			request.ResponseParameters = append(request.ResponseParameters, &ResponseParameters{Size: int32(size)})
		}
		stream, err := stub.StreamingOutputCall(ctx, request)
		demandCode(err, codes.OK)
		for _, size := range replyBytes {
			reply, err := stream.Recv()
			demandCode(err, codes.OK)
			demandZeros(reply.Payload, size)
		}
		demandEnd(stream)
	}},
	{"server_compressed_streaming", func(stub TestServiceClient, ctx context.Context) {
		ctx = unpacking(ctx)
		request := &StreamingOutputCallRequest{ResponseParameters: []*ResponseParameters{
			{Size: 31415, Compressed: &BoolValue{Value: true}}, {Size: 92653, Compressed: &BoolValue{Value: false}},
		}}
		received.take()
		stream, err := stub.StreamingOutputCall(ctx, request)
		demandCode(err, codes.OK)
		for _, parameters := range request.ResponseParameters {
			reply, err := stream.Recv()
			demandCode(err, codes.OK)
			demandZeros(reply.Payload, int(parameters.Size))
		}
		demandEnd(stream)
		seen := received.take()
		demand(len(seen) == 2 && seen[0] && !seen[1], "compressed: %v", seen)
	}},
	{"ping_pong", func(stub TestServiceClient, ctx context.Context) {
		stream, err := stub.FullDuplexCall(ctx)
		demandCode(err, codes.OK)
		for index, size := range replyBytes {
			demandCode(stream.Send(asking(size, requestBytes[index])), codes.OK)
			reply, err := stream.Recv()
			demandCode(err, codes.OK)
			demandZeros(reply.Payload, size)
		}
		demandCode(stream.CloseSend(), codes.OK)
		demandEnd(stream)
	}},
	{"half_duplex", func(stub TestServiceClient, ctx context.Context) {
		stream, err := stub.HalfDuplexCall(ctx)
		demandCode(err, codes.OK)
		for _, size := range replyBytes {
			demandCode(stream.Send(asking(size, 0)), codes.OK)
		}
		demandCode(stream.CloseSend(), codes.OK)
		for _, size := range replyBytes {
			reply, err := stream.Recv()
			demandCode(err, codes.OK)
			demandZeros(reply.Payload, size)
		}
		demandEnd(stream)
	}},
	{"empty_stream", func(stub TestServiceClient, ctx context.Context) {
		stream, err := stub.FullDuplexCall(ctx)
		demandCode(err, codes.OK)
		demandCode(stream.CloseSend(), codes.OK)
		demandEnd(stream)
	}},
	{"cancel_after_begin", func(stub TestServiceClient, ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		stream, err := stub.StreamingInputCall(ctx)
		demandCode(err, codes.OK)
		cancel()
		_, err = stream.CloseAndRecv()
		demandCode(err, codes.Canceled)
	}},
	{"cancel_after_first_response", func(stub TestServiceClient, ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		stream, err := stub.FullDuplexCall(ctx)
		demandCode(err, codes.OK)
		demandCode(stream.Send(asking(31415, 27182)), codes.OK)
		reply, err := stream.Recv()
		demandCode(err, codes.OK)
		demandZeros(reply.Payload, 31415)
		cancel()
		_, err = stream.Recv()
		demandCode(err, codes.Canceled)
	}},
	{"timeout_on_sleeping_server", func(stub TestServiceClient, ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		stream, err := stub.FullDuplexCall(ctx)
		if err == nil {
			stream.Send(asking(0, 27182))
			for err == nil {
				_, err = stream.Recv()
			}
		}
		demandCode(err, codes.DeadlineExceeded)
	}},
	{"custom_metadata", func(stub TestServiceClient, ctx context.Context) {
		const text, binary = "test_initial_metadata_value", "\xab\xab\xab"
		ctx = metadata.AppendToOutgoingContext(ctx, "x-grpc-test-echo-initial", text, "x-grpc-test-echo-trailing-bin", binary)
		check := func(head, trailer metadata.MD) {
			first, last := head["x-grpc-test-echo-initial"], trailer["x-grpc-test-echo-trailing-bin"]
			demand(len(first) == 1 && first[0] == text && len(last) == 1 && last[0] == binary, "%v, %v", head, trailer)
		}
		var head, trailer metadata.MD
		_, err := stub.UnaryCall(ctx, large(), grpc.Header(&head), grpc.Trailer(&trailer))
		demandCode(err, codes.OK)
		check(head, trailer)
		stream, err := stub.FullDuplexCall(ctx)
		demandCode(err, codes.OK)
		demandCode(stream.Send(asking(314159, 271828)), codes.OK)
		_, err = stream.Recv()
		demandCode(err, codes.OK)
		demandCode(stream.CloseSend(), codes.OK)
		demandEnd(stream)
		head, err = stream.Header()
		demandCode(err, codes.OK)
		check(head, stream.Trailer())
	}},
	{"status_code_and_message, special_status_message", func(stub TestServiceClient, ctx context.Context) {
		for _, text := range []string{"test status message", "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"} {
			asked := &EchoStatus{Code: 2, Message: text}
			_, err := stub.UnaryCall(ctx, &SimpleRequest{ResponseStatus: asked})
			demandCode(err, codes.Unknown)
			demand(status.Convert(err).Message() == text, "%q", status.Convert(err).Message())
			stream, err := stub.FullDuplexCall(ctx)
			demandCode(err, codes.OK)
			demandCode(stream.Send(&StreamingOutputCallRequest{ResponseStatus: asked}), codes.OK)
			demandCode(stream.CloseSend(), codes.OK)
			_, err = stream.Recv()
			demandCode(err, codes.Unknown)
			demand(status.Convert(err).Message() == text, "%q", status.Convert(err).Message())
		}
	}},
	{"unimplemented_method, unimplemented_service", func(stub TestServiceClient, ctx context.Context) {
		_, err := stub.UnimplementedCall(ctx, &Empty{})
		demandCode(err, codes.Unimplemented)
		connection := dial()
		defer connection.Close()
		_, err = NewUnimplementedServiceClient(connection).UnimplementedCall(ctx, &Empty{})
		demandCode(err, codes.Unimplemented)
	}},
	{"rpc_soak, channel_soak", func(stub TestServiceClient, ctx context.Context) {
		for call := 0; call < 20; call++ {
			largeUnary(stub)
		}
		for channel := 0; channel < 10; channel++ {
			connection := dial()
			largeUnary(NewTestServiceClient(connection))
			connection.Close()
		}
	}},
	{"three hundred streams at once", func(stub TestServiceClient, ctx context.Context) {
		var group sync.WaitGroup
		sizes := make([]int, 300)
		for index := range sizes {
			group.Add(1)
			go func(index int) {
				defer group.Done()
				if reply, err := stub.UnaryCall(ctx, &SimpleRequest{ResponseSize: int32(1000 + index)}); err == nil {
					sizes[index] = len(reply.Payload.Body)
				}
			}(index)
		}
		group.Wait()
		for index, size := range sizes {
			demand(size == 1000+index, "call %d: %d bytes", index, size)
		}
	}},
}

// passes runs one test over a connection of its own.
func passes(test test) (passed bool) {
	connection := dial()
	defer connection.Close()
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Printf("%s: FAILED: %v\n", test.name, failure)
		}
	}()
	test.run(NewTestServiceClient(connection), context.Background())
	fmt.Printf("%s: passed\n", test.name)
	return true
}

func main() {
	security := grpc.WithInsecure()
	if len(os.Args) > 2 {
		roots, err := credentials.NewClientTLSFromFile(os.Args[2], "localhost")
		if err != nil {
			panic(err)
		}
		security = grpc.WithTransportCredentials(roots)
	}
	dial = func() *grpc.ClientConn {
		connection, err := grpc.Dial(os.Args[1], security, grpc.WithStatsHandler(received))
		if err != nil {
			panic(err)
		}
		return connection
	}
	passed := 0
	for _, test := range tests {
		if passes(test) {
			passed++
		}
	}
	fmt.Printf("%d of %d passed\n", passed, len(tests))
	if passed < len(tests) {
		os.Exit(1)
	}
}
