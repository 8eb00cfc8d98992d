import Building
import ReadingFiles
import SimulatedDevices

/// Several recordings, played as one: whatever was recorded next comes next.
struct ReplayTape {
    /// How many troubles of each file are told line by line; beyond, they are counted.
    private static let toldTroubles = 100

    private struct Track {
        var recording: Recording
        var next: Recording.Moment?
        var problems = ProblemTally(kept: ReplayTape.toldTroubles)
        var told = 0
        /// By how much later than it was recorded it is played, in ms.
        var shift: Int64 = 0

        mutating func advance() throws {
            next = try recording.next(&problems)
        }
    }

    private let span: Range<Timestamp>
    private var tracks: [Track]
    /// What the files were taken to be, for people.
    let notes: [String]
    private(set) var records = 0

    /// - Parameters:
    ///   - span: What lies outside is left out.
    ///   - together: Whether all recordings begin with the first one.
    /// - Throws: `FileError` where a file can't be read.
    init(_ recordings: [Recording], span: Range<Timestamp>, together: Bool) throws {
        self.span = span
        notes = recordings.map(\.note)
        tracks = recordings.map { Track(recording: $0) }
        for index in tracks.indices { try advance(index) }
        guard together, let first = tracks.compactMap(\.next?.time).min() else { return }
        for index in tracks.indices {
            guard let start = tracks[index].next?.time else { continue }
            tracks[index].shift = first.millisecondsSince1970 - start.millisecondsSince1970
        }
    }

    /// When the next moment is to be played, by the recordings' clock; `nil` at the end.
    var nextTime: Timestamp? { nextTrack.flatMap { playTime(of: tracks[$0]) } }

    /// Takes the next moment off the tape.
    mutating func next() throws -> Recording.Moment? {
        guard let index = nextTrack, let moment = tracks[index].next else { return nil }
        records += 1
        try advance(index)
        return moment
    }

    /// The troubles that were met since the last call, one a line.
    mutating func newTroubles() -> [String] {
        var lines: [String] = []
        for index in tracks.indices {
            let known = tracks[index].problems.first
            lines += known[tracks[index].told...].map(\.description)
            tracks[index].told = known.count
        }
        return lines
    }

    /// How many troubles were met, told or not.
    var troubles: Int { tracks.reduce(0) { $0 + $1.problems.total } }

    private var nextTrack: Int? {
        tracks.indices.filter { tracks[$0].next != nil }.min { left, right in
            (playTime(of: tracks[left]) ?? span.upperBound) < (playTime(of: tracks[right]) ?? span.upperBound)
        }
    }

    private func playTime(of track: Track) -> Timestamp? {
        track.next.map { Timestamp(millisecondsSince1970: $0.time.millisecondsSince1970 + track.shift) }
    }

    private mutating func advance(_ index: Int) throws {
        repeat { try tracks[index].advance() } while tracks[index].next.map { !span.contains($0.time) } ?? false
    }
}
