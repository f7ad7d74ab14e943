/// Takes the members of an archive, one after the other.
///
/// Belongs to one thread.
protocol MemberSink: AnyObject {
    func begin(_ member: TarMember) throws
    /// Bytes of the content of a file; the places rise, and between them are holes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws
    func end(_ member: TarMember) throws
}

/// A sink for an archive that is only checked.
final class NoSink: MemberSink {
    func begin(_ member: TarMember) throws {}
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {}
    func end(_ member: TarMember) throws {}
}
