/// Where the copy of the newest readings goes.
package struct MirrorSettings: Sendable {
    /// The project's address without a path: `https://abcdefgh.supabase.co`.
    package var url: String
    /// Secret: whoever has it may write to the project.
    package var key: String
    /// Pause between two rounds.
    package var interval: Duration = .seconds(1)
    /// Rows of one request, 1…500.
    package var batchRows = 500
    /// For one request. As long a replica that takes over waits, so that a late request of its predecessor cannot
    /// arrive after its own.
    package var requestTimeout: Duration = .seconds(10)

    package init(url: String, key: String) {
        self.url = url
        self.key = key
    }
}
