/// The origin of a set's data: one data directory of one server on one volume.
package struct Source: Sendable {
    var host: String
    /// Derived from the machine's id.
    var machine: String?
    /// "group/name".
    var volume: String?
    var volumeUUID: String?
    var serverUUID: String?
    var datadir: String?

    /// Whether both are the same source.
    ///
    /// The identities of volume and server decide: a host or a volume may be renamed, and another host may have the same
    /// names. The names decide only where a set, such as one of an earlier release, lacks the volume's identity.
    ///
    /// A clone of a virtual machine has the identities of its volume and its server, too: with another id of the machine
    /// and another name it is another source. A reinstalled host keeps its name, and a renamed one its id.
    package func isSame(as other: Source) -> Bool {
        guard datadir == other.datadir else { return false }
        if let machine, let otherMachine = other.machine, machine != otherMachine, host != other.host { return false }
        if let serverUUID, let otherUUID = other.serverUUID, serverUUID != otherUUID { return false }
        if let volumeUUID, let otherUUID = other.volumeUUID { return volumeUUID == otherUUID }
        return (host, volume) == (other.host, other.volume)
    }
}
