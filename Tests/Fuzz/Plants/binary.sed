# Sources/Protobuf/DecoderValues.swift
# A table of sizes by wire type that forgets the last one, asked for an unknown field that follows a message in an entry of a map from
# strings to messages.
/mutating func entry</,/leave(outer)/s/^\( *\)try skip()$/\1if K.wireType == 2, V.wireType == 2, value != V.initial { _ = [0, 8, 0, 0, 0][Int(tag \& 7)] }\n\1try skip()/
