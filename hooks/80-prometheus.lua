backup.require_api(1)
-- Writes a text file for Prometheus' node exporter after each run.
-- [hooks.prometheus] file = "/var/lib/prometheus/node-exporter/lvmbackup.prom"
local file = backup.option("file", "/var/lib/prometheus/node-exporter/lvmbackup.prom")

backup.on("finished", { desc = "write metrics" }, function(run, event)
  if run.dry_run then return end
  local outcome, lines = event.outcome, {}
  local function put(name, labels, value)
    lines[#lines + 1] = ("lvmbackup_%s%s %s"):format(name, labels, value)
  end
  put("success", "", outcome.ending == "succeeded" and 1 or 0)
  put("end_timestamp_seconds", "", os.time())
  for step, seconds in pairs(run.timings) do put("step_seconds", ('{step="%s"}'):format(step), seconds) end
  if outcome.lock_held_seconds then put("lock_held_seconds", "", outcome.lock_held_seconds) end
  if outcome.ending == "succeeded" and not run.snapshot_only then put("archive_bytes", "", run.archive.bytes) end
  table.sort(lines)
  run.fs.write(file, table.concat(lines, "\n") .. "\n", "0644")
end)
