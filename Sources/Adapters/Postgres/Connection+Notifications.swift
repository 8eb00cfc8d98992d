private import CPostgres
private import Glibc

extension Connection {
    /// From now on, notifications on this channel arrive here (`LISTEN`).
    ///
    /// - Parameter channel: a plain name of lower-case letters and underscores.
    func listen(to channel: StaticString) throws {
        try execute(script: "LISTEN \(channel)")
    }

    /// Waits for notifications.
    ///
    /// - Parameters:
    ///   - descriptor: ends the waiting when it gets readable.
    ///   - limit: ends the waiting as well, milliseconds.
    /// - Returns: their channels and what they carry, in the order of their commits; nothing where something else ended the waiting.
    /// - Throws: `PostgresError` where the connection is lost.
    func awaitNotifications(orReadable descriptor: Int32, milliseconds limit: Int32) throws
        -> [(channel: String, payload: String)]
    {
        // What came together with an earlier answer is here already.
        let early = takeNotifications()
        if !early.isEmpty { return early }
        var sockets = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&sockets, nfds_t(sockets.count), limit) > 0, sockets[0].revents != 0 else { return [] }
        guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
        let notifications = takeNotifications()
        guard PQstatus(handle) == CONNECTION_OK else { throw failure(nil) }
        return notifications
    }

    private func takeNotifications() -> [(channel: String, payload: String)] {
        var notifications: [(channel: String, payload: String)] = []
        while let notification = PQnotifies(handle) {
            let channel = String(cString: notification.pointee.relname)
            notifications.append((channel, notification.pointee.extra.map { String(cString: $0) } ?? ""))
            PQfreemem(notification)
        }
        return notifications
    }
}
