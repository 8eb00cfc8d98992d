private import CPostgres
private import Glibc

extension Connection {
    /// Subscribes this connection to the notifications of a channel (`LISTEN`).
    ///
    /// - Parameter channel: A plain name of lower-case letters and underscores.
    func listen(to channel: StaticString) throws {
        try execute(script: "LISTEN \(channel)")
    }

    /// Waits for notifications.
    ///
    /// - Parameters:
    ///   - descriptor: A descriptor that ends the wait when it becomes readable.
    ///   - limit: The maximum time to wait, milliseconds.
    /// - Returns: The notifications' channels and payloads, in the order of their commits; empty if something else
    ///   ended the wait.
    /// - Throws: `PostgresError` if the connection is lost.
    func awaitNotifications(orReadable descriptor: Int32, milliseconds limit: Int32) throws
        -> [(channel: String, payload: String)]
    {
        // Notifications that arrived with an earlier answer are already here.
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
