# Sources/Protobuf/Pool/MessageDescriptor.swift
# A descriptor's word is taken for it that the entry of a map has a key and a value.
/if isMapEntry && (fields.map/s/fields.map(\\.number) != \[1, 2\] || //
