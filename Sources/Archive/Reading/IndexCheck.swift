/// Compares the members of an archive with those of its index, as both come.
///
/// Belongs to one thread.
final class IndexCheck {
    private struct Found {
        var member: TarMember
        var digest: Digest?
    }

    private var expected: ArraySlice<IndexedMember> = []
    private var found: ArraySlice<Found> = []

    /// Whether all members that were listed have been found, and no others.
    var isSettled: Bool { expected.isEmpty && found.isEmpty }

    /// Notes the members that end in a frame.
    ///
    /// All that ended in the frames before must have been found by now.
    ///
    /// - Throws: the first difference, in words.
    func expect(_ frame: IndexedFrame) throws(Difference) {
        try checkAllFound()
        expected = frame.members[...]
        try compare()
        // A member whose last byte is a frame's last one may be listed in the next frame.
        guard found.isEmpty else { throw Self.unlisted(found) }
    }

    /// Notes a member that has been read.
    ///
    /// - Throws: the first difference, in words.
    func end(_ member: TarMember, _ digest: Digest?) throws(Difference) {
        found.append(Found(member: member, digest: digest))
        try compare()
        guard found.count < 2 else { throw Self.unlisted(found) }
    }

    /// - Throws: the first difference, in words.
    func finish() throws(Difference) {
        try checkAllFound()
        guard found.isEmpty else { throw Self.unlisted(found) }
    }

    /// How archive and index differ.
    struct Difference: Error {
        var text: String
    }

    private func checkAllFound() throws(Difference) {
        guard let missing = expected.first else { return }
        throw Difference(text: "the index lists \"\(RawPath(bytes: missing.name))\", which is not in the archive there")
    }

    private func compare() throws(Difference) {
        while let next = expected.first, let have = found.first {
            try compare(next, have)
            expected.removeFirst()
            found.removeFirst()
        }
    }

    private func compare(_ listed: IndexedMember, _ found: Found) throws(Difference) {
        let member = found.member
        guard listed.name == member.name.bytes, listed.start == member.start else {
            throw Difference(text: "the index has \"\(RawPath(bytes: listed.name))\" in place of \"\(member.name)\"")
        }
        guard listed.kind == member.kind.word, listed.size == member.size, listed.target == member.kind.target else {
            throw Difference(text: "\"\(member.name)\" is not as the index lists it")
        }
        guard listed.digest == found.digest?.description else {
            throw Difference(text: "\"\(member.name)\" has another checksum than in the index")
        }
    }

    private static func unlisted(_ found: ArraySlice<Found>) -> Difference {
        Difference(text: "the index does not list \"\(found.first?.member.name.description ?? "")\"")
    }
}

extension Entry.Kind {
    /// Where a link leads; nil for all others.
    var target: [UInt8]? {
        switch self {
        case .symbolicLink(let target), .hardLink(let target): target.bytes
        default: nil
        }
    }
}
