#!/usr/bin/env bash
# Builds and runs the fuzz targets. README.md says what they are; `make fuzz` and `make soak-fuzz` call this.
#
#   fuzz.sh short [SECONDS]       every target for 20 seconds
#   fuzz.sh runs [RUNS]           every target for ten million runs, then on until a million of them found no new edge
#   fuzz.sh soak [RUNS]           runs, coverage, plants
#   fuzz.sh plants                a known bug in a copy of each decoder has to be found
#   fuzz.sh replay TARGET FILE    one input again
#   fuzz.sh coverage              what of the decoders the inputs at hand reach
#   fuzz.sh address [SECONDS]     every target for three minutes with AddressSanitizer, from the inputs at hand
#
# FUZZ_TARGETS="binary json" chooses targets, FUZZ_SEED=7 the random numbers.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Tests/Fuzz
out=.build/fuzz
read -ra targets <<<"${FUZZ_TARGETS:-binary json dynamic proto http2}"
seed=${FUZZ_SEED:-$((RANDOM * 32768 + RANDOM + 1))}
# The runtime would print its own report of a crash and end the process before libFuzzer keeps the input.
export SWIFT_BACKTRACE=enable=no

# Longer inputs find nothing that shorter ones do not, and take their time.
declare -A source=([binary]=BinaryDecode [json]=JSONDecode [proto]=ProtoParse [dynamic]=DynamicDecode [http2]=HTTP2Session)
declare -A length=([binary]=512 [json]=512 [proto]=640 [dynamic]=640 [http2]=768)
declare -A modules=(
    [binary]="Protobuf StandardTypes Torture" [json]="Protobuf StandardTypes Torture" [proto]="Protobuf ProtoSchema" [dynamic]="Protobuf"
    [http2]="Protobuf StandardTypes Pattern Validation Net Crypto TLS HTTP2 RPC RPCTesting BenchAPI"
)

flags=(
    -O -g -wmo -parse-as-library -package-name switchboard -swift-version 6 -strict-memory-safety -enable-default-cmo
    -enable-upcoming-feature NonisolatedNonsendingByDefault -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
)

# $1 is older than a source of it, or not there.
stale() {
    local product=$1
    shift
    [ ! -e "$product" ] || [ -n "$(find "$@" -newer "$product" -print -quit)" ]
}

# compile FOLDER MODULE [OPTION...] FILE...: MODULE.swiftmodule and MODULE.o in FOLDER
compile() {
    local into=$1 module=$2
    shift 2
    # What is inlined from a module below is as old as this one.
    local below=()
    for object in ${modules[$target]:-}; do
        if [ "$object" = "$module" ]; then break; fi
        if [ -e "$into/$object.o" ]; then below+=("$into/$object.o"); fi
    done
    stale "$into/$module.o" "${below[@]}" $(printf '%s\n' "$@" | grep '\.swift$') || return 0
    echo "Compiling $module"
    swiftc "${flags[@]}" "${instruments[@]}" -I "$into" -I Sources/CNet -module-name "$module" -emit-module -emit-module-path "$into/$module.swiftmodule" \
        -c -o "$into/$module.o" "$@"
    # The compiler leaves an object alone that would not change.
    touch "$into/$module.o"
}

generate() {
    if stale .build/debug/switchgen Codegen Sources/Protobuf; then swift build --quiet --product switchgen; fi
    mkdir -p $out/{StandardTypes,Torture,Validation,BenchAPI}
    .build/debug/switchgen generate --out $out/StandardTypes --target StandardTypes Sources/StandardTypes/Proto
    .build/debug/switchgen generate --out $out/Torture --target Torture --module StandardTypes=Sources/StandardTypes/Proto \
        Tests/ProtobufTests/Proto
    .build/debug/switchgen generate --out $out/Validation --target Validation --module StandardTypes=Sources/StandardTypes/Proto \
        Sources/Validation/Proto
    .build/debug/switchgen generate --out $out/BenchAPI --target BenchAPI --module StandardTypes=Sources/StandardTypes/Proto \
        Benchmarks/Proto/bench/v1/echo.proto
}

# build FOLDER SOURCES TARGET...: the targets in FOLDER, from the Sources/ and Codegen/ in SOURCES, with $instruments
build() {
    local into=$1 from=$2
    shift 2
    mkdir -p "$into"
    for target in "$@"; do
        local objects=()
        for module in ${modules[$target]}; do
            case $module in
                StandardTypes) compile "$into" StandardTypes Sources/StandardTypes/*.swift $out/StandardTypes/*.swift ;;
                Torture | BenchAPI) compile "$into" "$module" "$out/$module"/*.swift ;;
                Validation) compile "$into" Validation $(find "$from/Sources/Validation" -name '*.swift') $out/Validation/*.swift ;;
                # Keywords are in the dictionary; following every comparison of bytes for them would take a fifth of the time.
                ProtoSchema) compile "$into" ProtoSchema -sanitize-coverage=edge,inline-8bit-counters,pc-table $(find "$from/Codegen/ProtoSchema" -name '*.swift') ;;
                *) compile "$into" "$module" $(find "$from/Sources/$module" -name '*.swift') ;;
            esac
            objects+=("$into/$module.o")
        done
        local sources=($here/Targets/Finding.swift "$here/Targets/${source[$target]}.swift")
        if stale "$into/$target" "${objects[@]}" "${sources[@]}"; then
            swiftc "${flags[@]}" "${instruments[@]}" -I "$into" -I Sources/CNet -module-name "${source[$target]}" -o "$into/$target" \
                "${objects[@]}" "${sources[@]}"
        fi
    done
}

# The seeds as files: hex, or two bytes in hex and a text, on each line; or .proto files as they are.
seeds() {
    rm -rf $out/seeds
    mkdir -p $out/seeds/{binary,json,proto,dynamic,http2}
    local number=0 line target
    for target in binary dynamic http2; do
        while IFS= read -r line; do
            number=$((number + 1))
            printf '%b' "$(sed 's/\([0-9A-F][0-9A-F]\) */\\x\1/g' <<<"$line")" >"$out/seeds/$target/$number"
        done <"$here/Seeds/$target.txt"
    done
    while IFS= read -r line; do
        number=$((number + 1))
        { printf '%b' "\\x${line:0:2}\\x${line:3:2}"; printf '%s' "${line:6}"; } >"$out/seeds/json/$number"
    done <$here/Seeds/json.txt
    cp $here/Seeds/proto/*.proto $out/seeds/proto
}

# run FOLDER TARGET OPTION...: fuzzes, with all that was found before; the log is in FOLDER/TARGET.log
run() {
    local folder=$1 target=$2
    shift 2
    mkdir -p "$folder/corpus/$target" "$folder/found"
    "$folder/$target" -seed="$((seed + ${round:-0}))" -max_len="${length[$target]}" -dict="$here/Dictionaries/$target.dict" -timeout=5 -rss_limit_mb=1024 \
        -malloc_limit_mb=64 -artifact_prefix="$folder/found/$target-" -entropic=0 -reload=0 -print_final_stats=1 "$@" \
        "$folder/corpus/$target" "$out/seeds/$target" >"$folder/$target.log" 2>&1
}

# What a crash was, and how to see it again.
report() {
    local folder=$1 target=$2 file
    grep --text -E 'does not hold|ERROR: libFuzzer|Fatal error' "$folder/$target.log" || tail -n 20 "$folder/$target.log"
    file=$(sed -n 's/.*Test unit written to //p' "$folder/$target.log" | tail -n 1)
    [ -n "$file" ] || return 0
    echo "input: $(od -An -v -tx1 "$file" | tr -d '\n')"
    echo "again: $here/fuzz.sh replay $target $file"
}

# The number of runs, of edges, and the run that found the last new edge.
figures() {
    awk '/^#[0-9]+/ && match($0, /cov: [0-9]+/) {
             run = substr($1, 2) + 0; edges = substr($0, RSTART + 5, RLENGTH - 5) + 0
             if (edges > best) { best = edges; last = run }
         }
         /number_of_executed_units/ { runs = $2 }
         END { print runs + 0, best + 0, last + 0 }' "$1"
}

short() {
    local seconds=${1:-20} status=0 runs edges last
    generate
    seeds
    instruments=(-sanitize=fuzzer)
    build $out . "${targets[@]}"
    for target in "${targets[@]}"; do
        if run $out "$target" -max_total_time="$seconds"; then
            read -r runs edges last <<<"$(figures "$out/$target.log")"
            echo "$target: $runs runs, $edges edges, seed $seed"
        else
            status=1
            echo "$target: FAILED, seed $seed"
            report $out "$target"
        fi
    done
    return $status
}

# soak TARGET RUNS: as many runs, and then on until a million of them in a row found no new edge.
soak() {
    local target=$1 left=$2 calm=1000000 total=0 round=0 began=$SECONDS runs edges last
    while true; do
        round=$((round + 1))
        if ! run $out "$target" -runs="$left"; then
            echo "$target: FAILED, seed $seed, in round $round after $total runs"
            report $out "$target"
            return 1
        fi
        read -r runs edges last <<<"$(figures "$out/$target.log")"
        total=$((total + runs))
        if [ $((runs - last)) -ge $calm ]; then break; fi
        if [ "$round" -ge 10 ]; then
            echo "$target: $total runs without a crash, and still new edges: $edges, the last $((runs - last)) runs ago, seed $seed"
            return 1
        fi
        left=$((2 * calm))
    done
    echo "$target: $total runs without a crash in $((SECONDS - began)) s, $edges edges, none new in the last $((runs - last)), seed $seed"
}

# The files that read what a peer or an author wrote.
decoders() {
    local protobuf=Sources/Protobuf json=Sources/Protobuf/JSON schema=Codegen/ProtoSchema
    case $1 in
        binary) ls $protobuf/{Decod,UTF8Check,Wire}*.swift ;;
        json) find $json/Reading $json/Text $protobuf/Base64.swift -name '*.swift' ;;
        proto) find $schema/Parse $schema/Source $schema/Link $schema/Options $schema/Check $schema/Syntax -name '*.swift' ;;
        dynamic) ls $protobuf/Dynamic/*{Decoding,Layout}.swift $protobuf/Pool/Pool*.swift ;;
        http2)
            ls Sources/HTTP2/{Frame,Session,Incoming,Stream,HTTPField,HTTPStream,ChunkQueue,TokenBucket}*.swift
            ls Sources/RPC/Messages/MessageReader.swift Sources/RPC/Server/RequestHead.swift Sources/RPC/Client/{Foreign,ReplySection}*.swift
            ;;
    esac | sort
}

# The regions of the decoders that the inputs found so far reach. Fails below nine in ten.
coverage() {
    local tools status=0 target files
    tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
    generate
    seeds
    instruments=(-sanitize=fuzzer -profile-generate -profile-coverage-mapping)
    build $out/covered . "${targets[@]}"
    for target in "${targets[@]}"; do
        mapfile -t files < <(decoders "$target")
        mkdir -p "$out/corpus/$target"
        LLVM_PROFILE_FILE=$out/covered/$target.profraw $out/covered/"$target" -runs=0 "$out/corpus/$target" "$out/seeds/$target" \
            >"$out/covered/$target.log" 2>&1
        "$tools/llvm-profdata" merge -o "$out/covered/$target.profdata" "$out/covered/$target.profraw"
        "$tools/llvm-cov" report -instr-profile "$out/covered/$target.profdata" "$out/covered/$target" "${files[@]}" 2>/dev/null |
            awk -v target="$target" '
                $2 ~ /^[0-9]+$/ { printf "  %-50s %5d regions %7s\n", $1, $2, $4 }
                $1 == "TOTAL" { printf "%s: %s of %d regions\n", target, $4, $2; covered = $4 + 0 }
                END { exit covered < 90 }' || status=1
    done
    return $status
}

# Reads and writes beside an object that do no harm by chance. It finds what it finds in the inputs at hand and in some more.
address() {
    local seconds=${1:-180} status=0 target runs edges last
    generate
    seeds
    # gold warns of a hundred symbols of the sanitizer.
    instruments=(-sanitize=fuzzer,address -use-ld=lld)
    build $out/address . "${targets[@]}"
    for target in "${targets[@]}"; do
        mkdir -p "$out/corpus/$target"
        if run $out/address "$target" -max_total_time="$seconds" -rss_limit_mb=4096 "$out/corpus/$target"; then
            read -r runs edges last <<<"$(figures "$out/address/$target.log")"
            echo "$target: $runs runs with AddressSanitizer, seed $seed"
        else
            status=1
            echo "$target: FAILED with AddressSanitizer, seed $seed"
            report $out/address "$target"
        fi
    done
    return $status
}

# A bug in a copy of each decoder has to be found, and the decoder as it is has to survive the input.
plants() {
    local status=0 target file from=$out/planted
    generate
    seeds
    instruments=(-sanitize=fuzzer)
    build $out . "${targets[@]}"
    rm -rf $from/Sources $from/Codegen $from/build/corpus
    mkdir -p $from/Codegen
    cp -r --preserve=timestamps Sources $from/Sources
    cp -r --preserve=timestamps Codegen/ProtoSchema $from/Codegen
    for target in "${targets[@]}"; do
        file=$(sed -n '1s/^# //p' "$here/Plants/$target.sed")
        sed -f "$here/Plants/$target.sed" "$file" >"$from/$file"
        if cmp --silent "$file" "$from/$file"; then
            echo "$target: the bug does not take root in $file; see $here/Plants/$target.sed"
            return 1
        fi
    done
    build $from/build $from "${targets[@]}"
    for target in "${targets[@]}"; do
        if run $from/build "$target" -max_total_time=600; then
            echo "$target: the planted bug was NOT found, seed $seed"
            status=1
            continue
        fi
        file=$(sed -n 's/.*Test unit written to //p' "$from/build/$target.log" | tail -n 1)
        if [ -n "$file" ] && $out/"$target" "$file" >/dev/null 2>&1; then
            echo "$target: found the planted bug after $(figures "$from/build/$target.log" | cut -d ' ' -f 1) runs, seed $seed"
        else
            echo "$target: FAILED with another bug than the planted one, seed $seed"
            report $from/build "$target"
            status=1
        fi
    done
    return $status
}

replay() {
    generate
    instruments=(-sanitize=fuzzer)
    build $out . "$1"
    $out/"$1" "$2"
}

runs() {
    local runs=${1:-10000000} status=0 target
    generate
    seeds
    instruments=(-sanitize=fuzzer)
    build $out . "${targets[@]}"
    for target in "${targets[@]}"; do soak "$target" "$runs" || status=1; done
    return $status
}

case ${1:-} in
    short) short "${2:-20}" ;;
    runs) runs "${2:-10000000}" ;;
    soak)
        status=0
        runs "${2:-10000000}" || status=1
        coverage || status=1
        plants || status=1
        exit $status
        ;;
    coverage) coverage ;;
    address) address "${2:-180}" ;;
    plants) plants ;;
    replay) replay "${2:?}" "${3:?}" ;;
    *)
        sed -n '2,14s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
