backup.require_api(1)
-- restic in place of the built-in archive. The repository has to exist; its password is the secret "restic".
-- [hooks.restic] repository = "/backups/restic"
local repository = backup.option("repository")
local checks = backup.option("check", false)

backup.replace("archive", { desc = "restic backup" }, function(run)
  local environment = { RESTIC_REPOSITORY = repository, RESTIC_PASSWORD = run:secret("restic"), HOME = "/root" }
  local summary
  run:exec {
    "restic", "backup", "--json", "--host", run.host, "--tag", "lvmbackup", "--tag", run.id, ".",
    cwd = run.mount.path, env = environment, timeout = "12h",
    on_line = function(line)
      local message = json.decode(line)
      if message.message_type == "status" then run:progress(math.min(1, message.percent_done)) end
      if message.message_type == "summary" then summary = message end
    end,
  }
  if not summary then error("restic ended without a summary") end
  if checks then run:exec { "restic", "check", env = environment, timeout = "12h" } end
  return {
    location = ("restic:%s#%s"):format(repository, summary.snapshot_id),
    bytes = summary.data_added,
    files = summary.total_files_processed,
    release = {
      exec = { "restic", "-r", repository, "forget", "--tag", run.id },
      call = function(failed)
        failed:exec { "restic", "forget", summary.snapshot_id, env = environment, timeout = "10m" }
      end,
    },
  }
end)
