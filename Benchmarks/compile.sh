#!/bin/sh
# How long the compiler takes for switchgen's Swift, beside protoc-gen-swift's, of one package of 70 messages.
#   ROUNDS=5 Benchmarks/compile.sh
# Needs protoc, and https://github.com/apple/swift-protobuf, which is built below .build-compile and used for nothing else.
set -eu
cd "$(dirname "$0")/.."

ROUNDS=${ROUNDS:-5}
WORK=$PWD/.build-compile
THEIRS=$WORK/swift-protobuf
VERSION=${SWIFT_PROTOBUF:-1.39.0}

mkdir -p "$WORK/Proto/bench" "$WORK/ours" "$WORK/theirs"
swift build -c release --product switchgen >"$WORK/build.log"
swift build -c release --target StandardTypes >>"$WORK/build.log"
if [ ! -d "$THEIRS" ]; then
    git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$VERSION" https://github.com/apple/swift-protobuf "$THEIRS"
fi
swift build -c release --package-path "$THEIRS" --product protoc-gen-swift >>"$WORK/build.log"

python3 Benchmarks/compile/package.py >"$WORK/Proto/bench/seventy.proto"
.build/release/switchgen generate --out "$WORK/ours" --target Seventy --module StandardTypes=Sources/StandardTypes/Proto "$WORK/Proto/bench"
protoc -I "$WORK/Proto" --plugin="$THEIRS/.build/release/protoc-gen-swift" --swift_opt=Visibility=Public \
    --swift_out="$WORK/theirs" bench/seventy.proto

# CPU seconds, user and system, of compiling one generated file alone, in release, against the runtime's built module. The output is new
# each time: the compiler skips what it finds done.
compile() { # NAME FILE MODULES
    rm -rf "$WORK/out"
    mkdir "$WORK/out"
    TIMEFORMAT="%U %S"
    export TIMEFORMAT
    bash -c 'time swiftc -O -wmo -swift-version 6 -parse-as-library -module-name Seventy -I "$2" \
        -emit-module -emit-module-path "$3/Seventy.swiftmodule" -c "$1" -o "$3/Seventy.o"' sh "$2" "$3" "$WORK/out" 2>"$WORK/time" ||
        { cat "$WORK/time" >&2; exit 1; }
    awk -v name="$1" 'END { printf "%s %.2f\n", name, $1 + $2 }' "$WORK/time"
}

: >"$WORK/seconds"
for round in $(seq "$ROUNDS"); do
    compile ours "$WORK/ours/bench_seventy.swift" .build/release/Modules >>"$WORK/seconds"
    compile theirs "$WORK/theirs/bench/seventy.pb.swift" "$THEIRS/.build/release/Modules" >>"$WORK/seconds"
    tail -n 2 "$WORK/seconds"
done

median() { sed -n "s/^$1 //p" "$WORK/seconds" | sort -n | sed -n "$(((ROUNDS + 1) / 2))p"; }
awk -v ours="$(median ours)" -v theirs="$(median theirs)" 'BEGIN {
    printf "switchgen %.2f s, protoc-gen-swift %.2f s of CPU (medians): %.2f times\n", ours, theirs, ours / theirs
    exit ours > 0.7 * theirs
}'
