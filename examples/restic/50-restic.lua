backup.require_api(1)
-- restic in place of the built-in archive. The repository has to exist; its password is in a file.
-- [hooks.restic] repository = "/backups/restic"
local repository = backup.option("repository")
local password_file = backup.option("password_file", "/etc/lvmbackup/secrets/restic")
local checks = backup.option("check", false)

-- A command that somebody else can run, too: it needs nothing of this run's environment.
local function restic(verb, ...)
  return { "restic", "-r", repository, "--password-file", password_file, verb, ... }
end

local function with(words, options)
  for name, value in pairs(options) do words[name] = value end
  return words
end

backup.replace("archive", { desc = "restic backup" }, function(run)
  local environment = { HOME = "/root" }
  local summary
  run:exec(with(restic("backup", "--json", "--host", run.host, "--tag", "lvmbackup", "--tag", run.id, "."), {
    cwd = run.mount.path, env = environment, timeout = "12h",
    on_line = function(line)
      local message = json.decode(line)
      if message.message_type == "status" then run:progress(math.min(1, message.percent_done)) end
      if message.message_type == "summary" then summary = message end
    end,
  }))
  if not summary then error("restic ended without a summary") end
  if checks then run:exec(with(restic("check"), { env = environment, timeout = "12h" })) end
  -- By its id: "forget --tag" without a policy removes nothing.
  local id = summary.snapshot_id
  return {
    location = ("restic:%s#%s"):format(repository, id),
    bytes = summary.data_added,
    files = summary.total_files_processed,
    release = {
      timeout = "10m",
      call = function(failed) failed:exec(with(restic("forget", id), { env = environment, timeout = "10m" })) end,
      -- Where the function failed; also the command for an operator.
      exec = restic("forget", "--no-cache", id),
    },
  }
end)
