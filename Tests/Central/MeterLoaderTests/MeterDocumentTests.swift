import DatabaseRig
import Foundation
import Rig
import Testing

/// `hearth-central import meter-data <url>` where the URL is that of a document, not of an interface.
@Suite(.withDatabaseServer, .database, .serialized) struct MeterDocumentTests {
    @Test func `a document at a URL that names no meter is imported whole, as a file is`() async throws {
        let source = try await FakeSource()
        source.set(
            ["first", "second"].flatMap { FakeSource.quarters(100, from: MeterClientTests.start, muid: $0) })
        source.behave { $0.ignoresQuery = true }
        let told = try await MeterService.command(["import", "meter-data", source.url, "--building", "home"])
        #expect(told.contains("200 added"), "\(told)")
        // Asked for once, and for nothing in particular.
        #expect(source.requests == [[:]])
    }
}
