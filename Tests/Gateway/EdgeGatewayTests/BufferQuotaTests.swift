import EdgeConfiguration
import EdgeGateway
import Rig
import Testing

@Suite struct BufferQuotaTests {
    func room(maxBytes: Int64 = 4_000_000_000, reserveBytes: Int64 = 200_000_000) throws -> BufferQuota {
        var limits = try EdgeConfiguration.load(path: Checkout.file("config/edge-one-room.yaml")).buffer
        limits.maxBytes = maxBytes
        limits.reserveBytes = reserveBytes
        return BufferQuota(limits)
    }

    @Test func `stays as large as it was when the disk came to its reserve, until there is room again`() throws {
        var room = try room()
        #expect(room.limit(usedBytes: 500_000_000, freeBytes: 200_000_000) == 4_000_000_000)
        #expect(room.limit(usedBytes: 500_100_000, freeBytes: 199_999_999) == 500_100_000)
        #expect(room.limit(usedBytes: 500_200_000, freeBytes: 199_000_000) == 500_100_000)
        #expect(room.limit(usedBytes: 500_100_000, freeBytes: 250_000_000) == 4_000_000_000)
    }

    @Test func `may become 16 MB on any disk, and never more than its maximum`() throws {
        var small = try room()
        #expect(small.limit(usedBytes: 1_000_000, freeBytes: 1_000_000) == 16_000_000)
        var bounded = try room(maxBytes: 5_000_000)
        #expect(bounded.limit(usedBytes: 6_000_000, freeBytes: 1_000_000) == 5_000_000)
        #expect(bounded.limit(usedBytes: 6_000_000, freeBytes: nil) == 5_000_000)
    }
}
