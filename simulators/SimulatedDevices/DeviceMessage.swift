/// What a device sends: a topic and a JSON payload.
public struct DeviceMessage: Sendable, Hashable {
    public var topic: String
    public var payload: String

    public init(topic: String, payload: String) {
        self.topic = topic
        self.payload = payload
    }
}
