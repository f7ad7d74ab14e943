backup.require_api(1)
-- Sends a webhook the end of each run, with the things left behind.
-- [hooks.webhook] url = "https://…", all = true
local alarm = require("alarm")
local tells_all = backup.option("all", false)

local names = {
  backup = { failed = "no backup", done = "backed up" },
  restore = { failed = "not restored", done = "restored" },
  verify = { failed = "not verified", done = "verified" },
}

backup.on("finished", { desc = "tell a webhook of the end", timeout = "10s" }, function(run, event)
  local outcome = event.outcome
  local leaks = {}
  for _, leak in ipairs(outcome.leaked) do
    local repair = leak.repair or "no command repairs it"
    leaks[#leaks + 1] = ("%s was left behind (%s): %s"):format(leak.name, leak.reason, repair)
  end
  if #leaks > 0 then alarm.send(run, table.concat(leaks, "; ")) end
  if outcome.failure then
    alarm.send(run, ("%s: %s (%s)"):format(names[run.kind].failed, outcome.failure.message, outcome.ending))
  elseif tells_all then
    local place = outcome.set and (" to " .. outcome.set.location) or ""
    alarm.send(run, names[run.kind].done .. place)
  end
end)
