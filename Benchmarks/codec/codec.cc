// The codec benchmark's cases for C++ protobuf: `codec CASE COUNT` runs one of them COUNT times, so that callgrind's difference between
// two counts is the instructions of one operation. Without arguments it lists the cases.
//
//   protoc --proto_path=Benchmarks/Proto --cpp_out=DIR bench/v1/codec.proto
//   g++ -O2 -std=c++17 -I DIR Benchmarks/codec/codec.cc DIR/bench/v1/codec.pb.cc -lprotobuf -o codec
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include <google/protobuf/arena.h>
#include <google/protobuf/util/json_util.h>

#include "bench/v1/codec.pb.h"

using bench::v1::Invoice;
using bench::v1::LineItem;
using bench::v1::Tiny;

// The same values as Benchmarks/CodecBench/Samples.swift; the script compares what both make of them.
static Invoice invoice() {
    Invoice invoice;
    invoice.set_id("0193b5a2-7c31-7e55-9d1f-3f2a6b8c4d10");
    invoice.set_number("INV-2026-004711");
    invoice.set_customer_name("Lovelace & Söhne GmbH");
    invoice.set_customer_email("accounts.payable@lovelace.example");
    invoice.set_currency("EUR");
    invoice.set_notes("Payable within 30 days without deduction. Thank you!");
    invoice.set_issued_at_unix_seconds(1'790'000'000);
    invoice.set_due_at_unix_seconds(1'792'592'000);
    invoice.set_net_cents(18'234'599);
    invoice.set_balance_cents(-4'200);
    invoice.set_discount_percent(2.5);
    invoice.set_paid(true);
    for (int position = 0; position < 20; position++) {
        LineItem& item = *invoice.add_items();
        item.set_sku("SKU-" + std::to_string(104'729 + position * 7'919));
        item.set_description("Widget, stainless, M" + std::to_string(position + 3) + " × 40");
        item.set_quantity(position * 17 + 1);
        item.set_unit_price_cents(1'999 + position * 12'345);
        item.set_tax_percent(position % 3 == 0 ? 7 : 19);
        item.set_taxable(true);
    }
    static const char* const keys[] = {"cost-center", "department", "approved-by", "project", "region", "purchase-order", "channel", "ledger"};
    static const char* const values[] = {"4100-EMEA", "manufacturing", "grace.hopper", "apollo", "eu-central", "PO-2026-88123", "web", "AR"};
    for (int position = 0; position < 8; position++) {
        (*invoice.mutable_labels())[keys[position]] = values[position];
    }
    return invoice;
}

static Tiny tiny() {
    Tiny tiny;
    tiny.set_name("twenty bytes of text");
    tiny.set_number(1'234'567'890'123);
    return tiny;
}

// Keeps the optimizer from leaving out what nobody looks at.
static volatile size_t sink;

template <typename Message>
static void add(std::map<std::string, std::function<void(long)>>& cases, const std::string& name, const Message& message) {
    const std::string bytes = message.SerializeAsString();
    cases[name + "-write"] = [=](long) { fwrite(bytes.data(), 1, bytes.size(), stdout); };
    cases[name + "-encode-reused-string"] = [=](long count) {
        std::string output;
        for (; count > 0; count--) {
            message.SerializeToString(&output);
            sink = output.size();
        }
    };
    cases[name + "-encode-fresh-string"] = [=](long count) {
        for (; count > 0; count--) {
            std::string output = message.SerializeAsString();
            sink = output.size();
        }
    };
    cases[name + "-decode-fresh"] = [=](long count) {
        for (; count > 0; count--) {
            Message fresh;
            if (!fresh.ParseFromString(bytes)) abort();
            sink = fresh.IsInitialized();
        }
    };
    cases[name + "-decode-arena"] = [=](long count) {
        for (; count > 0; count--) {
            google::protobuf::Arena arena;
            Message* fresh = google::protobuf::Arena::CreateMessage<Message>(&arena);
            if (!fresh->ParseFromString(bytes)) abort();
            sink = fresh->GetArena() != nullptr;
        }
    };
    cases[name + "-json-encode"] = [=](long count) {
        for (; count > 0; count--) {
            std::string output;
            if (!google::protobuf::util::MessageToJsonString(message, &output).ok()) abort();
            sink = output.size();
        }
    };
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) abort();
    cases[name + "-json-decode"] = [=](long count) {
        for (; count > 0; count--) {
            Message fresh;
            if (!google::protobuf::util::JsonStringToMessage(json, &fresh).ok()) abort();
            sink = fresh.IsInitialized();
        }
    };
}

int main(int argc, char** argv) {
    std::map<std::string, std::function<void(long)>> cases;
    add(cases, "invoice", invoice());
    add(cases, "tiny", tiny());
    if (argc == 1) {
        for (const auto& entry : cases) puts(entry.first.c_str());
        return 0;
    }
    const auto found = cases.find(argv[1]);
    const long count = argc == 3 ? atol(argv[2]) : 0;
    if (found == cases.end() || argc != 3 || count <= 0) {
        fprintf(stderr, "usage: codec CASE COUNT, CASE being one of those that `codec` lists\n");
        return 64;
    }
    found->second(count);
    return 0;
}
