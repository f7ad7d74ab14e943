/// Lua hooks that do in place of the built-in what a site could do: the function of a release first, data behind it.
enum SitePolicies {
    /// Bodies of functions that do not do their work.
    static let raises = "error('the release broke')"
    static let hangs = "while true do end"
    /// One long call in C: the waiting engine leaves its state behind.
    static let stuck = "('a'):rep(30000):find('.-.-.-.-b$')"

    static let snapshotName = "lab/hooked"
    static let repairOfSnapshot = "lvremove -y lab/hooked"

    /// A lock that no session's end undoes: the server is read-only.
    static func lock(call: String? = nil, fields: String = "", unlock: String = "SET GLOBAL read_only = 0") -> String {
        """
        local open = { sql = "\(unlock)" }
        backup.replace("lock", function(run)
          run:intend(open)
          run:admin("SET GLOBAL read_only = 1")
          return {
            plan = "read-only", reason = "the site's own", \(fields)
            release = { \(function(call)) sql = open.sql, repair = "set read_only to 0" },
          }
        end)

        """
    }

    /// A snapshot of the lab's volume.
    static func snapshot(call: String? = nil, fields: String = "", size: String = "200M") -> String {
        """
        local remove = { "lvremove", "-q", "-y", "-S", "vg_name=lab && lv_name=hooked" }
        backup.replace("snapshot", function(run)
          run:intend { exec = remove }
          run:exec { "lvcreate", "-q", "-y", "-s", "-L", "\(size)", "-n", "hooked", "lab/mysql" }
          return {
            name = "\(snapshotName)", device = "/dev/\(snapshotName)", \(fields)
            release = { \(function(call)) exec = remove, timeout = "10s", repair = "\(repairOfSnapshot)" },
          }
        end)

        """
    }

    /// Its mount, in the namespace of the run: a kill of the run ends it, too.
    static func mount(call: String? = nil, unmount: String = "/run/lab/hooked") -> String {
        """
        backup.replace("mount", function(run)
          run:exec { "mkdir", "-p", "/run/lab/hooked" }
          run:exec { "mount", "-o", "nouuid", run.snapshot.device, "/run/lab/hooked" }
          return {
            path = "/run/lab/hooked",
            release = { \(function(call)) exec = { "umount", "\(unmount)" }, timeout = "10s" },
          }
        end)

        """
    }

    private static func function(_ body: String?) -> String {
        body.map { "call = function(late) \($0) end," } ?? ""
    }
}
