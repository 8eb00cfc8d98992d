/// The reason a payload, or a part of one, is not a valid reading or set-point. The raw values are used in the
/// dead-letter table and in counters.
package enum RejectionReason: String, Error, Hashable, CaseIterable {
    /// The topic is not `/readings/<room>/<type or device class>`.
    case badTopic = "bad_topic"
    /// The payload is larger than a reading can be.
    case tooLarge = "too_large"
    case notUTF8 = "not_utf8"
    case notJSON = "not_json"
    /// JSON in which an object contains one name twice, so that it is unclear which of the two is meant.
    case repeatedName = "repeated_name"
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
    /// Neither number, text nor boolean; a text that is not a number for a numeric datapoint; a text that is too long.
    case badValue = "bad_value"
    /// A `unit` that Hearth cannot convert, for a value whose datapoint has a unit.
    case unknownUnit = "unknown_unit"
    /// A `unit` of another dimension than the datapoint's: `W` for a temperature.
    case unitMismatch = "unit_mismatch"
    /// More datapoints than one message may carry.
    case tooManyDatapoints = "too_many_datapoints"
    /// JSON on `/setpoints/<room>` with neither `celsius` nor `mode`, or with a member of the wrong type.
    case notASetpoint = "not_a_setpoint"
    /// A set-point outside the range that people in the building may ask for.
    case setpointOutOfRange = "setpoint_out_of_range"
    /// A set-point or mode whose end has already passed.
    case setpointEnded = "setpoint_ended"
    /// A set-point or mode whose end is too far away.
    case setpointEndTooFar = "setpoint_end_too_far"
    /// A set-point or mode for a room that is not under control.
    case roomNotControlled = "room_not_controlled"
}
