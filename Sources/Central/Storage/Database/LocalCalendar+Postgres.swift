package import CivilTime
internal import Postgres

extension LocalCalendar: PostgresDecodable {
    package static var meaning: String { "a time zone that this system knows, such as Europe/Berlin" }

    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        self.init(zoneNamed: String(decoding: text, as: UTF8.self))
    }
}
