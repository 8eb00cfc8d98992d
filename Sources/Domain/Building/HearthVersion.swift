/// The version of the software, as `--version`, the status message and the user agent name it.
package enum HearthVersion {
    package static let current = "0.1.0"
}
