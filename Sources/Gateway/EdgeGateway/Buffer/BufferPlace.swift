import Foundation
import Glibc

/// A check of `buffer.path` that neither creates nor changes anything.
enum BufferPlace {
    /// Returns the problem with the path and its remedy; `nil` if a gateway run by this user can store there.
    static func problem(with path: String) -> String? {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard !isFolder.boolValue else { return "this is a folder; specify a file in it, such as outbox.sqlite" }
            let file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { return refusal("the file can't be written") }
            close(file)
        }
        // SQLite keeps files of its own beside it, so the folder must be writable as well. A missing folder is created.
        var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        guard isFolder.boolValue else { return "\(folder.path) is not a folder; specify a file in a folder" }
        guard access(folder.path, W_OK | X_OK) == 0 else {
            return refusal("can't write to the folder \(folder.path)")
        }
        return nil
    }

    private static func refusal(_ what: String) -> String {
        "\(what): \(String(cString: strerror(errno))). Let the user who runs this program write there, or change "
            + "buffer.path"
    }
}
