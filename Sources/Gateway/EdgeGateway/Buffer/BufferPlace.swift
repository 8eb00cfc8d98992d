import Foundation
import Glibc

/// Whether the buffer can be where `buffer.path` puts it, found out without making or changing anything.
enum BufferPlace {
    /// What is wrong, and what to do, for people; `nil` if a gateway that this user runs can store there.
    static func problem(with path: String) -> String? {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard !isFolder.boolValue else { return "this is a folder; name a file in it, such as outbox.sqlite" }
            let file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { return refusal("the file can't be written") }
            close(file)
        }
        // SQLite keeps files of its own beside it, so the folder has to be writable as well. A missing one is made.
        var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        guard isFolder.boolValue else { return "\(folder.path) is not a folder; name a file in a folder" }
        guard access(folder.path, W_OK | X_OK) == 0 else {
            return refusal("nothing can be written in the folder \(folder.path)")
        }
        return nil
    }

    private static func refusal(_ what: String) -> String {
        "\(what): \(String(cString: strerror(errno))). Let the user under whom this runs write there, or set buffer.path to "
            + "another place"
    }
}
