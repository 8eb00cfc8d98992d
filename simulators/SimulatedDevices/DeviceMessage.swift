/// What a device sends: a topic and a JSON payload.
package struct DeviceMessage: Sendable, Hashable {
    package var topic: String
    package var payload: String

    package init(topic: String, payload: String) {
        self.topic = topic
        self.payload = payload
    }
}
