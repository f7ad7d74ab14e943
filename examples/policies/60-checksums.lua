backup.require_api(1)
-- Puts a file with checksums beside each published set, for tools that know nothing of lvmbackup.
backup.after("publish", { desc = "checksums beside the set", timeout = "2h" }, function(run, set)
  if not set.directory then return end
  local command = { "sha256sum", "--" }
  for _, name in ipairs(run.fs.list(set.directory)) do command[#command + 1] = name end
  command.cwd = set.directory
  command.stdout = set.directory .. ".sha256"
  command.timeout = "2h"
  run:exec(command)
end)
