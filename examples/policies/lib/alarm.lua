-- Shared by several hook files: each sets its own url under [hooks.NAME].
local url = backup.option("url", "")

local alarm = {}

-- An alarm that cannot be sent is a warning: it must not hide its own cause.
function alarm.send(run, text)
  if url == "" then return end
  local content = { run = run.id, text = run.host .. ": " .. text }
  local request = { method = "POST", url = url, timeout = "3s", json = content }
  local is_sent, problem = pcall(run.http, run, request)
  if not is_sent then run:warn(("the alarm was not sent: %s"):format(problem)) end
end

return alarm
