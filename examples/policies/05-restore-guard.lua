backup.require_api(1)
-- Refuses a restore on a production host: status 4, and nothing is written. "--set restore-guard.override=true" lets one through.
-- [hooks.restore-guard] production = "^db%d", own_sets_only = true
local production = backup.option("production", "^db%d")
local own_sets_only = backup.option("own_sets_only", false)
local override = backup.option("override", false)

backup.before("restore", { desc = "guard production" }, function(run)
  if override then return end
  if run.host:find(production) then return run:veto(("%s is a production host"):format(run.host)) end
  if own_sets_only and run.set and run.set.host ~= run.host then
    return run:veto(("the set is of %s"):format(run.set.host))
  end
end)

backup.after("restore", { desc = "log the restore" }, function(run, result)
  log.info("restored", { target = result.target, files = result.files, by = run.id })
end)
