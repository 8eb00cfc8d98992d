import Building
import ReadingFiles
import SimulatedDevices

/// Several recordings merged into one, in the order in which they are played.
struct ReplayTape {
    /// The number of problems per file that are printed; further ones are only counted.
    private static let toldTroubles = 100

    private struct Track {
        var recording: Recording
        var next: Recording.Moment?
        var problems = ProblemTally(kept: ReplayTape.toldTroubles)
        var told = 0
        /// The delay against the recorded time, in ms.
        var shift: Int64 = 0

        mutating func advance() throws {
            next = try recording.next(&problems)
        }
    }

    private let span: Range<Timestamp>
    private var tracks: [Track]
    /// A readable description of how each file was interpreted.
    let notes: [String]
    private(set) var records = 0

    /// Creates a tape and reads the first record of each file.
    ///
    /// - Parameters:
    ///   - span: the time span to play; records outside are skipped.
    ///   - together: whether all recordings begin with the first one.
    ///
    /// - Throws: `FileError` if a file can't be read.
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

    /// The time of the next moment, by the recordings' clock; `nil` at the end.
    var nextTime: Timestamp? { nextTrack.flatMap { playTime(of: tracks[$0]) } }

    /// Removes the next moment from the tape and returns it; `nil` at the end.
    mutating func next() throws -> Recording.Moment? {
        guard let index = nextTrack, let moment = tracks[index].next else { return nil }
        records += 1
        try advance(index)
        return moment
    }

    /// Returns the problems found since the previous call, one per line.
    mutating func newTroubles() -> [String] {
        var lines: [String] = []
        for index in tracks.indices {
            let known = tracks[index].problems.first
            lines += known[tracks[index].told...].map(\.description)
            tracks[index].told = known.count
        }
        return lines
    }

    /// The number of problems so far, printed or not.
    var troubles: Int { tracks.reduce(0) { $0 + $1.problems.total } }

    /// The index of the track with the earliest moment; `nil` at the end.
    private var nextTrack: Int? {
        tracks.indices.filter { tracks[$0].next != nil }.min { left, right in
            (playTime(of: tracks[left]) ?? span.upperBound) < (playTime(of: tracks[right]) ?? span.upperBound)
        }
    }

    private func playTime(of track: Track) -> Timestamp? {
        track.next.map { Timestamp(millisecondsSince1970: $0.time.millisecondsSince1970 + track.shift) }
    }

    /// Reads the next record of a track that lies within the span.
    private mutating func advance(_ index: Int) throws {
        repeat { try tracks[index].advance() } while tracks[index].next.map { !span.contains($0.time) } ?? false
    }
}
