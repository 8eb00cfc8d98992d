internal import Building
internal import JSON

// Reasons in the results of tools: models are given the English words, and the code beside them.
extension JSON {
    /// Returns the English words for a reason as stored; null if there is none.
    static func reason(_ stored: String?) -> JSON { JSON(stored.map(ControlReasonWording.english.words(forStored:))) }

    /// Returns the code of a reason with its parameters, `window_open since=14:02`; null if `stored` is not one.
    static func reasonCode(_ stored: String?) -> JSON { JSON(stored.flatMap(ControlReason.init(text:))?.text) }
}
