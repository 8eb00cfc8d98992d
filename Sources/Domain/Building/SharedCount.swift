/// The number of things in use, in total and by user, so that no user takes more than its share.
///
/// It is not synchronized: the owner protects it.
package struct SharedCount<User: Hashable & Sendable>: Sendable {
    /// The limit that one more thing would exceed.
    package enum Excess: Hashable, Sendable {
        /// The limit for the user.
        case ofUser
        /// The limit for all users together.
        case ofAll
    }

    /// The number of things in use by all users.
    package private(set) var all = 0
    private var byUser: [User: Int] = [:]

    /// Creates a count of nothing.
    package init() {}

    /// Returns the limit that one more thing of `user` would exceed; `nil` if there is room for it. The user's own limit
    /// is checked first.
    package func excess(for user: User, limit: Int = .max, limitPerUser: Int) -> Excess? {
        if byUser[user, default: 0] >= limitPerUser { return .ofUser }
        return all >= limit ? .ofAll : nil
    }

    /// Counts a thing of `user`.
    package mutating func add(_ user: User) {
        all += 1
        byUser[user, default: 0] += 1
    }

    /// Stops counting a thing of `user`; does nothing if there is none.
    package mutating func remove(_ user: User) {
        guard let number = byUser[user] else { return }
        all -= 1
        byUser[user] = number > 1 ? number - 1 : nil
    }
}
