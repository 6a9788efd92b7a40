public import Protobuf

/// The messages of this module, which its .proto files call what Swift, its library and the runtime call something of their own.
public let messages: [any Protobuf.Message.Type] = [
    String.self, Int32.self, Int64.self, UInt8.self, UInt32.self, UInt64.self, Double.self, Float.self, Bool.self, Void.self, Never.self,
    Array.self, Dictionary.self, Set.self, Optional.self, Result.self, Error.self, Message.self, Enum.self, Encoder.self, Decoder.self,
    Map.self, MapKey.self, Boxed.self, Wire.self, UnknownFields.self, EmbeddedFile.self, DecodeError.self, `Any`.self, AnyObject.self,
    Data.self, Hasher.self, Sendable.self, Hashable.self, Equatable.self, RawRepresentable.self, CustomStringConvertible.self,
    Codable.self, Identifiable.self, Self_.self, Type__.self, Type_.self, Protocol_.self, Swift_.self, Protobuf_.self, RPC__.self,
    NamesAPI.self, NamesAPI.Shadowed.self, StandardTypes.self, Timestamp.self, Shadowed.self, Task.self, Actor.self, MainActor.self,
    Substring.self, Character.self, OptionSet.self, Span.self, Oneof.self, lower.self, Lower.self, LOWER.self, snake_case.self,
    `func`.self, `var`.self, `operator`.self, `extension`.self, `nil`.self, `true`.self, `await`.self, async.self, actor.self,
    `some`.self, `any`.self, `each`.self, `borrowing`.self, init_.self, __.self, _1.self, `consuming`.self, `sending`.self,
    `isolated`.self, macro.self, Used.self, Fields.self, Capitals.self, Nested.self, Nested.String.self, Nested.Optional.self,
    Nested.Array.self, Nested.Protobuf_.self, Nested.Swift_.self, Nested.Type_.self, Nested.Nested.self, Nested.Nested.Self_.self,
    Nested.StandardTypes.self, Nested.Message.self, Nested.Message.Encoder.self, Nested.Shadowed.self, Alike.self, Alike.Alike__.self,
    Way.self, RouterMethods.self, RouterClient.self, Bare.self, Clash.self, Swift__.Clash.self, Swift__.Word.self, Protobuf__.Clash.self,
    Protobuf__.Packet.self, NamesServicesV1.Call.self, NamesServicesV1.Request.self, NamesServicesV1.Method.self,
    NamesServicesV1.Outbound.self, NamesServicesV1.Inbound.self, NamesServicesV1.Channel.self, NamesServicesV1.Outcome.self,
    NamesServicesV1.Sender.self, Current.self,
]
