# Sources/HTTP2/FrameGuard.swift
# A frame that breaks a rule has its header in one read.
s/(max(0, position - FrameHeader.bytes), verdict)/(position - FrameHeader.bytes, verdict)/
