# Sources/Protobuf/JSON/Text/TimeText.swift
# The lengths of the months are asked for a thirteenth.
s/(1\.\.\.12)\.contains(month)/month >= 1/
