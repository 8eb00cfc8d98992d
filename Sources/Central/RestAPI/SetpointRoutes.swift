package import APISupport
package import Building
package import CivilTime
internal import Foundation
package import Hummingbird
internal import JSON
package import Storage

/// The routes of a room's set-point: the desired state, and the state its gateway reports.
///
/// A guest may set its own room within the limits for guests, an operator every room.
package struct SetpointRoutes: Sendable {
    private let store: CentralStore

    /// Creates the routes on `store`.
    package init(store: CentralStore) { self.store = store }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        let users: Set<Role> = [.guest, .operator]
        book.add(.get, "/rooms/:room/setpoint", for: users, get)
        book.add(.put, "/rooms/:room/setpoint", for: users, put)
        book.add(.delete, "/rooms/:room/setpoint", for: users, delete)
    }

    @Sendable
    private func get(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let setpoint = try await setpoint(request, context, caller)
        return .json(.object(setpoint.members(limits: DesiredStateOrigin(caller).celsiusLimits)))
    }

    @Sendable
    private func put(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try await setpoint(request, context, caller)
        let origin = DesiredStateOrigin(caller)
        let body = try await SetpointBody(request)
        let limits = origin.celsiusLimits
        guard limits.contains(body.celsius) else {
            throw APIError.badRequest(
                code: "out_of_range", "\(ReadingValue.shortest(body.celsius)) °C is out of range.",
                hint: "celsius must be from \(ReadingValue.shortest(limits.lowerBound)) to "
                    + "\(ReadingValue.shortest(limits.upperBound)).")
        }
        let until = try body.until(in: room.calendar)
        let now = store.currentTime
        if let until {
            do throws(SetpointLimits.EndProblem) { try SetpointLimits.check(end: until, at: now) } catch {
                throw APIError.badRequest(
                    code: "out_of_range", "“until” is \(error == .over ? "in the past" : "too far in the future").",
                    hint: "It is now \(ISO8601Writer(room.calendar).text(now)). Omit it for no end.")
            }
        }
        return try await setDesired(body.celsius, until: until, room, origin)
    }

    @Sendable
    private func delete(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try await setpoint(request, context, caller)
        return try await setDesired(nil, until: nil, room, DesiredStateOrigin(caller))
    }

    private func setDesired(
        _ celsius: Double?, until: Timestamp?, _ room: RoomSetpoint, _ origin: DesiredStateOrigin
    ) async throws -> Response {
        guard
            let (previous, setpoint) = try await store.setDesired(
                celsius: celsius, until: until, forRoom: room.room, by: origin)
        else { throw APIError.unknownRoom(room.room) }
        let zone = ISO8601Writer(setpoint.calendar)
        return .json(
            .object(
                setpoint.members(limits: origin.celsiusLimits) + [.init("previous", previous?.json(zone) ?? .null)]))
    }

    /// Returns the set-point of the room in the path, if the caller has access to the room.
    private func setpoint(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> RoomSetpoint {
        _ = try QueryParameters(request, known: [])
        let room = try context.room(visibleTo: caller)
        guard let setpoint = try await store.setpoint(ofRoom: room, visible: caller.visible) else {
            throw APIError.unknownRoom(room)
        }
        return setpoint
    }
}

/// The body of a `PUT`: `{"celsius":23,"from":null,"until":"2026-11-21T22:00"}`.
package struct SetpointBody {
    let celsius: Double
    private let end: Field?

    private enum Field: Decodable {
        case number(Double)
        case text(String)
        case none

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .none
            } else if (try? container.decode(Bool.self)) == nil, let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    private static let body = BodyRules(greatestBytes: 16_384)

    /// Reads the body of a request.
    ///
    /// - Throws: `APIError` 400, 413 or 415.
    package init(_ request: Request) async throws {
        let body = try await Self.body.bytes(of: request)
        try APIError.requireUniqueNames(in: body)
        guard let fields = try? JSONDecoder().decode([String: Field].self, from: Data(body)) else {
            throw APIError.badRequest(
                code: "bad_body", "The body must be a JSON object whose values are numbers or strings.",
                hint: #"Example: {"celsius":23,"until":"2026-11-21T22:00"}."#)
        }
        if let unknown = fields.keys.sorted().first(where: { !["celsius", "from", "until"].contains($0) }) {
            throw APIError.badRequest(
                code: "unknown_parameter", "Unknown member “\(unknown.prefix(80))”.",
                hint: "The members are celsius, from and until.")
        }
        switch fields["from"] {
        case nil, .some(.none): break
        case .number?, .text?:
            throw APIError.badRequest(
                code: "not_supported", "A set-point that begins later is not supported yet.",
                hint: "Omit “from”, or send null: the set-point begins at once.")
        }
        guard case .number(let celsius)? = fields["celsius"], celsius.isFinite else {
            throw APIError.badRequest(
                code: "missing_parameter", "celsius is missing or not a number.",
                hint: "Use DELETE to remove the desired set-point.")
        }
        self.celsius = celsius
        end = fields["until"]
    }

    /// - Parameter calendar: where a time without an offset is meant.
    package func until(in calendar: LocalCalendar) throws -> Timestamp? {
        let text: String
        switch end {
        case nil, .some(.none): return nil
        case .number(let seconds)?: text = seconds >= 0 && seconds < 1e10 ? String(Int64(saturating: seconds)) : ""
        case .text(let given)?: text = given
        }
        guard let until = TimeParameter.moment(text, in: calendar) else {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(text.prefix(80))” is not a valid time.",
                hint: "until must be ISO 8601, such as 2026-11-21T22:00, or Unix seconds.")
        }
        return until
    }
}

extension DesiredSetpoint {
    func json(_ zone: ISO8601Writer) -> JSON {
        [
            "celsius": celsius.map { .number($0) } ?? .null,
            // Every desired state begins when it is set.
            "from": .null, "until": JSON(until.map(zone.text)), "source": .string(source.rawValue),
            "who": .string(who), "version": .integer(Int(version)), "created": .string(zone.text(created)),
        ]
    }
}

extension RoomSetpoint {
    /// The state while the gateway has not answered the newest desired state.
    private static let pending = "pending"

    /// Returns a reason in words, by language: `{"en":"…","de":"…"}`. Clients choose the language they are shown in.
    private static func words(for reason: String) -> JSON {
        .object(ControlReasonWording.all.map { .init($0.language, .string($0.words(forStored: reason))) })
    }

    /// Returns the set-point as `GET /rooms/<room_id>/setpoint/` and the live stream show it.
    ///
    /// - Parameter limits: The range the caller may set, °C; omitted if `nil`.
    func members(limits: ClosedRange<Double>? = nil) -> [JSON.Member] {
        let zone = ISO8601Writer(calendar)
        // While the newest desired state is not answered, the outcome of an earlier one would be taken for its own.
        let reason = isAnswered ? reported?.reason : nil
        let report: JSON? =
            reported == nil && isAnswered
            ? nil
            : [
                "celsius": reported?.celsius.map { .number($0) } ?? .null,
                "until": JSON(reported?.until.map(zone.text)), "source": JSON(reported?.source),
                "who": JSON(reported?.who), "version": .integer(Int(reported?.version ?? 0)),
                "state": .string(isAnswered ? reported?.state ?? Self.pending : Self.pending),
                "reason": JSON(reason.map(ControlReasonWording.english.words(forStored:))),
                "reason_words": reason.map(Self.words(for:)) ?? .null,
                "timestamp": JSON((reported?.time).map(zone.text)),
            ]
        let range: JSON? = limits.map { limits in
            ["minimum": .number(limits.lowerBound), "maximum": .number(limits.upperBound)]
        }
        return [
            .init("room_id", .integer(room)), .init("desired", desired?.json(zone) ?? .null),
            .init("reported", report ?? .null), .init("is_applied", .bool(isApplied)),
            .init("is_answered", .bool(isAnswered)),
        ] + (range.map { [.init("limits", $0)] } ?? [])
    }
}
