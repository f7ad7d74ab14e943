backup.require_api(1)
-- tar and a compressor in place of the built-in archive. Each program's status is checked: where one fails, there is no
-- file, and the run fails.
-- [hooks.compressor] directory = "/backups/tar", compressor = ["xz", "-T0", "-c"]
local directory = backup.option("directory", "/backups/tar")
local compressor = backup.option("compressor", { "xz", "-T0", "-c" })

backup.replace("archive", { desc = "tar through a compressor" }, function(run)
  local target = ("%s/%s.tar.xz"):format(directory, run.id)
  local tar = { "tar", "-C", run.mount.path, "-cf", "-", "." }
  run:pipe { tar, compressor, stdout = target, timeout = "12h" }
  return {
    location = target,
    bytes = run.fs.stat(target).size,
    files = #run:exec({ "find", run.mount.path, "-printf", "x", timeout = "1h" }).stdout,
    -- Where the run fails later.
    release = { exec = { "rm", "-f", "--", target } },
  }
end)
