backup.require_api(1)
-- Tells of the end of a run: a webhook, a mail by sendmail; of a backup also a ping of a healthcheck. Each is optional.
-- [hooks.notify] webhook = "https://…", ping = "https://…", mail = "dba@example.org", only_failures = true
local webhook = backup.option("webhook", "")
local ping = backup.option("ping", "")
local mail = backup.option("mail", "")
local only_failures = backup.option("only_failures", true)

local names = { backup = "Backup of", restore = "Restore on", verify = "Verification on" }

local function text_of(run, event)
  local outcome = event.outcome
  local lines = { ("%s %s: %s"):format(names[run.kind], run.host, outcome.ending) }
  if run.error then
    lines[#lines + 1] = run.error.message
    if run.error.advice then lines[#lines + 1] = "Advice: " .. run.error.advice end
  end
  for _, leak in ipairs(outcome.leaked or {}) do
    lines[#lines + 1] = ("LEFT BEHIND: %s: %s; %s"):format(leak.name, leak.reason, leak.repair or "")
  end
  for _, warning in ipairs(run.warnings) do lines[#lines + 1] = "warning: " .. warning end
  return table.concat(lines, "\n")
end

-- An error of one way does not stop the others.
local function try(run, send)
  local succeeded, problem = pcall(send)
  if not succeeded then run:warn(("notify: %s"):format(problem)) end
end

-- Once, and 3 s at most for each way: the run's end waits, and a way that hangs must not keep the next from being used.
local function post(run, request)
  request.method, request.timeout, request.retries = "POST", 3, 0
  try(run, function() run:http(request) end)
end

backup.on("started", { desc = "ping at the start" }, function(run)
  if ping ~= "" and not run.dry_run and run.kind == "backup" then post(run, { url = ping .. "/start" }) end
end)

local function tell(run, ending, text)
  if mail ~= "" then
    local subject = ("Subject: %s %s: %s"):format(names[run.kind]:lower(), run.host, ending)
    local letter = ("To: %s\n%s\n\n%s\n"):format(mail, subject, text)
    try(run, function() run:exec { "sendmail", "-t", stdin = letter, timeout = 3 } end)
  end
  if webhook ~= "" then post(run, { url = webhook, json = { text = text, run = run.id } }) end
end

-- A mail first, because the queue takes it also without a network; a ping last, because its absence is an alarm, too.
backup.on("finished", { desc = "tell of the end", timeout = "15s" }, function(run, event)
  if run.dry_run then return end
  local ending = event.outcome.ending
  local leaks = #(event.outcome.leaked or {}) > 0
  -- "Not now" is no failure: where it is said too often the ping that does not come raises the alarm.
  local failed = leaks or ending == "failed" or ending == "vetoed"
  local text = text_of(run, event)
  if failed or not only_failures then tell(run, ending, text) end
  if ping ~= "" and run.kind == "backup" then
    post(run, { url = ping .. (failed and "/fail" or ending == "deferred" and "/log" or ""), body = text })
  end
end)
