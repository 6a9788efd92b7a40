#!/bin/sh
# Builds .build/conformance/testee from the .proto files of the protobuf conformance suite in the folder that is the first argument.
set -eu

fail() {
    echo "make: $1" >&2
    exit 1
}

protos=${1:-}
configuration=${2:-debug}
package=$(cd "$(dirname "$0")" && pwd)
output=$package/../../.build/conformance

[ -n "$protos" ] || fail "Say where the suite's .proto files are: make conformance-testee PROTOS=FOLDER"
[ -d "$protos" ] || fail "There is no folder $protos; PROTOS names the one that has conformance/ and google/protobuf/."
for file in conformance/conformance.proto google/protobuf/test_messages_proto3.proto; do
    [ -f "$protos/$file" ] || fail "$protos has no $file; PROTOS names the folder that the imports of the suite's .proto files begin at."
done

# The package's link Proto leads to these copies. Only what changed is written, so that only that is built again.
for file in conformance/conformance.proto google/protobuf/test_messages_proto3.proto; do
    mkdir -p "$output/Proto/$(dirname "$file")"
    cmp -s "$protos/$file" "$output/Proto/$file" || cp "$protos/$file" "$output/Proto/$file"
done

# SwiftPM's plans, which do not notice that a package that another one depends on has a file more or fewer.
rm -f "$output"/build/*.yaml
swift build -c "$configuration" --package-path "$package" --scratch-path "$output/build" --product testee
# A testee that is running keeps its file.
cp "$output/build/$configuration/testee" "$output/testee.new"
mv "$output/testee.new" "$output/testee"
