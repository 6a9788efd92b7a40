#!/usr/bin/env bash
# The tests with a sanitizer in everything that is ours; README.md says what they found. `make tsan` and `make asan` call this.
#
#   sanitizers.sh thread [FILTER]     data races, among the tests of what has threads
#   sanitizers.sh address [FILTER]    memory that is not ours any more, or never was
#
# FILTER chooses tests, as `swift test --filter` has it.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Tests/Sanitizers
kind=${1:-}
filter=${2:-'^(NetTests|TLSTests|HTTP2Tests|RPCTests|PostgresTests|PlatformTests|LeadTests)\.'}
scratch=.build-$kind
# gold warns of a hundred symbols of AddressSanitizer.
linker=(-use-ld=lld)

case $kind in
    thread)
        mkdir -p "$scratch"
        "$(dirname "$(readlink -f "$(command -v swiftc)")")/clang" -O2 -D_GNU_SOURCE -shared -fPIC -o "$scratch/runtime.so" $here/runtime.c
        preload=$PWD/$scratch/runtime.so
        export TSAN_OPTIONS="halt_on_error=0 exitcode=66 history_size=4"
        ;;
    address)
        preload=
        # What a test leaves behind for the next one lives to the end of the process.
        export ASAN_OPTIONS="detect_leaks=0 detect_stack_use_after_return=1"
        ;;
    *)
        sed -n '2,8s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac

# A sanitizer that reports nothing may as well not be there.
mkdir -p "$scratch"
swiftc "${linker[@]}" -sanitize="$kind" -parse-as-library -o "$scratch/plant" "$here/plant-$kind.swift"
if "$scratch/plant" >"$scratch/plant.log" 2>&1 || ! grep -q "Sanitizer" "$scratch/plant.log"; then
    echo "the mistake in $here/plant-$kind.swift was not found; see $scratch/plant.log" >&2
    exit 1
fi

swift build --build-tests --sanitize="$kind" --scratch-path "$scratch" -Xswiftc "${linker[0]}"
LD_PRELOAD=$preload SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
    "$scratch"/debug/switchboardPackageTests.xctest --testing-library swift-testing --filter "$filter" 2>&1 | tee "$scratch/test.log" | cut -c1-300
echo "$kind: nothing found"
