backup.require_api(1)
-- Leaves out files that are never restored, and names the set by host and day.
-- [hooks.names] exclude = ["*.log"]
local exclude = backup.option("exclude", { "*.log", "core.*" })

backup.filter("archive.exclude", { desc = "leave logs and cores out" }, function(_, patterns)
  for _, pattern in ipairs(exclude) do patterns[#patterns + 1] = pattern end
  return patterns
end)

backup.filter("archive.name", { desc = "name the set by host and time" }, function(run)
  return ("%s-%s"):format(run.host, os.date("!%Y-%m-%dT%H%M%S", math.floor(run.started)))
end)
