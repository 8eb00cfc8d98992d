/// A message from a device.
package struct DeviceMessage: Sendable, Hashable {
    /// The MQTT topic.
    package var topic: String
    /// The payload as JSON.
    package var payload: String

    /// Creates a message.
    package init(topic: String, payload: String) {
        self.topic = topic
        self.payload = payload
    }
}
