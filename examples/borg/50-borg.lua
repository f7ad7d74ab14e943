backup.require_api(1)
-- borg in place of the built-in archive. The repository has to exist; its passphrase is the secret "borg".
-- [hooks.borg] repository = "/backups/borg"
local repository = backup.option("repository")

backup.replace("archive", { desc = "borg create" }, function(run)
  local environment = { BORG_REPO = repository, BORG_PASSPHRASE = run:secret("borg"), HOME = "/root" }
  local name = "::" .. run.id
  -- 1 is a warning: a file changed while it was read. On a snapshot none does, so it fails the run.
  local answer = run:exec {
    "borg", "create", "--json", "--compression", "zstd,1", name, ".",
    cwd = run.mount.path, env = environment, timeout = "12h",
  }
  local stats = json.decode(answer.stdout).archive.stats
  return {
    location = repository .. name,
    bytes = stats.deduplicated_size,
    files = stats.nfiles,
    release = {
      timeout = "10m",
      call = function(failed) failed:exec { "borg", "delete", name, env = environment, timeout = "10m" } end,
      -- Asks for the passphrase.
      repair = ("borg delete '%s'"):format((repository .. name):gsub("'", "'\\''")),
    },
  }
end)
