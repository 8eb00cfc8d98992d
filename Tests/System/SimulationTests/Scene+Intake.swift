import Building
import EdgeGateway
import Outbox
import Rig

extension Scene {
    /// A group of messages arrives: first what the broker has sent before and heard no answer to, then new ones.
    func takeIn() throws {
        guard let outbox else { return }
        var group = unanswered
        if group.isEmpty || dice.chance(30) { group += newMessages() }
        try take(group, into: outbox)
    }

    func take(_ group: [Message], into outbox: Outbox) throws {
        let group = group.map(received)
        unanswered = group
        let judgement = redeliveries.judge(group.map(\.delivery))
        let fresh = zip(group, judgement.areNew).filter(\.1).map(\.0)
        do {
            try outbox.append(
                fresh.map(\.reading), deliveries: judgement.note, unsetClock: time.isSet ? nil : clockOffset)
        } catch {
            uncertain.append(fresh)
            log.note("append of \(fresh.count) failed: \(error.kind)")
            return
        }
        redeliveries.accept(judgement)
        guard let book else { preconditionFailure("an open store has an account") }
        book.messages += fresh
        log.note("append: \(fresh.count) of \(group.count), now \(book.messages.count)")
        lastGroup = group
        unanswered = []
        uncertain = []
        guard let numbered = try? outbox.tally().numbered else { return }
        try settleUncertain(numbered: numbered)
    }

    /// A message as it arrives at this moment, whenever it arrived before.
    private func received(_ message: Message) -> Message {
        var message = message
        let now = time.calendar
        if message.reading.eventTime == message.reading.receivedTime { message.reading.eventTime = now }
        message.reading.receivedTime = now
        message.reading.clockTrusted = time.isSet
        message.clockError = now.millisecondsSince1970 - time.rightCalendar.millisecondsSince1970
        return message
    }

    /// What a store says that it has numbered must be what it acknowledged, and all or nothing of what it did not.
    func settleUncertain(numbered: Int64) throws {
        guard let book else { preconditionFailure("an open store has an account") }
        let known = book.messages.count
        let tries = uncertain.filter { !$0.isEmpty && Int(numbered) == known + $0.count }
        if let last = tries.last {
            log.note("the \(last.count) are stored all the same")
            book.messages += last.indices.map { index in
                var message = last[index]
                message.otherTries = tries.dropLast().map { $0[index] }
                return message
            }
        } else if Int(numbered) != known {
            throw Violation(
                "\(book.store): \(known) readings were acknowledged, \(uncertain.map(\.count)) tried, but \(numbered) "
                    + "are numbered")
        }
        uncertain = []
    }

    func newMessages() -> [Message] {
        let count =
            switch dice.number(0...9) {
            case 0..<6: dice.number(1...20)
            case 6..<9: dice.number(20...100)
            default: dice.number(100...300)
            }
        let now = time.calendar
        var messages: [Message] = []
        for _ in 0..<count {
            serial += 1
            var reading: Reading
            if let last = messages.last, dice.chance(5) {
                // A device that sends the same again means it.
                reading = last.reading
            } else {
                reading = Reading(
                    series: Self.series.randomElement(using: &dice)!, value: .number(0), eventTime: now,
                    receivedTime: now, clockTrusted: time.isSet)
                if reading.series.datapoint == .presenceState {
                    reading.value = .text("state \(serial) \(["", "überall", "’\\\""].randomElement(using: &dice)!)")
                } else {
                    reading.value = .number(Double(serial) + [0, 0.5, 0.1, 1.0 / 3].randomElement(using: &dice)!)
                }
                if dice.chance(30) {
                    reading.eventTime = Timestamp(
                        millisecondsSince1970: time.rightCalendar.millisecondsSince1970
                            - Int64(dice.number(-60_000...80_000_000)))
                }
            }
            messages.append(
                Message(
                    serial: serial, reading: reading,
                    delivery: Delivery(packet: UInt16(serial % 65_535 + 1), fingerprint: dice.next()),
                    clockError: 0))
        }
        return messages
    }

    static let series: [SeriesKey] = [
        ("room-1", "sensor-1", .temperatureSensor, .temperature),
        ("room-1", "sensor-2", .temperatureSensor, .temperature),
        ("room-2", "iaq", .iaq, .co2), ("room-2", "iaq", .iaq, .humidity),
        ("room-2", "life_being", .lifeBeing, .presenceState),
        ("building", "power_meter_1", .powerMeter, .powerKilowatts),
    ].map { (room: String, device: String, deviceClass: DeviceClass, datapoint: Datapoint) in
        SeriesKey(room: Slug(room)!, device: device, deviceClass: deviceClass, datapoint: datapoint)
    }

    var inventory: Inventory {
        Inventory(
            building: .init(slug: building, name: "Simulated", kind: "hotel", timeZone: "Europe/Berlin"),
            floors: [
                .init(
                    slug: Slug("1")!, name: "1", level: 1,
                    rooms: ["room-1", "room-2"].map { .init(slug: Slug($0)!, name: $0, devices: []) })
            ],
            devices: [.init(id: "power_meter_1", deviceClass: .powerMeter, subsystem: "ac")])
    }
}
