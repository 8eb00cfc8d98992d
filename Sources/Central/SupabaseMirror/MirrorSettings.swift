/// The destination of the mirror of latest readings.
package struct MirrorSettings: Sendable {
    /// The URL of the project without a path: `https://abcdefgh.supabase.co`.
    package var url: String
    /// The project's key. It is secret, because it allows writing to the project.
    package var key: String
    /// The pause between two rounds.
    package var interval: Duration = .seconds(1)
    /// The number of rows per request, 1…500.
    package var batchRows = 500
    /// The longest time for a request. A process that takes over waits as long, so that a late request of its
    /// predecessor can't arrive after its own.
    package var requestTimeout: Duration = .seconds(10)

    /// Creates settings with the default interval and sizes.
    package init(url: String, key: String) {
        self.url = url
        self.key = key
    }
}
