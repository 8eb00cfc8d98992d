import EdgeGateway
import Testing

@Suite struct RetainedMessageFilterTests {
    @Test func `takes a message that the broker kept, once`() {
        var memory = RetainedMessageFilter()
        let first = memory.takes(1, isRetainedCopy: true)
        let second = memory.takes(1, isRetainedCopy: true)
        #expect(first && !second)
    }

    @Test func `knows again what it heard when it was new`() {
        var memory = RetainedMessageFilter()
        let live = memory.takes(1, isRetainedCopy: false)
        let other = memory.takes(2, isRetainedCopy: false)
        let copy = memory.takes(1, isRetainedCopy: true)
        #expect(live && other && !copy)
    }

    @Test func `takes everything that somebody sends now, also the same again`() {
        var memory = RetainedMessageFilter()
        _ = memory.takes(1, isRetainedCopy: false)
        let again = memory.takes(1, isRetainedCopy: false)
        #expect(again)
    }

    @Test func `is bounded, and does not forget what the broker keeps`() {
        var memory = RetainedMessageFilter()
        _ = memory.takes(1, isRetainedCopy: false)
        for connection in 0..<UInt64(100) {
            for message in 1...5 { _ = memory.takes(100 + connection * 5 + UInt64(message), isRetainedCopy: false) }
            let isNew = memory.takes(1, isRetainedCopy: true)
            #expect(!isNew)
        }
        #expect(memory.heard.count == RetainedMessageFilter.capacity)
    }
}
