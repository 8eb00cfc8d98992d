import Building
import Postgres
import Storage

/// The one rule: the ledger balances, nothing is there twice, and nothing is lost but what had to be.
struct Judge {
    private let scene: Scene

    init(_ scene: Scene) { self.scene = scene }

    func judge() async throws {
        let time = scene.time
        let accounts = try await CentralStore(pool: scene.pool, logger: Quiet.logger) { time.rightCalendar }
            .audit(building: scene.building)
        for account in accounts {
            guard account.balances else { throw Violation("\(account.store): \(account.faults)") }
            guard account.waiting == 0, account.unreported == 0 else {
                throw Violation("\(account.store): \(account.waiting) wait and \(account.unreported) are unreported")
            }
        }
        let held = try await numbers(
            """
            SELECT store_id, 'held', lower(part), upper(part)
            FROM gateway_store JOIN hotels ON hotels.id = hotel_id, unnest(held) AS part WHERE slug = $1
            """)
        let lost = try await numbers(
            """
            SELECT store_id, reason, lower(part), upper(part)
            FROM declared_loss JOIN gateway_store USING (store_id) JOIN hotels ON hotels.id = hotel_id,
                unnest(numbers - held) AS part
            WHERE slug = $1
            """)
        var expected: [String: [Message]] = [:]
        for book in scene.books {
            let stored = try account(for: book, held: held[book.store] ?? [], lost: lost[book.store] ?? [])
            for message in stored { expected[message.possible[0].name, default: []].append(message) }
        }
        try await compare(expected)
    }

    /// - Returns: what must be in the database.
    private func account(for book: StoreBook, held: [Entry], lost: [Entry]) throws -> [Message] {
        var fates = [String?](repeating: nil, count: book.messages.count + 1)
        for entry in held + lost {
            for number in entry.numbers.clamped(to: 1..<Int64(fates.count)) { fates[Int(number)] = entry.what }
            // Whoever declares for a damaged file does not know how many there were.
            guard entry.numbers.upperBound <= fates.count || book.isDamaged && entry.what == "corrupt" else {
                throw Violation("\(book.store): \(entry) is more than the \(fates.count - 1) that were given")
            }
        }
        var stored: [Message] = []
        for (index, message) in book.messages.enumerated() {
            switch fates[index + 1] {
            case "held": stored.append(message)
            case "buffer_full" where scene.circumstances.maxBytes != nil: break
            case "corrupt" where book.isDamaged: break
            case let fate:
                throw Violation("\(book.store): number \(index + 1) was acknowledged and is \(fate ?? "nowhere")")
            }
        }
        return stored
    }

    private func compare(_ expected: [String: [Message]]) async throws {
        var found: [String: [StoredReading]] = [:]
        for reading in try await readings() { found[reading.name, default: []].append(reading) }
        for (name, messages) in expected {
            var rest = found.removeValue(forKey: name) ?? []
            guard rest.count == messages.count else {
                throw Violation("\(name): \(messages.count) times expected, \(rest.count) times stored")
            }
            for message in messages {
                guard let place = rest.firstIndex(where: message.possible.contains) else {
                    throw Violation("\(rest[0]) is stored; expected was \(message.possible)")
                }
                rest.remove(at: place)
            }
        }
        if let stray = found.values.first?.first { throw Violation("\(stray) is stored, and nobody sent it") }
    }

    // MARK: What the database says

    private struct Entry {
        var store: StoreID
        var what: String
        var numbers: Range<Int64>
    }

    private func numbers(_ query: StaticString) async throws -> [StoreID: [Entry]] {
        let building = scene.building.text
        let entries = try await scene.pool.withConnection { connection in
            try connection.query(query, [.text(building)]).map { row in
                Entry(
                    store: StoreID(uuid: try row.value(0)), what: try row.value(1),
                    numbers: try row.value(2)..<row.value(3))
            }
        }
        return Dictionary(grouping: entries, by: \.store)
    }

    private func readings() async throws -> [StoredReading] {
        let building = scene.building.text
        return try await scene.pool.withConnection { connection in
            let rows = try connection.query(
                """
                SELECT device_id, datapoint, number, text, milliseconds(time), milliseconds(coalesce(received, time)),
                    clock_trusted, quality
                FROM hotels JOIN devices ON devices.hotel_id = hotels.id JOIN series ON series.device = devices.id
                    JOIN reading ON reading.series_id = series.id
                WHERE hotels.slug = $1
                """, [.text(building)])
            return try rows.map { row in
                let device: String = try row.value(0)
                let number: Double? = try row.optional(2)
                let value = try number.map(ReadingValue.number) ?? .text(row.value(3))
                return StoredReading(
                    series: "\(device.dropFirst(building.count + 1)) \(try row.value(1, as: String.self))",
                    value: Message.spell(value), eventTime: try row.value(4), receivedTime: try row.value(5),
                    clockTrusted: try row.value(6), quality: try row.value(7))
            }
        }
    }
}
