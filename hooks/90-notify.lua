backup.require_api(1)
-- Tells of the end of a run: a webhook, a ping of a healthcheck, a mail by sendmail. What is not set is not used.
-- [hooks.notify] webhook = "https://…", ping = "https://…", mail = "dba@example.org", only_failures = true
local webhook = backup.option("webhook", "")
local ping = backup.option("ping", "")
local mail = backup.option("mail", "")
local only_failures = backup.option("only_failures", true)

local function text_of(run, event)
  local outcome = event.outcome
  local lines = { ("Backup of %s: %s"):format(run.host, outcome.ending) }
  if run.error then
    lines[#lines + 1] = run.error.message
    if run.error.advice then lines[#lines + 1] = "What to do: " .. run.error.advice end
  end
  for _, leak in ipairs(outcome.leaked or {}) do
    lines[#lines + 1] = ("LEFT BEHIND: %s: %s; %s"):format(leak.name, leak.reason, leak.repair or "")
  end
  for _, warning in ipairs(run.warnings) do lines[#lines + 1] = "warning: " .. warning end
  return table.concat(lines, "\n")
end

backup.on("started", { desc = "ping at the start" }, function(run)
  if ping ~= "" then run:http { method = "POST", url = ping .. "/start", timeout = 5, retries = 1 } end
end)

backup.on("finished", { desc = "tell of the end", timeout = "30s" }, function(run, event)
  local failed = event.outcome.ending ~= "succeeded" or #(event.outcome.leaked or {}) > 0
  local text = text_of(run, event)
  if ping ~= "" then
    run:http { method = "POST", url = ping .. (failed and "/fail" or ""), body = text, timeout = 5, retries = 2 }
  end
  if only_failures and not failed then return end
  if webhook ~= "" then
    run:http { method = "POST", url = webhook, json = { text = text, run = run.id }, timeout = 5, retries = 2 }
  end
  if mail ~= "" then
    local subject = ("Subject: backup of %s: %s"):format(run.host, event.outcome.ending)
    run:exec { "sendmail", "-t", stdin = ("To: %s\n%s\n\n%s\n"):format(mail, subject, text), timeout = 20 }
  end
end)
