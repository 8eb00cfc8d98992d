/// Why a payload, or a part of one, is no reading. The raw values stand in the dead-letter table and in counters.
public enum RejectionReason: String, Sendable, Hashable, CaseIterable {
    /// The topic is not `/readings/<room>/<type or device class>`.
    case badTopic = "bad_topic"
    /// More bytes than a reading can have.
    case tooLarge = "too_large"
    case notUTF8 = "not_utf8"
    case notJSON = "not_json"
    /// JSON, but neither a reading nor a device's datapoints.
    case notAReading = "not_a_reading"
    /// Neither `sensorID` nor `device_id` nor `deviceID`.
    case noDevice = "no_device"
    /// The device's id is empty, too long or has control characters.
    case badDevice = "bad_device"
    /// No `type`, and the topic names a device class instead of one.
    case noType = "no_type"
    /// The datapoint's name is empty, too long or has other characters than letters, digits and `_ - . :`.
    case badDatapoint = "bad_datapoint"
    /// Neither number, text nor boolean; a text that is no number where the datapoint is numeric; a text too long.
    case badValue = "bad_value"
    /// More datapoints than one message may carry.
    case tooManyDatapoints = "too_many_datapoints"
}
