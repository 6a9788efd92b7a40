#!/usr/bin/env bash
# Instructions of one encoding and decoding of the benchmark's two messages, beside C++ protobuf and, if asked for, swift-protobuf.
#
# usage: Benchmarks/codec.sh [--swift-protobuf]
#
# Every case is run FEW and MANY times under callgrind; the difference, divided, is one operation, whatever the start of the program
# costs. Prints a table in Markdown. C++ is built here from Debian's libprotobuf-dev at -O2. --swift-protobuf builds that package and
# its protoc plugin first, which takes minutes.
#
# OURS (the release build of switchbench), FEW (500) and MANY (1500) may be set. Exit code 1 when the implementations do not agree on
# what the messages are.
set -euo pipefail
cd "$(dirname "$0")/.."

OURS="${OURS:-.build/release/switchbench}"
FEW="${FEW:-500}"
MANY="${MANY:-1500}"
work=.build/codec
proto=(--proto_path=Benchmarks/Proto bench/v1/codec.proto)
mkdir -p "$work"

for program in valgrind protoc g++ "$OURS"; do
    command -v "$program" >/dev/null || { echo "codec.sh: there is no $program; \`make bench-codec\` gets what is needed" >&2; exit 1; }
done

protoc --cpp_out="$work" "${proto[@]}"
g++ -O2 -std=c++17 -I "$work" Benchmarks/codec/codec.cc "$work/bench/v1/codec.pb.cc" -lprotobuf -o "$work/codec"

theirs=""
if [ "${1:-}" = --swift-protobuf ]; then
    # Built outside of the tree's own folders, so that nothing generated or fetched lies among the sources.
    package="$work/comparison"
    mkdir -p "$package/Generated"
    cp Benchmarks/SwiftProtobuf/*.swift "$package"
    swift build -c release --package-path "$package" --product protoc-gen-swift >&2
    protoc --plugin="$package/.build/release/protoc-gen-swift" --swift_out="$package/Generated" "${proto[@]}"
    swift build -c release --package-path "$package" --product codec >&2
    theirs="$package/.build/release/codec"
fi

# All of them write the same message, the order of map entries aside, which protoc's text form sorts.
for message in invoice tiny; do
    name="bench.v1.${message^}"
    "$OURS" codec --write "$message" >"$work/$message.bin"
    if ! cmp -s <(protoc --decode="$name" "${proto[@]}" <"$work/$message.bin") \
        <("$work/codec" "$message-write" 1 | protoc --decode="$name" "${proto[@]}"); then
        echo "codec.sh: C++ and we do not mean the same $message" >&2
        exit 1
    fi
done

collected() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'; }

# each COMMAND…, in which N stands for the count: instructions of one operation.
each() {
    local few many
    few="$(collected "${@/#N/$FEW}")"
    many="$(collected "${@/#N/$MANY}")"
    echo $(((many - few) / (MANY - FEW)))
}

ours() { each "$OURS" codec --case "$1" --count N; }
cpp() { each "$work/codec" "$1" N; }
swift_protobuf() { if [ -n "$theirs" ] && [[ "$1" != *-reused ]]; then each "$theirs" "$1" N "$work/${1%%-*}.bin"; else echo –; fi; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 > 0 && b + 0 > 0) printf "%.2f", a / b; else print "–" }'; }
least() { printf '%s\n' "$@" | sort -n | head -1; }

echo "| instructions | ours | C++ protobuf $(protoc --version | cut -d' ' -f2) | C++, other forms | ratio | swift-protobuf | ratio | DynamicMessage | of generated |"
echo "|---|---|---|---|---|---|---|---|---|"
for message in invoice tiny; do
    for operation in encode encode-reused decode json-encode json-decode; do
        case "$operation" in
            encode) forms=(encode-fresh-string) ;;
            encode-reused) forms=(encode-reused-string) ;;
            decode) forms=(decode-fresh decode-arena) ;;
            *) forms=("$operation") ;;
        esac
        results=()
        for form in "${forms[@]}"; do results+=("$(cpp "$message-$form")"); done
        best="$(least "${results[@]}")"
        others="$(for i in "${!forms[@]}"; do [ "${results[$i]}" = "$best" ] || printf '%s %s' "${forms[$i]#*code-}" "${results[$i]}"; done)"
        mine="$(ours "$message-$operation")"
        dynamic=–
        if [ "$operation" != encode-reused ]; then dynamic="$(ours "$message-dynamic-$operation")"; fi
        other="$(swift_protobuf "$message-$operation")"
        echo "| $message $operation | $mine | $best | ${others:-–} | $(ratio "$mine" "$best") |" \
            "$other | $(ratio "$mine" "$other") | $dynamic | $(ratio "$dynamic" "$mine") |"
    done
done
