backup.require_api(1)
-- Writes a text file for Prometheus' node exporter after each backup.
-- [hooks.prometheus] file = "/var/lib/prometheus/node-exporter/lvmbackup.prom"
local file = backup.option("file", "/var/lib/prometheus/node-exporter/lvmbackup.prom")

-- When the last good backup ended, as the file that is there says it.
local function last_success(run)
  if not run.fs.stat(file) then return nil end
  return run.fs.read(file):match("lvmbackup_last_success_timestamp_seconds (%d+)")
end

backup.on("finished", { desc = "write metrics" }, function(run, event)
  if run.dry_run or run.kind ~= "backup" then return end
  local outcome, lines = event.outcome, {}
  local function put(name, labels, value)
    if value then lines[#lines + 1] = ("lvmbackup_%s%s %s"):format(name, labels, value) end
  end
  local is_good = outcome.ending == "succeeded"
  put("success", "", is_good and 1 or 0)
  put("end_timestamp_seconds", "", os.time())
  put("last_success_timestamp_seconds", "", is_good and os.time() or last_success(run))
  put("left_behind", "", #(outcome.leaked or {}))
  put("warnings", "", #(outcome.warnings or {}))
  for step, seconds in pairs(run.timings) do put("step_seconds", ('{step="%s"}'):format(step), seconds) end
  put("lock_held_seconds", "", outcome.lock_held_seconds)
  if is_good and not run.snapshot_only and run.archive.bytes then put("archive_bytes", "", run.archive.bytes) end
  table.sort(lines)
  run.fs.write(file, table.concat(lines, "\n") .. "\n", "0644")
end)
