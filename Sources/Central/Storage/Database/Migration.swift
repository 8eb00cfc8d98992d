internal import Building
internal import Digests

/// A forward-only change of the schema: a file in `Migrations/`, compiled in. Once released it is never edited.
package struct Migration: Sendable {
    /// The name that is recorded in the database, such as `0001-buildings`.
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
        Migration("0001-buildings", PackageResources._001_buildings_sql),
        Migration("0002-readings", PackageResources._002_readings_sql),
        Migration("0003-changes", PackageResources._003_changes_sql),
        Migration("0004-ledger", PackageResources._004_ledger_sql),
        Migration("0005-accounts", PackageResources._005_accounts_sql),
        Migration("0006-desired-state", PackageResources._006_desired_state_sql),
        Migration("0007-meters", PackageResources._007_meters_sql),
        Migration("0008-homes", PackageResources._008_homes_sql),
    ]
}
