#!/bin/sh
# build.sh FOLDER: builds testing_server and testing_client there, grpc-go's side of the interoperability tests, with Debian's packages only.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
protos=$here/../../../Benchmarks/Proto
stubs=$out/path/src/peer/testing
mkdir -p "$stubs"

if [ ! -e "$stubs/test.pb.go" ] || [ -n "$(find "$protos/grpc/testing" -newer "$stubs/test.pb.go" -print -quit)" ]; then
    options=plugins=grpc,import_path=testing
    for name in empty messages test; do options=$options,Mgrpc/testing/$name.proto=peer/testing; done
    protoc -I "$protos" --go_out="$options:$out" "$protos/grpc/testing/empty.proto" "$protos/grpc/testing/messages.proto" \
        "$protos/grpc/testing/test.proto"
    find "$out" -name '*.pb.go' -not -path "$stubs/*" -exec mv {} "$stubs" \;
fi
# Without modules Go takes what Debian has put below /usr/share/gocode, and asks nobody.
export GO111MODULE=off GOPATH="$out/path:/usr/share/gocode" GOCACHE="$out/cache" GOFLAGS=
for program in client server; do
    "$(command -v go || echo /usr/lib/go-1.19/bin/go)" build -o "$out/testing_$program" "$here/$program/main.go"
done
