// grpc.testing.TestService by grpc-go, for our client. Prints its port, and serves until SIGTERM.
// Arguments: the files of its certificate and its key; cleartext without them.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	. "peer/testing"
)

type service struct {
	*UnimplementedTestServiceServer
}

func payload(size int32) *Payload { return &Payload{Body: make([]byte, size)} }

func echo(ctx context.Context) (head, trailer metadata.MD) {
	sent, _ := metadata.FromIncomingContext(ctx)
	head, trailer = metadata.MD{}, metadata.MD{}
	head.Append("x-grpc-test-echo-initial", sent["x-grpc-test-echo-initial"]...)
	trailer.Append("x-grpc-test-echo-trailing-bin", sent["x-grpc-test-echo-trailing-bin"]...)
	return head, trailer
}

func end(asked *EchoStatus) error {
	return status.Error(codes.Code(asked.GetCode()), asked.GetMessage())
}

func (service) EmptyCall(context.Context, *Empty) (*Empty, error) { return &Empty{}, nil }

func (service) UnaryCall(ctx context.Context, request *SimpleRequest) (*SimpleResponse, error) {
	head, trailer := echo(ctx)
	grpc.SetHeader(ctx, head)
	grpc.SetTrailer(ctx, trailer)
	if err := end(request.ResponseStatus); err != nil {
		return nil, err
	}
	return &SimpleResponse{Payload: payload(request.ResponseSize)}, nil
}

func (service) StreamingInputCall(stream TestService_StreamingInputCallServer) error {
	sum := 0
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&StreamingInputCallResponse{AggregatedPayloadSize: int32(sum)})
		}
		if err != nil {
			return err
		}
		sum += len(request.GetPayload().GetBody())
	}
}

func answer(request *StreamingOutputCallRequest, send func(*StreamingOutputCallResponse) error) error {
	for _, parameters := range request.ResponseParameters {
		time.Sleep(time.Duration(parameters.IntervalUs) * time.Microsecond)
		if err := send(&StreamingOutputCallResponse{Payload: payload(parameters.Size)}); err != nil {
			return err
		}
	}
	return nil
}

func (service) StreamingOutputCall(request *StreamingOutputCallRequest, stream TestService_StreamingOutputCallServer) error {
	return answer(request, stream.Send)
}

func (service) FullDuplexCall(stream TestService_FullDuplexCallServer) error {
	head, trailer := echo(stream.Context())
	stream.SetHeader(head)
	stream.SetTrailer(trailer)
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = end(request.ResponseStatus)
		}
		if err == nil {
			err = answer(request, stream.Send)
		}
		if err != nil {
			return err
		}
	}
}

func main() {
	options := []grpc.ServerOption{}
	if len(os.Args) > 2 {
		identity, err := credentials.NewServerTLSFromFile(os.Args[1], os.Args[2])
		if err != nil {
			panic(err)
		}
		options = append(options, grpc.Creds(identity))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer(options...)
	RegisterTestServiceServer(server, service{})
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		server.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		panic(err)
	}
}
