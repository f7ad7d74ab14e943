import Glibc

/// Directories, files and symbolic links of every kind below some directories.
package struct RandomTree {
    /// Every path that was made, links included.
    package private(set) var paths: [String]
    private var directories: [String]
    private var numbers: SeededGenerator

    /// - Parameters:
    ///   - roots: existing directories in which the tree grows.
    ///   - names: of files and links.
    package init(
        in roots: [String],
        seed: UInt64,
        size: Int = 40,
        names: [String] = ["a", "b.ibd", "c.txt", "d", "e.frm"]
    ) {
        (paths, directories, numbers) = (roots, roots, SeededGenerator(seed: seed))
        for number in 0..<size { grow("\(number)-" + (names.randomElement(using: &numbers) ?? "x")) }
    }

    private mutating func grow(_ name: String) {
        let parent = directories.randomElement(using: &numbers) ?? "/"
        let path = parent + "/" + name
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0, 1:
            guard mkdir(path, 0o755) == 0 else { return }
            directories.append(path)
        case 2, 3: close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
        default: symlink(target(from: parent), path)
        }
        paths.append(path)
    }

    /// Absolute or relative, through links, with detours, to something or to nothing, perhaps to what is made later.
    private mutating func target(from parent: String) -> String {
        var target = paths.randomElement(using: &numbers) ?? "/"
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: target += "/."
        case 1: target += "/"
        case 2: target += "/../" + (target.split(separator: "/").last ?? "x")
        case 3: target += "/missing"
        case 4: target = target.replacing("/", with: "//")
        case 5: target += "/" + ((paths.randomElement(using: &numbers) ?? "").split(separator: "/").last ?? "x")
        default: break
        }
        if Bool.random(using: &numbers) { return target }
        let up = parent.split(separator: "/").map { _ in ".." }.joined(separator: "/")
        return up + target
    }
}
