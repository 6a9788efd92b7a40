#!/bin/sh
# build.sh FOLDER: builds testing_server and testing_client there, gRPC C++'s side of the interoperability tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
protos=$here/../../../Benchmarks/Proto
mkdir -p "$out"

if [ ! -e "$out/peer.a" ] || [ -n "$(find "$protos" -newer "$out/peer.a" -print -quit)" ]; then
    for name in empty messages test; do
        protoc -I "$protos" --cpp_out="$out" --grpc_out="$out" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
            "$protos/grpc/testing/$name.proto"
    done
    for name in empty.pb messages.pb test.pb test.grpc.pb; do
        g++ -std=c++17 -O0 -I "$out" -c "$out/grpc/testing/$name.cc" -o "$out/$name.o"
    done
    rm -f "$out/peer.a"
    ar rcs "$out/peer.a" "$out/empty.pb.o" "$out/messages.pb.o" "$out/test.pb.o" "$out/test.grpc.pb.o"
fi
for program in testing_server testing_client; do
    if [ ! -e "$out/$program" ] || [ -n "$(find "$here" "$out/peer.a" -newer "$out/$program" -print -quit)" ]; then
        g++ -std=c++17 -O0 -Wall -Werror -I "$out" "$here/$program.cc" "$out/peer.a" $(pkg-config --libs grpc++ protobuf) -o "$out/$program"
    fi
done
