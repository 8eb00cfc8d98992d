/// Where the copy of the newest readings goes.
public struct MirrorSettings: Sendable {
    /// The project's address without a path: `https://abcdefgh.supabase.co`.
    public var url: String
    /// Secret: whoever has it may write to the project.
    public var key: String
    /// Pause between two rounds.
    public var interval: Duration = .seconds(1)
    /// Rows of one request, 1…500.
    public var batchRows = 500
    /// For one request. As long a replica that takes over waits, so that a late request of its predecessor cannot
    /// arrive after its own.
    public var requestTimeout: Duration = .seconds(10)

    public init(url: String, key: String) {
        self.url = url
        self.key = key
    }
}
