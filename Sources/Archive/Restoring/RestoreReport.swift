/// The numbers of a restore that has ended well.
package struct RestoreReport: Sendable {
    /// A member of the archive that was not restored.
    package struct LeftOut: Sendable, Equatable {
        package var name: String
        package var reason: String
        /// Where a symbolic link led; nil for other members, and for a target that is no text.
        package var link: String?

        package init(name: String, reason: String, link: String? = nil) {
            self.name = name
            self.reason = reason
            self.link = link
        }
    }

    package var manifest: Manifest?
    /// The members that were restored; nil for all.
    package var chosen: ChosenMembers?
    package var members = 0
    package var files = 0
    /// Bytes of files, holes left out.
    package var bytes: Int64 = 0
    /// Bytes of the archive file that were read; 0 for a stream, of which they are not counted.
    package var bytesRead: Int64 = 0
    /// Files that an interrupted restore had written already.
    package var kept = 0
    /// The first of the members that were left out.
    package var leftOut: [LeftOut] = []
    package var leftOutCount = 0
    /// Whether all content was compared with the checksums of an index.
    package var isChecked = true
}
