import Building
import Foundation
import Rig
import Testing
import WireFormat

/// What the one side makes at most, against what the other takes at most.
@Suite struct WireLimitTests {
    @Test func `nothing that a gateway sends is more than the central service takes`() {
        #expect(WireLimits.openingsKept + 2 <= WireLimits.openings)
        #expect(WireLimits.lossesAtOnce <= WireLimits.losses)
        #expect(WireLimits.reportedStatesAtOnce <= WireLimits.reportedStates)
        #expect(WireLimits.batchRowsAtOnce <= WireLimits.batchRows)
        #expect(WireLimits.batchRowsAtOnce <= WireLimits.batchSeries)
        #expect(RejectionReason.allCases.count <= WireLimits.rejectionReasons)
        for reason in RejectionReason.allCases {
            #expect((1...WireLimits.rejectionReason).contains(reason.rawValue.utf8.count), "\(reason)")
        }
        let limits = BatchLimits()
        #expect(
            limits.compressedBytes == WireLimits.batchBytes && limits.unpackedBytes == WireLimits.unpackedBatchBytes)
        #expect(limits.rows == WireLimits.batchRows && limits.series == WireLimits.batchSeries)
        #expect(SeriesKey.longestDevice == WireLimits.device)
    }

    /// Each text as long as it can be, of characters that JSON writes with six bytes each.
    @Test func `the largest report and the largest list fit into their bodies`() throws {
        let text = String(repeating: "\u{1}", count: WireLimits.shortText)
        let reported = ReportedState(
            room: Slug(String(repeating: "x", count: 64)), version: WireLimits.highestNumber, state: .rejected,
            celsius: 22.123456789012345, mode: ShortText(text), watts: 999_999_999.12345, source: ShortText(text),
            who: text, until: Timestamp(millisecondsSince1970: 4_102_444_799_999), reason: text)
        // A gateway's own words for mode and source are short.
        var usual = reported
        (usual.mode, usual.source) = ("discharging", "local_operator")
        let report = StateReport(reportedStates: .init(repeating: usual, count: WireLimits.reportedStatesAtOnce))
        #expect(try JSONEncoder().encode(report).count <= WireLimits.messageBytes)
        let desired = DesiredState(
            version: WireLimits.highestNumber, room: Slug(String(repeating: "x", count: 64)),
            celsius: 22.123456789012345, source: .central, who: String(repeating: "ä", count: 100),
            until: Timestamp(millisecondsSince1970: 4_102_444_799_999),
            created: Timestamp(millisecondsSince1970: 4_102_444_799_999))
        let list = DesiredStateList(
            version: WireLimits.highestNumber,
            desiredStates: .init(repeating: desired, count: WireLimits.reportedStates))
        #expect(try JSONEncoder().encode(list).count <= WireLimits.desiredStatesBytes)
        let (number, count) = (ReadingNumber(clamping: .max), Count(clamping: .max))
        let losses = LossDeclaration(
            losses: .init(
                repeating: .init(first: number, end: number, reason: "buffer_full"), count: WireLimits.lossesAtOnce))
        #expect(try JSONEncoder().encode(losses).count <= WireLimits.messageBytes)
        let handshake = StoreHandshake(
            openingHistory: .init(repeating: UUID().uuidString, count: WireLimits.openingsKept + 2), nextNumber: number)
        #expect(try JSONEncoder().encode(handshake).count <= WireLimits.messageBytes)
        let stored = StoreReport(
            numbered: count, waiting: .init(repeating: [number, number], count: WireLimits.waitingRanges),
            rejected: Dictionary(uniqueKeysWithValues: RejectionReason.allCases.map { ($0.rawValue, count) }),
            brokerDropped: count, redelivered: count)
        #expect(try JSONEncoder().encode(stored).count <= WireLimits.messageBytes)
    }

    /// The page counts in UTF-16, the service in code points, of which no text has more.
    @Test func `the guest's page sends no longer message than the service takes`() throws {
        let page = try String(contentsOfFile: Checkout.file("Sources/Central/WebUI/Files/guest.html"), encoding: .utf8)
        let limits = try String(
            contentsOfFile: Checkout.file("Sources/Central/ChatAPI/ChatLimits.swift"), encoding: .utf8)
        let shown = try #require(page.firstMatch(of: #/maxlength="([0-9]+)"/#)?.1)
        let taken = try #require(limits.firstMatch(of: #/messageCharacters = ([0-9]+)/#)?.1)
        #expect(shown == taken)
    }

    @Test func `the description of the interface names the same limits`() throws {
        let folder = Checkout.file("Sources/Central/RestAPI/OpenAPI/")
        let desiredStates = try String(contentsOfFile: folder + "desired-state.yaml", encoding: .utf8)
        #expect(desiredStates.contains("maxItems: \(WireLimits.reportedStates)\n"))
        #expect(desiredStates.contains("maximum: \(WireLimits.highestNumber)"))
        let uplink = try String(contentsOfFile: folder + "uplink.yaml", encoding: .utf8)
        #expect(
            uplink.contains("maxItems: \(WireLimits.openings)\n") && uplink.contains("maxItems: \(WireLimits.losses)\n")
        )
        #expect(uplink.contains("maxProperties: \(WireLimits.rejectionReasons)\n"))
        #expect(uplink.contains("maxLength: \(WireLimits.device),"))
        #expect(uplink.contains("maxLength: \(WireLimits.rejectionReason) }"))
        #expect(uplink.contains("maxLength: \(WireLimits.shortText)\n"))
    }
}
