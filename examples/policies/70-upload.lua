backup.require_api(1)
-- Uploads the published set, and shows how far it has come. An upload that fails is a warning: the set is there.
-- [hooks.upload] remote = "s3:backups"
local remote = backup.option("remote", "s3:backups")

backup.after("publish", { desc = "upload the set", timeout = "12h" }, function(run, set)
  if not set.directory then return end
  run:exec {
    "rclone", "copy", set.directory, ("%s/%s"):format(remote, run.id),
    "--use-json-log", "--log-file", "/dev/stdout", "--stats", "1s", "--stats-log-level", "NOTICE",
    timeout = "12h",
    on_line = function(line)
      local stats = json.decode(line).stats
      if stats and stats.totalBytes > 0 then run:progress(math.min(1, stats.bytes / stats.totalBytes)) end
    end,
  }
end)
