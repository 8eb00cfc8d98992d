/// The version of the software, as shown by `--version`, the status message and the user agent.
package enum HearthVersion {
    /// The version of this build (semantic versioning).
    package static let current = "0.1.0"
}
