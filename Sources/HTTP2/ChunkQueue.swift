/// Byte chunks, first in, first out. What was taken is dropped in one go from time to time: ten thousand tiny messages in a queue must
/// not each move all that are behind them.
package struct ChunkQueue: Sendable {
    private var chunks: [[UInt8]] = []
    private var taken = 0

    package init() {}

    package var count: Int { chunks.count - taken }

    package mutating func append(_ chunk: [UInt8]) {
        chunks.append(chunk)
    }

    /// Appends short chunks to the last one: to keep an array costs more than to copy some hundred bytes.
    package mutating func join(_ chunk: [UInt8]) {
        let last = chunks.count - 1
        if last >= taken, chunk.count <= ChunkQueue.shortBytes, chunks[last].count + chunk.count <= ChunkQueue.joinedBytes {
            chunks[last].append(contentsOf: chunk)
        } else {
            chunks.append(chunk)
        }
    }

    package mutating func popFirst() -> [UInt8]? {
        guard taken < chunks.count else { return nil }
        var chunk: [UInt8] = []
        swap(&chunk, &chunks[taken])
        taken += 1
        if taken == chunks.count {
            chunks.removeAll(keepingCapacity: taken <= ChunkQueue.keptCapacity)
            taken = 0
        } else if taken >= ChunkQueue.keptCapacity, taken * 2 >= chunks.count {
            chunks.removeFirst(taken)
            taken = 0
        }
        return chunk
    }

    private static let shortBytes = 512
    /// What nghttp2 takes at once.
    private static let joinedBytes = 16 * 1024

    /// Below this a sweep is not worth it, and an empty queue keeps its memory.
    private static let keptCapacity = 32
}
