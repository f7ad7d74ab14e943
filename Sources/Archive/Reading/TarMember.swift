/// A member as an archive describes it.
struct TarMember: Sendable {
    /// As the archive spells it.
    var name: RawPath
    var kind: Entry.Kind
    /// Permission bits.
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    /// Empty where the archive has none.
    var ownerName: [UInt8]
    var groupName: [UInt8]
    var modified: FileTime
    /// Bytes as a reader of the file sees them.
    var size: Int64
    var attributes: [ExtendedAttributes.Attribute]
    /// In the text form of acl(5).
    var accessList: [UInt8]?
    var defaultList: [UInt8]?
    /// Where its header starts in the tar file, pax records counted.
    var start: Int64
}
