internal import APISupport
internal import Building
internal import Hummingbird
internal import JSON
internal import Logging
internal import Storage
internal import WireFormat

extension IngestAPI {
    @Sendable
    func takeBatch(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        let rules = BodyRules(
            mediaType: ReadingBatch.mediaType, greatestBytes: limits.batchBytes,
            sizeHint: "Send fewer readings per request.")
        return try await admitted(building, .batch) { ticket in
            try rules.check(request.headers)
            let incarnation = try request.incarnation
            context.logger.debug("Batch begins", metadata: ["building": "\(building.slug)"])
            let bytes = try await rules.bytes(of: request, holding: ticket.hold)
            let readings = try decode(bytes, ticket)
            let outcome = try await store.store(readings, building: building, incarnation: incarnation)
            meter.note(outcome, bytes: bytes.count)
            context.logger.debug(
                "Batch stored",
                metadata: [
                    "building": "\(building.slug)", "store": "\(readings.store)", "stored": "\(outcome.stored)",
                    "repeated": "\(outcome.repeated)",
                ])
            if outcome.quarantined > 0 {
                context.logger.warning(
                    "Readings quarantined: see quarantined_reading",
                    metadata: [
                        "building": "\(building.slug)", "store": "\(readings.store)",
                        "quarantined": "\(outcome.quarantined)",
                    ])
            }
            return Self.receipt(for: readings, outcome)
        }
    }

    private func decode(_ bytes: [UInt8], _ ticket: Admission.Ticket) throws -> IncomingReadings {
        var limits = BatchLimits()
        limits.compressedBytes = self.limits.batchBytes
        let need: ReadingBatch.MemoryNeed?
        do {
            need = try ReadingBatch.memory(of: bytes, limits: limits)
        } catch {
            throw APIError(
                .contentTooLarge, code: "body_too_large",
                message: "The body decompresses to \(error.unpackedBytes) bytes; the limit is \(error.limit).",
                hint: "Send fewer readings per request.")
        }
        if let need {
            // The rows are in memory twice for a moment: as received, and as the database takes them.
            try ticket.hold(need.decodingBytes + need.decodedBytes)
        }
        // Less is needed from here on, which is always granted.
        defer { if let need { try? ticket.hold(need.decodedBytes) } }
        let batch: ReadingBatch
        do {
            batch = try ReadingBatch.decode(bytes, limits: limits)
        } catch {
            throw APIError.badRequest(
                code: "bad_batch", "The body is not a valid batch of readings: \(error).",
                hint: "The versions of the gateway and the central service may be incompatible.")
        }
        let latest = store.currentTime.advanced(by: ReadingPlausibility.longestAhead)
        return IncomingReadings(
            store: batch.store, firstNumber: batch.firstNumber, series: batch.series,
            rows: batch.rows.map { row in
                // The gateway has assessed its readings with its own settings. Values that are impossible, or whose
                // time lies ahead, are marked whichever gateway sends them. Refusing them would leave a gap in the
                // numbers.
                var quality = row.eventTime > latest ? max(row.quality, .degraded) : row.quality
                if case .number(let number) = row.value, number < Self.coldestLikely,
                    !ReadingPlausibility.isPossible(row.value, of: batch.series[row.seriesIndex].datapoint)
                {
                    quality = .failed
                }
                return IncomingReadings.Row(
                    seriesIndex: row.seriesIndex, eventTime: row.eventTime, receivedTime: row.receivedTime,
                    clockTrusted: row.clockTrusted,
                    // The time of a reading is not reliable if the gateway's clock was not trusted.
                    quality: row.clockTrusted ? quality : max(quality, .degraded), value: row.value)
            })
    }

    /// The temperature in °C from which values need no closer look.
    private static let coldestLikely = -273.0

    private static func receipt(for readings: IncomingReadings, _ outcome: StoringOutcome) -> Response {
        let receipt = BatchReceipt(
            store: readings.store.description, first: ReadingNumber(clamping: readings.numbers.lowerBound),
            end: ReadingNumber(clamping: readings.numbers.upperBound),
            repeated: Count(clamping: Int64(outcome.repeated)))
        return .json(
            [
                "store": .string(receipt.store), "first": .integer(Int(receipt.first.value)),
                "end": .integer(Int(receipt.end.value)), "repeated": .integer(Int(receipt.repeated.value)),
            ])
    }
}

extension Caller {
    /// The building of the calling gateway.
    var building: BuildingReference {
        get throws {
            guard case .gateway(let building) = scope else {
                throw APIError(.forbidden, code: "role_not_allowed", message: "Only gateways are allowed to do this.")
            }
            return building
        }
    }
}
