internal import Digests

/// A forward-only change of the schema: a file in `Migrations/`, compiled in. Once released it is never edited.
package struct Migration: Sendable {
    /// The name that is recorded in the database, such as `0001-hierarchy`.
    package let name: String
    let script: String
    /// The SHA-256 of the script in hexadecimal, which reveals an edited file.
    let checksum: String

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        script = String(decoding: bytes, as: UTF8.self)
        checksum = SHA256.digest(of: bytes).hexadecimal
    }

    /// All migrations in the order in which they are applied.
    package static let all = [
        Migration("0001-hierarchy", PackageResources._001_hierarchy_sql),
        Migration("0002-readings", PackageResources._002_readings_sql),
        Migration("0003-raw-data", PackageResources._003_raw_data_sql),
        Migration("0004-ledger", PackageResources._004_ledger_sql),
        Migration("0005-tokens", PackageResources._005_tokens_sql),
        Migration("0006-audit", PackageResources._006_audit_sql),
        Migration("0007-rollups", PackageResources._007_rollups_sql),
        Migration("0008-meters", PackageResources._008_meters_sql),
        Migration("0009-live", PackageResources._009_live_sql),
        Migration("0010-home-devices", PackageResources._010_home_devices_sql),
        Migration("0011-chat", PackageResources._011_chat_sql),
        Migration("0012-desired-state", PackageResources._012_desired_state_sql),
        Migration("0013-home-state", PackageResources._013_home_state_sql),
        Migration("0014-milliseconds", PackageResources._014_milliseconds_sql),
        Migration("0015-room-revision", PackageResources._015_room_revision_sql),
        Migration("0016-orphans", PackageResources._016_orphans_sql),
        Migration("0017-token-beginning", PackageResources._017_token_beginning_sql),
        Migration("0019-refusals", PackageResources._019_refusals_sql),
        Migration("0020-redelivered", PackageResources._020_redelivered_sql),
        Migration("0021-refused-messages", PackageResources._021_refused_messages_sql),
    ]
}
