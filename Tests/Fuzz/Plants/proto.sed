# Codegen/ProtoSchema/Parse/Literal.swift
# An octal escape of a string literal is taken for a byte.
/low eight bits/{n;s/UInt8(truncatingIfNeeded: code\.value)/UInt8(code.value)/}
