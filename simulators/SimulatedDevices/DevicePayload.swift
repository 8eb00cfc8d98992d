import Building
import CivilTime
import Foundation

/// The payloads of devices, byte for byte as those on the market send them.
struct DevicePayload {
    /// Several readings of one device, with the time of its own clock.
    struct Several {
        var device: String
        var time: Timestamp
        /// A Boolean value that indicates whether the timestamp is in Unix milliseconds instead of seconds, for devices
        /// that report more than once a second.
        var inMilliseconds: Bool
        /// The datapoints with their values, already as JSON.
        var datapoints: [(name: String, json: String)]

        /// The payload.
        var text: String {
            let timestamp = inMilliseconds ? time.millisecondsSince1970 : time.millisecondsSince1970 / 1000
            let values = datapoints.map { "\(quoted($0.name)):\($0.json)" }.joined(separator: ",")
            return
                #"{"device_id":\#(quoted(device)),"timestamp":\#(timestamp),"datetime":"\#(datetime)","datapoints":{\#(values)}}"#
        }

        /// The time in UTC, as such devices write it: `2024-12-27 00:00:00.00`.
        private var datetime: String {
            ISO8601Writer(.utc).clockText(time) + String(format: ".%02d", Int32(time.millisecondsSince1970 % 1000 / 10))
        }
    }

    /// Returns one reading with its time in Unix milliseconds.
    static func single(device: String, datapoint: String, json: String, time: Timestamp) -> String {
        #"{"sensorID":\#(quoted(device)),"type":\#(quoted(datapoint)),"value":\#(json),"#
            + #""timestamp":\#(time.millisecondsSince1970)}"#
    }

    /// Returns one reading without a time: simple sensors have no clock.
    static func reading(sensor: String, of datapoint: Datapoint, value: Double) -> String {
        #"{"sensorID":\#(quoted(sensor)),"type":"\#(datapoint)","value":\#(value)}"#
    }
}

/// Returns `text` as a JSON string.
func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("every String has a JSON form") }
    return String(decoding: data, as: UTF8.self)
}
